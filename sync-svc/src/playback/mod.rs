//! The rules of playback, and the only place where they are: a pure state machine. It reads no clock, does no I/O and
//! takes no chance; what happened, and when, comes in as arguments, so that every replica comes to the same result.

mod command;
mod hold;
mod motion;
mod playlist;
mod presence;
mod room;
#[cfg(test)]
mod tests;
mod turn;

use proto::sync::v1::{Command, PlaybackEvent, PlayerStatus, PresenceChange, Session};

pub(crate) use motion::position_us;
pub(crate) use room::Room;

use self::turn::Turn;

/// What a room takes at most.
pub(crate) const MOST_SESSIONS: usize = 10_000;

/// What an installation decides about playback.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Params {
    /// How long a start waits for players; 0: not at all.
    pub(crate) hold_limit_us: i64,
}

/// Something that happens to a room.
#[derive(Debug, Clone)]
pub(crate) enum Input {
    /// Someone wants something. `item` is what a change of item leads to, looked up in the playlist.
    Command { command: Command, by: String, item: Option<String> },
    /// Someone came; meanwhile these gateways were found to be gone.
    Join { session: Session, gone: Vec<String> },
    /// A session went.
    Leave { session_id: String },
    /// Gateways went, with all their sessions.
    GatewaysGone(Vec<String>),
    /// A session says how its player is doing.
    Report { session_id: String, status: PlayerStatus },
    /// The playlist has a new item.
    ItemAdded { item_id: String },
    /// The playlist lost an item; `next` came after it.
    ItemRemoved { item_id: String, next: Option<String> },
    /// The room is gone.
    RoomDeleted,
    /// Time has passed, and a hold may be over.
    TimePassed,
}

/// What came of an input.
#[derive(Debug)]
pub(crate) struct Step {
    /// The room after it.
    pub(crate) room: Room,
    /// Whether the room is another than before, so that it has to be kept.
    pub(crate) changed: bool,
    /// What happened to the playback, in order.
    pub(crate) events: Vec<PlaybackEvent>,
    /// What happened to who is there.
    pub(crate) notices: Vec<PresenceChange>,
}

/// Why an input changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Rejection {
    #[error(
        "the room is at seq {seq}, not where this command expects it; look at its state and decide again"
    )]
    StaleSequence { seq: i64 },
    #[error("this command means another item than the one that is on")]
    ItemMismatch { current: String },
    #[error("there is no item for this command; put one on the playlist or choose one")]
    NoItem,
    #[error("the room has {MOST_SESSIONS} connections, more than it takes")]
    TooManySessions,
    #[error("this session is not in the room; join it again")]
    UnknownSession,
}

/// One step of a room.
pub(crate) fn reduce(room: &Room, input: &Input, now_us: i64, params: Params) -> Result<Step, Rejection> {
    let mut turn = Turn::new(room, now_us, params);
    // A command's guard is about what its sender could see, so it comes before what time did meanwhile.
    if let Input::Command { command, .. } = input {
        command::guard(room, command)?;
    }
    turn.expire_hold();
    match input {
        Input::Command { command, by, item } => turn.command(command, by, item.as_deref())?,
        Input::Join { session, gone } => {
            turn.gateways_gone(gone);
            turn.join(session)?;
        }
        Input::Leave { session_id } => turn.leave(session_id),
        Input::GatewaysGone(gateways) => turn.gateways_gone(gateways),
        Input::Report { session_id, status } => turn.report(session_id, status)?,
        Input::ItemAdded { item_id } => turn.item_added(item_id),
        Input::ItemRemoved { item_id, next } => turn.item_removed(item_id, next.as_deref()),
        Input::RoomDeleted => turn.room_deleted(),
        Input::TimePassed => {}
    }
    Ok(turn.finish())
}
