//! Rules of routing: what is refused, what is read, and which rule matches.

use chrono::TimeDelta;
use serde_json::{from_str, from_value, json, to_value};

use super::*;
use crate::ReasonCode;
use crate::id::TeamId;

const TEAM: TeamId = TeamId::from_u128(7);

fn whole() -> Rules {
    let when = Conditions::default()
        .because([ReasonCode::OutOfScope, ReasonCode::Sensitive])
        .from_channels(["web"])
        .in_languages(["pt"])
        .with_priorities([Priority::High])
        .tagged(["refund"])
        .with_attribute("plan", "gold");
    let then = Route::default().to_team(TEAM).needing(["refunds"]).with_priority(Priority::Urgent);
    let then = then.by(Method::RoundRobin).speaking(Speaks::Required);
    let hour = TimeDelta::hours(1);
    let soon = Deadlines::default().replying_within(hour).unwrap().closing_within(hour * 8).unwrap();
    Rules::default()
        .with_routes([RouteRule::new("gold", when, then).unwrap()])
        .unwrap()
        .otherwise(Route::default().by(Method::Manual))
        .unwrap()
        .without_scheduling()
        .nobody_there(NobodyThere::NextShift)
        .preferring_previous_assignee()
        .offering_again(Unanswered::new(TimeDelta::minutes(5), 2).unwrap())
        .off_duty(AfterShift::OfferAll)
        .with_deadlines(Priority::High, soon.warning_before(TimeDelta::minutes(10)).unwrap())
        .on_customer(Idle::new(hour * 24, Then::Close).unwrap())
        .on_hold(Idle::new(hour * 72, Then::HandBack).unwrap())
        .limiting_loops(Limit::new(5, hour).unwrap())
        .limiting_customers(Limit::none())
        .open_by(Calendar::new("Asia/Tokyo".parse().unwrap()))
        .team_open_by(TEAM, Calendar::new("Europe/Berlin".parse().unwrap()))
        .saying(Messages::default().with("pt", Texts::new("A", "{position}", "{starts_at}", "W")).unwrap())
}

/// What is stored is frozen: hosts keep it in files and tables.
#[test]
fn the_stored_form_is_frozen() {
    let stored = json!({
        "routes": [{
            "name": "gold",
            "when": {
                "reasons": ["out_of_scope", "sensitive"], "channels": ["web"], "languages": ["pt"],
                "priorities": ["high"], "tags": ["refund"], "attributes": {"plan": "gold"},
            },
            "then": {
                "team": TEAM, "skills": ["refunds"], "priority": "urgent", "method": "round_robin",
                "speaks": "required",
            },
        }],
        "otherwise": {"team": null, "skills": [], "priority": null, "method": "manual", "speaks": "any"},
        "scheduling": false,
        "nobody_there": "next_shift",
        "previous_assignee": true,
        "unanswered": {"within": 300, "rounds": 2},
        "off_duty": "offer_all",
        "deadlines": {"high": {"first_reply": 3600, "resolution": 28800, "warn_before": 600}},
        "on_customer": {"after": 86400, "then": "close"},
        "on_hold": {"after": 259_200, "then": "hand_back"},
        "loops": {"count": 5, "within": 3600},
        "per_customer": {"count": 0, "within": 0},
        "triggers": {"asked": false, "failed_answers": 3, "ai_failure": true, "host_rule": true, "promise": "keep"},
        "calendar": {"zone": "Asia/Tokyo", "hours": null, "closed": []},
        "teams": {TEAM.to_string(): {"zone": "Europe/Berlin", "hours": null, "closed": []}},
        "messages": {
            "pt": {"assigned": "A", "queued": "{position}", "next_shift": "{starts_at}", "waiting": "W"},
        },
    });
    assert_eq!(to_value(whole()).unwrap(), stored);
    assert_eq!(from_value::<Rules>(stored).unwrap(), whole());
    assert_eq!(from_str::<Rules>("{}").unwrap(), Rules::default());
}

#[test]
fn unknown_fields_are_refused_wherever_they_stand() {
    for (at, field) in
        [("", "route"), ("/routes/0", "wen"), ("/routes/0/when", "tag"), ("/routes/0/then", "skill")]
            .into_iter()
            .chain([
                ("/unanswered", "round"),
                ("/deadlines/high", "reply"),
                ("/on_hold", "than"),
                ("/loops", "in"),
            ])
    {
        let mut stored = to_value(whole()).unwrap();
        stored.pointer_mut(at).unwrap()[field] = json!(1);
        let refused = from_value::<Rules>(stored).unwrap_err().to_string();
        assert!(refused.contains(&format!("unknown field `{field}`")), "{at}: {refused}");
    }
}

/// Each fault is refused where it is read and by `check`, naming the field and what stands there.
#[test]
fn faults_are_refused_naming_the_field() {
    for (at, value, said) in [
        ("/routes/0/name", json!(" "), "`routes.name` holds a blank text"),
        ("/routes/0/name", json!("x".repeat(101)), "has 101 characters"),
        ("/routes/0/when/channels", json!([""]), "`routes.when.channels` holds a blank text"),
        ("/routes/0/when/languages", json!(["pt", ""]), "`routes.when.languages` holds a blank text"),
        ("/routes/0/when/tags", json!(["\t"]), "`routes.when.tags` holds a blank text"),
        ("/routes/0/when/attributes", json!({"": "x"}), "`routes.when.attributes` holds a blank text"),
        ("/routes/0/then/skills", json!([""]), "`routes.then.skills` holds a blank text"),
        ("/otherwise/skills", json!([""]), "`otherwise.skills` holds a blank text"),
        (
            "/unanswered/within",
            json!(0),
            "`unanswered.within` is 0 s; give whole seconds from 1 to 316224000",
        ),
        ("/unanswered/rounds", json!(0), "`unanswered.rounds` is 0"),
        ("/deadlines/high/first_reply", json!(0), "`deadlines.first_reply` is 0 s"),
        ("/deadlines/high/resolution", json!(0), "`deadlines.resolution` is 0 s"),
        ("/deadlines/high/warn_before", json!(3600), "`deadlines.first_reply` only 3600 s; warn later"),
        ("/deadlines/high/first_reply", json!(u32::MAX), "`deadlines.first_reply` is 4294967295 s"),
        ("/on_customer/after", json!(0), "`idle.after` is 0 s"),
        ("/loops/within", json!(0), "`limit.within` is 0 s"),
    ] {
        let mut stored = to_value(whole()).unwrap();
        *stored.pointer_mut(at).unwrap() = value;
        let refused = from_value::<Rules>(stored).unwrap_err().to_string();
        assert!(refused.contains(said), "{at}: {refused}");
    }
    let mut twice = whole();
    twice.routes.extend(twice.routes.clone());
    let name = "gold".to_owned();
    assert_eq!(twice.check(), Err(InvalidRules::DuplicateName { name }));
    assert!(from_value::<Rules>(to_value(twice).unwrap()).is_err());
}

#[test]
fn what_is_built_is_checked_too() {
    let (second, half) = (TimeDelta::seconds(1), TimeDelta::milliseconds(1_500));
    let short = |field, value, least| Err(InvalidRules::Length { field, value, least });
    assert_eq!(Unanswered::new(-second, 1).map(drop), short("unanswered.within", -second, 1));
    assert_eq!(Unanswered::new(second, 0).map(drop), Err(InvalidRules::NoRounds));
    assert_eq!(Idle::new(half, Then::Close).map(drop), short("idle.after", half, 1), "no whole seconds");
    assert_eq!(Limit::new(1, TimeDelta::zero()).map(drop), short("limit.within", TimeDelta::zero(), 1));
    assert_eq!(Limit::new(0, -second).map(drop), short("limit.within", -second, 0));
    let refused = Deadlines::default().warning_before(second).unwrap().replying_within(second).map(drop);
    let (field, deadline, warn_before) = ("deadlines.first_reply", second, second);
    assert_eq!(refused, Err(InvalidRules::WarnsTooEarly { field, deadline, warn_before }));
    let blank = Route::default().needing([" "]);
    assert_eq!(
        Rules::default().otherwise(blank.clone()).map(drop),
        Err(InvalidRules::Blank { field: "otherwise.skills" })
    );
    let refused = RouteRule::new("a", Conditions::default(), blank).map(drop);
    assert_eq!(refused, Err(InvalidRules::Blank { field: "routes.then.skills" }));
    let rule = RouteRule::new("a", Conditions::default(), Route::default()).unwrap();
    let refused = Rules::default().with_routes([rule.clone(), rule]).map(drop);
    assert_eq!(refused, Err(InvalidRules::DuplicateName { name: "a".into() }));
}

#[test]
fn a_rule_names_the_first_condition_that_fails() {
    let (rules, channel, tags) = (whole(), "web".into(), ["refund".to_owned()]);
    let (attributes, silver) = (("plan", "gold"), ("plan", "silver"));
    let map = |(name, value): (&str, &str)| BTreeMap::from([(name.to_owned(), value.to_owned())]);
    let (gold, silver, brazil, spain) = (map(attributes), map(silver), "pt-BR".into(), "es".into());
    let all = Facts::new(ReasonCode::Sensitive, &channel)
        .in_language(Some(&brazil))
        .with_priority(Priority::High)
        .tagged(&tags)
        .with_attributes(&gold);
    let explained = rules.explain(&all);
    assert_eq!((explained.routed.rule.as_deref(), explained.passed_over.len()), (Some("gold"), 0));
    assert_eq!(explained.to_string(), "rule \"gold\" routes it");
    let mail = "mail".into();
    for (facts, said) in [
        (Facts { reason: ReasonCode::Other, ..all }, "the reason is `other`"),
        (Facts { channel: &mail, ..all }, "the channel is `mail`"),
        (Facts { language: Some(&spain), ..all }, "the customer's language is `es`"),
        (Facts { language: None, ..all }, "the customer's language is not known"),
        (Facts { priority: Priority::Low, ..all }, "the priority asked for is `low`"),
        (Facts { tags: &[], ..all }, "the tag `refund` is missing"),
        (Facts { attributes: Some(&silver), ..all }, "the attribute `plan` has another value"),
        (Facts { attributes: None, ..all }, "the attribute `plan` is missing"),
    ] {
        let explained = rules.explain(&facts);
        assert_eq!(explained.routed.rule, None);
        assert_eq!(explained.routed.method, Some(Method::Manual), "by `otherwise`");
        assert_eq!(explained.passed_over[0].unmet.to_string(), said);
        let stored = to_value(&explained).unwrap();
        assert_eq!(from_value::<Explained>(stored).unwrap(), explained);
        assert!(
            !format!("{facts:?}{explained}").contains("silver"),
            "an attribute's value is the customer's"
        );
    }
}
