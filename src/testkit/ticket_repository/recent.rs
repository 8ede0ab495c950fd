//! What one customer has begun of late (N5).

use crate::id::{CustomerId, Place};
use crate::ports::{Ask, Recent, RecentOf, TicketRepository};
use crate::testkit::fixtures::ticket::{Change, closed, look};
use crate::testkit::fixtures::{abroad, at, id, ok, place};

const CLEO: CustomerId = CustomerId::from_u128(0xc1e0);
const DAN: CustomerId = CustomerId::from_u128(0xda0);

/// Opens ticket `n`, of this customer, in conversation `n`: it begins at second `n`.
async fn begun_by(store: &dyn TicketRepository, customer: CustomerId, n: u128) {
    begun_at(store, customer, place(n), n).await;
}

async fn begun_at(store: &dyn TicketRepository, customer: CustomerId, place: Place, n: u128) {
    let change = Change::opening(place, &look(store, place).await, n);
    change.but(|ticket| ticket.requester.customer = customer).kept(store).await;
}

/// As asked about `customer` in a conversation that nothing is known of.
async fn recent(store: &dyn TicketRepository, customer: CustomerId, since: i64, limit: u32) -> Recent {
    let recent = RecentOf { customer: Some(customer), since: at(since), limit };
    let loaded = store.load(place(900), Ask { recent: Some(recent), ..Ask::default() }).await;
    let recent = ok(loaded, "`load` counts a customer's episodes").recent;
    let Some(recent) = recent else {
        panic!("`load`: the customer is named, so `recent` is known, also where nothing was committed");
    };
    recent
}

/// Episodes are counted over all conversations of the one customer, open ones and closed ones.
pub async fn a_customers_episodes_are_counted(store: &dyn TicketRepository) {
    assert_eq!(recent(store, CLEO, 0, 9).await, Recent::default(), "a stranger has begun none");
    for n in [1, 2, 3] {
        begun_by(store, CLEO, n).await;
    }
    closed(store, place(2)).await;
    begun_by(store, DAN, 4).await;
    assert_eq!(recent(store, CLEO, 0, 9).await.begun, 3, "open and closed, in whatever conversation");
    assert_eq!(recent(store, DAN, 0, 9).await.begun, 1, "another customer's are another's");
}

/// Only those that began after the instant are counted, and not beyond the limit.
pub async fn episodes_are_counted_since_and_up_to(store: &dyn TicketRepository) {
    for n in 1..=5 {
        begun_by(store, CLEO, n).await;
    }
    assert_eq!(recent(store, CLEO, 2, 9).await.begun, 3, "`since`: after that instant, not at it");
    assert_eq!(recent(store, CLEO, 5, 9).await.begun, 0, "`since`: none after the last");
    assert_eq!(recent(store, CLEO, 0, 5).await.begun, 5, "`limit`: that many are counted");
    assert_eq!(recent(store, CLEO, 0, 4).await.begun, 4, "`limit`: counting stops there");
}

/// Where the limit is reached, the newest open ticket comes along, however old it is; below it, none does.
pub async fn the_newest_open_ticket_comes_along(store: &dyn TicketRepository) {
    for n in [1, 2, 3, 4] {
        begun_by(store, CLEO, n).await;
    }
    begun_by(store, DAN, 5).await;
    closed(store, place(4)).await;
    let open = async |since, limit| recent(store, CLEO, since, limit).await.open.map(|ticket| ticket.id);
    assert_eq!(open(0, 5).await, None, "below the limit nothing is to be joined");
    assert_eq!(open(0, 4).await, Some(id(3)), "the newest that is open");
    assert_eq!(open(3, 1).await, Some(id(3)), "also where it began before the instant");
    let whole = recent(store, CLEO, 0, 1).await.open;
    assert_eq!(whole, look(store, place(3)).await.ticket, "the whole ticket");
    for n in [1, 2, 3] {
        closed(store, place(n)).await;
    }
    assert_eq!(open(0, 1).await, None, "with none open there is none to join");
}

/// A customer of the same id in another workspace is another (N3).
pub async fn episodes_of_one_workspace_are_counted(store: &dyn TicketRepository) {
    begun_at(store, CLEO, abroad(place(1)), 1).await;
    assert_eq!(recent(store, CLEO, 0, 9).await, Recent::default(), "another workspace's are not there (N3)");
    begun_by(store, CLEO, 2).await;
    let here = recent(store, CLEO, 0, 1).await;
    assert_eq!((here.begun, here.open.map(|ticket| ticket.id)), (1, Some(id(2))));
}

/// What is not asked for is not told.
pub async fn recent_is_told_where_asked(store: &dyn TicketRepository) {
    begun_by(store, CLEO, 1).await;
    assert_eq!(look(store, place(1)).await.recent, None, "not asked for");
}
