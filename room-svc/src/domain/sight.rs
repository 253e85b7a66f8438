//! A room as one person sees it from outside: whether they find it, in lists, and before they join.

use proto::room::v1::{AccessState, Category, GetRoomResponse, RoomSummary, Visibility};

use super::{Glimpse, Invite, Live, Room, Settings};

/// What is known of a person and a room.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Facts<'a> {
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
    /// An invite of the room that they hold and can use.
    pub(crate) invite: Option<&'a Invite>,
}

/// A request to join that still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Waits,
    Approved,
    /// They cannot ask again yet.
    Declined,
}

/// How much of a room somebody sees who looks from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// For this person the room does not exist.
    Nothing,
    /// Its name, and how to get in.
    Door,
    Whole,
}

/// How much of a room a person sees. A private room shows itself to those who have joined it. Before that only people with an
/// invite or a request that counts find it, and anyone where the room takes requests.
pub(crate) fn view(room: &Room, facts: Facts<'_>) -> View {
    let is_awaited = facts.invite.is_some() || matches!(facts.asked, Some(Asked::Waits | Asked::Approved));
    if room.settings.visibility != Visibility::Private || facts.joined {
        View::Whole
    } else if is_awaited || room.asks_approval() {
        View::Door
    } else {
        View::Nothing
    }
}

/// A room as people see it who find it and have not joined it.
pub(crate) fn at_door(room: Room) -> Room {
    if view(&room, Facts::default()) == View::Whole {
        return room;
    }
    let settings = Settings {
        description: String::new(),
        category: Category::Unspecified,
        labels: Vec::new(),
        ..room.settings
    };
    Room { settings, member_count: 0, expires_at: None, live: Live::unknown(), ..room }
}

/// What a person can do to get into a room: the first that is in the way.
pub(crate) fn access_state(room: &Room, facts: Facts<'_>) -> AccessState {
    let needs_no_approval = facts.asked.is_some() || facts.invite.is_some_and(|invite| invite.skips_approval);
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
    } else if room.settings.join.password_set && facts.asked.is_none() && facts.invite.is_none() {
        AccessState::Password
    } else if room.asks_approval() && !needs_no_approval {
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

impl Sight {
    /// `None`: this person does not find the room.
    pub(crate) fn of(room: Room, facts: Facts<'_>, glimpse: Glimpse, favourite: bool) -> Option<Self> {
        let access = access_state(&room, facts);
        let (room, glimpse) = match view(&room, facts) {
            View::Nothing => return None,
            View::Door => (at_door(room), Glimpse::default()),
            View::Whole => (room, glimpse),
        };
        Some(Self { room, glimpse, access, favourite })
    }
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

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use ids::{RoomCode, RoomId, UserId};
    use proto::room::v1::{JoinPolicy, RoomSettings};

    use super::*;

    fn room(visibility: Visibility, approval: bool) -> Room {
        let settings = RoomSettings {
            name: "Film night".into(),
            description: "Secret plans".into(),
            labels: vec!["noir".into()],
            visibility: visibility.into(),
            max_participants: 10,
            join: Some(JoinPolicy { approval, password_set: true }),
            ..RoomSettings::default()
        };
        Room {
            id: RoomId::new(),
            code: RoomCode::random().as_str().to_owned(),
            owner_id: UserId::new().into(),
            settings: Settings::stored(settings),
            member_count: 3,
            playlist_version: 0,
            created_at: DateTime::UNIX_EPOCH,
            reclaim: None,
            closed: None,
            expires_at: None,
            live: Live { present_count: 2, visited: true, ..Live::unknown() },
        }
    }

    fn invite(room: &Room, skips_approval: bool) -> Invite {
        Invite {
            code: "abcd2345".into(),
            room: room.id,
            created_by: room.owner_id,
            created_by_name: "Ada".into(),
            created_at: room.created_at,
            expires_at: room.created_at + TimeDelta::hours(1),
            max_uses: 0,
            uses: 0,
            skips_approval,
            note: String::new(),
        }
    }

    #[test]
    fn a_private_room_is_found_by_members_the_invited_and_those_who_wait() {
        let private = room(Visibility::Private, false);
        let held = invite(&private, true);
        for (facts, expected) in [
            (Facts::default(), View::Nothing),
            (Facts { joined: true, ..Facts::default() }, View::Whole),
            (Facts { invite: Some(&held), ..Facts::default() }, View::Door),
            (Facts { asked: Some(Asked::Waits), ..Facts::default() }, View::Door),
            (Facts { asked: Some(Asked::Approved), ..Facts::default() }, View::Door),
            (Facts { asked: Some(Asked::Declined), ..Facts::default() }, View::Nothing),
            (Facts { kept_out: Some(true), ..Facts::default() }, View::Nothing),
        ] {
            assert_eq!(view(&private, facts), expected, "{facts:?}");
        }
        assert_eq!(view(&room(Visibility::Private, true), Facts::default()), View::Door);
        for visibility in [Visibility::Public, Visibility::Unlisted] {
            assert_eq!(view(&room(visibility, false), Facts::default()), View::Whole);
        }
    }

    #[test]
    fn the_door_of_a_private_room_tells_its_name_and_nothing_of_what_happens_inside() {
        let asks = room(Visibility::Private, true);
        let glimpse = Glimpse { title: "The film".into(), names: vec!["Ada".into()], ..Glimpse::default() };
        let sight = Sight::of(asks, Facts::default(), glimpse, false).unwrap();
        let shown = RoomSummary::from(sight);
        let (room, live) = (shown.room.unwrap(), shown.live.unwrap());
        assert_eq!(
            (room.name.as_str(), room.description.as_str(), shown.member_count),
            ("Film night", "", 0)
        );
        assert!(room.labels.is_empty() && live.names.is_empty());
        assert_eq!((live.present_count, live.item_title.as_str()), (0, ""));
    }

    #[test]
    fn any_other_room_is_shown_as_it_is() {
        let shown = at_door(room(Visibility::Unlisted, true));
        assert_eq!((shown.settings.description.as_str(), shown.member_count), ("Secret plans", 3));
    }

    #[test]
    fn an_invite_replaces_the_password_and_perhaps_the_approval() {
        let asks = room(Visibility::Private, true);
        let state = |invite: Option<&Invite>| access_state(&asks, Facts { invite, ..Facts::default() });
        assert_eq!(state(None), AccessState::Password);
        assert_eq!(state(Some(&invite(&asks, false))), AccessState::RequestApproval);
        assert_eq!(state(Some(&invite(&asks, true))), AccessState::Join);
    }
}
