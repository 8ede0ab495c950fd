//! Assignment rules: pure first, then as the desk goes by them.

mod choosing;
mod desk;
mod dry_run;

use std::collections::BTreeMap;

use escalate::rules::{Conditions, Facts, Method, Route, RouteRule, Rules, Speaks};
use escalate::{Channel, Language, Priority, ReasonCode, TeamId};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const REASONS: [ReasonCode; 3] = [ReasonCode::OutOfScope, ReasonCode::Sensitive, ReasonCode::Other];
const CHANNELS: [&str; 2] = ["web", "mail"];
const LANGUAGES: [&str; 4] = ["pt", "pt-BR", "PT", "de"];
const PRIORITIES: [Priority; 2] = [Priority::Normal, Priority::Urgent];
const TAGS: [&str; 3] = ["refund", "vip", "bug"];

/// What an escalation says, owned.
#[derive(Clone, Debug)]
struct Told {
    reason: ReasonCode,
    channel: Channel,
    language: Option<Language>,
    priority: Priority,
    tags: Vec<String>,
    attributes: BTreeMap<String, String>,
}

impl Told {
    fn facts(&self) -> Facts<'_> {
        Facts::new(self.reason, &self.channel)
            .in_language(self.language.as_ref())
            .with_priority(self.priority)
            .tagged(&self.tags)
            .with_attributes(&self.attributes)
    }
}

fn told() -> impl Strategy<Value = Told> {
    let attributes = btree_map(select(vec!["plan", "land"]), select(vec!["gold", "de"]), 0..=2);
    (
        select(REASONS.to_vec()),
        select(CHANNELS.to_vec()),
        option::of(select(LANGUAGES.to_vec())),
        select(PRIORITIES.to_vec()),
        subsequence(TAGS.to_vec(), 0..=3),
        attributes,
    )
        .prop_map(|(reason, channel, language, priority, tags, attributes)| Told {
            reason,
            channel: channel.into(),
            language: language.map(Into::into),
            priority,
            tags: tags.into_iter().map(str::to_owned).collect(),
            attributes: attributes.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
        })
}

fn conditions() -> impl Strategy<Value = Conditions> {
    let attribute = option::weighted(0.2, (select(vec!["plan", "land"]), select(vec!["gold", "de"])));
    (
        subsequence(REASONS.to_vec(), 0..=3),
        subsequence(CHANNELS.to_vec(), 0..=1),
        subsequence(LANGUAGES.to_vec(), 0..=2),
        subsequence(PRIORITIES.to_vec(), 0..=1),
        subsequence(TAGS.to_vec(), 0..=1),
        attribute,
    )
        .prop_map(|(reasons, channels, languages, priorities, tags, attribute)| {
            let when = Conditions::default().because(reasons).from_channels(channels).in_languages(languages);
            let when = when.with_priorities(priorities).tagged(tags);
            attribute.into_iter().fold(when, |when, (name, value)| when.with_attribute(name, value))
        })
}

fn route() -> impl Strategy<Value = Route> {
    let methods = select(vec![Method::Manual, Method::Balanced, Method::RoundRobin]);
    (
        option::of(1_u128..4),
        option::weighted(0.3, methods),
        option::weighted(0.3, select(PRIORITIES.to_vec())),
    )
        .prop_flat_map(|(team, method, priority)| {
            let speaks = select(vec![Speaks::Any, Speaks::Preferred, Speaks::Required]);
            (Just((team, method, priority)), speaks, any::<bool>())
        })
        .prop_map(|((team, method, priority), speaks, skilled)| {
            let mut route = Route::default().speaking(speaks);
            (route.team, route.method, route.priority) = (team.map(TeamId::from_u128), method, priority);
            if skilled { route.needing(["refunds"]) } else { route }
        })
}

fn rules() -> impl Strategy<Value = Rules> {
    (vec((conditions(), route()), 0..6), route()).prop_map(|(routes, otherwise)| {
        let named = |(n, (when, then))| RouteRule::new(format!("rule {n}"), when, then).unwrap();
        let routes = routes.into_iter().enumerate().map(named);
        Rules::default().with_routes(routes).unwrap().otherwise(otherwise).unwrap()
    })
}
