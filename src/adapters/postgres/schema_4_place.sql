-- Version 4: the choice of an assignee, from the loads of this very instant (A1, A4).
--
-- A teammate's load changes only under the lock on their row of escalate_assignments, which whoever is chosen holds
-- until the commit. Whoever waits for such a lock holds no other, so nobody waits in a circle.

-- Locks a teammate's row, making it if need be.
CREATE FUNCTION escalate_hold(p_workspace uuid, p_teammate uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM escalate_assignments a
        WHERE a.workspace = p_workspace AND a.teammate = p_teammate FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        INSERT INTO escalate_assignments (workspace, teammate) VALUES (p_workspace, p_teammate)
            ON CONFLICT DO NOTHING;
        PERFORM 1 FROM escalate_assignments a
            WHERE a.workspace = p_workspace AND a.teammate = p_teammate FOR NO KEY UPDATE;
    END IF;
END
$$;

-- Locks both rows, in the order of their ids, and nothing where there is nobody.
CREATE FUNCTION escalate_hold_both(p_workspace uuid, p_one uuid, p_other uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF p_one IS NOT NULL AND (p_other IS NULL OR p_one < p_other) THEN
        PERFORM escalate_hold(p_workspace, p_one);
    END IF;
    IF p_other IS NOT NULL THEN
        PERFORM escalate_hold(p_workspace, p_other);
    END IF;
    IF p_one > p_other THEN
        PERFORM escalate_hold(p_workspace, p_one);
    END IF;
END
$$;

-- Counts a ticket that leaves p_from and comes to p_to, either of which may be nobody; both are locked.
CREATE FUNCTION escalate_count(p_workspace uuid, p_from uuid, p_to uuid, p_is_assigned boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF p_from IS NOT NULL AND p_from IS DISTINCT FROM p_to THEN
        UPDATE escalate_assignments a SET open = a.open - 1
            WHERE a.workspace = p_workspace AND a.teammate = p_from;
    END IF;
    IF p_to IS NOT NULL AND (p_is_assigned OR p_from IS DISTINCT FROM p_to) THEN
        UPDATE escalate_assignments a SET open = a.open + (p_from IS DISTINCT FROM p_to)::integer,
            last = CASE WHEN p_is_assigned THEN nextval('escalate_assignment_numbers') ELSE a.last END
            WHERE a.workspace = p_workspace AND a.teammate = p_to;
    END IF;
END
$$;

-- Who comes first under the rule among those with room, whom nobody else is choosing at this moment: counted, and
-- with their row locked. Nobody waits. The ticket counts for nothing in the load of p_own, whose open one it is; it
-- was assigned to p_before, and if that is who is chosen, it is no new assignment.
CREATE FUNCTION escalate_pick(
    p_workspace uuid, p_own uuid, p_before uuid, p_rule text, p_offers uuid[], p_caps bigint[]
) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    v_chosen uuid;
BEGIN
    WITH best AS (
        SELECT a.teammate FROM unnest(p_offers, p_caps) WITH ORDINALITY AS o (teammate, cap, place)
        JOIN escalate_assignments a ON a.workspace = p_workspace AND a.teammate = o.teammate
        WHERE o.cap = 0 OR a.open - coalesce(a.teammate = p_own, false)::integer < o.cap
        ORDER BY CASE p_rule WHEN 'fewest_open' THEN a.open - coalesce(a.teammate = p_own, false)::integer
                WHEN 'least_recent' THEN a.last ELSE o.place END,
            CASE p_rule WHEN 'fewest_open' THEN a.last ELSE 0 END, a.teammate
        LIMIT 1 FOR NO KEY UPDATE OF a SKIP LOCKED)
    UPDATE escalate_assignments a
        SET open = a.open + (a.teammate IS DISTINCT FROM p_own)::integer,
            last = CASE WHEN a.teammate = p_before THEN a.last ELSE nextval('escalate_assignment_numbers') END
        FROM best WHERE a.workspace = p_workspace AND a.teammate = best.teammate
        RETURNING a.teammate INTO v_chosen;
    RETURN v_chosen;
END
$$;

-- The same where everybody with room was being chosen: waits for the best of them, looks again, and goes on so until
-- it has somebody or nobody has room. Call it with no teammate's row locked.
CREATE FUNCTION escalate_wait_and_pick(
    p_workspace uuid, p_own uuid, p_before uuid, p_rule text, p_offers uuid[], p_caps bigint[]
) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    v_best uuid;
BEGIN
    FOR attempt IN 1..1000 LOOP
        BEGIN
            v_best := escalate_best(p_workspace, p_own, p_rule, p_offers, p_caps);
            IF v_best IS NULL THEN
                RETURN NULL;
            END IF;
            PERFORM escalate_hold(p_workspace, v_best);
            IF escalate_best(p_workspace, p_own, p_rule, p_offers, p_caps) = v_best THEN
                PERFORM escalate_count(p_workspace, CASE WHEN v_best = p_own THEN p_own END, v_best,
                    v_best IS DISTINCT FROM p_before);
                RETURN v_best;
            END IF;
            RAISE SQLSTATE 'ES000';
        EXCEPTION WHEN SQLSTATE 'ES000' THEN
            -- The way back out of the block has given the lock back.
            NULL;
        END;
    END LOOP;
    RAISE SQLSTATE 'ES001' USING MESSAGE = 'conflict';
END
$$;

-- Who comes first under the rule among those with room, locked or not.
CREATE FUNCTION escalate_best(
    p_workspace uuid, p_own uuid, p_rule text, p_offers uuid[], p_caps bigint[]
) RETURNS uuid LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT a.teammate FROM unnest(p_offers, p_caps) WITH ORDINALITY AS o (teammate, cap, place)
        JOIN escalate_assignments a ON a.workspace = p_workspace AND a.teammate = o.teammate
        WHERE o.cap = 0 OR a.open - coalesce(a.teammate = p_own, false)::integer < o.cap
        ORDER BY CASE p_rule WHEN 'fewest_open' THEN a.open - coalesce(a.teammate = p_own, false)::integer
                WHEN 'least_recent' THEN a.last ELSE o.place END,
            CASE p_rule WHEN 'fewest_open' THEN a.last ELSE 0 END, a.teammate
        LIMIT 1);
END
$$;

-- What those offered had to do when one of them was chosen, or nobody: less those who come before and have room, whom
-- somebody else was choosing. Of the chosen, the number of the assignment before is not known any more, as it has
-- been counted, also by the statement that calls this; nought keeps the order.
CREATE FUNCTION escalate_seen(
    p_workspace uuid, p_own uuid, p_rule text, p_offers uuid[], p_caps bigint[], p_chosen uuid
) RETURNS bytea LANGUAGE plpgsql AS $$
BEGIN
    RETURN (WITH loaded AS (
            SELECT o.teammate, o.cap, o.place, coalesce(a.open, 0) - CASE WHEN o.teammate = p_chosen THEN 1
                    ELSE coalesce(o.teammate = p_own, false)::integer END AS open,
                CASE WHEN o.teammate = p_chosen THEN 0 ELSE coalesce(a.last, 0) END AS last
            FROM unnest(p_offers, p_caps) WITH ORDINALITY AS o (teammate, cap, place)
            LEFT JOIN escalate_assignments a ON a.workspace = p_workspace AND a.teammate = o.teammate),
        ranked AS (
            SELECT l.teammate, l.open, l.last, l.cap = 0 OR l.open < l.cap AS has_room, row_number() OVER (ORDER BY
                CASE p_rule WHEN 'fewest_open' THEN l.open WHEN 'least_recent' THEN l.last ELSE l.place END,
                CASE p_rule WHEN 'fewest_open' THEN l.last ELSE 0 END, l.teammate) AS rank
            FROM loaded l)
        SELECT convert_to(json_agg(json_build_array(r.teammate, r.open, r.last))::text, 'UTF8') FROM ranked r
        WHERE NOT (r.has_room AND (p_chosen IS NULL
            OR r.rank < (SELECT c.rank FROM ranked c WHERE c.teammate = p_chosen))));
END
$$;

-- Makes the rows of those who have none, in the order of their ids, so that two that do so wait in one order.
CREATE FUNCTION escalate_introduce(p_workspace uuid, p_offers uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO escalate_assignments (workspace, teammate)
        SELECT p_workspace, o.teammate FROM unnest(p_offers) AS o (teammate) ORDER BY o.teammate
        ON CONFLICT DO NOTHING;
END
$$;
