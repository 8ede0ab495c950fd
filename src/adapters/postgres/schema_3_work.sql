-- Version 3: due work.
--
-- All functions are PL/pgSQL, the short ones too: it keeps the plans of a session, where a function in SQL is planned
-- anew at every call.

-- Schedules one piece of work.
CREATE FUNCTION escalate_schedule(
    p_workspace uuid, p_conversation uuid, p_name text, p_kind bytea, p_due bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO escalate_work AS w
        (workspace, conversation, name, kind, due_at, lease_until, generation, token, attempts)
    VALUES (p_workspace, p_conversation, p_name, p_kind, p_due, NULL, 1, nextval('escalate_tokens'), 0)
    ON CONFLICT (workspace, conversation, name) DO UPDATE
        SET kind = excluded.kind, due_at = least(w.due_at, excluded.due_at), generation = w.generation + 1;
END
$$;

-- Ends a claim; false, with nothing written, if it is lost.
--
-- The conversation's row is locked before the work's, as in a commit: two that lock in the same order never wait
-- for each other in a circle.
CREATE FUNCTION escalate_settle(
    p_workspace uuid, p_conversation uuid, p_name text, p_token bigint, p_generation bigint,
    p_delivered bigint, p_again_at bigint
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_generation bigint;
    v_due bigint;
    v_attempts bigint;
BEGIN
    IF p_delivered IS NOT NULL THEN
        PERFORM 1 FROM escalate_controls c
            WHERE c.workspace = p_workspace AND c.conversation = p_conversation FOR NO KEY UPDATE;
    END IF;
    SELECT w.generation, w.due_at, w.attempts INTO v_generation, v_due, v_attempts FROM escalate_work w
        WHERE w.workspace = p_workspace AND w.conversation = p_conversation AND w.name = p_name
            AND w.token = p_token
        FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF p_delivered IS NOT NULL THEN
        UPDATE escalate_controls c SET delivered = p_delivered
            WHERE c.workspace = p_workspace AND c.conversation = p_conversation AND c.delivered < p_delivered;
    END IF;
    IF p_again_at IS NULL AND v_generation = p_generation THEN
        DELETE FROM escalate_work w
            WHERE w.workspace = p_workspace AND w.conversation = p_conversation AND w.name = p_name;
    ELSE
        UPDATE escalate_work w SET lease_until = NULL, token = nextval('escalate_tokens'),
            due_at = CASE
                WHEN p_again_at IS NULL THEN v_due
                WHEN v_generation = p_generation THEN p_again_at
                -- What was scheduled since may be due sooner.
                ELSE least(p_again_at, v_due) END,
            attempts = CASE WHEN p_again_at IS NULL THEN 0 ELSE v_attempts END
            WHERE w.workspace = p_workspace AND w.conversation = p_conversation AND w.name = p_name;
    END IF;
    IF p_again_at IS NULL AND p_name = 'finish_transcript' THEN
        DELETE FROM escalate_owed o
            WHERE o.workspace = p_workspace AND o.conversation = p_conversation AND o.generation <= p_generation;
    END IF;
    RETURN true;
END
$$;
