//! What the room itself decided, and what follows for those who wait.

use proto::room::v1::{PlaybackPolicy, WaitMode};

use super::{Room, turn::Turn};

/// How many of the people have to be ready where the room does not say.
const USUAL_QUORUM_PERCENT: usize = 50;
/// The contract's limit of a wait.
const LONGEST_WAIT_MS: i32 = 60_000;

/// What room-svc says of a room, as far as playback goes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Decided {
    pub(crate) policy: PlaybackPolicy,
    pub(crate) owner_id: String,
}

impl Room {
    pub(crate) fn decided(&self) -> Decided {
        Decided { policy: self.policy.clone(), owner_id: self.owner_id.clone() }
    }
}

impl Turn {
    /// `instead_of`: what the room was thought to have decided when it was asked. An answer that was overtaken by
    /// another counts for nothing.
    pub(super) fn decide(&mut self, decided: &Decided, instead_of: Option<&Decided>) {
        let before = self.room.decided();
        // Nor does one for those who have all left: the room may be gone.
        let is_late = instead_of.is_some_and(|thought| *thought != before || self.room.seats.is_empty());
        if *decided == before || is_late {
            return;
        }
        self.changed = true;
        self.room.policy.clone_from(&decided.policy);
        self.owner_becomes(&decided.owner_id);
        // Whoever is waited for need not be any more, where the room now waits for fewer.
        self.look_at_hold();
    }

    /// How long a start waits at most; 0: not at all.
    pub(super) fn hold_limit_us(&self) -> i64 {
        match self.room.policy.wait_limit_ms {
            0 => self.params.hold_limit_us,
            limit_ms => i64::from(limit_ms.min(LONGEST_WAIT_MS)) * 1000,
        }
    }

    /// Whether a start waits while so many people are ready and so many are not.
    pub(super) fn has_to_wait(&self, ready: usize, unready: usize) -> bool {
        match self.room.policy.wait() {
            WaitMode::None => false,
            _ if self.hold_limit_us() <= 0 => false,
            WaitMode::All | WaitMode::Unspecified => unready > 0,
            WaitMode::Quorum => {
                let percent = match usize::try_from(self.room.policy.quorum_percent) {
                    Ok(percent @ 1..=100) => percent,
                    _ => USUAL_QUORUM_PERCENT,
                };
                ready < ((ready + unready) * percent).div_ceil(100)
            }
        }
    }
}
