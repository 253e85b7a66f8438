//! The logs of rooms in memory.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use parking_lot::{Mutex, MutexGuard, RwLock};
use tokio::time::Instant;

use super::room::Room;
use crate::{Append, Delivery, Outcome, Record, Result, RoomLog, deliveries};

/// Each room has its own lock, so that rooms do not wait for one another. No lock is held across an await.
#[derive(Default)]
pub(crate) struct Log {
    rooms: RwLock<HashMap<String, Arc<Mutex<Room>>>>,
    /// The highest version of any removed room.
    forgotten: AtomicU64,
}

impl Log {
    fn room(&self, room: &str) -> Option<Arc<Mutex<Room>>> {
        self.rooms.read().get(room).cloned()
    }

    fn room_or_new(&self, room: &str) -> Arc<Mutex<Room>> {
        match self.room(room) {
            Some(room) => room,
            None => self.rooms.write().entry(room.to_owned()).or_default().clone(),
        }
    }
}

fn lock(room: &Mutex<Room>) -> MutexGuard<'_, Room> {
    room.lock()
}

#[async_trait]
impl RoomLog for Log {
    async fn load(&self, room: &str) -> Result<Option<Record>> {
        Ok(self.room(room).and_then(|room| lock(&room).record()))
    }

    async fn append(&self, room: &str, step: Append) -> Result<Outcome> {
        let room = self.room_or_new(room);
        // Read under the room's lock, under which rooms are removed too.
        let mut room = lock(&room);
        room.append(step, self.forgotten.load(Ordering::Relaxed), Instant::now())
    }

    async fn answered(&self, room: &str, key: &str) -> Result<Option<Bytes>> {
        Ok(self.room(room).and_then(|room| lock(&room).answered(key, Instant::now())))
    }

    async fn notify(&self, room: &str, notice: Bytes) -> Result<()> {
        if let Some(room) = self.room(room) {
            lock(&room).deliver([Delivery::Notice(notice)]);
        }
        Ok(())
    }

    async fn read_after(&self, room: &str, seq: u64) -> Result<Option<Vec<(u64, Bytes)>>> {
        Ok(self.room(room).and_then(|room| lock(&room).read_after(seq)))
    }

    async fn subscribe(&self, room: &str) -> Result<BoxStream<'static, Delivery>> {
        let room = self.room_or_new(room);
        let receiver = lock(&room).subscribe();
        Ok(deliveries::stream(receiver))
    }

    async fn remove(&self, name: &str, version: u64) -> Result<bool> {
        let mut rooms = self.rooms.write();
        let Some(room) = rooms.get(name) else { return Ok(false) };
        let mut inner = lock(room);
        if version == 0 || inner.version() != version {
            return Ok(false);
        }
        self.forgotten.fetch_max(version, Ordering::Relaxed);
        inner.clear();
        // Under the write lock nobody else can get the room. Whoever holds it already, or listens, keeps it.
        let unused = !inner.has_subscribers() && Arc::strong_count(room) == 1;
        drop(inner);
        if unused {
            rooms.remove(name);
        }
        Ok(true)
    }

    fn outlives_process(&self) -> bool {
        false
    }
}
