//! Threads that this process has written or read, so that an escalation need not read them again.
//!
//! A saving and no more: a commit that rests on one says which entry was its newest, and is refused where another one is
//! by then, or where anything was committed for the conversation. Only whole threads, and only those without an episode.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::id::Place;
use crate::message::{Draft, Message, Sequence};
use crate::ports::Transcript;

use super::row::instant_of;

/// The longest thread kept, in entries.
const LONGEST: usize = 100;
/// The largest one, in bytes.
const LARGEST: usize = 64 << 10;
/// How many bytes the newer half may take, about. When it is full the older half is forgotten.
const HALF: usize = 4 << 20;
/// What an entry takes besides its text, about.
const ENTRY: usize = 256;

#[derive(Default)]
pub(super) struct Threads {
    kept: Mutex<Kept>,
}

/// Whatever is used moves into the newer half, so what the older half is forgotten with was not used for long.
#[derive(Default)]
struct Kept {
    newer: HashMap<Place, Transcript>,
    older: HashMap<Place, Transcript>,
    /// Of the newer half.
    bytes: usize,
}

impl Threads {
    /// The whole thread as it was last seen, if it has this many entries at the most.
    pub(super) fn of(&self, place: Place, most: usize) -> Option<Transcript> {
        let kept = self.kept();
        let thread = kept.newer.get(&place).or_else(|| kept.older.get(&place))?;
        (thread.messages.len() <= most).then(|| thread.clone())
    }

    /// Keeps a thread that was read, if it is one to be kept, instead of what was known of it.
    pub(super) fn learn(&self, thread: &Transcript) {
        let is_kept = is_kept(thread);
        if !is_kept && !has_episode(thread) {
            // A part, which says nothing of the whole.
            return;
        }
        let place = Place::new(thread.conversation.workspace, thread.conversation.id);
        let mut kept = self.kept();
        kept.take(place);
        if is_kept {
            kept.put(place, thread.clone());
        }
    }

    /// Keeps up with entries that were written, the first of them at `first`.
    pub(super) fn wrote(&self, place: Place, entries: &[Draft], first: Sequence) {
        let mut kept = self.kept();
        let Some(mut thread) = kept.take(place) else { return };
        let numbered = entries.iter().zip(first.0..);
        thread.messages.extend(numbered.filter_map(|(entry, sequence)| message(place, entry, sequence)));
        if let Some(newest) = thread.messages.last() {
            (thread.conversation.last, thread.conversation.active_at) = (newest.sequence, newest.at);
        }
        // Where others have written, too, it is whole no more.
        if is_kept(&thread) {
            kept.put(place, thread);
        }
    }

    pub(super) fn forget(&self, place: Place) {
        self.kept().take(place);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn take(&mut self, place: Place) -> Option<Transcript> {
        let Some(thread) = self.newer.remove(&place) else { return self.older.remove(&place) };
        self.bytes = self.bytes.saturating_sub(size(&thread));
        Some(thread)
    }

    fn put(&mut self, place: Place, thread: Transcript) {
        if self.bytes >= HALF {
            self.older = std::mem::take(&mut self.newer);
            self.bytes = 0;
        }
        self.bytes = self.bytes.saturating_add(size(&thread));
        self.newer.insert(place, thread);
    }
}

/// As it is read back.
fn message(place: Place, entry: &Draft, sequence: u64) -> Option<Message> {
    Some(Message {
        workspace: place.workspace,
        conversation: place.conversation,
        sequence: Sequence(sequence),
        id: entry.id,
        key: entry.key.clone(),
        author: entry.author,
        visibility: entry.visibility,
        body: entry.body.clone(),
        at: instant_of("escalate_messages", entry.at.timestamp_micros()).ok()?,
        turn: entry.turn,
        mark: entry.mark,
    })
}

fn is_kept(thread: &Transcript) -> bool {
    let entries = thread.messages.len();
    let is_whole = entries as u64 == thread.conversation.last.0;
    let is_small = entries <= LONGEST && size(thread) <= LARGEST;
    is_whole && is_small && !has_episode(thread)
}

/// Then something was committed for the conversation.
fn has_episode(thread: &Transcript) -> bool {
    thread.messages.iter().any(|entry| entry.mark.is_some())
}

fn size(thread: &Transcript) -> usize {
    thread.messages.iter().map(|message| message.body.len() + ENTRY).sum::<usize>() + ENTRY
}
