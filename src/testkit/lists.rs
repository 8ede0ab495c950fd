//! One list a suite, in the order of the files; `macros.rs` says what is made of them.

#[doc(hidden)]
#[macro_export]
macro_rules! __transcript_store_cases {
    ($then:ident $($given:tt)*) => {
        $crate::$then! {
            $($given)*; transcript_store;
            open::opens_a_conversation
            open::opens_once
            open::opening_again_keeps_the_entries
            open::opening_again_keeps_the_fence
            open::append_without_a_conversation_is_not_found
            open::read_without_a_conversation_is_not_found
            open::raising_without_a_conversation_is_not_found
            append::reads_in_append_order
            append::numbers_from_one_without_gaps
            append::receipts_name_the_entries
            append::order_does_not_follow_the_clock
            append::append_moves_the_header
            append::activity_is_that_of_the_last_entry
            append::an_empty_append_changes_nothing
            append::conversations_are_apart
            append::appends_at_the_same_time_leave_no_gap
            append::repeats_at_the_same_time_write_once
            append::one_of_two_turns_at_the_same_time_answers
            repeat::a_repeat_gets_the_first_receipt
            repeat::a_repeat_among_new_entries_is_passed_over
            repeat::a_repeat_does_not_move_activity
            repeat::a_key_twice_in_one_append_is_written_once
            repeat::a_key_reused_for_another_text_is_refused
            repeat::a_key_reused_for_a_padded_text_is_refused
            repeat::a_key_reused_by_another_author_is_refused
            repeat::a_key_reused_with_another_visibility_is_refused
            repeat::a_key_reused_within_one_append_is_refused
            repeat::keys_belong_to_a_conversation
            repeat::a_repeat_gets_its_answer_behind_the_fence
            repeat::a_repeat_with_a_late_entry_is_superseded
            repeat::a_reused_key_is_refused_behind_the_fence
            fence::an_older_epoch_is_superseded
            fence::the_same_epoch_is_written
            fence::a_newer_epoch_is_written
            fence::a_written_entry_raises_the_fence
            fence::a_superseded_entry_does_not_raise_the_fence
            fence::a_repeat_does_not_raise_the_fence
            fence::the_fence_is_never_lowered
            fence::a_fence_belongs_to_a_conversation
            fence::raising_moves_no_header
            fence::people_are_not_fenced
            fence::a_newer_message_supersedes
            fence::other_entries_do_not_supersede
            fence::another_turn_supersedes
            fence::the_same_turn_may_write_twice
            fence::control_is_checked_first
            fence::a_late_append_leaves_none_of_its_entries
            window::after_gives_the_oldest_after
            window::after_the_end_is_empty
            window::before_gives_the_newest_before
            window::before_none_gives_the_newest
            window::before_the_beginning_is_empty
            window::a_limit_of_nought_gives_the_header
            window::a_limit_of_one_gives_one
            window::numbers_may_be_as_large_as_they_get
            window::every_window_has_the_whole_header
            window::pages_give_every_entry_once
            content::bodies_come_back_as_given
            content::long_bodies_come_back
            content::authors_come_back
            content::visibility_marks_and_turns_come_back
            content::instants_come_back_to_the_microsecond
            content::keys_are_told_apart_byte_by_byte
            content::sparse_headers_come_back
            listing::an_empty_workspace_lists_nothing
            listing::lists_the_most_recently_active_first
            listing::lists_equally_recent_ones_by_descending_id
            listing::activity_moves_a_conversation_up
            listing::lists_at_most_the_limit
            listing::pages_give_every_conversation_once
            listing::a_cursor_is_a_place_in_the_order
            tenancy::read_sees_one_workspace
            tenancy::append_sees_one_workspace
            tenancy::raise_fence_sees_one_workspace
            tenancy::conversations_sees_one_workspace
            tenancy::workspaces_with_the_same_ids_are_apart
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __ticket_repository_cases {
    ($then:ident $($given:tt)*) => {
        $crate::$then! {
            $($given)*; ticket_repository;
            commit::an_unknown_conversation_has_the_defaults
            commit::a_commit_is_visible_at_once
            commit::every_control_comes_back
            commit::the_revision_grows_by_one
            commit::a_stale_revision_is_a_conflict
            commit::a_future_revision_is_a_conflict
            commit::one_of_many_writers_wins
            commit::one_of_many_escalations_opens_a_ticket
            commit::conversations_are_apart
            atomic::every_part_is_written
            atomic::a_stale_commit_leaves_nothing
            atomic::an_answered_key_leaves_nothing
            atomic::a_second_open_ticket_leaves_nothing
            atomic::a_lost_claim_leaves_nothing
            atomic::an_abandoned_placement_leaves_nothing
            atomic::an_abandoned_sweep_leaves_the_ticket_waiting
            atomic::a_refused_commit_stands_in_nobodys_way
            ticket::every_field_comes_back
            ticket::a_ticket_is_replaced_whole
            ticket::every_status_priority_and_reason_comes_back
            ticket::one_ticket_is_open_at_a_time
            ticket::every_open_status_counts_as_open
            ticket::another_ticket_opens_after_a_close
            ticket::a_cancelled_ticket_is_not_open
            ticket::an_older_ticket_stays_the_older
            ticket::a_ticket_is_not_reopened_beside_another
            ticket::a_ticket_is_reopened
            ticket::the_same_id_in_two_workspaces_is_two_tickets
            answer::answers_are_kept_under_their_keys
            answer::an_answer_stays
            answer::no_key_no_answer
            answer::keys_belong_to_a_conversation
            answer::a_key_is_answered_once
            answer::remember_moves_no_revision
            answer::remember_keeps_the_first_answer
            answer::remember_is_done_once
            answer::remember_sees_one_conversation
            workload::a_stranger_has_no_load
            workload::loads_come_in_the_order_asked_for
            workload::loads_equal_a_recount
            workload::a_closed_ticket_is_counted_off_once
            workload::every_assignment_is_the_newest
            workload::assignments_do_not_follow_the_clock
            workload::a_reassignment_is_an_assignment
            workload::the_same_assignee_is_no_assignment
            workload::other_commits_change_no_load
            placement::fewest_open_gets_it
            placement::least_recent_gets_it
            placement::the_first_ranked_with_room_gets_it
            placement::the_given_one_gets_it_over_the_cap
            placement::the_choice_is_written_everywhere
            placement::loads_are_counted_at_commit
            placement::the_cap_holds_at_commit
            placement::a_cap_of_nought_is_none
            placement::one_of_many_placements_gets_the_last_room
            placement::an_abandoned_placement_is_a_conflict
            placement::a_placement_needs_a_ticket
            decision::a_decision_is_kept_with_its_event
            decision::a_decision_replays_to_its_choice
            decision::decisions_are_read_in_pages
            decision::a_later_start_is_written_everywhere
            decision::who_waits_is_told_whether_anybody_is_there
            decision::an_owed_text_follows_the_choice
            line::nobody_offered_it_waits
            line::nobody_with_room_it_waits
            line::the_position_counts_who_goes_before
            line::only_the_waiting_are_in_the_line
            line::a_ticket_is_not_ahead_of_itself
            line::a_newcomer_does_not_overtake
            line::a_waiting_ticket_schedules_its_sweep
            line::an_assigned_ticket_schedules_no_sweep
            line::the_line_moves_up
            line::each_team_has_a_line
            line::those_for_people_have_a_line_of_their_own
            line::a_newcomer_passes_other_lines
            line::a_waiting_ticket_changes_its_line
            recent::a_customers_episodes_are_counted
            recent::episodes_are_counted_since_and_up_to
            recent::the_newest_open_ticket_comes_along
            recent::episodes_of_one_workspace_are_counted
            recent::recent_is_told_where_asked
            listing::filters_admit_their_own
            listing::open_ones_are_listed_as_served
            listing::closed_ones_are_listed_newest_first
            listing::next_is_there_only_if_there_are_more
            listing::pages_give_every_ticket_once
            listing::a_cursor_outlives_its_ticket
            timeline::events_are_numbered_without_gaps
            timeline::timeline_is_read_in_pages
            timeline::every_event_comes_back
            timeline::timelines_are_apart
            claim::nothing_is_due_at_first
            claim::work_is_claimed_when_due
            claim::only_the_kinds_asked_for_are_claimed
            claim::a_claim_names_the_work
            claim::the_longest_due_comes_first
            claim::at_most_the_limit_is_claimed
            claim::a_lease_excludes_others
            claim::an_expired_lease_is_claimed_again
            claim::leases_are_apart
            claim::workers_at_the_same_time_share_the_work
            schedule::the_earlier_instant_is_kept
            schedule::the_newer_contents_are_taken
            schedule::the_generation_grows
            schedule::one_commit_schedules_several_kinds
            schedule::work_of_two_conversations_is_apart
            schedule::a_workspace_has_one_sweep
            schedule::scheduling_again_keeps_the_lease
            settle::settled_work_is_gone
            settle::a_claim_is_settled_once
            settle::a_claim_claimed_again_is_lost
            settle::a_late_claim_is_good_until_somebody_claims
            settle::an_old_claim_does_not_settle_new_work
            settle::again_at_names_the_next_instant
            settle::work_scheduled_again_outlives_its_settlement
            settle::a_commit_settles_its_claim
            settle::a_commit_settles_a_sweep
            settle::a_commit_with_a_lost_claim_fails
            settle::work_scheduled_again_outlives_a_commit
            settle::a_commit_may_schedule_what_it_settles
            delivery::the_delivery_mark_moves_on
            delivery::the_delivery_mark_outlives_the_work
            delivery::each_sink_has_its_own_mark
            delivery::a_new_sink_begins_at_the_start
            delivery::each_sink_is_tried_by_itself
            delivery::a_failure_is_not_hurried
            delivery::a_failure_is_not_hurried_by_what_came_meanwhile
            delivery::work_put_off_is_brought_forward
            delivery::failures_are_counted_until_it_gets_on
            delivery::a_failure_without_again_is_none
            delivery::other_contents_have_not_failed
            owed::an_owed_write_is_kept_whole
            owed::a_confirmed_write_is_forgotten
            owed::owed_writes_are_kept_in_order
            owed::newer_writes_outlive_an_older_claim
            owed::a_write_put_off_stays_owed
            owed::a_worker_takes_an_owed_write_over
            owed::an_old_claim_does_not_forget_newer_writes
            owed::owed_writes_are_apart
            owed::a_commit_settles_an_owed_write
            owed::other_commits_owe_nothing
            tenancy::control_and_load_see_one_workspace
            tenancy::commit_sees_one_workspace
            tenancy::tickets_sees_one_workspace
            tenancy::timeline_sees_one_workspace
            tenancy::workload_sees_one_workspace
            tenancy::placements_see_one_workspace
            tenancy::settle_sees_one_workspace
            tenancy::work_of_two_workspaces_is_apart
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __roster_cases {
    ($then:ident $($given:tt)*) => {
        $crate::$then! {
            $($given)*; roster;
            staff::staff_come_by_ascending_id
            staff::staff_include_those_who_are_away
            staff::staff_of_a_team_are_its_members
            staff::an_unknown_team_or_workspace_has_no_staff
            staff::caps_come_with_the_staff
            staff::staff_see_one_workspace
            teammate::every_field_of_a_teammate_comes_back
            teammate::a_stranger_is_not_there
            teammate::a_change_is_seen_at_once
            teammate::teammate_sees_one_workspace
            teammate::workspaces_with_the_same_ids_are_apart
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __shared_database_cases {
    ($then:ident $($given:tt)*) => {
        $crate::$then! {
            $($given)*; shared_database;
            here::both_ports_name_one_database
            here::a_commit_appends_its_entries
            here::what_is_told_follows_the_choice
            here::a_commit_raises_the_fence
            here::a_commit_does_not_lower_the_fence
            here::a_repeated_entry_is_passed_over
            here::a_reused_key_leaves_nothing
            here::a_conflict_leaves_the_transcript
            here::a_late_conflict_leaves_the_transcript
            here::a_lost_claim_leaves_the_transcript
            here::an_abandoned_placement_leaves_the_transcript
            here::a_commit_writes_its_own_conversation
            here::it_is_known_whose_conversation_it_is
            here::a_commit_and_an_answer_at_the_same_time
            here::the_thread_asked_for_is_the_one_read
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __transcript_reopen_cases {
    ($then:ident $($given:tt)*) => {
        $crate::$then! {
            $($given)*; reopen;
            transcripts::transcripts_outlive_their_handle
            transcripts::two_handles_see_one_transcript
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __ticket_reopen_cases {
    ($then:ident $($given:tt)*) => {
        $crate::$then! {
            $($given)*; reopen;
            tickets::tickets_outlive_their_handle
            tickets::claims_outlive_their_handle
            tickets::deliveries_outlive_their_handle
            tickets::two_handles_see_one_repository
        }
    };
}
