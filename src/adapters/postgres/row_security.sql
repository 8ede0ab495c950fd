-- Optional: a second wall between workspaces (N3), for hosts that give each tenant a role of the database.
--
-- A role is bound to a workspace by a row of escalate_roles, which only the owner of the tables can write; a setting
-- would be no wall, as whoever is connected may change it. It is the role that logged in which counts, whatever
-- SET ROLE says since. The owner of the tables is not bound, nor is a role with BYPASSRLS: workers that claim work
-- of all workspaces connect as one of these. A role that is bound to nothing sees nothing.
--
-- Can be run again, and is to be after every migration: a table that a migration adds is closed to bound roles until
-- then.

DO $do$
DECLARE
    v_schema name := (SELECT n.nspname FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = 'escalate_meta'::regclass);
    v_table record;
BEGIN
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I.escalate_roles (role name PRIMARY KEY, workspace uuid NOT NULL)',
        v_schema);
    -- Reads what the role cannot, so every name in it is qualified: a temporary table of that name would be found first.
    EXECUTE format($sql$
        CREATE OR REPLACE FUNCTION %1$I.escalate_workspace() RETURNS uuid
        LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp
        AS $body$ SELECT r.workspace FROM %1$I.escalate_roles r WHERE r.role = session_user $body$
    $sql$, v_schema);
    EXECUTE format($sql$
        CREATE OR REPLACE FUNCTION %1$I.escalate_bind_role(p_role name, p_workspace uuid) RETURNS void
        LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
        DECLARE
            v_table record;
        BEGIN
            IF EXISTS (SELECT FROM pg_class c JOIN pg_roles r ON r.rolname = p_role
                WHERE c.oid = '%1$I.escalate_meta'::regclass
                    AND (r.rolbypassrls OR pg_has_role(r.oid, c.relowner, 'MEMBER'))) THEN
                RAISE SQLSTATE 'ES007' USING MESSAGE = 'no policy binds this role: it owns the tables or bypasses them';
            END IF;
            EXECUTE format('GRANT USAGE ON SCHEMA %1$I TO %%I', p_role);
            FOR v_table IN SELECT c.oid::regclass AS name, c.relkind, EXISTS (SELECT FROM pg_attribute a
                    WHERE a.attrelid = c.oid AND a.attname = 'workspace') AS is_shared
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = %1$L AND c.relname LIKE 'escalate\_%%' AND c.relname <> 'escalate_roles'
                    AND c.relkind IN ('r', 'p', 'S')
            LOOP
                EXECUTE format('GRANT %%s ON %%s TO %%I', CASE WHEN v_table.relkind = 'S' THEN 'USAGE'
                    WHEN v_table.is_shared THEN 'SELECT, INSERT, UPDATE, DELETE' ELSE 'SELECT' END,
                    v_table.name, p_role);
            END LOOP;
            INSERT INTO %1$I.escalate_roles (role, workspace) VALUES (p_role, p_workspace)
                ON CONFLICT (role) DO UPDATE SET workspace = excluded.workspace;
        END
        $body$
    $sql$, v_schema);
    EXECUTE format('REVOKE ALL ON FUNCTION %I.escalate_bind_role(name, uuid) FROM PUBLIC', v_schema);
    -- Whoever makes objects here can stand in for those that the owner calls.
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', v_schema);

    FOR v_table IN SELECT c.oid::regclass AS name, c.relname, EXISTS (SELECT FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = c.oid AND a.attname = 'workspace') AS is_shared
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = v_schema AND c.relname LIKE 'escalate\_%' AND c.relkind IN ('r', 'p')
        ORDER BY c.relname
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', v_table.name);
        EXECUTE format('DROP POLICY IF EXISTS escalate_own ON %s', v_table.name);
        -- As a subquery it is asked once a statement, and not once a row.
        IF v_table.relname <> 'escalate_roles' THEN
            EXECUTE format(CASE WHEN v_table.is_shared
                THEN 'CREATE POLICY escalate_own ON %1$s USING (workspace = (SELECT %2$I.escalate_workspace()))
                    WITH CHECK (workspace = (SELECT %2$I.escalate_workspace()))'
                ELSE 'CREATE POLICY escalate_own ON %1$s FOR SELECT USING (true)' END, v_table.name, v_schema);
        END IF;
    END LOOP;
    -- What a migration has added since they were bound.
    EXECUTE format('SELECT %1$I.escalate_bind_role(r.role, r.workspace) FROM %1$I.escalate_roles r
        JOIN pg_catalog.pg_roles p ON p.rolname = r.role', v_schema);
END
$do$;
