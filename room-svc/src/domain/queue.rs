//! How a room goes through its playlist.

use proto::room::v1::{QueueMode, QueuePolicy};

use super::Room;

/// More than half.
const DEFAULT_SKIP_PERCENT: i32 = 50;

/// The policy with all defaults filled in.
pub(crate) fn decided(policy: QueuePolicy) -> QueuePolicy {
    let mode = match policy.mode() {
        QueueMode::Unspecified => QueueMode::InOrder,
        mode => mode,
    };
    let skip_percent = if policy.skip_percent == 0 { DEFAULT_SKIP_PERCENT } else { policy.skip_percent };
    QueuePolicy { mode: mode.into(), skip_percent, ..policy }
}

impl Room {
    /// How the room goes through its playlist.
    pub(crate) fn queue(&self) -> QueuePolicy {
        self.settings.queue
    }
}
