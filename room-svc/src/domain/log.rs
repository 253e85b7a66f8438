//! The log of a room: which events it has, and how it names their kinds.

use std::{collections::BTreeMap, sync::LazyLock};

use chrono::{DateTime, Utc};
use prost::Message as _;
use proto::room::v1::{LogEntry, RoomEvent, room_event::Kind};

use super::{fields::message_type, timestamp};
use crate::error::{Error, Result};

/// Something that happened in a room.
#[derive(Debug, Clone)]
pub(crate) struct LogLine {
    pub(crate) at: DateTime<Utc>,
    /// Empty: the server.
    pub(crate) actor_id: String,
    pub(crate) actor_name: String,
    pub(crate) event: RoomEvent,
}

impl From<LogLine> for LogEntry {
    fn from(entry: LogLine) -> Self {
        Self {
            at: Some(timestamp(entry.at)),
            actor_id: entry.actor_id,
            actor_name: entry.actor_name,
            event: Some(entry.event),
        }
    }
}

/// The number of an event's kind, if it belongs into the log. Chat has a history of its own.
pub(crate) fn logged_kind(kind: &Kind) -> Option<i32> {
    if matches!(kind, Kind::ChatChanged(_) | Kind::ItemMeasured(_) | Kind::RoomDeleted(_)) {
        return None;
    }
    // The key of the first field of the encoded event (protobuf encoding, "Message Structure").
    let event = RoomEvent { kind: Some(kind.clone()), ..RoomEvent::default() }.encode_to_vec();
    let key = prost::encoding::decode_varint(&mut event.as_slice()).ok()?;
    i32::try_from(key >> 3).ok()
}

/// The numbers of kinds, as a request names them.
pub(crate) fn kinds(names: &[String]) -> Result<Vec<i32>> {
    static KINDS: LazyLock<BTreeMap<String, i32>> = LazyLock::new(|| {
        let oneofs = message_type("syncwatch.room.v1.RoomEvent").oneofs().collect::<Vec<_>>();
        let fields = oneofs.iter().flat_map(|oneof| oneof.fields().collect::<Vec<_>>());
        fields
            .filter_map(|field| Some((field.name().to_owned(), i32::try_from(field.number()).ok()?)))
            .collect()
    });
    let number = |name: &String| KINDS.get(name).copied();
    names
        .iter()
        .map(|name| {
            number(name).ok_or(Error::Field { field: "kinds", what: "must be names of kinds of RoomEvent" })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proto::room::v1::{PlaylistChange, Room};

    use super::*;

    #[test]
    fn a_kind_has_the_number_of_its_field() {
        let named = |name: &str| kinds(&[name.to_owned()]).unwrap()[0];
        assert_eq!(logged_kind(&Kind::MemberLeft("user_x".into())), Some(named("member_left")));
        assert_eq!(logged_kind(&Kind::RoomUpdated(Room::default())), Some(named("room_updated")));
        assert_eq!(logged_kind(&Kind::ItemAdded(PlaylistChange::default())), Some(named("item_added")));
        assert!(kinds(&["room_id".to_owned()]).is_err());
    }
}
