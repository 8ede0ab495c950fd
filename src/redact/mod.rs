//! What a model need not see, put aside and put back (N4).
//!
//! [`Redact`] is ready to use; a host may write its own [`Redactor`].

mod find;
mod iban;
mod kept;
mod mark;
mod numbers;
mod phone;

pub use self::kept::Kept;

use std::fmt;
use std::ops::Range;

use crate::fold::{Glyph, glyphs};

/// Puts aside what a model need not see: card numbers, addresses, telephone numbers.
///
/// What is put aside goes into [`Kept`], which gives a placeholder to stand for it; whatever the model then writes with
/// that placeholder reads as the real thing again to a teammate.
///
/// A customer may write `[EMAIL_1]` too. So that nobody else's address is read there, a redactor first passes the text
/// through [`Kept::set_apart`], as [`Redact`] does.
pub trait Redactor: fmt::Debug + Send + Sync + 'static {
    /// The text with placeholders in it. One `kept` serves all texts of one request.
    fn redact(&self, text: &str, kept: &mut Kept) -> String;
}

/// The ready [`Redactor`]. It finds, in the digits of every script and in full-width letters:
///
/// - `CARD`: payment cards, 13 to 19 digits that pass the check of ISO/IEC 7812-1 (Luhn), with or without spaces;
/// - `IBAN`: account numbers with the length of their country and a right check number (ISO 13616, ISO 7064 mod 97-10);
/// - `EMAIL`: addresses (RFC 5321, and the letters of RFC 6531);
/// - `PHONE`: numbers in international form (E.164), in common national forms, and any that stand behind a word such as
///   *phone*, *Telefon* or *电话*; not what follows `#` or a word such as *order*, and no dates and amounts;
/// - `SECRET`: in links, what stands for a password or token.
///
/// **It does not find names, postal addresses, dates of birth, or numbers of passports and accounts that are no IBAN.** These
/// need a model of their own; a host that must not send them writes a redactor. What is put aside in vain (an order number
/// that passes as a card) is put back all the same.
///
/// ```
/// use escalate::redact::{Kept, Redact, Redactor};
/// let mut kept = Kept::default();
/// let told = Redact.redact("Charged twice on 4111 1111 1111 1111. Write to cleo@example.com about order 55501234.", &mut kept);
/// assert_eq!(told, "Charged twice on [CARD_1]. Write to [EMAIL_1] about order 55501234.");
/// assert_eq!(kept.restore("Two charges on (card_1)."), "Two charges on 4111 1111 1111 1111.");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "there is nothing to set")]
pub struct Redact;

impl Redactor for Redact {
    fn redact(&self, text: &str, kept: &mut Kept) -> String {
        let mut found = mark::lookalikes(text);
        if text.chars().any(|c| c.is_numeric() || matches!(c, '@' | '＠' | ':')) {
            let glyphs = glyphs(text);
            find::secrets(&glyphs, &mut found);
            find::addresses(&glyphs, &mut found);
            iban::find(&glyphs, &mut found);
            numbers::find(&glyphs, &mut found);
        }
        kept.put_aside(text, found)
    }
}

/// The kinds that [`Redact`] finds.
const KINDS: [&str; 6] = ["CARD", "EMAIL", "PHONE", "IBAN", "SECRET", LITERAL];
/// What a customer wrote that reads as a placeholder.
const LITERAL: &str = "LITERAL";

/// A stretch to put aside.
#[derive(Clone, Debug)]
struct Found {
    range: Range<usize>,
    kind: &'static str,
}

impl Found {
    /// The stretch of `glyphs`; `None` for none.
    fn of(kind: &'static str, glyphs: &[Glyph]) -> Option<Self> {
        Some(Self { range: glyphs.first()?.from..glyphs.last()?.to, kind })
    }
}

#[cfg(test)]
#[path = "redact_test.rs"]
mod tests;
