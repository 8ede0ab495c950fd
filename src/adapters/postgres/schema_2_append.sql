-- Version 2: the one way into a transcript, for an append and for a commit's own entries.
--
-- Locks the conversation's row first, so everything below sees what was committed before, and nothing is written
-- before everything was checked. `outcome` is one of: fresh (all were written, from `place` on), stored, missing, reused (the key of entry `place`), control
-- (the fence stands at `place`), newer and turn (superseded by entry `place`).
CREATE FUNCTION escalate_append(
    p_workspace uuid, p_conversation uuid,
    p_ids uuid[], p_keys bytea[], p_authors text[], p_author_ids uuid[], p_visibilities text[],
    p_bodies bytea[], p_ats bigint[], p_turns uuid[], p_marks bytea[],
    -- Whether no key is among them twice.
    p_are_distinct boolean,
    -- With an epoch to check: what the turn had seen, and which turn it is.
    p_epoch bigint, p_seen bigint, p_turn uuid,
    -- Raises the fence in any case.
    p_raise bigint,
    OUT outcome text, OUT place bigint, OUT messages uuid[], OUT sequences bigint[], OUT repeats boolean[]
) LANGUAGE plpgsql AS $$
DECLARE
    v_count integer := coalesce(array_length(p_ids, 1), 0);
    v_fresh boolean := false;
    v_last bigint;
    v_fence bigint;
    v_active bigint;
    v_earlier integer;
    v_there record;
BEGIN
    SELECT c.last, c.fence INTO v_last, v_fence FROM escalate_conversations c
        WHERE c.workspace = p_workspace AND c.id = p_conversation FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        outcome := 'missing';
        RETURN;
    END IF;
    IF p_are_distinct THEN
        -- Each key by itself: for `key = ANY (p_keys)` a plan that does not know how many they are reads all entries of
        -- the conversation, however long it is.
        v_fresh := NOT EXISTS (SELECT FROM unnest(p_keys) AS k (key) CROSS JOIN LATERAL (
            SELECT FROM escalate_messages m
            WHERE m.workspace = p_workspace AND m.conversation = p_conversation AND m.key = k.key LIMIT 1) AS m);
    END IF;
    FOR i IN 1..(CASE WHEN v_fresh THEN 0 ELSE v_count END) LOOP
        SELECT m.id, m.sequence, m.author, m.author_id, m.visibility, m.body INTO v_there
            FROM escalate_messages m
            WHERE m.workspace = p_workspace AND m.conversation = p_conversation AND m.key = p_keys[i];
        IF FOUND THEN
            messages[i] := v_there.id;
            sequences[i] := v_there.sequence;
            repeats[i] := true;
        ELSE
            -- The same key twice in one call: the second is a repeat of the first.
            v_earlier := array_position(p_keys, p_keys[i]);
            repeats[i] := v_earlier < i;
            CONTINUE WHEN v_earlier = i;
            SELECT p_authors[v_earlier] AS author, p_author_ids[v_earlier] AS author_id,
                p_visibilities[v_earlier] AS visibility, p_bodies[v_earlier] AS body INTO v_there;
        END IF;
        IF (v_there.author, v_there.author_id, v_there.visibility, v_there.body) IS DISTINCT FROM
            (p_authors[i], p_author_ids[i], p_visibilities[i], p_bodies[i]) THEN
            outcome := 'reused';
            place := i;
            RETURN;
        END IF;
    END LOOP;
    -- A retry gets its first answer, whatever the fence says by now.
    IF p_epoch IS NOT NULL AND (v_fresh OR NOT (true = ALL (coalesce(repeats, '{}')))) THEN
        SELECT s.outcome, s.place INTO outcome, place FROM escalate_superseded(
            p_workspace, p_conversation, v_last, v_fence, p_epoch, p_seen, p_turn) s;
        IF outcome IS NOT NULL THEN
            RETURN;
        END IF;
        p_raise := greatest(p_raise, p_epoch);
    END IF;
    -- Nothing is there yet, as nearly always: one statement writes them all.
    IF v_fresh AND v_count > 0 THEN
        WITH said AS (INSERT INTO escalate_messages (workspace, conversation, sequence, id, key, author, author_id,
                visibility, body, at, turn, mark)
            SELECT p_workspace, p_conversation, v_last + e.place, e.id, e.key, e.author, e.author_id, e.visibility,
                e.body, e.at, e.turn, e.mark
            FROM unnest(p_ids, p_keys, p_authors, p_author_ids, p_visibilities, p_bodies, p_ats, p_turns, p_marks)
                WITH ORDINALITY AS e (id, key, author, author_id, visibility, body, at, turn, mark, place))
        UPDATE escalate_conversations c
            SET last = v_last + v_count, active_at = p_ats[v_count], fence = greatest(v_fence, p_raise)
            WHERE c.workspace = p_workspace AND c.id = p_conversation;
        outcome := 'fresh';
        place := v_last + 1;
        RETURN;
    END IF;
    FOR i IN 1..v_count LOOP
        IF messages[i] IS NULL AND NOT repeats[i] THEN
            v_last := v_last + 1;
            v_active := p_ats[i];
            messages[i] := p_ids[i];
            sequences[i] := v_last;
            INSERT INTO escalate_messages (workspace, conversation, sequence, id, key, author, author_id,
                visibility, body, at, turn, mark)
            VALUES (p_workspace, p_conversation, v_last, p_ids[i], p_keys[i], p_authors[i], p_author_ids[i],
                p_visibilities[i], p_bodies[i], p_ats[i], p_turns[i], p_marks[i]);
        ELSIF messages[i] IS NULL THEN
            v_earlier := array_position(p_keys, p_keys[i]);
            messages[i] := messages[v_earlier];
            sequences[i] := sequences[v_earlier];
        END IF;
    END LOOP;
    IF v_active IS NOT NULL OR p_raise > v_fence THEN
        UPDATE escalate_conversations c
            SET last = v_last, active_at = coalesce(v_active, c.active_at), fence = greatest(v_fence, p_raise)
            WHERE c.workspace = p_workspace AND c.id = p_conversation;
    END IF;
    outcome := 'stored';
END
$$;

-- Why an entry of the AI agent comes too late; nothing if it does not.
CREATE FUNCTION escalate_superseded(
    p_workspace uuid, p_conversation uuid, p_last bigint, p_fence bigint, p_epoch bigint, p_seen bigint,
    p_turn uuid, OUT outcome text, OUT place bigint
) LANGUAGE plpgsql AS $$
BEGIN
    IF p_fence > p_epoch THEN
        outcome := 'control';
        place := p_fence;
        RETURN;
    END IF;
    IF p_last <= p_seen THEN
        RETURN;
    END IF;
    SELECT 'newer', m.sequence INTO outcome, place FROM escalate_messages m
        WHERE m.workspace = p_workspace AND m.conversation = p_conversation AND m.sequence > p_seen
            AND m.author = 'customer'
        ORDER BY m.sequence DESC LIMIT 1;
    IF FOUND THEN
        RETURN;
    END IF;
    SELECT 'turn', m.sequence INTO outcome, place FROM escalate_messages m
        WHERE m.workspace = p_workspace AND m.conversation = p_conversation AND m.sequence > p_seen
            AND m.author = 'ai_agent' AND m.turn IS DISTINCT FROM p_turn
        ORDER BY m.sequence DESC LIMIT 1;
END
$$;
