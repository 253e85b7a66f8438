//! Inputs: everything that can happen to a room, and what each does by the rules.

pub(super) mod command;
pub(super) mod playlist;
pub(super) mod presence;
pub(super) mod report;
pub(super) mod settings;

use proto::{
    room::v1::Member,
    sync::v1::{Command, PlayerStatus, Session},
};

use super::model::{Item, RoomSettings};

/// Sessions that a room takes.
pub(crate) const MOST_SESSIONS: usize = 10_000;

/// Something that happens to a room.
#[derive(Debug, Clone)]
pub(crate) enum Input {
    /// A person sends a command. `item` is the item to which a command that changes the item leads.
    Command { command: Command, by: String, item: Option<Item> },
    /// A session joins. The gateways `gone` have lost their leases, with all their sessions.
    Join { session: Session, gone: Vec<String> },
    /// A session leaves. Its last sign of life was `silent_us` ago.
    Leave { session_id: String, silent_us: i64 },
    /// The name, the role or the permissions of a person changed.
    MemberChanged(Member),
    /// Gateways have lost their leases, with all their sessions.
    GatewaysGone(Vec<String>),
    /// The player of a session reports.
    Report { session_id: String, status: PlayerStatus },
    /// The playlist has a new item.
    ItemAdded(Item),
    /// The playlist lost an item; `next` plays instead.
    ItemRemoved { item_id: String, next: Option<Item> },
    /// The length of an item became known.
    ItemMeasured(Item),
    /// The item `from` has ended, or is about to; `next` follows it.
    Advance { from: String, next: Option<Item> },
    /// `next` follows the item `from`, at whose end the room stands.
    Follow { from: String, next: Item },
    /// `next_id` plays after the current item `from`; empty: nothing does.
    Following { from: String, next_id: String },
    /// The people present who may vote.
    Voters(Vec<String>),
    /// Enough people voted to skip the item `from`; `next` follows it.
    Skip { from: String, next: Option<Item> },
    /// The settings of the room, from an event, which is never stale, or from an answer, which is stale unless the room
    /// still has the settings that it had before the question (`instead_of`).
    Settings { settings: RoomSettings, instead_of: Option<RoomSettings> },
    /// The room was deleted.
    RoomDeleted,
    /// The room was closed.
    RoomClosed,
    /// Time has passed: a hold may be over, or the absence of the owner be due.
    TimePassed,
}

/// Why an input changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Rejection {
    #[error("the room is at seq {seq}, not where this command expects it; read its state and decide again")]
    StaleSequence { seq: i64 },
    #[error("this command names another item than the current one; look at the room and try again")]
    ItemMismatch { current: String },
    #[error("there is no item for this command; add one to the playlist or choose one")]
    NoItem,
    #[error("there is no seek to undo; it was undone before, was too long ago, or its item is gone")]
    NothingToUndo,
    #[error("this room has no votes to skip an item; its settings can change that")]
    SkipVoteOff,
    #[error("you may not vote in this room; ask a moderator for it")]
    MayNotVote,
    #[error("this room is full ({MOST_SESSIONS} connections); try again when someone has left")]
    TooManySessions,
    #[error("this session is not in the room; join it again")]
    UnknownSession,
}
