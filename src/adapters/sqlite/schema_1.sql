-- Version 1. Every key leads with the workspace, so that no query can reach across tenants (N3); the queue of due
-- work is claimed for all of them at once, and is the exception. Ids are the sixteen bytes of a UUID, which sort as
-- the UUID does; instants are microseconds since 1970, UTC.

CREATE TABLE escalate_meta (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    -- Names this database, so that two ports can tell whether one transaction can write both.
    database BLOB NOT NULL,
    -- The last claim token given. Never goes back, so that a claim on work that was removed cannot fit its successor.
    tokens INTEGER NOT NULL
) STRICT;

INSERT INTO escalate_meta (one, database, tokens) VALUES (1, randomblob(16), 0);

CREATE TABLE escalate_conversations (
    workspace BLOB NOT NULL,
    id BLOB NOT NULL,
    customer BLOB NOT NULL,
    verified INTEGER NOT NULL,
    channel TEXT NOT NULL,
    language TEXT,
    opened_at INTEGER NOT NULL,
    active_at INTEGER NOT NULL,
    last INTEGER NOT NULL,
    fence INTEGER NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX escalate_conversations_by_activity ON escalate_conversations (workspace, active_at, id);

-- Kept in the order in which they are read: a page of a transcript is a few neighbouring pages of the file.
CREATE TABLE escalate_messages (
    workspace BLOB NOT NULL,
    conversation BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    id BLOB NOT NULL,
    key TEXT NOT NULL,
    author TEXT NOT NULL,
    author_id BLOB,
    visibility TEXT NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL,
    turn BLOB,
    mark TEXT,
    PRIMARY KEY (workspace, conversation, sequence),
    FOREIGN KEY (workspace, conversation) REFERENCES escalate_conversations (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX escalate_messages_by_key ON escalate_messages (workspace, conversation, key);

CREATE TABLE escalate_controls (
    workspace BLOB NOT NULL,
    conversation BLOB NOT NULL,
    revision INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    holder TEXT NOT NULL,
    ticket BLOB,
    teammate BLOB,
    until INTEGER,
    -- The newest event.
    events INTEGER NOT NULL,
    latest BLOB,
    PRIMARY KEY (workspace, conversation)
) STRICT, WITHOUT ROWID;

-- With a rowid: the rows are large, and a table keyed by large rows grows deep.
CREATE TABLE escalate_tickets (
    workspace BLOB NOT NULL,
    id BLOB NOT NULL,
    conversation BLOB NOT NULL,
    customer BLOB NOT NULL,
    open INTEGER NOT NULL,
    assignee BLOB,
    -- 0 is served first.
    urgency INTEGER NOT NULL,
    requested INTEGER NOT NULL,
    -- Whether people choose who gets it, one byte; and the team, if it is for one.
    line BLOB NOT NULL DEFAULT x'00',
    body TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT;

-- At most one open ticket per conversation (E1).
CREATE UNIQUE INDEX escalate_tickets_open_in ON escalate_tickets (workspace, conversation) WHERE open = 1;
CREATE INDEX escalate_tickets_open ON escalate_tickets (workspace, urgency, requested, id) WHERE open = 1;
-- Serves those who wait too: the tickets of nobody.
CREATE INDEX escalate_tickets_of ON escalate_tickets (workspace, assignee, urgency, requested, id) WHERE open = 1;
-- Those who wait, line by line: a count of who is ahead costs the length of one. It holds the assignee, always NULL, as
-- SQLite would read the row for it.
CREATE INDEX escalate_tickets_line ON escalate_tickets (workspace, line, urgency, requested, id, assignee)
    WHERE open = 1 AND assignee IS NULL;
CREATE INDEX escalate_tickets_closed ON escalate_tickets (workspace, requested, id) WHERE open = 0;
CREATE INDEX escalate_tickets_by_customer ON escalate_tickets (workspace, customer, requested, id);

CREATE TABLE escalate_events (
    workspace BLOB NOT NULL,
    conversation BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    body TEXT NOT NULL,
    -- What a choice of assignee was made on, where the event tells of one.
    decision TEXT,
    PRIMARY KEY (workspace, conversation, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE escalate_answers (
    workspace BLOB NOT NULL,
    conversation BLOB NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (workspace, conversation, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE escalate_work (
    workspace BLOB NOT NULL,
    -- Empty for the work of a workspace.
    conversation BLOB NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- NULL: it is done, and stays for its mark.
    due_at INTEGER,
    lease_until INTEGER,
    generation INTEGER NOT NULL,
    token INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    -- It is put off after a failure: not due sooner, whatever is scheduled.
    failed INTEGER NOT NULL,
    -- The newest event that this sink got.
    delivered INTEGER NOT NULL,
    PRIMARY KEY (workspace, conversation, name)
) STRICT, WITHOUT ROWID;

-- By name: the deliveries that a dead sink has put off stand in nobody else's way.
CREATE INDEX escalate_work_due ON escalate_work (name, due_at, workspace, conversation) WHERE due_at IS NOT NULL;
CREATE INDEX escalate_work_leased ON escalate_work (lease_until, due_at) WHERE lease_until IS NOT NULL;

-- Transcript writes for another database, until they are confirmed; at most one a commit.
CREATE TABLE escalate_owed (
    workspace BLOB NOT NULL,
    conversation BLOB NOT NULL,
    revision INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (workspace, conversation, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE escalate_workspaces (
    workspace BLOB PRIMARY KEY NOT NULL,
    capacity INTEGER NOT NULL,
    -- The number of the last assignment.
    assignments INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The load of each teammate who ever had a ticket.
CREATE TABLE escalate_assignments (
    workspace BLOB NOT NULL,
    teammate BLOB NOT NULL,
    -- The number of their last assignment; 0 if none was counted.
    last INTEGER NOT NULL,
    -- How many open tickets they are on.
    open INTEGER NOT NULL,
    PRIMARY KEY (workspace, teammate)
) STRICT, WITHOUT ROWID;

-- Counted by the table itself, in the statement that writes the ticket, so that no write can forget it (A5). A count
-- at each choice would cost the length of everybody's backlog.
CREATE TRIGGER escalate_load_of_new AFTER INSERT ON escalate_tickets WHEN new.open = 1 AND new.assignee IS NOT NULL
BEGIN
    INSERT INTO escalate_assignments (workspace, teammate, last, open) VALUES (new.workspace, new.assignee, 0, 1)
        ON CONFLICT (workspace, teammate) DO UPDATE SET open = open + 1;
END;

CREATE TRIGGER escalate_load_before AFTER UPDATE OF open, assignee ON escalate_tickets
    WHEN old.open = 1 AND old.assignee IS NOT NULL AND (new.open <> 1 OR new.assignee IS NOT old.assignee)
BEGIN
    UPDATE escalate_assignments SET open = open - 1 WHERE workspace = old.workspace AND teammate = old.assignee;
END;

CREATE TRIGGER escalate_load_after AFTER UPDATE OF open, assignee ON escalate_tickets
    WHEN new.open = 1 AND new.assignee IS NOT NULL AND (old.open <> 1 OR new.assignee IS NOT old.assignee)
BEGIN
    INSERT INTO escalate_assignments (workspace, teammate, last, open) VALUES (new.workspace, new.assignee, 0, 1)
        ON CONFLICT (workspace, teammate) DO UPDATE SET open = open + 1;
END;

CREATE TRIGGER escalate_load_of_gone AFTER DELETE ON escalate_tickets WHEN old.open = 1 AND old.assignee IS NOT NULL
BEGIN
    UPDATE escalate_assignments SET open = open - 1 WHERE workspace = old.workspace AND teammate = old.assignee;
END;

CREATE TABLE escalate_teammates (
    workspace BLOB NOT NULL,
    id BLOB NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE escalate_memberships (
    workspace BLOB NOT NULL,
    team BLOB NOT NULL,
    teammate BLOB NOT NULL,
    PRIMARY KEY (workspace, team, teammate),
    FOREIGN KEY (workspace, teammate) REFERENCES escalate_teammates (workspace, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX escalate_memberships_by_teammate ON escalate_memberships (workspace, teammate);

CREATE TABLE escalate_teams (
    workspace BLOB NOT NULL,
    team BLOB NOT NULL,
    capacity INTEGER NOT NULL,
    PRIMARY KEY (workspace, team)
) STRICT, WITHOUT ROWID;
