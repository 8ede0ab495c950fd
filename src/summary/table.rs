//! A map over the fixed word lists, with a hash that costs little (FNV-1a).
//!
//! Only for tables written in this crate: a customer cannot choose their keys, so nobody can make them collide.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map whose keys come from the source.
pub(super) type Table<K, V> = HashMap<K, V, BuildHasherDefault<Fnv>>;

/// The hash of Fowler, Noll and Vo, variant 1a, 64 bits (RFC 9923).
pub(super) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// A number for a word; two words with one number cost a rank, not a fact.
pub(super) fn digest(word: &str) -> u64 {
    let mut fnv = Fnv::default();
    fnv.write(word.as_bytes());
    fnv.finish()
}
