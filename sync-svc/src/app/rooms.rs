//! The rooms that this replica knows: what it last saw of each, so that a step need not load it.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex as Lock, PoisonError, RwLock,
        atomic::{AtomicI64, Ordering},
    },
};

use ids::RoomId;
use tokio::sync::Mutex;

use crate::playback::Room;

/// A room at a version; 0: it has no log yet.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) version: u64,
    pub(crate) room: Arc<Room>,
}

/// What this replica knows of a room. The lock queues this replica's own steps of the room, which would otherwise
/// only beat each other to the log; other replicas are held off by the log's versions alone.
#[derive(Default)]
pub(crate) struct Entry {
    pub(crate) last: Mutex<Option<Known>>,
    used_at_us: AtomicI64,
    /// When others were told of a session whose player does what it did before.
    told_at_us: Lock<HashMap<String, i64>>,
}

/// Others hear of a player that does what it did before this often, and less often in a large room: each such notice
/// goes to every member.
const TELL_EVERY_US: i64 = 2_000_000;
const TELL_EVERY_US_A_MEMBER: i64 = 20_000;

#[derive(Default)]
pub(crate) struct Rooms(RwLock<HashMap<RoomId, Arc<Entry>>>);

impl Rooms {
    pub(crate) fn entry(&self, room: RoomId, now_us: i64) -> Arc<Entry> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&room).cloned();
        let entry = known.unwrap_or_else(|| {
            self.0.write().unwrap_or_else(PoisonError::into_inner).entry(room).or_default().clone()
        });
        entry.used_at_us.store(now_us, Ordering::Relaxed);
        entry
    }

    pub(crate) fn all(&self) -> Vec<(RoomId, Arc<Entry>)> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .map(|(room, entry)| (*room, entry.clone()))
            .collect()
    }

    pub(crate) fn forget(&self, room: RoomId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&room);
    }
}

impl Entry {
    /// Whether it is time to tell others of this session again.
    pub(crate) fn is_worth_telling(&self, room: &Room, session_id: &str, now_us: i64) -> bool {
        let sessions = i64::try_from(room.seats.len()).unwrap_or(i64::MAX);
        let every_us = TELL_EVERY_US.max(TELL_EVERY_US_A_MEMBER.saturating_mul(sessions));
        let mut told = self.told_at_us.lock().unwrap_or_else(PoisonError::into_inner);
        if told.get(session_id).is_some_and(|at_us| now_us - at_us < every_us) {
            return false;
        }
        if told.len() > 2 * room.seats.len() {
            told.retain(|_, at_us| now_us - *at_us < every_us);
        }
        told.insert(session_id.to_owned(), now_us);
        true
    }

    pub(crate) fn unused_for_us(&self, now_us: i64) -> i64 {
        now_us - self.used_at_us.load(Ordering::Relaxed)
    }
}
