//! A room as one person sees it from outside: in lists, and before they join.

use proto::room::v1::{AccessState, GetRoomResponse, RoomSummary};

use super::{Glimpse, Room};

/// What is known of a person and a room.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts {
    /// Whether the person is a member, or the owner.
    pub(crate) joined: bool,
    /// Whether the person has an account.
    pub(crate) has_account: bool,
    /// Whether the room keeps the person out: true for a ban, false for a time only.
    pub(crate) kept_out: Option<bool>,
    /// What became of the person's request to join, if it still counts.
    pub(crate) asked: Option<Asked>,
    /// Number of taken seats.
    pub(crate) taken: i64,
}

/// A request to join that still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Waits,
    Approved,
    /// They cannot ask again yet.
    Declined,
}

/// What a person can do to get into a room: the first that is in the way.
pub(crate) fn access_state(room: &Room, facts: Facts) -> AccessState {
    if room.closed.is_some() {
        AccessState::Closed
    } else if facts.joined {
        AccessState::Enter
    } else if let Some(banned) = facts.kept_out {
        if banned { AccessState::Banned } else { AccessState::Cooldown }
    } else if room.settings.guests_forbidden && !facts.has_account {
        AccessState::SignIn
    } else if facts.asked == Some(Asked::Declined) {
        AccessState::Declined
    } else if facts.asked == Some(Asked::Waits) {
        AccessState::Pending
    } else if room.settings.join.password_set && facts.asked.is_none() {
        AccessState::Password
    } else if room.asks_approval() && facts.asked.is_none() {
        AccessState::RequestApproval
    } else if facts.taken >= i64::from(room.settings.max_participants) {
        AccessState::Full
    } else {
        AccessState::Join
    }
}

/// A room as one person sees it.
#[derive(Debug, Clone)]
pub(crate) struct Sight {
    pub(crate) room: Room,
    pub(crate) glimpse: Glimpse,
    pub(crate) access: AccessState,
    pub(crate) favourite: bool,
}

impl From<Sight> for RoomSummary {
    fn from(sight: Sight) -> Self {
        Self {
            member_count: sight.room.member_count,
            live: Some(sight.room.live.told(sight.glimpse)),
            room: Some(sight.room.into()),
            access: sight.access.into(),
            favourite: sight.favourite,
            last_seen_at: None,
        }
    }
}

impl From<Sight> for GetRoomResponse {
    fn from(sight: Sight) -> Self {
        let RoomSummary { room, member_count, live, access, favourite, .. } = sight.into();
        Self { room, member_count, live, access, favourite }
    }
}
