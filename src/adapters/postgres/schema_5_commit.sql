-- Version 5: one atomic write, in one round trip.
--
-- What depends on the choice of an assignee comes as drafts: of the ticket, of the event that tells of the choice, of
-- the answer, of what the customer is told and of what the choice was made on, each as it is when somebody with room was chosen (1), somebody over the cap (2), or nobody
-- (3). A draft is two pieces, what goes before and after the name of the chosen or the position in the line; where
-- there is no second piece, the first is all. So the rules of what is written stay where they are, in
-- `Commit::place`, and only the choice is made here.
--
-- Locks are taken in one order everywhere: the conversation's row of escalate_controls, teammates' rows of
-- escalate_assignments, the conversation's row of escalate_conversations, work of the conversation, work of the
-- workspace. Nothing was written if it fails: ES001 is a conflict, ES002 a lost claim, ES003 a reused key of a
-- transcript's entry (its place is the detail), ES004 a missing conversation, ES005 a misplaced
-- ticket, ES006 that only waiting tells who has room, ES008 that a statement for plain cases met another one, ES009 that
-- some of those offered have to be introduced first. A breach of a unique key is a conflict too: a second open ticket in
-- the conversation (E1), an event or an answer that is there already (E2).

CREATE FUNCTION escalate_draft(p_drafts bytea[], p_which integer, p_filling text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE WHEN p_drafts[2 * p_which] IS NULL THEN p_drafts[2 * p_which - 1]
        ELSE p_drafts[2 * p_which - 1] || convert_to(p_filling, 'UTF8') || p_drafts[2 * p_which] END;
END
$$;

-- Moves the conversation's row to the next revision and locks it with that; false if somebody else has.
CREATE FUNCTION escalate_move(
    p_workspace uuid, p_conversation uuid, p_expected bigint, p_epoch bigint, p_holder text,
    p_holder_ticket uuid, p_holder_teammate uuid, p_until bigint, p_events bigint, p_ticket uuid
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF p_expected = 0 THEN
        INSERT INTO escalate_controls
            (workspace, conversation, revision, epoch, holder, ticket, teammate, until, events, latest)
        VALUES (p_workspace, p_conversation, 1, p_epoch, p_holder, p_holder_ticket, p_holder_teammate, p_until,
            p_events, p_ticket)
        ON CONFLICT DO NOTHING;
    ELSE
        UPDATE escalate_controls c SET revision = p_expected + 1, epoch = p_epoch, holder = p_holder,
            ticket = p_holder_ticket, teammate = p_holder_teammate, until = p_until,
            events = greatest(c.events, p_events),
            -- A change to an older ticket does not make it the newest.
            latest = CASE WHEN p_ticket IS NULL OR EXISTS (SELECT FROM escalate_tickets t
                WHERE t.workspace = p_workspace AND t.id = p_ticket) THEN c.latest ELSE p_ticket END
            WHERE c.workspace = p_workspace AND c.conversation = p_conversation AND c.revision = p_expected;
    END IF;
    RETURN FOUND;
END
$$;

-- Undoes a statement that has found that it does not fit.
CREATE FUNCTION escalate_refuse() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RAISE SQLSTATE 'ES008' USING MESSAGE = 'not plain';
END
$$;

CREATE FUNCTION escalate_commit(
    p_workspace uuid, p_conversation uuid, p_expected bigint, p_epoch bigint, p_holder text,
    p_holder_ticket uuid, p_holder_teammate uuid, p_until bigint, p_events bigint,
    p_ticket uuid, p_customer uuid, p_open boolean, p_assignee uuid, p_urgency smallint, p_requested bigint,
    p_ticket_drafts bytea[],
    -- The choice: how, among whom, whether it waits for those ahead, and whether to give up if nobody has room.
    -- With p_wait, for a row that somebody else is choosing at this moment.
    p_rule text, p_offers uuid[], p_caps bigint[], p_in_line boolean, p_abandon boolean, p_wait boolean,
    p_event_sequences bigint[], p_event_bodies bytea[], p_choice_sequence bigint, p_choice_drafts bytea[],
    p_answer_key bytea, p_answer_drafts bytea[],
    -- Work of the conversation before work of the workspace; how many of it is for a waiting ticket only: the last.
    p_work_conversations uuid[], p_work_names text[], p_work_kinds bytea[], p_work_dues bigint[],
    p_work_if_waiting integer,
    p_claim_workspace uuid, p_claim_conversation uuid, p_claim_name text, p_claim_token bigint,
    p_claim_generation bigint,
    -- A transcript write: 'here', with its entries, or 'elsewhere', with its body.
    p_write text, p_fence bigint,
    p_ids uuid[], p_keys bytea[], p_authors text[], p_author_ids uuid[], p_visibilities text[],
    p_bodies bytea[], p_ats bigint[], p_turns uuid[], p_marks bytea[], p_are_distinct boolean,
    -- The entry whose text depends on the choice, with its drafts; the drafts of what is owed.
    p_told integer, p_told_drafts bytea[], p_owed_drafts bytea[],
    -- What the choice is made on, and whom the loads that were seen give.
    p_decision_drafts bytea[], p_expected_choice uuid,
    -- The line that the ticket stands in while it waits.
    p_line bytea,
    OUT is_kept boolean, OUT chosen uuid, OUT over_cap boolean, OUT ahead bigint,
    OUT owed_generation bigint, OUT owed_token bigint, OUT owed_attempts bigint
) LANGUAGE plpgsql AS $$
DECLARE
    v_where uuid;
    v_was_open boolean;
    v_was_on uuid;
    v_is_new boolean := false;
    v_own uuid;
    v_next uuid;
    v_waits boolean;
    v_strangers boolean;
    -- Which of the drafts: somebody with room, somebody over the cap, nobody.
    v_which integer := 1;
    v_filling text;
    v_loads bytea;
    v_appended record;
    v_ends_first boolean := p_claim_name IS DISTINCT FROM 'sweep';
    v_count integer := coalesce(array_length(p_work_names, 1), 0);
BEGIN
    is_kept := escalate_move(p_workspace, p_conversation, p_expected, p_epoch, p_holder, p_holder_ticket,
        p_holder_teammate, p_until, p_events, p_ticket);
    IF NOT is_kept THEN
        RETURN;
    END IF;
    over_cap := false;
    IF p_claim_name IS NOT NULL AND NOT EXISTS (SELECT FROM escalate_work w
        WHERE w.workspace = p_claim_workspace AND w.conversation = p_claim_conversation
            AND w.name = p_claim_name AND w.token = p_claim_token) THEN
        RAISE SQLSTATE 'ES002' USING MESSAGE = 'claim lost';
    END IF;
    IF p_expected = 0 THEN
        v_is_new := p_ticket IS NOT NULL;
    ELSIF p_ticket IS NOT NULL THEN
        SELECT t.conversation, t.assignee, t.open INTO v_where, v_was_on, v_was_open FROM escalate_tickets t
            WHERE t.workspace = p_workspace AND t.id = p_ticket;
        v_is_new := NOT FOUND;
        IF v_where <> p_conversation THEN
            RAISE SQLSTATE 'ES005' USING MESSAGE = 'misplaced';
        END IF;
        -- Whose load it is part of.
        IF v_was_open THEN
            v_own := v_was_on;
        END IF;
    END IF;
    IF p_rule = 'given' AND cardinality(p_offers) > 0 THEN
        chosen := p_offers[1];
        PERFORM escalate_hold_both(p_workspace, chosen, v_own);
        over_cap := p_caps[1] > 0 AND (SELECT a.open - coalesce(a.teammate = v_own, false)::integer >= p_caps[1]
            FROM escalate_assignments a WHERE a.workspace = p_workspace AND a.teammate = chosen);
        PERFORM escalate_count(p_workspace, v_own, chosen, chosen IS DISTINCT FROM v_was_on);
    ELSIF p_rule IS NOT NULL THEN
        SELECT p_in_line AND EXISTS (SELECT FROM escalate_tickets t
                WHERE t.workspace = p_workspace AND t.open AND t.assignee IS NULL AND t.line = p_line
                    AND (t.line, t.urgency, t.requested, t.id) < (p_line, p_urgency, p_requested, p_ticket)),
            EXISTS (SELECT FROM unnest(p_offers) AS o (teammate) WHERE NOT EXISTS (SELECT
                FROM escalate_assignments a WHERE a.workspace = p_workspace AND a.teammate = o.teammate))
            INTO v_waits, v_strangers;
        IF cardinality(p_offers) > 0 AND NOT v_waits THEN
            -- Whoever has no row yet gets it in a statement of its own: made here, it would be nobody else's to see until
            -- this is over, and the first tickets of a team would not go round.
            IF v_strangers THEN
                RAISE SQLSTATE 'ES009' USING MESSAGE = 'strangers';
            END IF;
            -- Whoever is passed over in turn never makes up for it, so round robin waits for whose turn it is (A2).
            IF p_wait OR p_rule = 'least_recent' THEN
                chosen := escalate_wait_and_pick(p_workspace, v_own, v_was_on, p_rule, p_offers, p_caps);
            ELSE
                chosen := escalate_pick(p_workspace, v_own, v_was_on, p_rule, p_offers, p_caps);
                -- Everybody is full or being chosen. To find out takes waiting, and that takes holding nothing, which
                -- one that filled up under our eyes may leave us with: the caller begins anew.
                IF chosen IS NULL AND escalate_best(p_workspace, v_own, p_rule, p_offers, p_caps) IS NOT NULL THEN
                    RAISE SQLSTATE 'ES006' USING MESSAGE = 'again, waiting';
                END IF;
            END IF;
        END IF;
        IF p_decision_drafts IS NOT NULL AND NOT v_waits AND chosen IS DISTINCT FROM p_expected_choice THEN
            v_loads := escalate_seen(p_workspace, v_own, p_rule, p_offers, p_caps, chosen);
        END IF;
        IF chosen IS NULL AND p_abandon THEN
            RAISE SQLSTATE 'ES001' USING MESSAGE = 'conflict';
        END IF;
        IF v_own IS NOT NULL AND v_own IS DISTINCT FROM chosen THEN
            -- Not waited for: a row is held.
            PERFORM 1 FROM escalate_assignments a WHERE a.workspace = p_workspace AND a.teammate = v_own
                FOR NO KEY UPDATE SKIP LOCKED;
            IF NOT FOUND THEN
                RAISE SQLSTATE 'ES006' USING MESSAGE = 'again, waiting';
            END IF;
            PERFORM escalate_count(p_workspace, v_own, NULL, false);
        END IF;
        IF chosen IS NULL THEN
            -- Counting the line costs its length, and matters only to a ticket that joins it. The line is in the comparison
            -- too, or a server that knows of one line would count in the index of all that wait.
            SELECT count(*) INTO ahead FROM escalate_tickets t
                WHERE t.workspace = p_workspace AND t.open AND t.assignee IS NULL AND t.line = p_line
                    AND (t.line, t.urgency, t.requested, t.id) < (p_line, p_urgency, p_requested, p_ticket);
            -- Whoever was ahead a moment ago may have been served: it waited for them all the same.
            ahead := greatest(ahead, coalesce(v_waits, false)::integer);
        END IF;
    ELSIF v_own IS NOT NULL OR p_assignee IS NOT NULL THEN
        v_next := CASE WHEN p_open THEN p_assignee END;
        IF v_own IS DISTINCT FROM v_next OR v_was_on IS DISTINCT FROM p_assignee THEN
            PERFORM escalate_hold_both(p_workspace, v_own, p_assignee);
            PERFORM escalate_count(p_workspace, v_own, v_next, false);
            IF p_assignee IS NOT NULL AND v_was_on IS DISTINCT FROM p_assignee THEN
                UPDATE escalate_assignments a SET last = nextval('escalate_assignment_numbers')
                    WHERE a.workspace = p_workspace AND a.teammate = p_assignee;
            END IF;
        END IF;
    END IF;
    IF p_rule IS NOT NULL THEN
        p_assignee := chosen;
        v_which := CASE WHEN chosen IS NULL THEN 3 WHEN over_cap THEN 2 ELSE 1 END;
        v_filling := coalesce(chosen::text, (ahead + 1)::text);
    END IF;
    IF p_choice_sequence IS NOT NULL THEN
        p_event_sequences := p_event_sequences || p_choice_sequence;
        p_event_bodies := p_event_bodies || escalate_draft(p_choice_drafts, v_which, v_filling);
    END IF;
    -- A unique key that is there already is a conflict, and undoes everything.
    WITH opened AS (INSERT INTO escalate_tickets
            (workspace, id, conversation, customer, open, assignee, urgency, requested, line, body)
        SELECT p_workspace, p_ticket, p_conversation, p_customer, p_open, p_assignee, p_urgency, p_requested,
            p_line, escalate_draft(p_ticket_drafts, v_which, v_filling) WHERE v_is_new),
    moved AS (UPDATE escalate_tickets t SET customer = p_customer, open = p_open, assignee = p_assignee,
            urgency = p_urgency, requested = p_requested, line = p_line,
            body = escalate_draft(p_ticket_drafts, v_which, v_filling)
        WHERE NOT v_is_new AND t.workspace = p_workspace AND t.id = p_ticket),
    told AS (INSERT INTO escalate_events (workspace, conversation, sequence, body, decision, loads)
        SELECT p_workspace, p_conversation, e.sequence, e.body,
            CASE WHEN e.sequence = p_choice_sequence THEN escalate_draft(p_decision_drafts, v_which, v_filling) END,
            CASE WHEN e.sequence = p_choice_sequence THEN v_loads END
        FROM unnest(p_event_sequences, p_event_bodies) AS e (sequence, body))
    INSERT INTO escalate_answers (workspace, conversation, key, body)
        SELECT p_workspace, p_conversation, p_answer_key, escalate_draft(p_answer_drafts, v_which, v_filling)
        WHERE p_answer_key IS NOT NULL;
    IF p_told IS NOT NULL THEN
        p_bodies[p_told] := escalate_draft(p_told_drafts, v_which, v_filling);
    END IF;
    IF p_write = 'here' THEN
        v_appended := escalate_append(p_workspace, p_conversation, p_ids, p_keys, p_authors, p_author_ids,
            p_visibilities, p_bodies, p_ats, p_turns, p_marks, p_are_distinct, NULL, NULL, NULL, p_fence);
        IF v_appended.outcome = 'missing' THEN
            RAISE SQLSTATE 'ES004' USING MESSAGE = 'missing';
        ELSIF v_appended.outcome = 'reused' THEN
            RAISE SQLSTATE 'ES003' USING MESSAGE = 'reused', DETAIL = v_appended.place::text;
        END IF;
    END IF;
    IF v_which <> 3 THEN
        v_count := v_count - p_work_if_waiting;
    END IF;
    FOR i IN 0..v_count LOOP
        -- A claim is ended before the work it is on is scheduled again, and in the order of all locks.
        IF p_claim_name IS NOT NULL AND (i = 0 AND v_ends_first
            OR NOT v_ends_first AND (i = v_count OR p_work_names[i + 1] = 'sweep')) THEN
            IF NOT escalate_settle(p_claim_workspace, p_claim_conversation, p_claim_name, p_claim_token,
                p_claim_generation, NULL, NULL) THEN
                RAISE SQLSTATE 'ES002' USING MESSAGE = 'claim lost';
            END IF;
            p_claim_name := NULL;
        END IF;
        IF i < v_count THEN
            PERFORM escalate_schedule(p_workspace, p_work_conversations[i + 1], p_work_names[i + 1],
                p_work_kinds[i + 1], p_work_dues[i + 1]);
        END IF;
    END LOOP;
    IF p_write = 'elsewhere' THEN
        SELECT w.generation, w.token, w.attempts INTO owed_generation, owed_token, owed_attempts
            FROM escalate_work w
            WHERE w.workspace = p_workspace AND w.conversation = p_conversation AND w.name = 'finish_transcript';
        INSERT INTO escalate_owed (workspace, conversation, revision, generation, body)
            VALUES (p_workspace, p_conversation, p_expected + 1, owed_generation,
                escalate_draft(p_owed_drafts, v_which, v_filling));
    END IF;
END
$$;
