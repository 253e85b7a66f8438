//! Metrics of how well players stay in sync. None has a label for a room or a person: there would be too many series.

use std::collections::HashMap;

use ids::RoomId;
use parking_lot::{Mutex, MutexGuard};
use proto::sync::v1::{PlayerState, PlayerStatus};

use crate::playback::Room;

/// Remembered sessions at most. Further sessions are not counted.
const MOST: usize = 200_000;
/// A session without a report for this long is forgotten; sessions report every 5 s.
const SILENT_US: i64 = 60_000_000;
/// Shortest time between two warnings of one session.
const WARN_EVERY_US: i64 = 60_000_000;
/// Largest increment by one report.
const MOST_AT_ONCE: i64 = 100;

/// The last counts of each session. Sessions count since they joined, so the difference to the last report is new.
pub(crate) struct Tallies {
    sessions: Mutex<HashMap<String, Tally>>,
    /// A longer delay is warned of, in milliseconds.
    max_latency_ms: u32,
}

#[derive(Clone, Copy)]
struct Tally {
    stalls: i64,
    corrections: i64,
    heard_at_us: i64,
    /// When its delay was last warned of.
    warned_at_us: Option<i64>,
}

/// Increments since the last report.
#[derive(Debug, Default, PartialEq, Eq)]
struct Increments {
    stalls: u64,
    corrections: u64,
    /// The delay is above the limit, and has not been warned of lately.
    slow: bool,
}

impl Tallies {
    pub(super) fn new(max_latency_ms: u32) -> Self {
        Self { sessions: Mutex::default(), max_latency_ms }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Tally>> {
        self.sessions.lock()
    }

    /// Counts a report. Warns of a delay above the limit, once a minute for each session.
    pub(super) fn record(&self, room: RoomId, session_id: &str, status: &PlayerStatus, now_us: i64) {
        // A player that loads or waits has no meaningful drift.
        if matches!(status.state(), PlayerState::InSync | PlayerState::Adjusting) {
            metrics::histogram!("syncwatch_playback_drift_ms").record(status.drift_ms.abs());
        }
        if status.clock_error_ms > 0.0 {
            metrics::histogram!("syncwatch_clock_error_ms").record(status.clock_error_ms);
        }
        let new = self.increments(session_id, status, now_us);
        metrics::counter!("syncwatch_stalls_total").increment(new.stalls);
        metrics::counter!("syncwatch_corrections_total").increment(new.corrections);
        if new.slow {
            metrics::counter!("syncwatch_high_latency_total").increment(1);
            let (delay_ms, limit_ms) = (status.delay_ms, self.max_latency_ms);
            tracing::warn!(%room, session_id, delay_ms, limit_ms, "the delay of a player is above sync.max_latency_ms");
        }
    }

    fn increments(&self, session_id: &str, status: &PlayerStatus, now_us: i64) -> Increments {
        let (stalls, corrections) = (i64::from(status.stalls), i64::from(status.corrections));
        let late = status.delay_ms > f64::from(self.max_latency_ms);
        let mut tallies = self.lock();
        if let Some(tally) = tallies.get_mut(session_id) {
            let before = *tally;
            let slow = late && before.warned_at_us.is_none_or(|warned| now_us - warned >= WARN_EVERY_US);
            let warned_at_us = if slow { Some(now_us) } else { before.warned_at_us };
            *tally = Tally { stalls, corrections, heard_at_us: now_us, warned_at_us };
            let more = |before: i64, now: i64| (now - before).clamp(0, MOST_AT_ONCE).unsigned_abs();
            return Increments {
                stalls: more(before.stalls, stalls),
                corrections: more(before.corrections, corrections),
                slow,
            };
        }
        if tallies.len() >= MOST {
            return Increments::default();
        }
        let warned_at_us = late.then_some(now_us);
        let tally = Tally { stalls, corrections, heard_at_us: now_us, warned_at_us };
        tallies.insert(session_id.to_owned(), tally);
        // Another replica may have counted these stalls and corrections.
        Increments { slow: late, ..Increments::default() }
    }

    pub(super) fn forget(&self, session_id: &str) {
        self.lock().remove(session_id);
    }

    pub(crate) fn forget_silent(&self, now_us: i64) {
        self.lock().retain(|_, tally| now_us - tally.heard_at_us < SILENT_US);
    }
}

/// Records the length of a hold that a step has ended.
pub(super) fn record_hold(before: &Room, after: &Room, now_us: i64) {
    if let Some(hold) = &before.playback.hold
        && after.playback.hold.as_ref().is_none_or(|next| next.since_us != hold.since_us)
    {
        #[expect(clippy::cast_precision_loss, reason = "exact below 285 years")]
        let lasted_ms = now_us.saturating_sub(hold.since_us).max(0) as f64 / 1000.0;
        metrics::histogram!("syncwatch_hold_ms").record(lasted_ms);
    }
}

/// Records the rooms in use that this replica knows, and the people in them. A person with several devices counts once per
/// room.
pub(crate) fn record_rooms<'a>(rooms: impl Iterator<Item = &'a Room>) {
    let (mut count, mut everyone) = (0_u32, 0.0);
    for room in rooms {
        count += 1;
        #[expect(clippy::cast_precision_loss, reason = "a count")]
        let people = room.people() as f64;
        everyone += people;
        metrics::histogram!("syncwatch_participants_per_room").record(people);
    }
    metrics::gauge!("syncwatch_active_rooms").set(count);
    metrics::gauge!("syncwatch_participants").set(everyone);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(stalls: i32, corrections: i32) -> PlayerStatus {
        PlayerStatus { stalls, corrections, ..PlayerStatus::default() }
    }

    #[test]
    fn new_counts_are_added_once_and_false_ones_are_bounded() {
        let tallies = Tallies::new(500);
        let cases = [
            (told(3, 7), (0, 0), "it may have told another replica"),
            (told(4, 9), (1, 2), "what is new"),
            (told(4, 9), (0, 0), "nothing is"),
            (told(0, 0), (0, 0), "it connected anew"),
            (told(i32::MAX, i32::MAX), (100, 100), "a lie"),
            (told(i32::MIN, -1), (0, 0), "a lie"),
            (told(i32::MAX, 0), (100, 1), "a lie"),
        ];
        for (status, (stalls, corrections), why) in cases {
            let wanted = Increments { stalls, corrections, slow: false };
            assert_eq!(tallies.increments("a", &status, 0), wanted, "{why}");
        }
        assert_eq!(
            tallies.increments("b", &told(5, 5), 0),
            Increments::default(),
            "each session has its own"
        );
    }

    #[test]
    fn a_delay_above_the_limit_is_warned_of_once_a_minute() {
        let tallies = Tallies::new(500);
        let slow = |id: &str, delay_ms: f64, now_us: i64| {
            tallies.increments(id, &PlayerStatus { delay_ms, ..PlayerStatus::default() }, now_us).slow
        };
        assert!(!slow("a", 500.0, 0), "the limit itself is allowed");
        assert!(slow("a", 500.1, 1) && slow("b", 9_000.0, 1), "each session has its own warning");
        assert!(!slow("a", 800.0, WARN_EVERY_US) && !slow("a", 20.0, WARN_EVERY_US));
        assert!(slow("a", 800.0, WARN_EVERY_US + 1));
    }

    #[test]
    fn silent_sessions_are_forgotten() {
        let tallies = Tallies::new(500);
        tallies.increments("a", &told(1, 1), 0);
        tallies.increments("b", &told(1, 1), SILENT_US);
        tallies.forget_silent(SILENT_US);
        assert_eq!(tallies.lock().keys().collect::<Vec<_>>(), ["b"]);
        tallies.forget("b");
        assert!(tallies.lock().is_empty());
    }
}
