-- Version 4: the choice of an assignee, from the loads of this very instant (A1, A4).
--
-- A teammate's load grows only under the lock on their row of escalate_assignments, so a count taken under it stands
-- until the commit. Whoever chooses holds at most one such lock when it goes on, and none while it waits for one,
-- so nobody waits in a circle.

-- Locks a teammate's row, making it if need be.
CREATE FUNCTION escalate_hold(p_workspace uuid, p_teammate uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM escalate_assignments a
        WHERE a.workspace = p_workspace AND a.teammate = p_teammate FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        INSERT INTO escalate_assignments (workspace, teammate, last) VALUES (p_workspace, p_teammate, 0)
            ON CONFLICT DO NOTHING;
        PERFORM 1 FROM escalate_assignments a
            WHERE a.workspace = p_workspace AND a.teammate = p_teammate FOR NO KEY UPDATE;
    END IF;
END
$$;

CREATE FUNCTION escalate_open_of(p_workspace uuid, p_teammate uuid, p_own uuid) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT count(*) FROM escalate_tickets t
        WHERE t.workspace = p_workspace AND t.assignee = p_teammate AND t.open AND t.id <> p_own);
END
$$;

-- Who gets the ticket, with their row locked; nobody where nobody has room.
CREATE FUNCTION escalate_pick(
    p_workspace uuid, p_own uuid, p_rule text, p_offers uuid[], p_caps bigint[]
) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    v_best uuid;
    v_first uuid;
    v_cap bigint;
BEGIN
    -- In the order of their ids, so that two that do so wait in one order.
    INSERT INTO escalate_assignments (workspace, teammate, last)
        SELECT p_workspace, o.teammate, 0 FROM unnest(p_offers) AS o (teammate)
        WHERE NOT EXISTS (SELECT FROM escalate_assignments a
            WHERE a.workspace = p_workspace AND a.teammate = o.teammate)
        ORDER BY o.teammate
        ON CONFLICT DO NOTHING;
    FOR attempt IN 1..1000 LOOP
        BEGIN
            -- First whoever nobody else is choosing at this moment: nobody waits.
            SELECT a.teammate, o.cap INTO v_best, v_cap
                FROM unnest(p_offers, p_caps) WITH ORDINALITY AS o (teammate, cap, place)
                JOIN escalate_assignments a ON a.workspace = p_workspace AND a.teammate = o.teammate
                CROSS JOIN LATERAL (SELECT count(*) AS open FROM escalate_tickets t
                    WHERE t.workspace = p_workspace AND t.assignee = o.teammate AND t.open AND t.id <> p_own) l
                WHERE o.cap = 0 OR l.open < o.cap
                ORDER BY CASE p_rule WHEN 'fewest_open' THEN l.open WHEN 'least_recent' THEN a.last ELSE o.place END,
                    CASE p_rule WHEN 'fewest_open' THEN a.last ELSE 0 END, a.teammate
                LIMIT 1 FOR NO KEY UPDATE OF a SKIP LOCKED;
            IF FOUND THEN
                IF v_cap = 0 OR escalate_open_of(p_workspace, v_best, p_own) < v_cap THEN
                    RETURN v_best;
                END IF;
                RAISE SQLSTATE 'ES000';
            END IF;
            -- Everybody with room is being chosen: wait for the best of them, and look again.
            v_best := escalate_best(p_workspace, p_own, p_rule, p_offers, p_caps);
            IF v_best IS NULL THEN
                RETURN NULL;
            END IF;
            PERFORM escalate_hold(p_workspace, v_best);
            v_first := escalate_best(p_workspace, p_own, p_rule, p_offers, p_caps);
            IF v_first = v_best THEN
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
    RETURN (SELECT a.teammate
        FROM unnest(p_offers, p_caps) WITH ORDINALITY AS o (teammate, cap, place)
        JOIN escalate_assignments a ON a.workspace = p_workspace AND a.teammate = o.teammate
        CROSS JOIN LATERAL (SELECT count(*) AS open FROM escalate_tickets t
            WHERE t.workspace = p_workspace AND t.assignee = o.teammate AND t.open AND t.id <> p_own) l
        WHERE o.cap = 0 OR l.open < o.cap
        ORDER BY CASE p_rule WHEN 'fewest_open' THEN l.open WHEN 'least_recent' THEN a.last ELSE o.place END,
            CASE p_rule WHEN 'fewest_open' THEN a.last ELSE 0 END, a.teammate
        LIMIT 1);
END
$$;
