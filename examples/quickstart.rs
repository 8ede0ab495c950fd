//! From the AI agent to a person and back, durably, on SQLite.

use escalate::{
    Actor, Conversation, ConversationId, CustomerId, Desk, Escalate, Place, ReasonCode, Requester,
    SqliteStore, Teammate, TeammateId, WorkspaceId,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The ids of your own tables; any executor will do.
    let place = Place::new(WorkspaceId::from_u128(1), ConversationId::from_u128(2));
    let (cleo, ana) = (CustomerId::from_u128(3), TeammateId::from_u128(4));
    futures::executor::block_on(async {
        let store = SqliteStore::open(std::env::temp_dir().join("escalate-quickstart.db"))?;
        store.put_teammate(Teammate::new(place.workspace, ana, "Ana").with_capacity(5)).await?;
        let desk = Desk::on(store).build();

        // A customer writes. The key makes a repeated webhook harmless.
        desk.open(Conversation::new(place, Requester::verified(cleo), "web", desk.now())).await?;
        desk.customer_message(place, cleo, "m1".parse()?, "Order 1234 came broken. I want my 40 EUR back.")
            .await?;

        // Your AI agent asks for a turn before it calls its model, and finds that a person is needed.
        let turn = desk.begin_turn(place).await?;
        println!("the model sees {} message(s)", turn.context().len());
        let escalation = turn.escalate("e1".parse()?, Escalate::because(ReasonCode::Sensitive)).await?;
        println!("escalated: {escalation:?}");
        println!("too late: {:?}", turn.reply("a1".parse()?, "Sorry to hear that!").await?);

        // A teammate takes over, sees what it is about, answers in the same thread, and hands back.
        let ticket = desk.take_over(place, ana, "t1".parse()?).await?.ticket;
        let briefing = desk.briefing(place.workspace, ana, ticket).await?;
        println!("{}: {}", briefing.ticket.summary.subject, briefing.ticket.summary.text);
        desk.reply(place, ana, "r1".parse()?, "I am sorry. The 40 EUR are on their way.").await?;
        desk.hand_back(place, Actor::from(ana), "h1".parse()?).await?;
        println!("who answers now: {:?}", desk.control(place).await?.control);
        Ok(())
    })
}
