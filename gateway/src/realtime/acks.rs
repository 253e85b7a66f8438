//! Measures how long a playback event takes from its decision until the last player of this gateway acts on it.

use std::collections::VecDeque;

/// Events measured at the same time. In a room with more events than that, only some are measured.
const LENGTH: usize = 16;
/// A longer time says that a page was asleep, and nothing about delivery.
const LONGEST_US: i64 = 10_000_000;

/// Events that some players of this gateway have not acted on yet.
#[derive(Debug, Default)]
pub(crate) struct Acks(VecDeque<Pending>);

#[derive(Debug)]
struct Pending {
    seq: i64,
    issued_us: i64,
    remaining: usize,
    last_us: i64,
}

impl Acks {
    /// Starts to measure an event that `players` players are going to act on.
    pub(crate) fn expect(&mut self, seq: i64, issued_us: i64, players: usize) {
        if players == 0 || issued_us == 0 {
            return;
        }
        if self.0.len() == LENGTH {
            self.0.pop_front();
        }
        self.0.push_back(Pending { seq, issued_us, remaining: players, last_us: issued_us });
    }

    /// A player that acted on every event up to `before` acts on those up to `seq` since `at_us`. Returns the latencies, in
    /// milliseconds, of the events that every player acts on now. `at_us` is clamped between the decision and now.
    pub(crate) fn acknowledge(&mut self, before: i64, seq: i64, at_us: i64, now_us: i64) -> Vec<f64> {
        let mut done = Vec::new();
        self.0.retain_mut(|pending| {
            if now_us - pending.issued_us > LONGEST_US {
                return false;
            }
            if pending.seq <= before || pending.seq > seq {
                return true;
            }
            let latest_us = now_us.max(pending.issued_us);
            pending.last_us = pending.last_us.max(at_us.clamp(pending.issued_us, latest_us));
            pending.remaining = pending.remaining.saturating_sub(1);
            if pending.remaining == 0 {
                #[expect(clippy::cast_precision_loss, reason = "ten seconds at most")]
                done.push((pending.last_us - pending.issued_us) as f64 / 1000.0);
            }
            pending.remaining > 0
        });
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latency_counts_up_to_the_last_player() {
        let mut acks = Acks::default();
        acks.expect(5, 1_000_000, 2);
        assert!(acks.acknowledge(4, 5, 1_030_000, 1_500_000).is_empty());
        assert_eq!(acks.acknowledge(3, 6, 1_020_000, 1_600_000), [30.0]);
        assert!(acks.acknowledge(4, 5, 1_020_000, 1_600_000).is_empty(), "it is done");
    }

    #[test]
    fn player_reports_are_clamped() {
        let mut acks = Acks::default();
        acks.expect(1, 1_000_000, 1);
        assert_eq!(acks.acknowledge(0, i64::MAX, i64::MAX, 1_200_000), [200.0]);
        acks.expect(2, 1_000_000, 1);
        assert_eq!(acks.acknowledge(0, 2, 0, 1_200_000), [0.0]);
        acks.expect(3, 1_000_000, 1);
        assert!(acks.acknowledge(0, 3, 1_000_000, 20_000_000).is_empty(), "too long ago");
        for seq in 0..1000 {
            acks.expect(seq, 1_000_000, 1);
        }
        assert_eq!(acks.0.len(), LENGTH);
    }
}
