//! Rosters that were read before, each under the number it had.
//!
//! A saving and no more: the number is read again in the statement that reads the loads, so what is known counts only
//! while it is what stands in the database at that instant.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use uuid::Uuid;

use crate::id::WorkspaceId;
use crate::ports::{Staff, StaffOf};

/// Most rosters kept. Beyond it all are forgotten, and read again one by one.
const MOST: usize = 1_024;

#[derive(Default)]
pub(super) struct Rosters {
    known: RwLock<HashMap<(WorkspaceId, StaffOf), Known>>,
}

#[derive(Clone, Default)]
pub(super) struct Known {
    /// `None`: nothing is known.
    pub(super) number: Option<i64>,
    pub(super) staff: Arc<Staff>,
}

impl Known {
    pub(super) fn ids(&self) -> Vec<Uuid> {
        self.staff.teammates.iter().map(|teammate| teammate.id.uuid()).collect()
    }
}

impl Rosters {
    pub(super) fn of(&self, workspace: WorkspaceId, of: StaffOf) -> Known {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&(workspace, of)).cloned().unwrap_or_default()
    }

    pub(super) fn learn(&self, workspace: WorkspaceId, of: StaffOf, staff: Staff, number: i64) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert((workspace, of), Known { number: Some(number), staff: Arc::new(staff) });
    }
}
