//! Rosters that were read before, each under the number it had.
//!
//! A saving and no more: the number is read again in the statement that reads the loads, or in the one that commits, so
//! what is known counts only while it is what stands in the database at that instant. The loads are those of the last look;
//! whoever is chosen is chosen by those of the commit's instant.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use uuid::Uuid;

use crate::assignment::Load;
use crate::id::{TeammateId, WorkspaceId};
use crate::ports::{Staff, StaffOf, Staffed};

/// Most rosters kept. Beyond it all are forgotten, and read again one by one.
const MOST: usize = 1_024;
/// The largest staff whose loads need not be read: of more, only the best by load are offered to a commit.
const LARGEST: usize = 64;

#[derive(Default)]
pub(super) struct Rosters {
    all: RwLock<All>,
}

#[derive(Default)]
struct All {
    known: HashMap<(WorkspaceId, StaffOf), Known>,
    /// Where the last escalation was written the plain way.
    plain: HashSet<WorkspaceId>,
}

#[derive(Clone, Default)]
pub(super) struct Known {
    /// `None`: nothing is known.
    pub(super) number: Option<i64>,
    pub(super) staff: Arc<Staff>,
    /// As last seen, of each in turn; empty: not seen yet.
    loads: Vec<Load>,
}

impl Known {
    pub(super) fn ids(&self) -> Vec<Uuid> {
        self.staff.teammates.iter().map(|teammate| teammate.id.uuid()).collect()
    }

    /// The staff with loads that need not be read, as everybody has room, and everybody will be offered: a commit that
    /// goes the plain way finds out by itself who has become full, and chooses by the loads of its instant.
    fn with_room(&self) -> Option<Staffed> {
        let Staff { teammates, .. } = &*self.staff;
        let all = teammates.len() == self.loads.len() && (1..=LARGEST).contains(&teammates.len());
        let has_room = |cap: u32, load: &Load| cap == 0 || load.open < cap;
        let mut each = teammates.iter().zip(&self.loads);
        let is_plain = all && each.all(|(teammate, load)| has_room(self.staff.cap_of(teammate), load));
        is_plain.then(|| Staffed { staff: Staff::clone(&self.staff), loads: self.loads.clone() })
    }
}

impl Rosters {
    pub(super) fn of(&self, workspace: WorkspaceId, of: StaffOf) -> Known {
        self.read().known.get(&(workspace, of)).cloned().unwrap_or_default()
    }

    /// The roster's number, and a staff whose loads need not be read.
    pub(super) fn assumed(&self, workspace: WorkspaceId, of: StaffOf) -> Option<(i64, Staffed)> {
        let all = self.read();
        let known = all.known.get(&(workspace, of)).filter(|_| all.plain.contains(&workspace))?;
        Some((known.number?, known.with_room()?))
    }

    pub(super) fn learn(&self, workspace: WorkspaceId, of: StaffOf, seen: &Staffed, number: i64) {
        let mut all = self.write();
        if all.known.len() >= MOST {
            *all = All::default();
        }
        let (staff, loads) = (Arc::new(seen.staff.clone()), seen.loads.clone());
        all.known.insert((workspace, of), Known { number: Some(number), staff, loads });
    }

    /// The loads have been read again.
    pub(super) fn saw(&self, workspace: WorkspaceId, of: StaffOf, loads: &[Load]) {
        if let Some(known) = self.write().known.get_mut(&(workspace, of)) {
            known.loads = loads.to_vec();
        }
    }

    /// An escalation was written the plain way, and `teammate` of this staff has it.
    pub(super) fn went_plainly(&self, workspace: WorkspaceId, of: Option<StaffOf>, teammate: TeammateId) {
        let mut all = self.write();
        all.plain.insert(workspace);
        let Some(known) = of.and_then(|of| all.known.get_mut(&(workspace, of))) else { return };
        let newest = known.loads.iter().map(|load| load.last_assigned).max().unwrap_or_default();
        if let Some(load) = known.loads.iter_mut().find(|load| load.teammate == teammate) {
            (load.open, load.last_assigned) = (load.open.saturating_add(1), newest.saturating_add(1));
        }
    }

    /// It could not be.
    pub(super) fn went_otherwise(&self, workspace: WorkspaceId) {
        if self.read().plain.contains(&workspace) {
            self.write().plain.remove(&workspace);
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, All> {
        self.all.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, All> {
        self.all.write().unwrap_or_else(PoisonError::into_inner)
    }
}
