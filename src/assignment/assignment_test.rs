use proptest::prelude::*;

use super::*;
use crate::Teammate;
use crate::id::TeammateId;

fn candidate(id: u128, open: u32, last_assigned: u64, cap: u32) -> Candidate {
    Candidate { cap, load: Load { teammate: TeammateId::from_u128(id), open, last_assigned } }
}

fn choose(rule: Rule, candidates: &[Candidate]) -> Option<TeammateId> {
    let offers: Vec<_> = candidates.iter().map(|c| Offer { teammate: c.load.teammate, cap: c.cap }).collect();
    let loads: Vec<_> = candidates.iter().map(|c| c.load).collect();
    pick(rule, &offers, &loads).map(|pick| pick.teammate)
}

fn team() -> impl Strategy<Value = Vec<Candidate>> {
    prop::collection::vec((0..4_u32, 0..6_u64, 0..4_u32), 0..12).prop_map(|team| {
        let numbered = team.into_iter().zip(1..);
        numbered.map(|((open, last, cap), id)| candidate(id, open, last, cap)).collect()
    })
}

proptest! {
    /// A1: the machine never chooses somebody without room, and finds somebody if there is one.
    #[test]
    fn room_decides(team in team(), rule in prop::sample::select(vec![Rule::Ranked, Rule::FewestOpen, Rule::LeastRecent])) {
        let chosen = choose(rule, &team);
        prop_assert_eq!(chosen.is_some(), team.iter().any(Candidate::has_room));
        let chosen = team.iter().find(|c| Some(c.load.teammate) == chosen);
        prop_assert!(chosen.is_none_or(Candidate::has_room));
    }

    /// The choice is a total order: the order in which the facts arrive does not matter.
    #[test]
    fn order_of_offers_does_not_matter(team in team(), rule in prop::sample::select(vec![Rule::FewestOpen, Rule::LeastRecent])) {
        let mut reversed = team.clone();
        reversed.reverse();
        prop_assert_eq!(choose(rule, &team), choose(rule, &reversed));
    }

    /// Whoever is preferred and has room comes first; within a tier the rule decides, and without tiers all of it.
    #[test]
    fn a_preference_comes_before_the_rule(
        team in team(),
        tiers in prop::collection::vec(0..3_u8, 12),
        rule in prop::sample::select(vec![Rule::Ranked, Rule::FewestOpen, Rule::LeastRecent]),
    ) {
        let tier_of = |id: TeammateId| tiers[usize::try_from(id.uuid().as_u128()).unwrap() % 12];
        let find = |id: &TeammateId| *team.iter().find(|c| c.load.teammate == *id).unwrap();
        let order: Vec<_> = prefer(rule, &team, |c| tier_of(c.load.teammate)).iter().map(find).collect();
        prop_assert_eq!(order.len(), team.len());
        let best = (0..3).find_map(|tier| {
            let of_tier: Vec<_> = team.iter().filter(|c| tier_of(c.load.teammate) == tier).copied().collect();
            choose(rule, &of_tier)
        });
        prop_assert_eq!(choose(Rule::Ranked, &order), best);
        let plain: Vec<_> = prefer(rule, &team, |_| 7).iter().map(find).collect();
        prop_assert_eq!(choose(Rule::Ranked, &plain), choose(rule, &team));
    }

    /// A pool gives, one after the other, what a look at everybody gives each time.
    #[test]
    fn pool_is_pick_repeated(team in team(), rule in prop::sample::select(vec![Rule::FewestOpen, Rule::LeastRecent, Rule::Ranked])) {
        let mut pool = Pool::new(rule, &team);
        let mut facts = team;
        for round in 0..20_u64 {
            let expected = choose(rule, &facts);
            prop_assert_eq!(pool.is_empty(), expected.is_none());
            prop_assert_eq!(pool.first(1).first().map(|offer| offer.teammate), expected);
            prop_assert_eq!(pool.take().map(|c| c.load.teammate), expected);
            if let Some(taken) = facts.iter_mut().find(|c| Some(c.load.teammate) == expected) {
                taken.load.open += 1;
                taken.load.last_assigned = 100 + round;
            }
        }
    }

    /// A2: round robin among teammates eligible throughout spreads by at most one.
    #[test]
    fn round_robin_spreads_by_at_most_one(size in 1..9_u128, tickets in 0..60_usize) {
        let team: Vec<_> = (1..=size).map(|id| candidate(id, 0, 0, 0)).collect();
        let mut pool = Pool::new(Rule::LeastRecent, &team);
        let mut counts = std::collections::HashMap::new();
        for _ in 0..tickets {
            *counts.entry(pool.take().map(|c| c.load.teammate)).or_insert(0_usize) += 1;
        }
        let most = counts.values().max().copied().unwrap_or(0);
        let least = if counts.len() < team.len() { 0 } else { counts.values().min().copied().unwrap_or(0) };
        prop_assert!(most - least <= 1);
    }
}

#[test]
fn fewest_open_ties_go_to_the_longest_idle_then_the_lowest_id() {
    let team = [candidate(1, 1, 2, 0), candidate(2, 1, 1, 0), candidate(3, 1, 1, 0), candidate(4, 2, 0, 0)];
    assert_eq!(choose(Rule::FewestOpen, &team), Some(TeammateId::from_u128(2)));
    assert_eq!(choose(Rule::LeastRecent, &team), Some(TeammateId::from_u128(4)));
}

#[test]
fn a_choice_by_hand_may_exceed_the_cap_and_is_marked() {
    let full = [Offer { teammate: TeammateId::from_u128(1), cap: 1 }];
    let load = |open| [Load { open, ..Load::none(TeammateId::from_u128(1)) }];
    assert_eq!(pick(Rule::Given, &full, &load(1)).map(|pick| pick.over_cap), Some(true));
    assert_eq!(pick(Rule::Given, &full, &load(0)).map(|pick| pick.over_cap), Some(false));
    assert_eq!(pick(Rule::Ranked, &full, &load(1)), None);
}

/// Each lack by itself, in the order in which they are named.
#[test]
fn whoever_lacks_something_is_passed_over_for_it() {
    let [acme, ana] = [1, 2].map(uuid::Uuid::from_u128);
    let mut able = Teammate::new(acme.into(), ana.into(), "Ana").in_teams([acme.into()]);
    able = able.with_skills(["refunds"]).speaking(["de", "PT-pt"]);
    let language = Some("pt-BR".into());
    let need = Need { team: Some(acme.into()), skills: vec!["refunds".into()], language };
    assert_eq!(eligible(&able, &need), Ok(()), "another region, another case");
    let mut person = able.clone().away();
    assert_eq!(eligible(&person, &need), Err(Exclusion::Away));
    person.languages = vec!["pl".into(), "".into()];
    assert_eq!(eligible(&person, &need), Err(Exclusion::LacksLanguage));
    person.skills.clear();
    assert_eq!(eligible(&person, &need), Err(Exclusion::LacksSkill));
    person.teams.clear();
    assert_eq!(eligible(&person, &need), Err(Exclusion::OtherTeam));
    assert_eq!(eligible(&Teammate { languages: Vec::new(), ..able }, &Need::default()), Ok(()));
}
