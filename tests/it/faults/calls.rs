//! Each call of each store fails once, before or after it was done.

use escalate::testkit::Fault;
use escalate::{Actor, Author, Error, Escalate, ReasonCode};
use futures::executor::block_on;

use super::deeds::{DEEDS, Deed, From, prepare};
use super::office::{LAYOUTS, Layout, Office, here};
use crate::flow::world::{ANA, key, seen};

/// What the deed leaves when nothing fails: before any worker, and after.
struct Clean {
    before: Vec<String>,
    answer: &'static str,
    after: Vec<String>,
}

async fn clean(layout: Layout, deed: Deed, from: From) -> Clean {
    let office = Office::new(layout).await;
    let turn = prepare(&office, from).await;
    let before = office.picture().await;
    let (desk, _) = office.flaky();
    let answer = deed.run(&desk, &turn).await.unwrap();
    office.audit().await;
    Clean { before, answer, after: office.picture().await }
}

/// One run with one fault. `false`: the deed makes fewer calls.
async fn faulty(layout: Layout, deed: Deed, from: From, store: usize, nth: u64, fault: Fault) -> bool {
    let clean = clean(layout, deed, from).await;
    let office = Office::new(layout).await;
    let turn = prepare(&office, from).await;
    let (desk, flaky) = office.flaky();
    flaky[store].fail(nth, fault);
    let outcome = deed.run(&desk, &turn).await;
    if flaky[store].calls() < nth {
        return false;
    }
    let case = format!("{deed:?} from {from:?}, {layout:?}, call {nth} of store {store} failing {fault:?}");
    match outcome {
        Ok(_) if deed.escalates() => {
            joins_later(&office, &clean, deed, &case).await;
            return true;
        }
        Ok(answer) => panic!("{case}: the fault was swallowed: {answer}"),
        Err(Error::Store(_)) => {}
        Err(error) => panic!("{case}: {error:?}"),
    }
    if layout == Layout::Shared {
        office.audit().await;
        let picture = office.picture().await;
        let half = is_stored_but_not_routed(deed, &picture, &clean);
        assert!(picture == clean.before || picture == clean.after || half, "{case}: half done: {picture:#?}");
    }
    match deed.run(&desk, &turn).await {
        Ok(answer) => assert_eq!(answer, clean.answer, "{case}"),
        // Without a key, what was done already is refused or found done.
        Err(error) => assert!(!deed.has_key() && error.refusal().is_some(), "{case}: {error:?}"),
    }
    if layout == Layout::Apart {
        // A command without a key may have been refused before it looked at what is owed.
        office.sound.begin_turn(here()).await.err();
    }
    office.audit().await;
    assert_eq!(office.picture().await, clean.after, "{case}: the retry left something else");
    true
}

/// Roster or workload failed: the escalation stands, and the worker assigns (E4).
async fn joins_later(office: &Office, clean: &Clean, deed: Deed, case: &str) {
    office.audit().await;
    office.work().await;
    let without = |lines: &[String], name: &str| -> Vec<String> {
        lines.iter().filter(|line| !line.starts_with(name)).cloned().collect()
    };
    let picture = office.picture().await;
    assert!(picture.iter().any(|line| line.starts_with("waiting")), "{case}: {deed:?}");
    let assigned = |lines: &[String]| lines.iter().filter(|line| line.starts_with("assigned")).count();
    assert_eq!(assigned(&picture), assigned(&clean.after), "{case}");
    let (picture, wanted) = (without(&picture, "waiting"), without(&clean.after, "waiting"));
    assert_eq!(without(&picture, "assigned"), without(&wanted, "assigned"), "{case}");
}

/// E8: the customer's message is stored before it is routed, and that much may be seen.
fn is_stored_but_not_routed(deed: Deed, picture: &[String], clean: &Clean) -> bool {
    let added = picture.iter().filter(|line| !clean.before.contains(line));
    matches!(deed, Deed::CustomerWrites | Deed::CustomerAsks)
        && added.count() == 1
        && picture.iter().all(|line| clean.after.contains(line) || clean.before.contains(line))
}

#[test]
fn a_fault_at_every_call_is_made_good_by_a_retry() {
    let mut faults = 0;
    for layout in LAYOUTS {
        for (deed, from) in DEEDS {
            let stores = if layout == Layout::Shared { 1 } else { 2 };
            for (store, fault) in
                (0..stores).flat_map(|store| [(store, Fault::Before), (store, Fault::After)])
            {
                // Bounded: no deed makes a hundred calls.
                let made =
                    (1..100).take_while(|nth| block_on(faulty(layout, deed, from, store, *nth, fault)));
                let made = made.count();
                assert!(made < 99);
                faults += made;
            }
        }
    }
    assert!(faults > 400, "only {faults} faults");
}

/// What a fault between the two databases left is finished by whoever looks next, whoever that is (E5).
#[test]
fn what_is_owed_is_finished_by_whoever_looks_next() {
    let mut owed = 0;
    for (deed, from) in DEEDS {
        for (store, fault) in [(0, Fault::After), (1, Fault::Before), (1, Fault::After)] {
            for nth in 1..30 {
                owed += usize::from(block_on(finished_by_another(deed, from, store, nth, fault)));
            }
        }
    }
    assert!(owed > 20, "only {owed} runs left something owed");
}

async fn finished_by_another(deed: Deed, from: From, store: usize, nth: u64, fault: Fault) -> bool {
    let clean = clean(Layout::Apart, deed, from).await;
    let office = Office::new(Layout::Apart).await;
    let turn = prepare(&office, from).await;
    let (desk, flaky) = office.flaky();
    flaky[store].fail(nth, fault);
    if deed.run(&desk, &turn).await.is_ok() {
        return false;
    }
    let left = office.picture().await;
    office.work().await;
    office.audit().await;
    let picture = office.picture().await;
    let half = is_stored_but_not_routed(deed, &picture, &clean);
    let same = |wanted: &Vec<String>| picture == *wanted;
    // The worker also assigns what waits; that is not what is looked at here.
    assert!(
        same(&clean.before) || same(&clean.after) || half || deed.escalates(),
        "{deed:?} {from:?} {nth}: {picture:#?}"
    );
    left != picture
}

/// C3: a guard that cannot be evaluated refuses.
#[test]
fn a_guard_that_fails_refuses() {
    for layout in LAYOUTS {
        block_on(async {
            let office = Office::new(layout).await;
            let turn = prepare(&office, From::Ai).await;
            let (desk, [shop, _]) = office.flaky();
            let turn = desk.resume_turn(turn.permit());
            shop.fail(1, Fault::Before);
            assert!(matches!(turn.check().await, Err(Error::Store(_))));
            shop.fail(2, Fault::Before);
            assert!(matches!(turn.reply(key("ai"), "Let me see.").await, Err(Error::Store(_))));
            shop.fail(3, Fault::Before);
            assert!(desk.begin_turn(here()).await.is_err());
            let entries = seen(&office.sound, here()).await.messages;
            assert!(entries.iter().all(|entry| entry.author != Author::AiAgent), "written all the same");
        });
    }
}

/// E4: with the roster gone altogether, escalation stands, and a takeover by somebody unknown does not.
#[test]
fn escalation_needs_no_roster() {
    block_on(async {
        let office = Office::new(Layout::Shared).await;
        let roster = escalate::testkit::Flaky::new(office.shop.clone());
        (1..100).for_each(|nth| roster.fail(nth, Fault::Before));
        let desk = office.desk(office.shop.clone(), office.shop.clone(), roster).build();
        let asked = Escalate::because(ReasonCode::AiFailure);
        desk.escalate(here(), Actor::System, key("escalate"), asked).await.unwrap();
        assert!(matches!(desk.take_over(here(), ANA, key("take")).await, Err(Error::Store(_))));
        office.work().await;
        office.audit().await;
        let open = office.sound.inbox(here().workspace, escalate::Inbox::Open, None, 10).await.unwrap();
        assert!(open.items[0].assigned_to().is_some(), "the worker assigned it later");
    });
}
