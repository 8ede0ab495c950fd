//! The first rule that matches routes, against a second reading of what matching means.

use escalate::assignment::Need;
use escalate::rules::{Conditions, Facts, Routed, Rules, Speaks};
use escalate::{Priority, ReasonCode, TeamId};
use proptest::prelude::*;
use serde_json::{from_value, to_value};

use super::{Told, rules, told};
use crate::properties::config;

/// By the words of the documentation, not of the code: each list is empty or holds the value; of tags and attributes
/// all.
fn matches(when: &Conditions, told: &Told) -> bool {
    let language = |range: &str| {
        let (range, own) =
            (range.to_lowercase(), told.language.as_ref().map(|own| own.as_str().to_lowercase()));
        own.is_some_and(|own| own == range || own.starts_with(&format!("{range}-")))
    };
    let has = |tag: &String| told.tags.iter().any(|own| own == tag);
    [
        when.reasons.is_empty() || when.reasons.contains(&told.reason),
        when.channels.is_empty() || when.channels.contains(&told.channel),
        when.languages.is_empty() || when.languages.iter().any(|range| language(range.as_str())),
        when.priorities.is_empty() || when.priorities.contains(&told.priority),
        when.tags.iter().all(has),
        when.attributes.iter().all(|(name, value)| told.attributes.get(name) == Some(value)),
    ]
    .iter()
    .all(|holds| *holds)
}

fn expected(rules: &Rules, told: &Told) -> Option<usize> {
    (0..rules.routes.len()).find(|at| matches(&rules.routes[*at].when, told))
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn the_first_rule_that_matches_routes(rules in rules(), told in told()) {
        let at = expected(&rules, &told);
        let explained = rules.explain(&told.facts());
        let routed = rules.route(&told.facts());
        prop_assert_eq!(&explained.routed, &routed, "explained is what is done");
        let rule = at.map(|at| &rules.routes[at]);
        prop_assert_eq!(routed.rule.as_ref(), rule.map(|rule| &rule.name));
        prop_assert_eq!(explained.passed_over.len(), at.unwrap_or(rules.routes.len()), "each before it, and why");
        for (passed, rule) in explained.passed_over.iter().zip(&rules.routes) {
            prop_assert_eq!(&passed.rule, &rule.name);
        }
        let then = rule.map_or(&rules.otherwise, |rule| &rule.then);
        prop_assert_eq!(routed.need.team, then.team);
        prop_assert_eq!(&routed.need.skills, &then.skills);
        prop_assert_eq!(routed.priority, then.priority.unwrap_or(told.priority));
        prop_assert_eq!((routed.method, routed.speaks), (then.method, then.speaks));
        let required = told.language.filter(|_| then.speaks == Speaks::Required);
        prop_assert_eq!(routed.need.language, required);
    }

    /// A rule after the one that matches, or before it and not matching, makes no difference.
    #[test]
    fn only_the_order_up_to_the_match_counts(rules in rules(), told in told()) {
        let routed = rules.route(&told.facts());
        let mut cut = rules.clone();
        if let Some(at) = expected(&rules, &told) {
            cut.routes.truncate(at + 1);
            cut.routes.drain(..at);
        } else {
            cut.routes.clear();
        }
        prop_assert_eq!(cut.route(&told.facts()), routed);
    }

    #[test]
    fn rules_come_back_from_json(rules in rules()) {
        prop_assert_eq!(from_value::<Rules>(to_value(&rules).unwrap()).unwrap(), rules);
    }
}

#[test]
fn what_was_asked_for_stays_where_the_route_says_nothing() {
    let (team, other) = (TeamId::from_u128(1), TeamId::from_u128(2));
    let mut need = Need::default();
    (need.team, need.skills) = (Some(team), vec!["french".into(), "refunds".into()]);
    let channel = "web".into();
    let german = "de".into();
    let facts = Facts::new(ReasonCode::Other, &channel).needing(&need).with_priority(Priority::High);
    let facts = facts.in_language(Some(&german));
    let route = |route: escalate::rules::Route| -> Routed {
        Rules::default().otherwise(route).unwrap().route(&facts)
    };
    let plain = route(Default::default());
    assert_eq!((&plain.need, plain.priority, plain.language), (&need, Priority::High, Some(german.clone())));
    let routed = route(escalate::rules::Route::default().to_team(other).needing(["refunds", "gold"]));
    assert_eq!(routed.need.team, Some(other));
    assert_eq!(routed.need.skills, ["french", "refunds", "gold"], "both, none twice");
    // Whoever asks for a language gets it, whatever the rules say.
    let mut french = need.clone();
    french.language = Some("fr".into());
    let facts = facts.needing(&french);
    let asked = Rules::default().route(&facts);
    assert_eq!((asked.speaks, &asked.language), (Speaks::Required, &french.language));
    assert_eq!(asked.need, french);
}
