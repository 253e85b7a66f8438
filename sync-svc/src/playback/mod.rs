//! The rules of playback, and the only place where they are: a pure state machine. It reads no clock, does no I/O and
//! takes no chance; what happened, and when, comes in as arguments, so that every replica comes to the same result.

mod advance;
mod command;
mod hold;
mod motion;
mod owner;
mod people;
mod phase;
mod playlist;
mod policy;
mod presence;
#[cfg(test)]
mod properties;
mod room;
mod seek;
mod stall;
#[cfg(test)]
mod tests;
mod turn;

use proto::sync::v1::{Command, PlaybackEvent, PlayerStatus, PresenceChange, Session};

pub(crate) use advance::{nears_end, wake_again_us, wake_us, wants_more};
pub(crate) use motion::position_us;
pub(crate) use owner::{hand_over, owner_due_us};
pub(crate) use people::person;
pub(crate) use policy::Decided;
pub(crate) use room::Room;

use self::turn::Turn;

/// What a room takes at most.
pub(crate) const MOST_SESSIONS: usize = 10_000;

/// What an installation decides about playback.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Params {
    /// How long a start waits for players; 0: not at all.
    pub(crate) hold_limit_us: i64,
    /// How long an owner may be away before the room acts on it.
    pub(crate) owner_away_us: i64,
}

/// An item of the playlist, as far as playback goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub(crate) item_id: String,
    /// 0: not known.
    pub(crate) duration_us: i64,
    /// Where playing begins.
    pub(crate) start_us: i64,
}

/// Something that happens to a room.
#[derive(Debug, Clone)]
pub(crate) enum Input {
    /// Someone wants something. `item` is what a change of item leads to, looked up in the playlist.
    Command { command: Command, by: String, item: Option<Chosen> },
    /// Someone came; meanwhile these gateways were found to be gone.
    Join { session: Session, gone: Vec<String> },
    /// A session went, and was silent for so long before that was noticed.
    Leave { session_id: String, silent_us: i64 },
    /// Gateways went, with all their sessions.
    GatewaysGone(Vec<String>),
    /// A session says how its player is doing.
    Report { session_id: String, status: PlayerStatus },
    /// The playlist has a new item; `after`: the item that it follows directly, where that is known.
    ItemAdded { item: Chosen, after: Option<String> },
    /// The playlist lost an item; `next` came after it.
    ItemRemoved { item_id: String, next: Option<Chosen> },
    /// The length of an item became known.
    ItemMeasured(Chosen),
    /// What the room decided, `instead_of` what it was known to have decided when it was asked; without that, by the
    /// word of an event, which is never older than what is known.
    Decided { decided: Decided, instead_of: Option<Decided> },
    /// The item `from` is played to its end, or nearly; `next` comes after it.
    Advance { from: String, next: Option<Chosen> },
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
    #[error("there is no jump to take back; it was taken back before, was too long ago, or its item is gone")]
    NothingToUndo,
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
    turn.expire_owner();
    match input {
        Input::Command { command, by, item } => turn.command(command, by, item.as_ref())?,
        Input::Join { session, gone } => {
            turn.gateways_gone(gone);
            turn.join(session)?;
        }
        Input::Leave { session_id, silent_us } => turn.leave(session_id, *silent_us),
        Input::GatewaysGone(gateways) => turn.gateways_gone(gateways),
        Input::Report { session_id, status } => turn.report(session_id, status)?,
        Input::ItemAdded { item, after } => turn.item_added(item, after.as_deref()),
        Input::ItemRemoved { item_id, next } => turn.item_removed(item_id, next.as_ref()),
        Input::ItemMeasured(item) => turn.item_measured(item),
        Input::Decided { decided, instead_of } => turn.decide(decided, instead_of.as_ref()),
        Input::Advance { from, next } => turn.advance(from, next.as_ref()),
        Input::RoomDeleted => turn.room_deleted(),
        Input::TimePassed => {}
    }
    Ok(turn.finish())
}
