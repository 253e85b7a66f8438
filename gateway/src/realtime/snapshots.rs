//! Snapshots of a room that are current: each is read once, however many sockets ask for it, and kept until it is stale.

use std::{collections::HashMap, sync::Arc};

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::OnceCell;
use tonic::Status;

use super::{frames::Encoded, local::Local, resources::Resources};
use crate::contract::Resource;

/// A snapshot that is stale as soon as it was read is read again, but not for ever: an update follows anyway.
const ATTEMPTS: usize = 3;

/// The resource, and for a personal one the person.
type Key = (i32, String);
type Cell = Arc<OnceCell<Arc<Encoded>>>;

/// The snapshots of one room. There are at most as many as shared resources and, for each person here, personal ones.
#[derive(Default)]
pub(crate) struct Snapshots(Mutex<HashMap<Key, Cell>>);

impl Snapshots {
    fn cells(&self) -> MutexGuard<'_, HashMap<Key, Cell>> {
        self.0.lock()
    }

    /// The snapshot as it is now. `reader` is the person that a personal resource is read for.
    pub(crate) async fn get(
        &self,
        resources: &Resources,
        resource: &Resource,
        room_id: &str,
        reader: Option<&Local>,
    ) -> Result<Arc<Encoded>, Status> {
        let reader = reader.filter(|_| resource.is_personal());
        let subject_id = reader.map(|local| local.identity.subject_id.clone());
        let key = (resource.number, subject_id.unwrap_or_default());
        // Each change would make it stale: a page of chat for each person is not worth keeping.
        let is_kept = !resource.is_log();
        let mut attempt = 1;
        loop {
            let cell = self.cells().entry(key.clone()).or_default().clone();
            let read = async { resources.read(resource.number, room_id, reader).await.map(Arc::new) };
            let frame = cell.get_or_try_init(|| read).await?.clone();
            let mut cells = self.cells();
            let is_current = cells.get(&key).is_some_and(|current| Arc::ptr_eq(current, &cell));
            if is_current && !is_kept {
                cells.remove(&key);
            }
            if is_current || !is_kept || attempt == ATTEMPTS {
                return Ok(frame);
            }
            attempt += 1;
        }
    }

    /// Forgets a snapshot that is stale: that of one person, or all.
    pub(crate) fn forget(&self, number: i32, subject_id: Option<&str>) {
        self.cells().retain(|(kept, person), _| {
            *kept != number || subject_id.is_some_and(|subject_id| person != subject_id)
        });
    }

    /// Forgets what was read for a person who has no socket here any more.
    pub(crate) fn forget_person(&self, subject_id: &str) {
        self.cells().retain(|(_, person), _| person != subject_id);
    }
}
