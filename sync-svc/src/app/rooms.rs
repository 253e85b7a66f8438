//! The rooms that this replica has in memory, so that a step need not load them.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use ids::RoomId;
use parking_lot::RwLock;
use tokio::sync::Mutex;

use crate::playback::Room;

/// A room at a version of its log; 0: it has no log yet.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) version: u64,
    pub(crate) room: Arc<Room>,
}

/// The last state of a room that this replica saw. The lock queues this replica's own steps, which would otherwise race for
/// the log. Against other replicas the version of the log decides.
#[derive(Default)]
pub(crate) struct Entry {
    pub(crate) last: Mutex<Option<Known>>,
    used_at_us: AtomicI64,
}

#[derive(Default)]
pub(crate) struct Rooms(RwLock<HashMap<RoomId, Arc<Entry>>>);

impl Rooms {
    pub(crate) fn entry(&self, room: RoomId, now_us: i64) -> Arc<Entry> {
        let known = self.0.read().get(&room).cloned();
        let entry = known.unwrap_or_else(|| self.0.write().entry(room).or_default().clone());
        entry.used_at_us.store(now_us, Ordering::Relaxed);
        entry
    }

    pub(crate) fn all(&self) -> Vec<(RoomId, Arc<Entry>)> {
        self.0.read().iter().map(|(room, entry)| (*room, entry.clone())).collect()
    }

    pub(crate) fn forget(&self, room: RoomId) {
        self.0.write().remove(&room);
    }
}

impl Entry {
    pub(crate) fn unused_for_us(&self, now_us: i64) -> i64 {
        now_us - self.used_at_us.load(Ordering::Relaxed)
    }
}
