//! Timers: when time alone changes a room next, because a hold or an item ends. Other replicas have the same timers; the
//! log lets one of them act. Each room has one timer.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use ids::RoomId;
use parking_lot::{Mutex, MutexGuard};
use runtime::Clock;
use tokio::sync::Notify;

/// The timers of all rooms.
#[derive(Default)]
pub(crate) struct Timers {
    inner: Mutex<Inner>,
    sooner: Notify,
}

#[derive(Default)]
struct Inner {
    due: BTreeSet<(i64, RoomId)>,
    at_us: HashMap<RoomId, i64>,
}

impl Inner {
    fn set(&mut self, room: RoomId, at_us: Option<i64>) {
        let before = match at_us {
            Some(at_us) => self.at_us.insert(room, at_us),
            None => self.at_us.remove(&room),
        };
        if let Some(before_us) = before {
            self.due.remove(&(before_us, room));
        }
        self.due.extend(at_us.map(|at_us| (at_us, room)));
    }
}

impl Timers {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock()
    }

    /// Sets the timer of a room, or removes it.
    pub(crate) fn set(&self, room: RoomId, at_us: Option<i64>) {
        let mut inner = self.lock();
        inner.set(room, at_us);
        self.tell_if_first(&inner, room);
    }

    /// As [`Self::set`], unless the room has an earlier timer. For times from a record that may be stale: a timer that is
    /// too early does no harm.
    pub(crate) fn set_no_later(&self, room: RoomId, at_us: i64) {
        let mut inner = self.lock();
        if inner.at_us.get(&room).is_none_or(|before_us| at_us < *before_us) {
            inner.set(room, Some(at_us));
            self.tell_if_first(&inner, room);
        }
    }

    fn tell_if_first(&self, inner: &Inner, room: RoomId) {
        if inner.due.first().is_some_and(|(_, first)| *first == room) {
            self.sooner.notify_one();
        }
    }

    /// The time of the first timer.
    pub(super) fn next_us(&self) -> Option<i64> {
        self.lock().due.first().map(|(at_us, _)| *at_us)
    }

    /// Removes and returns a room that is due.
    pub(crate) fn take_due(&self, now_us: i64) -> Option<RoomId> {
        let mut inner = self.lock();
        let (_, room) = *inner.due.first().filter(|(at_us, _)| *at_us <= now_us)?;
        inner.set(room, None);
        Some(room)
    }

    /// Waits until a room is due. A clock that follows another one may be slightly early.
    pub(crate) async fn due(&self, clock: &Clock) {
        loop {
            let due = async {
                match self.next_us() {
                    Some(at_us) => {
                        let wait_us = (at_us - clock.now_us()).max(0).cast_unsigned();
                        tokio::time::sleep(Duration::from_micros(wait_us)).await;
                    }
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = due => return,
                () = self.sooner.notified() => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_has_one_timer_and_the_earliest_is_due_first() {
        let (timers, one, other) = (Timers::default(), RoomId::new(), RoomId::new());
        for at_us in 100..200 {
            timers.set(one, Some(at_us));
        }
        timers.set_no_later(one, 300);
        timers.set_no_later(other, 150);
        assert_eq!((timers.next_us(), timers.lock().due.len()), (Some(150), 2));
        assert_eq!(timers.take_due(149), None);
        assert_eq!(timers.take_due(150), Some(other));
        timers.set_no_later(one, 120);
        assert_eq!((timers.take_due(160), timers.take_due(1000)), (Some(one), None));
        timers.set(one, Some(5));
        timers.set(one, None);
        assert_eq!(timers.next_us(), None);
    }
}
