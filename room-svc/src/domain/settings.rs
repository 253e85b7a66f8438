//! The settings of a room: everything that people choose, with the defaults filled in, and how requests change them.

use proto::room::v1::{Category, CreateRoomRequest, RoomSettings, UpdateRoomRequest, Visibility};

use super::{
    Policy,
    fields::{Type, copied, message_type},
    text::is_visible,
};
use crate::error::{Error, Result};

static SETTINGS: Type = Type::new(|| message_type("syncwatch.room.v1.RoomSettings"));
static CREATE: Type = Type::new(|| message_type("syncwatch.room.v1.CreateRoomRequest"));
static UPDATE: Type = Type::new(|| message_type("syncwatch.room.v1.UpdateRoomRequest"));

/// Longest name in characters, as in the contract.
const MAX_NAME: usize = 80;

/// What an installation gives to new rooms, and what it allows.
#[derive(Debug, Clone)]
pub(crate) struct RoomDefaults {
    pub(crate) max_participants: i32,
    pub(crate) allow_public: bool,
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
    pub(crate) policy: Policy,
}

impl Settings {
    /// The settings of a new room, as a request chooses them. A name that is left out is made from the owner's.
    pub(crate) fn chosen(
        request: &CreateRoomRequest,
        owner_name: &str,
        defaults: &RoomDefaults,
    ) -> Result<Self> {
        let mut chosen = copied((&SETTINGS, &RoomSettings::default()), (&CREATE, request), &[])?;
        if chosen.name.trim().is_empty() {
            chosen.name = format!("{owner_name}'s room").chars().take(MAX_NAME).collect();
        }
        let settings = Self::checked(chosen, defaults)?;
        if settings.policy.delegates().next().is_some() {
            let what = "must be empty: a new room has no other members";
            return Err(Error::Field { field: "policy.delegate_ids", what });
        }
        settings.admitted(None, defaults)
    }

    /// The settings after a request, which changes what its mask names. Without a mask it changes every field that has a
    /// value; a name of spaces is none.
    pub(crate) fn changed(&self, request: &UpdateRoomRequest, defaults: &RoomDefaults) -> Result<Self> {
        let paths = request.update_mask.as_ref().map_or(&[][..], |mask| mask.paths.as_slice());
        let mut changed = copied((&SETTINGS, &RoomSettings::from(self.clone())), (&UPDATE, request), paths)?;
        if paths.is_empty() && changed.name.trim().is_empty() {
            changed.name.clone_from(&self.name);
        }
        Self::checked(changed, defaults)?.admitted(Some(self), defaults)
    }

    /// Fills in the defaults and refuses what cannot be.
    fn checked(settings: RoomSettings, defaults: &RoomDefaults) -> Result<Self> {
        if !is_visible(&settings.name) {
            return Err(Error::Field { field: "name", what: "must have a character that can be seen" });
        }
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
        Ok(Self::stored(RoomSettings {
            name: settings.name.trim().to_owned(),
            description: settings.description.trim().to_owned(),
            labels: labels(&settings.labels)?,
            visibility: visibility.into(),
            max_participants,
            ..settings
        }))
    }

    /// Settings as the store has them. A policy that was stored before it had all of its fields gets their defaults.
    pub(crate) fn stored(settings: RoomSettings) -> Self {
        Self {
            category: settings.category(),
            visibility: settings.visibility(),
            name: settings.name,
            description: settings.description,
            labels: settings.labels,
            max_participants: settings.max_participants,
            guests_forbidden: settings.guests_forbidden,
            policy: settings.policy.unwrap_or_default().into(),
        }
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
        settings.policy = None;
        settings
    }

    /// Refuses what the installation does not allow, unless the room has it already.
    fn admitted(self, before: Option<&Self>, defaults: &RoomDefaults) -> Result<Self> {
        let was_public = before.is_some_and(|before| before.visibility == Visibility::Public);
        if self.visibility == Visibility::Public && !was_public && !defaults.allow_public {
            return Err(Error::PublicRoomsOff);
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
            policy: Some(settings.policy.into()),
        }
    }
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

    const DEFAULTS: RoomDefaults = RoomDefaults { max_participants: 50, allow_public: true };

    fn new_room(request: &CreateRoomRequest) -> Result<Settings> {
        Settings::chosen(request, "Ada", &DEFAULTS)
    }

    #[test]
    fn a_default_name_from_a_long_owner_name_fits_the_limit() {
        let room = Settings::chosen(&CreateRoomRequest::default(), &"é".repeat(100), &DEFAULTS).unwrap();
        assert_eq!(room.name.chars().count(), MAX_NAME);
        let room = new_room(&CreateRoomRequest { name: "  ".into(), ..Default::default() }).unwrap();
        assert_eq!(
            (room.name.as_str(), room.visibility, room.max_participants),
            ("Ada's room", Visibility::Unlisted, 50)
        );
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
        assert!(matches!(Settings::chosen(&public, "Ada", &closed), Err(Error::PublicRoomsOff)));
        let room = new_room(&public).unwrap();
        let renamed = UpdateRoomRequest { name: "Other".into(), ..Default::default() };
        assert_eq!(room.changed(&renamed, &closed).unwrap().visibility, Visibility::Public);
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
        let kept = settings.changed(&UpdateRoomRequest::default(), &DEFAULTS).unwrap();
        assert_eq!(kept, settings, "a request that says nothing changes nothing");
        let _: Room = Room { name: settings.name, labels: settings.labels, ..Room::default() };
    }
}
