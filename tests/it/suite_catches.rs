//! The suites are tested themselves: each broken store is caught by the case named for its rule, which a sound
//! store passes. And no case is written and never run.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use escalate::MemoryStore;
use escalate::testkit::{
    Case, SharedDatabase, StaffedRoster, roster, shared_database, ticket_repository, transcript_store,
};
use escalate::{TicketRepository, TranscriptStore};

use crate::broken::*;

/// Runs the case of this name; whether the store passes it.
fn passes<S: ?Sized>(cases: &[Case<S>], name: &str, store: &S) -> bool {
    let Some(case) = cases.iter().find(|case| case.name == name) else {
        panic!("there is no case named {name}");
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    catch_unwind(AssertUnwindSafe(|| runtime.block_on((case.run)(store)))).is_ok()
}

/// One test a broken store: the case catches it, and passes on a sound one.
macro_rules! catches {
    ($module:ident: $port:ident, $cases:expr, $sound:expr; $($test:ident: $store:ident => $case:ident)+) => {
        mod $module {
            use super::*;

            $(#[test]
            fn $test() {
                let name = stringify!($case);
                let sound: &dyn $port = &$sound;
                assert!(passes($cases, name, sound), "a sound store passes {name}");
                let broken: &dyn $port = &Broken($store::default());
                assert!(!passes($cases, name, broken), "{name} does not catch {}", stringify!($store));
            })+
        }
    };
}

catches! { transcripts: TranscriptStore, transcript_store::CASES, MemoryStore::new();
    reverses_the_transcript: ReversesTheTranscript => reads_in_append_order
    drops_the_last_entry: DropsTheLastEntry => reads_in_append_order
    numbers_from_nought: NumbersFromNought => numbers_from_one_without_gaps
    writes_repeats_again: WritesRepeatsAgain => a_repeat_gets_the_first_receipt
    receipts_name_the_retry: ReceiptsNameTheRetry => a_repeat_gets_the_first_receipt
    tolerates_reused_keys: ToleratesReusedKeys => a_key_reused_for_another_text_is_refused
    appends_one_by_one: AppendsOneByOne => a_key_reused_with_another_visibility_is_refused
    shares_keys: SharesKeys => keys_belong_to_a_conversation
    ignores_the_fence: IgnoresTheFence => an_older_epoch_is_superseded
    fences_before_keys: FencesBeforeKeys => a_repeat_gets_its_answer_behind_the_fence
    lowers_the_fence: LowersTheFence => the_fence_is_never_lowered
    append_raises_no_fence: AppendRaisesNoFence => a_written_entry_raises_the_fence
    ignores_newer_messages: IgnoresNewerMessages => a_newer_message_supersedes
    ignores_other_turns: IgnoresNewerMessages => another_turn_supersedes
    supersedes_its_own_turn: SupersedesItsOwnTurn => the_same_turn_may_write_twice
    fences_people: FencesPeople => people_are_not_fenced
    adds_one_to_the_limit: AddsOneToTheLimit => a_limit_of_one_gives_one
    includes_the_place: IncludesThePlace => after_gives_the_oldest_after
    descends_backward: DescendsBackward => before_gives_the_newest_before
    empty_where_not_found: EmptyWhereNotFound => read_without_a_conversation_is_not_found
    opens_anew: OpensAnew => opens_once
    trims_bodies: TrimsBodies => bodies_come_back_as_given
    keeps_milliseconds: KeepsMilliseconds => instants_come_back_to_the_microsecond
    reads_any_workspace: ReadsAnyWorkspace => read_sees_one_workspace
    mixes_conversations: MixesConversations => conversations_are_apart
    leaves_the_header: LeavesTheHeader => append_moves_the_header
    lists_the_oldest_first: ListsTheOldestFirst => lists_the_most_recently_active_first
    ignores_the_cursor: IgnoresTheCursor => pages_give_every_conversation_once
    checks_then_writes: ChecksThenWrites => repeats_at_the_same_time_write_once
}

catches! { tickets: TicketRepository, ticket_repository::CASES, MemoryStore::new();
    ignores_the_revision: IgnoresTheRevision => a_stale_revision_is_a_conflict
    lets_every_writer_win: IgnoresTheRevision => one_of_many_writers_wins
    leaves_the_work_of_a_conflict: LeavesTheWorkOfAConflict => a_stale_commit_leaves_nothing
    leaves_the_answer_of_a_conflict: LeavesTheAnswerOfAConflict => a_second_open_ticket_leaves_nothing
    opens_a_second_ticket: OpensASecondTicket => one_ticket_is_open_at_a_time
    forgets_skills: ForgetsSkills => every_field_comes_back
    forgets_answers: ForgetsAnswers => answers_are_kept_under_their_keys
    shares_answers: SharesAnswers => keys_belong_to_a_conversation
    answers_again: AnswersAgain => a_key_is_answered_once
    remembers_by_commit: RemembersByCommit => remember_moves_no_revision
    remembers_the_last: RemembersTheLast => remember_keeps_the_first_answer
    names_no_latest: NamesNoLatest => another_ticket_opens_after_a_close
    lists_by_age: ListsByAge => open_ones_are_listed_as_served
    lists_closed_as_open: ListsClosedAsOpen => filters_admit_their_own
    always_has_more: AlwaysHasMore => next_is_there_only_if_there_are_more
    counts_rows_for_a_cursor: CountsRowsForACursor => a_cursor_outlives_its_ticket
    shows_any_workspaces_tickets: ShowsAnyWorkspacesTickets => tickets_sees_one_workspace
    shows_any_workspaces_control: ShowsAnyWorkspacesControl => control_and_load_see_one_workspace
    includes_the_event: IncludesTheEvent => timeline_is_read_in_pages
    stands_still: StandsStill => a_commit_is_visible_at_once
    counts_the_open: CountsTheOpen => a_customers_episodes_are_counted
    counts_without_limit: CountsWithoutLimit => episodes_are_counted_since_and_up_to
    counts_the_instant: CountsTheInstant => episodes_are_counted_since_and_up_to
    joins_the_closed: JoinsTheClosed => the_newest_open_ticket_comes_along
    tells_unasked: TellsUnasked => recent_is_told_where_asked
}

catches! { placements: TicketRepository, ticket_repository::CASES, MemoryStore::new();
    counts_no_loads: CountsNoLoads => the_cap_holds_at_commit
    reads_loads_early: ReadsLoadsEarly => one_of_many_placements_gets_the_last_room
    sorts_loads: SortsLoads => loads_come_in_the_order_asked_for
    sorts_offers_apart: SortsOffersApart => the_first_ranked_with_room_gets_it
    assigns_by_the_clock: AssignsByTheClock => every_assignment_is_the_newest
    counts_closed_tickets: CountsClosedTickets => loads_equal_a_recount
    knows_no_strangers: KnowsNoStrangers => a_stranger_has_no_load
    counts_nobody_ahead: CountsNobodyAhead => the_position_counts_who_goes_before
    lets_a_newcomer_overtake: CountsNobodyAhead => a_newcomer_does_not_overtake
    counts_the_ticket_itself: CountsTheTicketItself => a_ticket_is_not_ahead_of_itself
    counts_every_line: CountsEveryLine => each_team_has_a_line
    waits_behind_every_line: CountsEveryLine => a_newcomer_passes_other_lines
    counts_those_for_people: CountsThoseForPeople => those_for_people_have_a_line_of_their_own
    waits_behind_those_for_people: CountsThoseForPeople => a_newcomer_passes_other_lines
    counts_who_has_left_the_line: CountsThoseForPeople => a_waiting_ticket_changes_its_line
    hides_an_excess: HidesAnExcess => the_given_one_gets_it_over_the_cap
    never_abandons: NeverAbandons => an_abandoned_placement_is_a_conflict
    answers_before_placing: AnswersBeforePlacing => the_choice_is_written_everywhere
    schedules_no_sweep: SchedulesNoSweep => a_waiting_ticket_schedules_its_sweep
}

catches! { work: TicketRepository, ticket_repository::CASES, MemoryStore::new();
    claims_early: ClaimsEarly => work_is_claimed_when_due
    claims_shortest_due_first: ClaimsShortestDueFirst => the_longest_due_comes_first
    claims_every_kind: ClaimsEveryKind => only_the_kinds_asked_for_are_claimed
    claims_one_too_many: ClaimsOneTooMany => at_most_the_limit_is_claimed
    forgets_leases: ForgetsLeases => a_lease_excludes_others
    keeps_leases_for_ever: KeepsLeasesForEver => an_expired_lease_is_claimed_again
    tells_no_next: TellsNoNext => a_lease_excludes_others
    counts_no_attempts: CountsNoAttempts => an_expired_lease_is_claimed_again
    hides_the_generation: HidesTheGeneration => the_generation_grows
    settles_lost_claims: SettlesLostClaims => a_claim_claimed_again_is_lost
    forgets_to_try_again: ForgetsToTryAgain => again_at_names_the_next_instant
    forgets_the_mark: ForgetsTheMark => the_delivery_mark_moves_on
    moves_the_mark_back: MarksDeliveredInClaims => the_delivery_mark_moves_on
    shares_one_mark: MarksDeliveredInClaims => each_sink_has_its_own_mark
    hurries_failures: HurriesFailures => a_failure_is_not_hurried
    hurries_failures_meanwhile: HurriesFailures => a_failure_is_not_hurried_by_what_came_meanwhile
    holds_what_did_not_fail: HoldsWhatDidNotFail => work_put_off_is_brought_forward
    counts_failures_for_ever: CountsFailuresForEver => failures_are_counted_until_it_gets_on
    commits_settle_nothing: CommitsSettleNothing => a_commit_settles_its_claim
    leaves_settled_work: LeavesSettledWork => settled_work_is_gone
    owes_nothing: OwesNothing => an_owed_write_is_kept_whole
    owes_the_newest_first: OwesTheNewestFirst => owed_writes_are_kept_in_order
}

catches! { decisions: TicketRepository, ticket_repository::CASES, MemoryStore::new();
    keeps_no_decision: KeepsNoDecision => a_decision_is_kept_with_its_event
    keeps_the_loads_offered: KeepsTheLoadsOffered => a_decision_replays_to_its_choice
    forgets_the_start: ForgetsTheStart => a_later_start_is_written_everywhere
    tells_what_waits: TellsWhatWaits => an_owed_text_follows_the_choice
    tells_the_owed_as_given: TellsTheOwedAsGiven => an_owed_text_follows_the_choice
    reads_any_decisions: ReadsAnyDecisions => decisions_are_read_in_pages
    reads_decisions_backwards: ReadsDecisionsBackwards => decisions_are_read_in_pages
    ignores_the_decision_limit: IgnoresTheDecisionLimit => decisions_are_read_in_pages
    says_nobody_is_there: SaysNobodyIsThere => who_waits_is_told_whether_anybody_is_there
}

catches! { both: SharedDatabase, shared_database::CASES, MemoryStore::new();
    writes_the_transcript_first: WritesTheTranscriptFirst => a_conflict_leaves_the_transcript
    writes_the_transcript_afterwards: WritesTheTranscriptAfterwards => a_reused_key_leaves_nothing
    commits_raise_no_fence: CommitsRaiseNoFence => a_commit_raises_the_fence
    commits_append_nothing: CommitsAppendNothing => a_commit_appends_its_entries
    loads_the_oldest: LoadsTheOldest => the_thread_asked_for_is_the_one_read
    tells_as_given: TellsAsGiven => what_is_told_follows_the_choice
}

catches! { rosters: StaffedRoster, roster::CASES, Broken(SoundRoster::default());
    lists_the_available: ListsTheAvailable => staff_include_those_who_are_away
    lists_by_name: ListsByName => staff_come_by_ascending_id
    ignores_the_team: IgnoresTheTeam => staff_of_a_team_are_its_members
    forgets_caps: ForgetsCaps => caps_come_with_the_staff
    finds_in_any_workspace: FindsInAnyWorkspace => teammate_sees_one_workspace
}

/// Every public function of a suite's files is in its list, once, and the list names nothing else.
#[test]
fn every_case_is_in_its_list() {
    let testkit = Path::new(ESCALATE).join("src/testkit");
    let names = |cases: &mut dyn Iterator<Item = &'static str>| {
        let all: Vec<&str> = cases.collect();
        let distinct: BTreeSet<String> = all.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(distinct.len(), all.len(), "a test module has each name once");
        distinct
    };
    let suites = [
        ("transcript_store", names(&mut transcript_store::CASES.iter().map(|case| case.name))),
        ("ticket_repository", names(&mut ticket_repository::CASES.iter().map(|case| case.name))),
        ("roster.rs", names(&mut roster::CASES.iter().map(|case| case.name))),
        ("shared_database.rs", names(&mut shared_database::CASES.iter().map(|case| case.name))),
    ];
    for (path, listed) in suites {
        assert_eq!(
            written(&testkit.join(path)),
            listed,
            "{path}: what is written is what is listed in lists.rs"
        );
    }
    // Cases for a harness that reopens are generic, so there is no table of them; the list itself is read.
    let lists = fs::read_to_string(testkit.join("lists.rs")).unwrap();
    for case in written(&testkit.join("reopen.rs")) {
        assert_eq!(lists.matches(&format!("::{case}\n")).count(), 1, "reopen.rs: {case} is in lists.rs once");
    }
}

/// The names of the `pub async fn`s in a file, or in the files of a directory.
fn written(path: &Path) -> BTreeSet<String> {
    let files: Vec<PathBuf> = if path.is_dir() {
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect()
    } else {
        vec![path.to_owned()]
    };
    let mut found = BTreeSet::new();
    for file in files {
        for line in fs::read_to_string(file).unwrap().lines() {
            let Some(rest) = line.trim_start().strip_prefix("pub async fn ") else { continue };
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            assert!(found.insert(name.clone()), "{name} is written twice");
        }
    }
    found
}

const ESCALATE: &str = env!("CARGO_MANIFEST_DIR");
