//! A second wall between workspaces: row-level security.

use deadpool_postgres::Pool;

use super::PostgresStore;
use super::fault::Fault;
use crate::error::StoreError;
use crate::id::WorkspaceId;

/// Optional, for hosts that give each tenant a role of the database: the server itself then keeps such a role to the
/// rows of its workspace, whatever SQL it sends. A store that connects as the role works as ever for that workspace
/// and finds nothing of another.
///
/// The owner of the tables and roles with `BYPASSRLS` are not bound; workers for all workspaces connect as one of
/// these. Rows are what is guarded: who may connect can still lock tables or use up the server.
impl PostgresStore {
    /// Switches row-level security on, in the database behind a pool of the tables' owner. Run it again after every
    /// [`PostgresStore::migrate`]; a table that has come since is closed to bound roles until then.
    ///
    /// # Errors
    ///
    /// [`StoreError::Backend`]; nothing was changed. Among others if the schema has not been made.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves all of it or nothing.
    pub async fn enforce_row_security(pool: &Pool) -> Result<(), StoreError> {
        // One statement, so one transaction.
        let enforced = async { Ok(pool.get().await?.execute(ROW_SECURITY, &[]).await?) };
        enforced.await.map(drop).map_err(|fault: Fault| fault.during("enforce row-level security"))
    }

    /// Lets the database role `role` see and write the rows of `workspace` and no others; replaces what it was bound
    /// to. The role is the one that a connection logs in as; the host makes it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Backend`]; nothing was changed. Among others if there is no such role, or no policy would bind
    /// it: it is the owner of the tables, a member of the owner, a superuser, or has `BYPASSRLS`.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the role as it was or bound.
    pub async fn bind_role(pool: &Pool, role: &str, workspace: WorkspaceId) -> Result<(), StoreError> {
        let bound = async { Ok(pool.get().await?.execute(BIND, &[&role, &workspace.uuid()]).await?) };
        bound.await.map(drop).map_err(|fault: Fault| fault.during("bind a role to a workspace"))
    }

    /// Takes its workspace from the role: it sees and writes nothing any more.
    ///
    /// # Errors
    ///
    /// [`StoreError::Backend`]; nothing was changed.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the role bound or not.
    pub async fn unbind_role(pool: &Pool, role: &str) -> Result<(), StoreError> {
        let unbound = async { Ok(pool.get().await?.execute(UNBIND, &[&role]).await?) };
        unbound.await.map(drop).map_err(|fault: Fault| fault.during("take its workspace from a role"))
    }
}

const ROW_SECURITY: &str = include_str!("row_security.sql");
const BIND: &str = "SELECT escalate_bind_role($1, $2)";
const UNBIND: &str = "DELETE FROM escalate_roles WHERE role = $1";
