//! What is stored and sent is frozen: these texts are in databases and at receivers.
//!
//! A change here is a change of the stored format: it needs a migration and a line in the changelog.

use chrono::{DateTime, TimeDelta, Utc};
use escalate::assignment::{Decision, Exclusion, Load, Need, PassedOver, Seen};
use escalate::ports::{Answer, Routing, WorkKind};
use escalate::rules::{Method, Speaks};
use escalate::summary::draft;
use escalate::{
    Actor, AssignedBy, Author, Control, ControlEvent, Conversation, ConversationId, CustomerId, Deadline,
    DeadlineOf, DeadlineState, Due, Event, EventKind, Flag, Lapse, Mark, Place, Priority, Reason, ReasonCode,
    Requester, Sequence, SummaryAuthor, TeamId, Teammate, TeammateId, Ticket, TicketId, TicketStatus,
    Visibility, WorkspaceId,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{from_str, from_value, to_string, to_value};

const TICKET: TicketId = TicketId::from_u128(0xa);
const ANA: TeammateId = TeammateId::from_u128(0xb);
const T: &str = "00000000-0000-0000-0000-00000000000a";
const A: &str = "00000000-0000-0000-0000-00000000000b";

fn frozen<V: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &V, stored: &str) {
    let stored = stored.replace("$T", T).replace("$A", A);
    assert_eq!(to_string(value).unwrap(), stored);
    assert_eq!(&from_str::<V>(&stored).unwrap(), value);
}

fn noon() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(12) + TimeDelta::microseconds(5)
}

#[test]
fn control() {
    frozen(&Control::Ai, r#"{"type":"ai"}"#);
    frozen(&Control::Queued { ticket: TICKET }, r#"{"type":"queued","ticket":"$T"}"#);
    let human = Control::Human { ticket: TICKET, teammate: ANA };
    frozen(&human, r#"{"type":"human","ticket":"$T","teammate":"$A"}"#);
    frozen(
        &Control::Closed { ticket: TICKET, teammate: None, until: noon() },
        r#"{"type":"closed","ticket":"$T","teammate":null,"until":"1970-01-01T12:00:00.000005Z"}"#,
    );
}

#[test]
fn events() {
    let kinds = [
        (ControlEvent::Escalated { ticket: TICKET }, r#"{"type":"escalated","ticket":"$T"}"#),
        (
            ControlEvent::TakenOver { ticket: TICKET, teammate: ANA },
            r#"{"type":"taken_over","ticket":"$T","teammate":"$A"}"#,
        ),
        (
            ControlEvent::Reassigned { ticket: TICKET, teammate: ANA },
            r#"{"type":"reassigned","ticket":"$T","teammate":"$A"}"#,
        ),
        (ControlEvent::Released { ticket: TICKET }, r#"{"type":"released","ticket":"$T"}"#),
        (ControlEvent::HandedBack { ticket: TICKET }, r#"{"type":"handed_back","ticket":"$T"}"#),
        (
            ControlEvent::Closed { ticket: TICKET, teammate: Some(ANA), until: noon() },
            r#"{"type":"closed","ticket":"$T","teammate":"$A","until":"1970-01-01T12:00:00.000005Z"}"#,
        ),
        (
            ControlEvent::Reopened { ticket: TICKET, teammate: None },
            r#"{"type":"reopened","ticket":"$T","teammate":null}"#,
        ),
    ];
    for (change, stored) in kinds {
        frozen(&change, stored);
        frozen(&EventKind::Control { change }, &format!(r#"{{"type":"control","change":{stored}}}"#));
    }
    frozen(
        &EventKind::Assigned { teammate: ANA, by: AssignedBy::Policy, over_cap: false, starts_at: None },
        r#"{"type":"assigned","teammate":"$A","by":"policy","over_cap":false}"#,
    );
    frozen(
        &EventKind::Assigned {
            teammate: ANA,
            by: AssignedBy::Policy,
            over_cap: false,
            starts_at: Some(chrono::DateTime::UNIX_EPOCH),
        },
        r#"{"type":"assigned","teammate":"$A","by":"policy","over_cap":false,"starts_at":"1970-01-01T00:00:00Z"}"#,
    );
    frozen(&EventKind::Waiting { position: 3 }, r#"{"type":"waiting","position":3}"#);
    frozen(&EventKind::Replied { teammate: ANA }, r#"{"type":"replied","teammate":"$A"}"#);
    frozen(
        &EventKind::StatusMoved { from: TicketStatus::New, to: TicketStatus::OnCustomer },
        r#"{"type":"status_moved","from":"new","to":"on_customer"}"#,
    );
    frozen(&EventKind::SentTo { team: TeamId::from_u128(0xa) }, r#"{"type":"sent_to","team":"$T"}"#);
    frozen(&EventKind::Flagged { flag: Flag::Looping }, r#"{"type":"flagged","flag":"looping"}"#);
    frozen(&EventKind::Flagged { flag: Flag::Unanswered }, r#"{"type":"flagged","flag":"unanswered"}"#);
    for (why, name) in [(Lapse::Unanswered, "unanswered"), (Lapse::OffDuty, "off_duty")] {
        let stored = format!(r#"{{"type":"lapsed","teammate":"$A","why":"{name}"}}"#);
        frozen(&EventKind::Lapsed { teammate: ANA, why }, &stored);
    }
    for (of, state, names) in [
        (DeadlineOf::FirstReply, DeadlineState::Near, r#""of":"first_reply","state":"near""#),
        (DeadlineOf::Resolution, DeadlineState::Missed, r#""of":"resolution","state":"missed""#),
    ] {
        let stored = format!(r#"{{"type":"deadline",{names},"at":"1970-01-01T12:00:00.000005Z"}}"#);
        frozen(&EventKind::Deadline { of, state, at: noon() }, &stored);
    }
    frozen(&EventKind::Summarised, r#"{"type":"summarised"}"#);
}

#[test]
fn routings() {
    frozen(&Routing::Assigned { teammate: ANA }, r#"{"type":"assigned","teammate":"$A"}"#);
    frozen(&Routing::Queued { position: 2 }, r#"{"type":"queued","position":2}"#);
    frozen(
        &Routing::NextShift { teammate: ANA, starts_at: noon() },
        r#"{"type":"next_shift","teammate":"$A","starts_at":"1970-01-01T12:00:00.000005Z"}"#,
    );
    frozen(&Routing::Waiting, r#"{"type":"waiting"}"#);
}

#[test]
fn decisions() {
    let seen = Seen { teammate: ANA, cap: 3, load: Some(Load { teammate: ANA, open: 1, last_assigned: 7 }) };
    frozen(&seen, r#"["$A",3,[1,7]]"#);
    frozen(&Seen { load: None, ..seen }, r#"["$A",3,null]"#);
    let passed = [PassedOver { teammate: ANA, why: Exclusion::LetLapse }];
    let mut decision = Decision::about(Need::default(), &passed);
    (decision.seen, decision.chosen) = (vec![seen], Some(ANA));
    frozen(
        &decision,
        concat!(
            r#"{"routed_by":null,"need":{"team":null,"skills":[],"language":null},"rule":"ranked","#,
            r#""seen":[["$A",3,[1,7]]],"passed_over":[{"teammate":"$A","why":"let_lapse"}],"more_passed_over":0,"#,
            r#""in_line":false,"position":null,"chosen":"$A"}"#
        ),
    );
    for (why, name) in [
        (Exclusion::OtherTeam, "other_team"),
        (Exclusion::LacksSkill, "lacks_skill"),
        (Exclusion::LacksLanguage, "lacks_language"),
        (Exclusion::Away, "away"),
        (Exclusion::OffShift, "off_shift"),
        (Exclusion::TimeOff, "time_off"),
        (Exclusion::Holiday, "holiday"),
        (Exclusion::Full, "full"),
        (Exclusion::LetLapse, "let_lapse"),
    ] {
        frozen(&why, &format!("{name:?}"));
    }
}

#[test]
fn a_whole_event() {
    let stored = concat!(
        r#"{"id":"$T","workspace":"$T","conversation":"$T","ticket":"$T","sequence":4,"epoch":1,"#,
        r#""at":"1970-01-01T12:00:00.000005Z","actor":{"type":"teammate","id":"$A"},"kind":{"type":"summarised"}}"#
    )
    .replace("$T", T)
    .replace("$A", A);
    let event: Event = from_str(&stored).unwrap();
    assert_eq!(event.actor, Actor::Teammate { id: ANA });
    assert_eq!(to_string(&event).unwrap(), stored);
}

#[test]
fn actors_and_authors() {
    frozen(&Actor::AiAgent, r#"{"type":"ai_agent"}"#);
    frozen(&Actor::System, r#"{"type":"system"}"#);
    frozen(&Actor::Customer { id: CustomerId::from_u128(0xa) }, r#"{"type":"customer","id":"$T"}"#);
    frozen(&Author::Customer { id: CustomerId::from_u128(0xa) }, r#"{"type":"customer","id":"$T"}"#);
    frozen(&Author::AiAgent, r#"{"type":"ai_agent"}"#);
    frozen(&Author::Teammate { id: ANA }, r#"{"type":"teammate","id":"$A"}"#);
    frozen(&Author::System, r#"{"type":"system"}"#);
}

#[test]
fn names() {
    for (status, name) in TicketStatus::ALL
        .iter()
        .zip(["new", "on_you", "on_customer", "on_hold", "closed", "cancelled"].iter())
    {
        frozen(status, &format!("{name:?}"));
        assert_eq!(status.as_str(), *name);
    }
    for (visibility, name) in
        [(Visibility::Public, "public"), (Visibility::Fact, "fact"), (Visibility::Note, "note")]
    {
        frozen(&visibility, &format!("{name:?}"));
    }
    for (code, name) in [
        (ReasonCode::CustomerRequest, "customer_request"),
        (ReasonCode::OutOfScope, "out_of_scope"),
        (ReasonCode::Sensitive, "sensitive"),
        (ReasonCode::AiFailure, "ai_failure"),
        (ReasonCode::HostRule, "host_rule"),
        (ReasonCode::Promise, "promise"),
        (ReasonCode::Takeover, "takeover"),
        (ReasonCode::Other, "other"),
    ] {
        frozen(&code, &format!("{name:?}"));
        assert_eq!(code.as_str(), name);
    }
}

#[test]
fn ticket_parts() {
    frozen(&Reason::new(ReasonCode::Other, "vip"), r#"{"code":"other","text":"vip"}"#);
    frozen(&SummaryAuthor::Deterministic, r#"{"type":"deterministic"}"#);
    frozen(
        &SummaryAuthor::Model { name: "m".into(), attempts: 2, first: Sequence(3) },
        r#"{"type":"model","name":"m","attempts":2,"first":3}"#,
    );
    let old = from_str::<SummaryAuthor>(r#"{"type":"model","name":"m"}"#).unwrap();
    assert_eq!(old, SummaryAuthor::Model { name: "m".into(), attempts: 0, first: Sequence(0) });
    frozen(&Mark::EpisodeOpened { ticket: TICKET }, r#"{"type":"episode_opened","ticket":"$T"}"#);
    frozen(&Mark::EpisodeEnded { ticket: TICKET }, r#"{"type":"episode_ended","ticket":"$T"}"#);
    let due = Due::by(Some(Deadline::new(noon(), noon())), None);
    let stored = concat!(
        r#"{"first_reply":{"at":"1970-01-01T12:00:00.000005Z","near_at":"1970-01-01T12:00:00.000005Z","told":null},"#,
        r#""resolution":null}"#
    );
    frozen(&due, stored);
    for (flag, name) in [(Flag::Looping, "looping"), (Flag::Unanswered, "unanswered")] {
        frozen(&flag, &format!("{name:?}"));
        assert_eq!(flag.as_str(), name);
    }
}

#[test]
fn routing() {
    for (method, name) in
        [(Method::Manual, "manual"), (Method::Balanced, "balanced"), (Method::RoundRobin, "round_robin")]
    {
        frozen(&method, &format!("{name:?}"));
    }
    for (speaks, name) in
        [(Speaks::Any, "any"), (Speaks::Preferred, "preferred"), (Speaks::Required, "required")]
    {
        frozen(&speaks, &format!("{name:?}"));
    }
    for (priority, name) in [
        (Priority::Low, "low"),
        (Priority::Normal, "normal"),
        (Priority::High, "high"),
        (Priority::Urgent, "urgent"),
    ] {
        frozen(&priority, &format!("{name:?}"));
        assert_eq!(priority.as_str(), name);
    }
}

/// What was stored before there were rules and languages reads as if neither had been used.
#[test]
fn what_older_versions_stored_is_read() {
    let ana = Teammate::new(WorkspaceId::from_u128(1), ANA, "Ana");
    let mut old = to_value(&ana).unwrap();
    old.as_object_mut().unwrap().remove("languages").unwrap();
    assert_eq!(from_value::<Teammate>(old).unwrap(), ana);
    let place = Place::new(WorkspaceId::from_u128(1), ConversationId::from_u128(2));
    let conversation = Conversation::new(place, Requester::claimed(CustomerId::from_u128(3)), "web", noon());
    let reason = ReasonCode::Other.into();
    let summary = draft(&["Hello"], None, Sequence(1));
    let ticket = Ticket::open(TICKET, &conversation, reason, summary, "k".parse().unwrap(), noon());
    let mut old = to_value(&ticket).unwrap();
    let new = to_string(&ticket).unwrap();
    assert!(
        ["lapsed", "rounds", "flags"].iter().all(|field| !new.contains(field)),
        "kept where there are any"
    );
    for field in ["language", "speaks", "method", "tags", "routed_by", "due", "resting_since"] {
        old.as_object_mut().unwrap().remove(field).unwrap();
    }
    assert_eq!(from_value::<Ticket>(old).unwrap(), ticket);
}

#[test]
fn answers_and_work() {
    let escalation = r#"{"type":"escalation","ticket":"$T","opened_by":"e1","routing":{"type":"assigned","teammate":"$A"}}"#;
    let stored = escalation.replace("$T", T).replace("$A", A);
    let answer: Answer = from_str(&stored).unwrap();
    assert_eq!(to_string(&answer).unwrap(), stored);
    let joined = stored.replace("}}", &format!(r#"}},"joined":"{T}"}}"#));
    assert_eq!(to_string(&from_str::<Answer>(&joined).unwrap()).unwrap(), joined);
    frozen(&WorkKind::Summarise { ticket: TICKET }, r#"{"type":"summarise","ticket":"$T"}"#);
    frozen(&WorkKind::EndGrace { ticket: TICKET }, r#"{"type":"end_grace","ticket":"$T"}"#);
    frozen(&WorkKind::Sweep, r#"{"type":"sweep"}"#);
    let sink = "web-hook_2".parse().unwrap();
    frozen(&WorkKind::Deliver { sink }, r#"{"type":"deliver","sink":"web-hook_2"}"#);
    assert_eq!(WorkKind::Deliver { sink }.name(), "deliver:web-hook_2");
    assert!(
        from_str::<WorkKind>(r#"{"type":"deliver","sink":"Web hook"}"#).is_err(),
        "checked when it is read"
    );
    frozen(&WorkKind::FinishTranscript, r#"{"type":"finish_transcript"}"#);
    for (kind, name) in [
        (WorkKind::OfferAgain { ticket: TICKET }, "offer_again"),
        (WorkKind::Deadline { ticket: TICKET }, "deadline"),
        (WorkKind::Idle { ticket: TICKET }, "idle"),
    ] {
        frozen(&kind, &format!(r#"{{"type":"{name}","ticket":"$T"}}"#));
        assert_eq!(kind.name(), name);
    }
}
