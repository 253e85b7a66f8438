//! Slow mode: a pause between two messages of one person, whatever they send them from.

use chrono::{DateTime, TimeDelta, Utc};
use proto::room::v1::Permission;

use crate::domain::{Member, Room};

/// The pause for a member; `None`: the room has no slow mode, or it does not hold for them.
pub(super) fn pause(room: &Room, member: &Member) -> Option<TimeDelta> {
    let seconds = room.settings.chat.slow_mode_seconds;
    let moderates = member.need(Permission::DeleteChat).is_ok();
    (seconds > 0 && !moderates).then(|| TimeDelta::seconds(i64::from(seconds)))
}

/// When the next message may be sent, after one that was sent at `last`; `None`: now.
pub(super) fn next_send_at(
    pause: TimeDelta,
    last: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    last.map(|last| last + pause).filter(|next| *next > now)
}
