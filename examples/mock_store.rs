//! A host's unit test with a mock: what cannot be seen on a real store, such as an outage at the right moment.

#![allow(clippy::print_stdout, reason = "an example shows what it found")]

use escalate::mock::MockTranscriptStore;
use escalate::mock::mockall::Sequence as Calls;
use escalate::ports::{Appended, Receipt};
use escalate::{
    Author, ConversationId, CustomerId, Draft, MessageId, Place, Sequence, StoreError, TranscriptStore,
    WorkspaceId,
};

/// The host's own code under test: a webhook's message is sent to the store once more if the store was down.
///
/// The key is the channel's delivery id, so it does not matter whether the first attempt got through.
async fn store_delivery(
    store: &dyn TranscriptStore,
    place: Place,
    message: Draft,
) -> Result<Receipt, StoreError> {
    let mut outcome = store.append(place, vec![message.clone()], None).await;
    if let Err(StoreError::Backend { .. }) = outcome {
        outcome = store.append(place, vec![message], None).await;
    }
    match outcome? {
        Appended::Stored(receipts) => Ok(receipts[0]),
        Appended::Superseded(why) => unreachable!("an append without a fence is never superseded: {why:?}"),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let place = Place::new(WorkspaceId::from_u128(1), ConversationId::from_u128(2));
    let cleo = Author::Customer { id: CustomerId::from_u128(3) };
    let key: escalate::Key = "whatsapp:wamid.1".parse()?;
    let id = MessageId::from_u128(4);
    let message = Draft::new(id, key.clone(), cleo, "Where is my order?", chrono::DateTime::UNIX_EPOCH);
    let receipt = Receipt { message: id, sequence: Sequence(7), repeated: true };

    // Down once; then it turns out that the first attempt had got through.
    let (mut store, mut calls) = (MockTranscriptStore::new(), Calls::new());
    let down = || StoreError::backend("mock", "append", "connection reset");
    store.expect_append().times(1).in_sequence(&mut calls).returning(move |_, _, _| Err(down()));
    store
        .expect_append()
        .withf(move |_, entries, fence| entries[0].key == key && fence.is_none())
        .times(1)
        .in_sequence(&mut calls)
        .returning(move |_, _, _| Ok(Appended::Stored(vec![receipt])));

    let stored = futures::executor::block_on(store_delivery(&store, place, message))?;
    assert_eq!(stored, receipt);
    println!("delivered twice, stored once: entry {} was there already", stored.sequence);
    Ok(())
}
