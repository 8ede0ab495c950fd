-- Version 3: due work.
--
-- All functions are PL/pgSQL, the short ones too: it keeps the plans of a session, where a function in SQL is planned
-- anew at every call.

-- Schedules one piece of work.
CREATE FUNCTION escalate_schedule(
    p_workspace uuid, p_conversation uuid, p_name text, p_kind bytea, p_due bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO escalate_work AS w (workspace, conversation, name, kind, due_at, lease_until, generation, token,
            attempts, failed, delivered)
        VALUES (p_workspace, p_conversation, p_name, p_kind, p_due, NULL, 1, nextval('escalate_tokens'), 0, false, 0)
    ON CONFLICT (workspace, conversation, name) DO UPDATE
        SET kind = excluded.kind, generation = w.generation + 1,
            due_at = CASE WHEN w.failed AND w.kind = excluded.kind THEN w.due_at
                ELSE least(w.due_at, excluded.due_at) END,
            attempts = CASE WHEN w.kind = excluded.kind THEN w.attempts ELSE 0 END,
            failed = w.failed AND w.kind = excluded.kind;
END
$$;

-- Ends a claim; false, with nothing written, if it is lost. Takes a lock on the row of the work and nothing else, so
-- that a slow sink's settlement stands in no commit's way.
CREATE FUNCTION escalate_settle(
    p_workspace uuid, p_conversation uuid, p_name text, p_token bigint, p_generation bigint,
    p_delivered bigint, p_again_at bigint, p_failed boolean DEFAULT false
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_generation bigint;
    v_due bigint;
    v_attempts bigint;
    v_delivered bigint;
    v_failed boolean := p_failed AND p_again_at IS NOT NULL;
BEGIN
    SELECT w.generation, w.due_at, w.attempts, w.delivered INTO v_generation, v_due, v_attempts, v_delivered
        FROM escalate_work w
        WHERE w.workspace = p_workspace AND w.conversation = p_conversation AND w.name = p_name
            AND w.token = p_token
        FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF p_again_at IS NULL AND v_generation = p_generation AND NOT starts_with(p_name, 'deliver:') THEN
        DELETE FROM escalate_work w
            WHERE w.workspace = p_workspace AND w.conversation = p_conversation AND w.name = p_name;
    ELSE
        UPDATE escalate_work w SET lease_until = NULL, token = nextval('escalate_tokens'), failed = v_failed,
            delivered = greatest(v_delivered, p_delivered),
            due_at = CASE
                -- Done; what stays is the mark.
                WHEN p_again_at IS NULL AND v_generation = p_generation THEN NULL
                WHEN p_again_at IS NULL THEN v_due
                WHEN v_failed OR v_generation = p_generation THEN p_again_at
                -- What was scheduled since may be due sooner.
                ELSE least(p_again_at, v_due) END,
            attempts = CASE WHEN NOT v_failed THEN 0 WHEN p_delivered > v_delivered THEN 1 ELSE v_attempts END
            WHERE w.workspace = p_workspace AND w.conversation = p_conversation AND w.name = p_name;
    END IF;
    IF p_again_at IS NULL AND p_name = 'finish_transcript' THEN
        DELETE FROM escalate_owed o
            WHERE o.workspace = p_workspace AND o.conversation = p_conversation AND o.generation <= p_generation;
    END IF;
    RETURN true;
END
$$;
