//! What happens in a room now: who is there and what is on.

use chrono::{DateTime, Utc};
use ids::{ItemId, RoomId, SubjectId};
use proto::room::v1::{PresenceReport, RoomLive, RoomState};

use super::timestamp;
use crate::error::{Error, Result};

/// What is on in a room.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Playing {
    pub(crate) item_id: Option<ItemId>,
    pub(crate) is_moving: bool,
    pub(crate) position_us: i64,
    pub(crate) position_at: Option<DateTime<Utc>>,
    pub(crate) rate: f64,
}

/// A room now, as of the last report.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Live {
    pub(crate) present_count: i32,
    /// Whether anybody has ever come.
    pub(crate) visited: bool,
    pub(crate) owner_away: bool,
    /// Whether a start waits for players.
    pub(crate) waiting: bool,
    pub(crate) on: Playing,
}

impl Live {
    /// Of a room that does not tell what happens in it.
    pub(crate) fn unknown() -> Self {
        let on = Playing { item_id: None, is_moving: false, position_us: 0, position_at: None, rate: 1.0 };
        Self { present_count: 0, visited: false, owner_away: false, waiting: false, on }
    }

    /// The state of an open room.
    pub(crate) fn state(&self) -> RoomState {
        match self {
            Self { visited: false, .. } => RoomState::Created,
            Self { present_count: 0, .. } => RoomState::Waiting,
            Self { owner_away: true, .. } => RoomState::OwnerAway,
            Self { waiting: true, .. } | Self { on: Playing { item_id: None, .. }, .. } => RoomState::Waiting,
            Self { on: Playing { is_moving: true, .. }, .. } => RoomState::Playing,
            _ => RoomState::Paused,
        }
    }
}

/// What lists show of a room besides its settings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Glimpse {
    pub(crate) title: String,
    pub(crate) picture_url: String,
    pub(crate) duration_us: i64,
    /// Names of a few people who are there.
    pub(crate) names: Vec<String>,
}

impl Live {
    /// As the contract tells it.
    pub(crate) fn told(&self, glimpse: Glimpse) -> RoomLive {
        RoomLive {
            present_count: self.present_count,
            item_id: self.on.item_id.map(|id| id.to_string()).unwrap_or_default(),
            item_title: glimpse.title,
            picture_url: glimpse.picture_url,
            playing: self.on.is_moving,
            duration_us: glimpse.duration_us,
            position_us: self.on.position_us,
            position_at: self.on.position_at.map(timestamp),
            rate: self.on.rate,
            names: glimpse.names,
        }
    }
}

/// A report of one room.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    pub(crate) room: RoomId,
    pub(crate) epoch: i64,
    pub(crate) version: i64,
    /// Each once, in order.
    pub(crate) people: Vec<SubjectId>,
    pub(crate) owner_away: bool,
    pub(crate) waiting: bool,
    pub(crate) on: Playing,
}

impl TryFrom<PresenceReport> for Report {
    type Error = Error;

    fn try_from(report: PresenceReport) -> Result<Self> {
        let field = |field, what| Error::Field { field, what };
        let people = report.subject_ids.iter().map(|id| id.parse());
        let mut people: Vec<SubjectId> = people
            .collect::<Result<_, _>>()
            .map_err(|_| field("rooms.subject_ids", "must be ids of the form `user_…` or `guest_…`"))?;
        people.sort_unstable();
        people.dedup();
        let item_id = match report.item_id.as_str() {
            "" => None,
            id => Some(id.parse().map_err(|_| field("rooms.item_id", "must be an id of the form `item_…`"))?),
        };
        let position_at = report
            .position_at
            .and_then(|at| DateTime::from_timestamp(at.seconds, u32::try_from(at.nanos).unwrap_or_default()));
        Ok(Self {
            room: report
                .room_id
                .parse()
                .map_err(|_| field("rooms.room_id", "must be an id of the form `room_…`"))?,
            epoch: report.epoch,
            version: report.version,
            people,
            owner_away: report.owner_away,
            waiting: report.waiting,
            on: Playing {
                item_id,
                is_moving: report.playing,
                position_us: report.position_us,
                position_at,
                rate: report.rate,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_follows_from_who_is_there_and_what_is_on() {
        let on = Playing {
            item_id: Some(ItemId::new()),
            is_moving: true,
            position_us: 0,
            position_at: None,
            rate: 1.0,
        };
        let playing =
            Live { present_count: 2, visited: true, owner_away: false, waiting: false, on: on.clone() };
        let with = |change: fn(&mut Live)| {
            let mut live = playing.clone();
            change(&mut live);
            live.state()
        };
        assert_eq!(playing.state(), RoomState::Playing);
        assert_eq!(with(|live| live.on.is_moving = false), RoomState::Paused);
        assert_eq!(with(|live| live.on.item_id = None), RoomState::Waiting);
        assert_eq!(with(|live| live.waiting = true), RoomState::Waiting);
        assert_eq!(with(|live| live.owner_away = true), RoomState::OwnerAway);
        assert_eq!(with(|live| live.present_count = 0), RoomState::Waiting);
        assert_eq!(with(|live| (live.visited, live.present_count) = (false, 0)), RoomState::Created);
    }
}
