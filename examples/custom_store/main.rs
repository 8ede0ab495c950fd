//! Transcripts in a host's own database, tickets in ours: two databases that share no transaction.
//!
//! `store.rs` is all that a host writes. Its test mounts the suite on it: see `tests/it/custom_store.rs`.

mod store;

use std::io::Write as _;

use escalate::{
    Conversation, ConversationId, CustomerId, DatabaseId, Desk, Escalate, MemoryStore, Place, ReasonCode,
    Requester, Teammate, TeammateId, WorkspaceId,
};
use store::HostStore;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let place = Place::new(WorkspaceId::from_u128(1), ConversationId::from_u128(2));
    let (cleo, ana) = (CustomerId::from_u128(3), TeammateId::from_u128(4));
    futures::executor::block_on(async {
        let transcripts = HostStore::new(DatabaseId::from_u128(5), rusqlite::Connection::open_in_memory()?)?;
        let tickets = MemoryStore::new();
        tickets.put_teammate(Teammate::new(place.workspace, ana, "Ana")).await?;
        let desk = Desk::builder(transcripts, tickets.clone(), tickets).build();

        desk.open(Conversation::new(place, Requester::verified(cleo), "web", desk.now())).await?;
        desk.customer_message(place, cleo, "m1".parse()?, "My parcel is lost.").await?;
        let turn = desk.begin_turn(place).await?;
        let escalation = turn.escalate("e1".parse()?, Escalate::because(ReasonCode::OutOfScope)).await?;
        let late = turn.reply("a1".parse()?, "Have you looked in the hall?").await?;
        writeln!(std::io::stdout(), "{escalation:?}\n{late:?}")?;
        Ok(())
    })
}
