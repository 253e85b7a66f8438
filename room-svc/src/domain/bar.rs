//! Being kept out of a room: removed for a time, or banned.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use ids::{RoomId, SubjectId};
use proto::room::v1 as wire;
use sha2::{Digest as _, Sha256};

use super::timestamp;

/// How long a ban keeps new guests of the same network out: an address soon belongs to somebody else.
const NETWORK_FOR: TimeDelta = TimeDelta::hours(24);

/// Why a person cannot join a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) subject_id: SubjectId,
    pub(crate) display_name: String,
    /// False: they were removed and may come back after `until`.
    pub(crate) is_ban: bool,
    /// `None`: it has no end.
    pub(crate) until: Option<DateTime<Utc>>,
    pub(crate) note: String,
    pub(crate) by_id: SubjectId,
    pub(crate) by_name: String,
    pub(crate) created_at: DateTime<Utc>,
    /// Until when new guests of their network are kept out, too.
    pub(crate) network_until: Option<DateTime<Utc>>,
}

impl Bar {
    /// Also keeps new guests of the network out, for a day at most.
    #[must_use]
    pub(crate) fn with_network(self) -> Self {
        let longest = self.created_at + NETWORK_FOR;
        Self { network_until: Some(self.until.map_or(longest, |until| until.min(longest))), ..self }
    }

    /// What happened, and what to do.
    pub(crate) fn message(&self) -> String {
        let at = self.until.map(|until| until.format("%H:%M on %d %B %Y UTC").to_string());
        let note = if self.note.is_empty() { String::new() } else { format!(": {}", self.note) };
        let by = &self.by_name;
        match (self.is_ban, at) {
            (true, None) => {
                format!("{by} banned you from this room{note}; ask them if you think that is a mistake")
            }
            (true, Some(at)) => {
                format!("{by} banned you from this room until {at}{note}; you can join again then")
            }
            (false, Some(at)) => format!("{by} removed you from this room{note}; you can join again at {at}"),
            (false, None) => format!("{by} removed you from this room{note}"),
        }
    }
}

impl From<Bar> for wire::Ban {
    fn from(bar: Bar) -> Self {
        Self {
            subject_id: bar.subject_id.to_string(),
            display_name: bar.display_name,
            until: bar.until.map(timestamp),
            note: bar.note,
            by_id: bar.by_id.to_string(),
            by_name: bar.by_name,
            created_at: Some(timestamp(bar.created_at)),
            network: bar.network_until.is_some(),
        }
    }
}

/// What identifies a person in a room besides their id, as digests for this room: nobody can follow a device or an address
/// from room to room.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Traces {
    pub(crate) device: Option<Vec<u8>>,
    pub(crate) network: Option<Vec<u8>>,
}

impl Traces {
    /// `device` is empty where the client told none.
    pub(crate) fn new(room: RoomId, device: &str, network: Option<IpAddr>) -> Self {
        let digest = |kind: &str, text: &str| {
            let hash =
                Sha256::new().chain_update(room.uuid().as_bytes()).chain_update(kind).chain_update(text);
            hash.finalize().to_vec()
        };
        Self {
            device: (!device.is_empty()).then(|| digest("device", device)),
            network: network.map(|network| digest("network", &network.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use ids::GuestId;

    use super::*;

    #[test]
    fn a_bar_says_who_why_and_until_when() {
        let created_at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let bar = Bar {
            subject_id: GuestId::new().into(),
            display_name: "Mallory".into(),
            is_ban: true,
            until: None,
            note: "spoilers".into(),
            by_id: GuestId::new().into(),
            by_name: "Ada".into(),
            created_at,
            network_until: None,
        };
        assert_eq!(
            bar.message(),
            "Ada banned you from this room: spoilers; ask them if you think that is a mistake"
        );
        let until = Some(created_at + TimeDelta::minutes(5));
        let kick = Bar { is_ban: false, until, note: String::new(), ..bar.clone() };
        assert_eq!(
            kick.message(),
            "Ada removed you from this room; you can join again at 08:05 on 15 January 2027 UTC"
        );
        assert_eq!(bar.with_network().network_until, Some(created_at + NETWORK_FOR));
        assert_eq!(kick.with_network().network_until, until);
    }

    #[test]
    fn traces_differ_from_room_to_room() {
        let (here, there) = (RoomId::new(), RoomId::new());
        let network = Some(IpAddr::from([192, 0, 2, 1]));
        assert_eq!(Traces::new(here, "device", network), Traces::new(here, "device", network));
        assert_ne!(Traces::new(here, "device", None), Traces::new(there, "device", None));
        assert_eq!(Traces::new(here, "", None), Traces::default());
    }
}
