-- Version 1: tables. Every key leads with the workspace, so that no query can reach across tenants (N3) and the
-- tables can be distributed by it; the queue of due work is claimed for all of them at once, and its index is the
-- exception. Instants are microseconds since 1970, UTC. Texts and JSON are bytea: they may hold U+0000, which
-- neither text nor jsonb can, and come back to the byte whatever the database's encoding.

CREATE TABLE escalate_meta (
    one smallint PRIMARY KEY CHECK (one = 1),
    -- Names this database, so that two ports can tell whether one transaction can write both.
    database uuid NOT NULL
);

INSERT INTO escalate_meta (one, database) VALUES (1, gen_random_uuid());

-- Claim tokens, never given twice: a claim on work that was removed cannot fit its successor.
CREATE SEQUENCE escalate_tokens;
-- Numbers of assignments. A sequence and not a row: a row would make all assignments of a workspace wait in turn.
CREATE SEQUENCE escalate_assignment_numbers;

CREATE TABLE escalate_conversations (
    workspace uuid NOT NULL,
    id uuid NOT NULL,
    customer uuid NOT NULL,
    verified boolean NOT NULL,
    channel bytea NOT NULL,
    language bytea,
    opened_at bigint NOT NULL,
    active_at bigint NOT NULL,
    last bigint NOT NULL,
    fence bigint NOT NULL,
    PRIMARY KEY (workspace, id)
);

CREATE INDEX escalate_conversations_by_activity ON escalate_conversations (workspace, active_at, id);

-- Only ever inserted under a lock on the conversation's row, so no foreign key is needed to keep them together.
CREATE TABLE escalate_messages (
    workspace uuid NOT NULL,
    conversation uuid NOT NULL,
    sequence bigint NOT NULL,
    id uuid NOT NULL,
    key bytea NOT NULL,
    author text NOT NULL,
    author_id uuid,
    visibility text NOT NULL,
    body bytea NOT NULL,
    at bigint NOT NULL,
    turn uuid,
    mark bytea,
    PRIMARY KEY (workspace, conversation, sequence),
    UNIQUE (workspace, conversation, key)
);

CREATE TABLE escalate_controls (
    workspace uuid NOT NULL,
    conversation uuid NOT NULL,
    revision bigint NOT NULL,
    epoch bigint NOT NULL,
    holder text NOT NULL,
    ticket uuid,
    teammate uuid,
    until bigint,
    -- The newest event.
    events bigint NOT NULL,
    latest uuid,
    PRIMARY KEY (workspace, conversation)
) WITH (fillfactor = 80);

CREATE TABLE escalate_tickets (
    workspace uuid NOT NULL,
    id uuid NOT NULL,
    conversation uuid NOT NULL,
    customer uuid NOT NULL,
    open boolean NOT NULL,
    assignee uuid,
    -- 0 is served first.
    urgency smallint NOT NULL,
    requested bigint NOT NULL,
    body bytea NOT NULL,
    -- Whether people choose who gets it, one byte; and the team, if it is for one.
    line bytea NOT NULL DEFAULT '\x00',
    PRIMARY KEY (workspace, id)
) WITH (fillfactor = 80);

-- At most one open ticket per conversation (E1).
CREATE UNIQUE INDEX escalate_tickets_open_in ON escalate_tickets (workspace, conversation) WHERE open;
CREATE INDEX escalate_tickets_open ON escalate_tickets (workspace, urgency, requested, id) WHERE open;
-- The tickets of one teammate.
CREATE INDEX escalate_tickets_of ON escalate_tickets (workspace, assignee, urgency, requested, id) WHERE open;
-- The tickets of nobody, as a sweep reads them.
CREATE INDEX escalate_tickets_waiting ON escalate_tickets (workspace, urgency, requested, id)
    WHERE open AND assignee IS NULL;
-- The same line by line: a count of who is ahead costs the length of one.
CREATE INDEX escalate_tickets_line ON escalate_tickets (workspace, line, urgency, requested, id)
    WHERE open AND assignee IS NULL;
CREATE INDEX escalate_tickets_closed ON escalate_tickets (workspace, requested, id) WHERE NOT open;
CREATE INDEX escalate_tickets_by_customer ON escalate_tickets (workspace, customer, requested, id);

CREATE TABLE escalate_events (
    workspace uuid NOT NULL,
    conversation uuid NOT NULL,
    sequence bigint NOT NULL,
    body bytea NOT NULL,
    -- What a choice of assignee was made on, where the event tells of one.
    decision bytea,
    -- The loads of those offered, where they had become others since the decision.
    loads bytea,
    PRIMARY KEY (workspace, conversation, sequence)
);

CREATE TABLE escalate_answers (
    workspace uuid NOT NULL,
    conversation uuid NOT NULL,
    key bytea NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (workspace, conversation, key)
);

CREATE TABLE escalate_work (
    workspace uuid NOT NULL,
    -- All zeros for the work of a workspace, whose names are its own.
    conversation uuid NOT NULL,
    name text NOT NULL,
    kind bytea NOT NULL,
    -- NULL: it is done, and stays for its mark.
    due_at bigint,
    lease_until bigint,
    generation bigint NOT NULL,
    token bigint NOT NULL,
    attempts bigint NOT NULL,
    -- It is put off after a failure: not due sooner, whatever is scheduled.
    failed boolean NOT NULL,
    -- The newest event that this sink got.
    delivered bigint NOT NULL,
    PRIMARY KEY (workspace, conversation, name)
) WITH (fillfactor = 70);

-- By name: the deliveries that a dead sink has put off stand in nobody else's way.
CREATE INDEX escalate_work_due ON escalate_work (name, due_at, workspace, conversation) WHERE due_at IS NOT NULL;
CREATE INDEX escalate_work_leased ON escalate_work (lease_until, due_at) WHERE lease_until IS NOT NULL;

-- Transcript writes for another database, until they are confirmed; at most one a commit.
CREATE TABLE escalate_owed (
    workspace uuid NOT NULL,
    conversation uuid NOT NULL,
    revision bigint NOT NULL,
    generation bigint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (workspace, conversation, revision)
);

-- One row a teammate: how many open tickets they have, when they were last assigned one, and the lock under which
-- both change. Kept, and not counted at each choice: that would cost the length of everybody's backlog.
CREATE TABLE escalate_assignments (
    workspace uuid NOT NULL,
    teammate uuid NOT NULL,
    open bigint NOT NULL DEFAULT 0,
    last bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace, teammate)
) WITH (fillfactor = 50);

-- Numbers of rosters.
CREATE SEQUENCE escalate_roster_numbers;

CREATE TABLE escalate_workspaces (
    workspace uuid PRIMARY KEY,
    capacity bigint NOT NULL DEFAULT 0,
    -- Another number after every change of who works here and under which caps, never used twice: a node that has read
    -- the roster under the number that it finds need not read it again.
    roster bigint NOT NULL DEFAULT 0
);

CREATE TABLE escalate_teammates (
    workspace uuid NOT NULL,
    id uuid NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (workspace, id)
);

CREATE TABLE escalate_memberships (
    workspace uuid NOT NULL,
    team uuid NOT NULL,
    teammate uuid NOT NULL,
    PRIMARY KEY (workspace, team, teammate),
    FOREIGN KEY (workspace, teammate) REFERENCES escalate_teammates (workspace, id) ON DELETE CASCADE
);

CREATE INDEX escalate_memberships_by_teammate ON escalate_memberships (workspace, teammate);

CREATE TABLE escalate_teams (
    workspace uuid NOT NULL,
    team uuid NOT NULL,
    capacity bigint NOT NULL,
    PRIMARY KEY (workspace, team)
);

-- By trigger, so that no statement can forget it.
CREATE FUNCTION escalate_roster_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO escalate_workspaces AS w (workspace, roster)
        VALUES (CASE TG_OP WHEN 'DELETE' THEN OLD.workspace ELSE NEW.workspace END, nextval('escalate_roster_numbers'))
        ON CONFLICT (workspace) DO UPDATE SET roster = nextval('escalate_roster_numbers');
    RETURN NULL;
END
$$;

CREATE TRIGGER escalate_teammates_moved AFTER INSERT OR UPDATE OR DELETE ON escalate_teammates
    FOR EACH ROW EXECUTE FUNCTION escalate_roster_moved();
CREATE TRIGGER escalate_memberships_moved AFTER INSERT OR UPDATE OR DELETE ON escalate_memberships
    FOR EACH ROW EXECUTE FUNCTION escalate_roster_moved();
CREATE TRIGGER escalate_teams_moved AFTER INSERT OR UPDATE OR DELETE ON escalate_teams
    FOR EACH ROW EXECUTE FUNCTION escalate_roster_moved();
