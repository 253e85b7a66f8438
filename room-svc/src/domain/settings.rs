//! The settings of a room: everything that people choose, with the defaults filled in, and how requests change them.

use chrono::{DateTime, TimeDelta, Utc};
use proto::room::v1::{
    Category, ChatPolicy, CreateRoomRequest, JoinPolicy, PlaybackControl, QueuePolicy, RoomSettings,
    UpdateRoomRequest, Visibility, VoicePolicy,
};

use super::{
    Policy, decided,
    fields::{Type, copied, message_type},
    text::{is_visible, visible},
    timestamp,
};
use crate::error::{Error, Result};

static SETTINGS: Type = Type::new(|| message_type("syncwatch.room.v1.RoomSettings"));
static CREATE: Type = Type::new(|| message_type("syncwatch.room.v1.CreateRoomRequest"));
static UPDATE: Type = Type::new(|| message_type("syncwatch.room.v1.UpdateRoomRequest"));

/// How far in the future a room may start or end.
const LONGEST_AHEAD: TimeDelta = TimeDelta::days(2 * 366);

/// Longest name in characters, as in the contract.
const MAX_NAME: usize = 80;

/// What an installation gives to new rooms, and what it allows.
#[derive(Debug, Clone)]
pub(crate) struct RoomDefaults {
    pub(crate) max_participants: i32,
    pub(crate) allow_public: bool,
    pub(crate) playback_control: PlaybackControl,
}

/// The settings of a room, all of them decided.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) category: Category,
    pub(crate) labels: Vec<String>,
    pub(crate) visibility: Visibility,
    pub(crate) max_participants: i32,
    pub(crate) guests_forbidden: bool,
    pub(crate) starts_at: Option<DateTime<Utc>>,
    pub(crate) ends_at: Option<DateTime<Utc>>,
    /// 0: as the installation says.
    pub(crate) idle_hours: i32,
    pub(crate) policy: Policy,
    /// Every value of it means something, so nothing has to be filled in.
    pub(crate) chat: ChatPolicy,
    /// Every field has a value.
    pub(crate) queue: QueuePolicy,
    pub(crate) playback_control: PlaybackControl,
    /// How people get in. `password_set` follows `room.passwords`.
    pub(crate) join: JoinPolicy,
    pub(crate) voice: VoicePolicy,
    /// Whether a paused item starts by itself at `starts_at`.
    pub(crate) auto_start: bool,
}

impl Settings {
    /// The settings of a new room, as a request chooses them. A name that is left out is made from the owner's.
    pub(crate) fn chosen(
        request: &CreateRoomRequest,
        owner_name: &str,
        defaults: &RoomDefaults,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let mut chosen = copied((&SETTINGS, &RoomSettings::default()), (&CREATE, request), &[])?;
        if chosen.name.trim().is_empty() {
            chosen.name = format!("{owner_name}'s room").chars().take(MAX_NAME).collect();
        }
        let mut settings = Self::checked(chosen, defaults)?;
        settings.join.password_set = false;
        if settings.policy.delegates().next().is_some() {
            let what = "must be empty: a new room has no other members";
            return Err(Error::Field { field: "policy.delegate_ids", what });
        }
        settings.admitted(None, defaults, now)
    }

    /// The settings after a request, which changes what its mask names. Without a mask it changes every field that has a
    /// value; a name of spaces is none.
    pub(crate) fn changed(
        &self,
        request: &UpdateRoomRequest,
        defaults: &RoomDefaults,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let paths = request.update_mask.as_ref().map_or(&[][..], |mask| mask.paths.as_slice());
        let mut changed = copied((&SETTINGS, &RoomSettings::from(self.clone())), (&UPDATE, request), paths)?;
        if paths.is_empty() && changed.name.trim().is_empty() {
            changed.name.clone_from(&self.name);
        }
        let mut changed = Self::checked(changed, defaults)?;
        changed.join.password_set = self.join.password_set;
        changed.admitted(Some(self), defaults, now)
    }

    /// Fills in the defaults and refuses what cannot be.
    fn checked(settings: RoomSettings, defaults: &RoomDefaults) -> Result<Self> {
        let name = visible("name", &settings.name)?;
        let visibility = match settings.visibility() {
            Visibility::Unspecified => Visibility::Unlisted,
            visibility => visibility,
        };
        let max_participants = match settings.max_participants {
            0 => defaults.max_participants,
            1 => {
                let what = "must be at least 2, or 0 for the default";
                return Err(Error::Field { field: "max_participants", what });
            }
            max_participants => max_participants,
        };
        for (field, at) in [("starts_at", settings.starts_at), ("ends_at", settings.ends_at)] {
            if at.is_some_and(|at| moment(at).is_none()) {
                return Err(Error::Field { field, what: "is no time" });
            }
        }
        let playback_control = match settings.playback_control() {
            PlaybackControl::Unspecified => defaults.playback_control,
            chosen => chosen,
        };
        Ok(Self::stored(RoomSettings {
            playback_control: playback_control.into(),
            name: name.to_owned(),
            description: settings.description.trim().to_owned(),
            labels: labels(&settings.labels)?,
            visibility: visibility.into(),
            max_participants,
            ..settings
        }))
    }

    /// Settings as the store has them. A policy that was stored before it had all of its fields gets their defaults.
    pub(crate) fn stored(settings: RoomSettings) -> Self {
        let playback_control = match settings.playback_control() {
            // From before rooms had it.
            PlaybackControl::Unspecified => PlaybackControl::Everyone,
            chosen => chosen,
        };
        Self {
            playback_control,
            join: settings.join.unwrap_or_default(),
            category: settings.category(),
            visibility: settings.visibility(),
            name: settings.name,
            description: settings.description,
            labels: settings.labels,
            max_participants: settings.max_participants,
            guests_forbidden: settings.guests_forbidden,
            starts_at: settings.starts_at.and_then(moment),
            ends_at: settings.ends_at.and_then(moment),
            idle_hours: settings.idle_hours,
            policy: settings.policy.unwrap_or_default().into(),
            chat: settings.chat.unwrap_or_default(),
            queue: decided(settings.queue.unwrap_or_default()),
            voice: settings.voice.unwrap_or_default(),
            auto_start: settings.auto_start,
        }
    }

    /// Whether lists of public rooms may have the room.
    pub(crate) fn is_public(&self) -> bool {
        self.visibility == Visibility::Public
    }

    /// The settings without those that have a column of their own.
    pub(crate) fn policies(&self) -> RoomSettings {
        let mut settings = RoomSettings::from(self.clone());
        settings.name.clear();
        settings.description.clear();
        settings.category = 0;
        settings.labels.clear();
        settings.visibility = 0;
        settings.max_participants = 0;
        settings.guests_forbidden = false;
        settings.starts_at = None;
        settings.ends_at = None;
        settings.idle_hours = 0;
        settings.policy = None;
        settings
    }

    /// Refuses what the installation does not allow, unless the room has it already.
    fn admitted(self, before: Option<&Self>, defaults: &RoomDefaults, now: DateTime<Utc>) -> Result<Self> {
        let was_public = before.is_some_and(|before| before.visibility == Visibility::Public);
        if self.visibility == Visibility::Public && !was_public && !defaults.allow_public {
            return Err(Error::PublicRoomsOff);
        }
        let starts = self.starts_at.filter(|at| before.and_then(|before| before.starts_at) != Some(*at));
        let ends = self.ends_at.filter(|at| before.and_then(|before| before.ends_at) != Some(*at));
        for (field, at) in [("starts_at", starts), ("ends_at", ends)] {
            if at.is_some_and(|at| at <= now || at > now + LONGEST_AHEAD) {
                return Err(Error::Field { field, what: "must be in the future, within two years" });
            }
        }
        if self.starts_at.zip(self.ends_at).is_some_and(|(starts_at, ends_at)| ends_at <= starts_at) {
            return Err(Error::Field { field: "ends_at", what: "must be after starts_at" });
        }
        Ok(self)
    }
}

impl From<Settings> for RoomSettings {
    fn from(settings: Settings) -> Self {
        Self {
            name: settings.name,
            description: settings.description,
            category: settings.category.into(),
            labels: settings.labels,
            visibility: settings.visibility.into(),
            max_participants: settings.max_participants,
            guests_forbidden: settings.guests_forbidden,
            starts_at: settings.starts_at.map(timestamp),
            ends_at: settings.ends_at.map(timestamp),
            idle_hours: settings.idle_hours,
            policy: Some(settings.policy.into()),
            chat: Some(settings.chat),
            queue: Some(settings.queue),
            playback_control: settings.playback_control.into(),
            join: Some(settings.join),
            voice: Some(settings.voice),
            auto_start: settings.auto_start,
        }
    }
}

/// A time of the contract, to the microsecond, as the store keeps it.
fn moment(at: prost_types::Timestamp) -> Option<DateTime<Utc>> {
    let micros = at.seconds.checked_mul(1_000_000)?.checked_add(i64::from(at.nanos / 1000))?;
    DateTime::from_timestamp_micros(micros)
}

/// Labels in lower case, each once, in their order.
fn labels(given: &[String]) -> Result<Vec<String>> {
    let mut labels: Vec<String> = Vec::with_capacity(given.len());
    for label in given {
        let label = label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        if !is_visible(&label) {
            return Err(Error::Field { field: "labels", what: "must have characters that can be seen" });
        }
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use proto::room::v1::Room;

    use super::*;

    const DEFAULTS: RoomDefaults = RoomDefaults {
        max_participants: 50,
        allow_public: true,
        playback_control: PlaybackControl::Everyone,
    };

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp_micros(1_800_000_000_000_000).unwrap()
    }

    fn new_room(request: &CreateRoomRequest) -> Result<Settings> {
        Settings::chosen(request, "Ada", &DEFAULTS, now())
    }

    #[test]
    fn a_default_name_from_a_long_owner_name_fits_the_limit() {
        let room =
            Settings::chosen(&CreateRoomRequest::default(), &"é".repeat(100), &DEFAULTS, now()).unwrap();
        assert_eq!(room.name.chars().count(), MAX_NAME);
        let room = new_room(&CreateRoomRequest { name: "  ".into(), ..Default::default() }).unwrap();
        assert_eq!(
            (room.name.as_str(), room.visibility, room.max_participants),
            ("Ada's room", Visibility::Unlisted, 50)
        );
    }

    #[test]
    fn times_are_in_the_future_when_they_are_set_and_stay_as_they_pass() {
        let at = |seconds: i64| Some(timestamp(now() + TimeDelta::seconds(seconds)));
        let new =
            |starts_at, ends_at| new_room(&CreateRoomRequest { starts_at, ends_at, ..Default::default() });
        assert!(new(at(0), None).is_err() && new(None, at(-1)).is_err() && new(at(20), at(20)).is_err());
        assert!(new(at(3 * 366 * 86_400), None).is_err());
        let room = new(at(10), at(20)).unwrap();
        let renamed = UpdateRoomRequest { name: "Other".into(), ..Default::default() };
        let later = room.changed(&renamed, &DEFAULTS, now() + TimeDelta::seconds(15)).unwrap();
        assert_eq!((later.starts_at, later.ends_at), (room.starts_at, room.ends_at));
    }

    #[test]
    fn labels_are_lower_case_and_each_is_once() {
        let given = ["Sci-Fi", "  sci-fi ", "Late  Night"].map(str::to_owned);
        assert_eq!(labels(&given).unwrap(), ["sci-fi", "late night"]);
        assert!(labels(&["\u{200B}".to_owned()]).is_err());
    }

    #[test]
    fn an_installation_without_public_rooms_keeps_those_it_has() {
        let closed = RoomDefaults { allow_public: false, ..DEFAULTS };
        let public = CreateRoomRequest { visibility: Visibility::Public.into(), ..Default::default() };
        assert!(matches!(Settings::chosen(&public, "Ada", &closed, now()), Err(Error::PublicRoomsOff)));
        let room = new_room(&public).unwrap();
        let renamed = UpdateRoomRequest { name: "Other".into(), ..Default::default() };
        assert_eq!(room.changed(&renamed, &closed, now()).unwrap().visibility, Visibility::Public);
    }

    // A setting that one of the four messages lacks could not be chosen, changed or read.
    #[test]
    fn every_setting_is_in_the_room_and_in_both_requests() {
        let room = message_type("syncwatch.room.v1.Room");
        for field in SETTINGS.fields() {
            for message in [&room, &*CREATE, &*UPDATE] {
                let same = message.get_field_by_name(field.name());
                let same = same.unwrap_or_else(|| panic!("{} lacks {}", message.name(), field.name()));
                let shape = |field: &prost_reflect::FieldDescriptor| (field.kind(), field.is_list());
                assert_eq!(shape(&same), shape(&field), "{} of {}", field.name(), message.name());
            }
        }
    }

    #[test]
    fn what_is_chosen_is_what_the_room_says() {
        let request = CreateRoomRequest {
            name: "Film night".into(),
            description: "Every Friday".into(),
            category: Category::Films.into(),
            labels: vec!["noir".into()],
            visibility: Visibility::Public.into(),
            max_participants: 7,
            guests_forbidden: true,
            ..Default::default()
        };
        let settings = new_room(&request).unwrap();
        let written = RoomSettings::from(settings.clone());
        assert_eq!(Settings::checked(written, &DEFAULTS).unwrap(), settings);
        let kept = settings.changed(&UpdateRoomRequest::default(), &DEFAULTS, now()).unwrap();
        assert_eq!(kept, settings, "a request that says nothing changes nothing");
        let _: Room = Room { name: settings.name, labels: settings.labels, ..Room::default() };
    }
}
