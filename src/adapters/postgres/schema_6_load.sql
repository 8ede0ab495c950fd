-- Version 6: what is read of an episode, for a statement that reads all a decision is made on.
--
-- Functions, so that the server starts their statements only where there was a commit: most conversations that are
-- escalated never had one. STABLE, so that they see the same instant as the statement that calls them.

CREATE FUNCTION escalate_ticket_body(p_workspace uuid, p_ticket uuid) RETURNS bytea LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT t.body FROM escalate_tickets t WHERE t.workspace = p_workspace AND t.id = p_ticket);
END
$$;

-- Generation, token and attempts of the work that finishes owed transcript writes.
CREATE FUNCTION escalate_owed_claim(p_workspace uuid, p_conversation uuid) RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT ARRAY[w.generation, w.token, w.attempts] FROM escalate_work w
        WHERE w.workspace = p_workspace AND w.conversation = p_conversation AND w.name = 'finish_transcript');
END
$$;

CREATE FUNCTION escalate_owed_bodies(p_workspace uuid, p_conversation uuid) RETURNS bytea[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT array_agg(o.body ORDER BY o.revision) FROM escalate_owed o
        WHERE o.workspace = p_workspace AND o.conversation = p_conversation);
END
$$;
