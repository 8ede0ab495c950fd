//! The first escalation of a conversation in one round trip: where the thread is known here, nothing is read before it is
//! committed, and whatever has changed meanwhile is found out by the commit.

use escalate::adapters::postgres::PostgresStore;
use escalate::ports::{Ask, Routing, StaffOf, TicketFilter, Window};
use escalate::testkit::{Harness, ManualClock};
use escalate::{
    Actor, Control, Desk, Error, Escalate, Fenced, Place, ReasonCode, Rules, Teammate, Ticket,
    TicketRepository,
};
use futures::future::join;

use super::{Postgres, pool};
use crate::flow::world::{ACME, ANA, BEN, CLEO, NOON, Shop, audit, conversation, key, place, unlimited};

/// Two nodes. The first has escalated one conversation, so it knows staff and loads.
pub(super) struct Nodes {
    pub(super) guard: std::sync::Arc<super::cluster::Database>,
    pub(super) stores: [PostgresStore; 2],
    pub(super) desks: [Desk; 2],
    pub(super) clock: ManualClock,
    /// The first node's, of one connection.
    pool: deadpool_postgres::Pool,
}

pub(super) fn teammate(id: escalate::TeammateId) -> Teammate {
    Teammate::new(ACME, id, "T").with_capacity(20)
}

impl Nodes {
    pub(super) async fn new(rules: Rules) -> Self {
        let (guard, there) = Postgres.fresh().await;
        let pool = pool(&guard, 1);
        let stores = [PostgresStore::from_pool(pool.clone()).await.unwrap(), there];
        for id in [ANA, BEN] {
            stores[0].hire(teammate(id)).await.unwrap();
        }
        let clock = ManualClock::at(NOON);
        let desks = stores
            .each_ref()
            .map(|store| Desk::on(store.clone()).clock(clock.clone()).rules(rules.clone()).build());
        let nodes = Self { guard, stores, desks, clock, pool };
        nodes.hear(900).await;
        nodes.escalate(0, 900).await.unwrap();
        nodes
    }

    /// A conversation begins at the first node.
    pub(super) async fn hear(&self, n: u128) -> Place {
        let here = place(ACME, n);
        self.desks[0].open(conversation(here)).await.unwrap();
        self.desks[0].customer_message(here, CLEO, key("m"), "My order 77-4152 never came.").await.unwrap();
        here
    }

    pub(super) async fn escalate(&self, node: usize, n: u128) -> Result<escalate::ports::Escalation, Error> {
        let request = Escalate::because(ReasonCode::CustomerRequest);
        self.desks[node].escalate(place(ACME, n), Actor::System, key("e"), request).await
    }

    pub(super) async fn assumes(&self, here: Place) -> bool {
        let ask =
            Ask { entries: Some(100), staff: Some(StaffOf::Workspace), may_assume: true, ..Ask::default() };
        self.stores[0].load(here, ask).await.unwrap().assumed.is_some()
    }

    pub(super) async fn ticket(&self, here: Place) -> Ticket {
        self.desks[1].latest_ticket(here).await.unwrap().unwrap()
    }

    /// How often the first node has run statements like this one.
    async fn ran(&self, like: &str) -> i64 {
        let asked =
            "SELECT coalesce(sum(generic_plans + custom_plans), 0)::bigint FROM pg_prepared_statements
            WHERE statement LIKE $1";
        self.pool.get().await.unwrap().query_one(asked, &[&like]).await.unwrap().get(0)
    }

    pub(super) async fn all_ran(&self) -> i64 {
        self.ran("%escalate\\_%").await
    }

    pub(super) async fn audit(&self, places: impl IntoIterator<Item = Place>) {
        let places: Vec<_> = places.into_iter().chain([place(ACME, 900)]).collect();
        audit(&self.desks[1], &self.stores[1], ACME, &places).await;
    }
}

#[tokio::test]
async fn one_round_trip_escalates() {
    let nodes = Nodes::new(unlimited()).await;
    let here = nodes.hear(1).await;
    let before = nodes.all_ran().await;
    let escalation = nodes.escalate(0, 1).await.unwrap();
    assert_eq!(nodes.all_ran().await - before, 1, "one statement");
    assert!(matches!(escalation.routing, Routing::Assigned { .. }));
    let ticket = nodes.ticket(here).await;
    assert!(ticket.summary.text.contains("77-4152"), "the summary has what was said");
    assert_eq!(nodes.escalate(0, 1).await.unwrap(), escalation, "the same key, the same answer (E2)");
    assert_eq!(nodes.escalate(1, 1).await.unwrap(), escalation);
    nodes.audit([here]).await;
}

/// A turn reads the thread, so the AI agent's escalation needs not, whichever node the customer wrote to.
#[tokio::test]
async fn a_turn_that_escalates_has_read_the_thread() {
    let nodes = Nodes::new(unlimited()).await;
    let here = place(ACME, 1);
    nodes.desks[1].open(conversation(here)).await.unwrap();
    nodes.desks[1].customer_message(here, CLEO, key("m"), "Give me a person.").await.unwrap();
    let turn = nodes.desks[0].begin_turn(here).await.unwrap();
    let before = nodes.all_ran().await;
    let request = Escalate::because(ReasonCode::CustomerRequest);
    let escalated = turn.escalate(key("t"), request).await.unwrap();
    assert!(matches!(escalated, Fenced::Done(_)));
    assert_eq!(nodes.all_ran().await - before, 1, "one statement");
    nodes.audit([here]).await;
}

/// A turn that was begun elsewhere, behind an episode that this node knows nothing of, is in time.
#[tokio::test]
async fn a_later_turn_is_not_superseded_by_a_memory() {
    let nodes = Nodes::new(unlimited()).await;
    let here = nodes.hear(1).await;
    nodes.desks[1].take_over(here, BEN, key("t")).await.unwrap();
    nodes.desks[1].hand_back(here, Actor::System, key("h")).await.unwrap();
    let permit = nodes.desks[1].begin_turn(here).await.unwrap().permit();
    assert!(nodes.assumes(here).await, "what is known here is behind");
    let request = Escalate::because(ReasonCode::CustomerRequest);
    let escalated = nodes.desks[0].resume_turn(permit).escalate(key("e"), request).await.unwrap();
    assert!(matches!(escalated, Fenced::Done(_)), "{escalated:?}");
    nodes.audit([here]).await;
}

/// What is taken from memory is what a read finds, whatever was written and by whom.
#[tokio::test]
async fn what_is_assumed_is_what_is_there() {
    let nodes = Nodes::new(unlimited()).await;
    let here = nodes.hear(1).await;
    let [near, far] = &nodes.desks;
    for step in 0..8 {
        let name = key(format!("s{step}"));
        match step {
            0 | 4 => drop(near.customer_message(here, CLEO, name, "And\u{0} another thing.").await.unwrap()),
            1 => drop(near.begin_turn(here).await.unwrap().reply(name, "Which one?").await.unwrap()),
            // A repeat writes nothing.
            2 => drop(
                near.customer_message(here, CLEO, key("m"), "My order 77-4152 never came.").await.unwrap(),
            ),
            3 => drop(near.note(here, ANA.into(), name, "They are cross.").await.unwrap()),
            5 => drop(far.customer_message(here, CLEO, name, "Hello?").await.unwrap()),
            // Behind what the other node wrote: not kept until it is read again.
            6 => drop(near.customer_message(here, CLEO, name, "Still there?").await.unwrap()),
            _ => drop(near.transcript(here, Window::Before(None), 100).await.unwrap()),
        }
        let ask = |may_assume| Ask {
            entries: Some(100),
            staff: Some(StaffOf::Workspace),
            may_assume,
            ..Ask::default()
        };
        let assumed = nodes.stores[0].load(here, ask(true)).await.unwrap();
        let read = nodes.stores[0].load(here, ask(false)).await.unwrap();
        assert_eq!(assumed.assumed.is_some(), step != 6, "step {step}");
        if step != 5 {
            assert_eq!(assumed.transcript, read.transcript, "step {step}");
            assert_eq!(assumed.staff.map(|it| it.staff), read.staff.map(|it| it.staff), "step {step}");
        }
        assert_eq!(read.assumed, None);
    }
}

/// Whatever another node has done since, the escalation is the one that a reader makes.
#[tokio::test]
async fn what_others_did_since_is_found_out() {
    let nodes = Nodes::new(unlimited()).await;
    let far = &nodes.desks[1];
    // Somebody wrote.
    let wrote = nodes.hear(1).await;
    far.customer_message(wrote, CLEO, key("n"), "It was order 88-1234, I mean.").await.unwrap();
    assert!(nodes.assumes(wrote).await, "what is known here is behind");
    nodes.escalate(0, 1).await.unwrap();
    let ticket = nodes.ticket(wrote).await;
    assert!(ticket.summary.text.contains("88-1234") && ticket.summary.covers.0 == 2, "{ticket:?}");
    // Somebody took over.
    let taken = nodes.hear(2).await;
    far.take_over(taken, BEN, key("t")).await.unwrap();
    assert!(nodes.assumes(taken).await);
    let joined = nodes.escalate(0, 2).await.unwrap();
    assert_eq!(joined.ticket, nodes.ticket(taken).await.id, "the episode there is (E1)");
    // Somebody escalated under this key, and under another one.
    for (n, name) in [(3, "e"), (4, "other")] {
        let here = nodes.hear(n).await;
        let request = Escalate::because(ReasonCode::CustomerRequest);
        let first = far.escalate(here, Actor::System, key(name), request).await.unwrap();
        assert!(nodes.assumes(here).await);
        assert_eq!(nodes.escalate(0, n).await.unwrap().ticket, first.ticket);
    }
    // The episode is over.
    let over = nodes.hear(5).await;
    let request = Escalate::because(ReasonCode::CustomerRequest);
    far.escalate(over, Actor::System, key("f"), request).await.unwrap();
    far.hand_back(over, Actor::System, key("h")).await.unwrap();
    nodes.escalate(0, 5).await.unwrap();
    let state = nodes.desks[0].control(over).await.unwrap();
    assert!(matches!(state.control, Control::Queued { .. }) && state.epoch.0 == 3, "{state:?}");
    nodes.desks[0].transcript(over, Window::Before(None), 100).await.unwrap();
    assert!(!nodes.assumes(over).await, "a thread with an episode is nobody's first");
    nodes.audit((1..=5).map(|n| place(ACME, n))).await;
}

#[tokio::test]
async fn a_roster_that_changed_since_is_found_out() {
    let nodes = Nodes::new(unlimited()).await;
    let here = nodes.hear(1).await;
    nodes.stores[1].hire(teammate(ANA).away()).await.unwrap();
    assert!(nodes.assumes(here).await, "what is known here is behind");
    assert_eq!(nodes.escalate(0, 1).await.unwrap().routing, Routing::Assigned { teammate: BEN });
    nodes.hear(2).await;
    nodes.stores[1].hire(teammate(BEN).away()).await.unwrap();
    let routing = nodes.escalate(0, 2).await.unwrap().routing;
    assert!(!matches!(routing, Routing::Assigned { .. }), "nobody is there: {routing:?}");
}

#[tokio::test]
async fn seats_taken_since_are_found_out() {
    let nodes = Nodes::new(unlimited()).await;
    // One ticket each, and one is on one already.
    for id in [ANA, BEN] {
        nodes.stores[0].hire(teammate(id).with_capacity(2)).await.unwrap();
    }
    nodes.hear(1).await;
    nodes.escalate(0, 1).await.unwrap();
    let last = nodes.hear(9).await;
    for n in 2..=3 {
        nodes.hear(n).await;
        nodes.escalate(1, n).await.unwrap();
    }
    assert!(nodes.assumes(last).await, "as far as is known here, there is room");
    let routing = nodes.escalate(0, 9).await.unwrap().routing;
    assert_eq!(routing, Routing::Queued { position: 1 }, "nobody over the cap (A1)");
    // From here on it is known, and not assumed.
    let next = nodes.hear(10).await;
    assert!(!nodes.assumes(next).await);
    nodes.audit([1, 2, 3, 9].map(|n| place(ACME, n))).await;
}

/// Whoever was full when last seen may have room by now: that is looked at, or they would never be offered again.
#[tokio::test]
async fn whoever_was_full_is_looked_at() {
    let nodes = Nodes::new(unlimited()).await;
    nodes.stores[0].hire(teammate(ANA).with_capacity(1)).await.unwrap();
    nodes.hear(1).await;
    assert_eq!(nodes.escalate(0, 1).await.unwrap().routing, Routing::Assigned { teammate: BEN });
    nodes.desks[1].hand_back(place(ACME, 900), Actor::System, key("h")).await.unwrap();
    let here = nodes.hear(2).await;
    assert!(!nodes.assumes(here).await, "Ana was full");
    assert_eq!(nodes.escalate(0, 2).await.unwrap().routing, Routing::Assigned { teammate: ANA });
}

#[tokio::test]
async fn a_customers_bound_is_found_out() {
    let mut rules = unlimited();
    rules.per_customer.count = 3;
    let nodes = Nodes::new(rules).await;
    nodes.hear(1).await;
    nodes.hear(2).await;
    let far = nodes.escalate(1, 1).await.unwrap();
    assert_eq!(far.joined, None);
    let last = nodes.escalate(1, 2).await.unwrap();
    let here = nodes.hear(3).await;
    assert_eq!(
        nodes.escalate(0, 3).await.unwrap().joined.is_some(),
        last.joined.is_none(),
        "three are begun (N5)"
    );
    assert!(nodes.desks[0].latest_ticket(here).await.unwrap().is_none(), "none was opened here");
}

/// The thread is looked at again under its lock: what is said while the commit waits for it is not lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_at_this_instant_is_found_out() {
    let nodes = Nodes::new(unlimited()).await;
    let here = nodes.hear(1).await;
    let mut writer = super::pool(&nodes.guard, 1).get().await.unwrap();
    let writing = writer.transaction().await.unwrap();
    let (w, c) = (here.workspace.uuid(), here.conversation.uuid());
    writing
        .execute("UPDATE escalate_conversations SET last = 2 WHERE workspace = $1 AND id = $2", &[&w, &c])
        .await
        .unwrap();
    writing
        .execute(
            "INSERT INTO escalate_messages
                (workspace, conversation, sequence, id, key, author, author_id, visibility, body, at)
            SELECT workspace, conversation, 2, gen_random_uuid(), 'raw', author, author_id, visibility,
                'It was order 88-1234.', at FROM escalate_messages WHERE workspace = $1 AND conversation = $2",
            &[&w, &c],
        )
        .await
        .unwrap();
    let writes = async {
        let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
        while writing.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            tokio::task::yield_now().await;
        }
        writing.commit().await.unwrap();
    };
    let (escalated, ()) = join(nodes.escalate(0, 1), writes).await;
    escalated.unwrap();
    let ticket = nodes.ticket(here).await;
    assert!(ticket.summary.text.contains("88-1234") && ticket.summary.covers.0 == 2, "{ticket:?}");
    nodes.audit([here]).await;
}

/// Every other command at the same instant at the other node.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_command_at_the_same_instant() {
    const KINDS: u128 = 7;
    let nodes = Nodes::new(unlimited()).await;
    let mut places = Vec::new();
    for n in 1..=20 * KINDS {
        let here = nodes.hear(n).await;
        places.push(here);
        let far = &nodes.desks[1];
        let other = async {
            match n % KINDS {
                0 => far.customer_message(here, CLEO, key("x"), "88-1234").await.map(drop),
                1 => far.take_over(here, BEN, key("x")).await.map(drop),
                2 => nodes.escalate(1, n).await.map(drop),
                3 => far.note(here, ANA.into(), key("x"), "A note.").await.map(drop),
                4 => far.reply(here, BEN, key("x"), "I am on it.").await.map(drop),
                5 => nodes.stores[1].hire(teammate(ANA)).await.map_err(Error::from),
                _ => match far.begin_turn(here).await {
                    Ok(turn) => turn.reply(key("x"), "Which order?").await.map(drop),
                    Err(error) => Err(error),
                },
            }
        };
        let (escalated, other) = join(nodes.escalate(0, n), other).await;
        let escalation = escalated.unwrap_or_else(|error| panic!("{n}: {error:?}"));
        assert!(other.is_ok() || matches!(other, Err(Error::Refused(_))), "{n}: {other:?}");
        let ticket = nodes.ticket(here).await;
        assert_eq!(escalation.ticket, ticket.id, "one episode (E1)");
        let (covers, text) = (ticket.summary.covers.0, &ticket.summary.text);
        let has_heard = n % KINDS == 0 && covers == 2;
        assert_eq!(text.contains("88-1234"), has_heard, "{n}: the summary is of what it covers: {covers}");
        assert!(!text.contains("A note."), "{n}: notes are not the customer's words");
    }
    let open = nodes.stores[1].tickets(ACME, TicketFilter::Open, None, 1_000).await.unwrap().items;
    assert_eq!(open.len(), places.len() + 1, "one open ticket each");
    nodes.audit(places).await;
}

/// Where commits go another way than the one that finds out, nothing is assumed for long.
#[tokio::test]
async fn another_way_to_choose_reads() {
    let rules: Rules =
        serde_json::from_value(serde_json::json!({"otherwise": {"method": "round_robin"}})).unwrap();
    let nodes = Nodes::new(rules.clone()).await;
    let here = nodes.hear(1).await;
    assert!(!nodes.assumes(here).await);
    nodes.escalate(0, 1).await.unwrap();
    nodes.audit([here]).await;
    // Another desk on the same store, whose commits cannot find out.
    let nodes = Nodes::new(unlimited()).await;
    let other = Desk::on(nodes.stores[0].clone()).rules(rules).build();
    let (first, second) = (nodes.hear(1).await, nodes.hear(2).await);
    assert!(nodes.assumes(first).await);
    let request = Escalate::because(ReasonCode::CustomerRequest);
    other.escalate(first, Actor::System, key("e"), request).await.unwrap();
    assert!(!nodes.assumes(second).await, "what did not hold is not assumed again");
    nodes.escalate(0, 2).await.unwrap();
    let third = nodes.hear(3).await;
    assert!(nodes.assumes(third).await, "until it does");
    nodes.audit([first, second]).await;
}
