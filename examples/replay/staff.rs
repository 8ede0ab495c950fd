//! The people who work here.

use std::collections::HashMap;

use escalate::adapters::sqlite::SqliteStore;
use escalate::{Roster, StoreError, Teammate, TeammateId};
use futures::future::try_join_all;

use crate::play::{WORKSPACE, named};

/// Who is in the roster.
#[derive(Debug)]
pub(crate) struct Staff {
    /// Whoever resolves what nobody was assigned to.
    pub(crate) first: TeammateId,
    names: HashMap<TeammateId, String>,
}

impl Staff {
    /// At least `number` teammates, the same ones in every run. Those who are there stay as they are.
    pub(crate) async fn hired(store: &SqliteStore, number: u32) -> Result<Self, StoreError> {
        let teammate = |number: u32| {
            let id = TeammateId::new(named("teammate", &number.to_string()));
            Teammate::new(WORKSPACE, id, format!("Teammate {number}"))
        };
        let there = store.staff(WORKSPACE, None).await?.teammates;
        let missing = (1..=number).map(teammate).filter(|new| there.iter().all(|other| other.id != new.id));
        try_join_all(missing.map(|new| store.put_teammate(new))).await?;
        let everybody = store.staff(WORKSPACE, None).await?.teammates;
        let names = everybody.into_iter().map(|teammate| (teammate.id, teammate.name)).collect();
        Ok(Self { first: teammate(1).id, names })
    }

    /// The name, or the id of somebody who has left.
    pub(crate) fn name(&self, teammate: TeammateId) -> String {
        self.names.get(&teammate).cloned().unwrap_or_else(|| teammate.to_string())
    }
}
