//! Whether and how long a start waits, as the policy of the room says.

use proto::room::v1::WaitMode;

use crate::playback::draft::Draft;

/// Share of the people who must be ready in a room whose policy does not say, in percent.
const DEFAULT_QUORUM_PERCENT: usize = 50;
/// Longest wait in the contract.
const LONGEST_WAIT_MS: i32 = 60_000;

/// How long a start waits at most, in microseconds; 0: not at all.
pub(super) fn limit_us(draft: &Draft) -> i64 {
    match draft.room.policy.wait_limit_ms {
        0 => draft.params.hold_limit_us,
        limit_ms => i64::from(limit_ms.min(LONGEST_WAIT_MS)) * 1000,
    }
}

/// Whether a start waits while so many people are ready and so many are not.
pub(super) fn has_to_wait(draft: &Draft, ready: usize, unready: usize) -> bool {
    match draft.room.policy.wait() {
        WaitMode::None => false,
        _ if limit_us(draft) <= 0 => false,
        WaitMode::All | WaitMode::Unspecified => unready > 0,
        WaitMode::Quorum => {
            let percent = match usize::try_from(draft.room.policy.quorum_percent) {
                Ok(percent @ 1..=100) => percent,
                _ => DEFAULT_QUORUM_PERCENT,
            };
            ready < ((ready + unready) * percent).div_ceil(100)
        }
    }
}
