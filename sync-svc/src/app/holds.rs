//! When the holds of this replica's rooms end at the latest. Other replicas may expect the same end; the log lets one
//! of them bring it about.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use ids::RoomId;
use tokio::sync::Notify;

/// Ends that are expected.
#[derive(Default)]
pub(crate) struct Holds {
    ends: Mutex<BTreeSet<(i64, RoomId)>>,
    sooner: Notify,
}

impl Holds {
    fn ends(&self) -> MutexGuard<'_, BTreeSet<(i64, RoomId)>> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A hold of the room ends at `until_us` at the latest.
    pub(crate) fn expect(&self, room: RoomId, until_us: i64) {
        let mut ends = self.ends();
        ends.insert((until_us, room));
        if ends.first() == Some(&(until_us, room)) {
            self.sooner.notify_one();
        }
    }

    /// The next end.
    pub(crate) fn next_us(&self) -> Option<i64> {
        self.ends().first().map(|(until_us, _)| *until_us)
    }

    /// The rooms whose holds have ended; each is told once.
    pub(crate) fn take_over(&self, now_us: i64) -> Vec<RoomId> {
        let mut ends = self.ends();
        let mut over = Vec::new();
        while let Some(&(until_us, room)) = ends.first()
            && until_us <= now_us
        {
            ends.pop_first();
            over.push(room);
        }
        over
    }

    /// Waits until an end is expected before all others.
    pub(crate) async fn sooner(&self) {
        self.sooner.notified().await;
    }
}
