//! The action for models, and transcripts as chat messages.

#[path = "action/again.rs"]
mod again;
#[path = "action/calls.rs"]
mod calls;
#[path = "action/chats.rs"]
mod chats;
#[path = "action/rendered.rs"]
mod rendered;
#[path = "action/turns.rs"]
mod turns;
