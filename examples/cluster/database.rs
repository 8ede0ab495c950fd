//! A database of the run's own on some server.

use std::str::FromStr;

use deadpool_postgres::{Manager, Pool, Runtime};
use tokio_postgres::{Config, NoTls};

use crate::Failure;

/// The variable that names the server; it may hold a password, so it is never an argument.
pub(crate) const ADDRESS: &str = "DATABASE_URL";

/// A database on the server that [`ADDRESS`] names.
#[derive(Clone)]
pub(crate) struct Database {
    server: Config,
    pub(crate) name: String,
}

impl Database {
    pub(crate) fn named(name: &str) -> Result<Self, Failure> {
        let address = std::env::var(ADDRESS).map_err(|_| "a node is started by the coordinator")?;
        Self::on(&address, name)
    }

    pub(crate) fn on(address: &str, name: &str) -> Result<Self, Failure> {
        let server = Config::from_str(address)
            .map_err(|_| format!("{ADDRESS} is no address of a PostgreSQL server"))?;
        Ok(Self { server, name: name.to_owned() })
    }

    pub(crate) fn pool(&self, connections: usize) -> Result<Pool, Failure> {
        let mut config = self.server.clone();
        let manager = Manager::new(config.dbname(&self.name).clone(), NoTls);
        Ok(Pool::builder(manager).max_size(connections).runtime(Runtime::Tokio1).build()?)
    }

    pub(crate) async fn create(&self) -> Result<(), Failure> {
        self.administer(&format!("CREATE DATABASE {}", self.name)).await
    }

    pub(crate) async fn drop(&self) -> Result<(), Failure> {
        self.administer(&format!("DROP DATABASE {} WITH (FORCE)", self.name)).await
    }

    async fn administer(&self, sql: &str) -> Result<(), Failure> {
        let (client, connection) = self.server.connect(NoTls).await?;
        let connection = tokio::spawn(connection);
        let done = client.batch_execute(sql).await;
        drop(client);
        connection.await??;
        Ok(done?)
    }
}
