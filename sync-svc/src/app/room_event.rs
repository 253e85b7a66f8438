//! Events of room-svc: forwarded to subscribers, and applied to the playback.

use std::collections::{HashSet, VecDeque};

use ids::RoomId;
use proto::{
    room::v1::{RoomEvent, room_event::Kind},
    sync::v1::subscribe_response::Delivery,
};

use super::{
    App,
    apply::{Done, encode},
    playlist::named,
};
use crate::{
    error::Result,
    playback::{Input, Item, RoomSettings},
};

/// Attempts to remove the log of a deleted room while sessions still leave it.
const FORGET_ATTEMPTS: u32 = 5;

/// Recent events. A repeated delivery is not forwarded again.
#[derive(Default)]
pub(crate) struct RecentEvents {
    ids: HashSet<String>,
    order: VecDeque<String>,
}

impl RecentEvents {
    const MOST: usize = 10_000;

    fn contains(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    fn insert(&mut self, id: String) {
        if self.order.len() >= Self::MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        self.ids.insert(id.clone());
        self.order.push_back(id);
    }
}

/// What to read again after an event.
enum Then {
    Nothing,
    /// What follows the current item.
    ReadNext,
    /// Who may vote.
    ReadVoters,
    ReadBoth,
}

impl Then {
    fn after(event: &RoomEvent) -> Self {
        match &event.kind {
            Some(
                Kind::ItemAdded(_)
                | Kind::ItemRemoved(_)
                | Kind::ItemsReordered(_)
                | Kind::PlaylistReplaced(_)
                | Kind::VotesChanged(_)
                | Kind::ItemPlayed(_),
            ) => Self::ReadNext,
            Some(Kind::MemberChanged(_) | Kind::MemberLeft(_) | Kind::RolesChanged(_)) => Self::ReadVoters,
            Some(Kind::RoomUpdated(_)) => Self::ReadBoth,
            _ => Self::Nothing,
        }
    }
}

impl App {
    /// Handles an event. The same event may be delivered twice and counts once.
    pub(crate) async fn room_event(&self, recent: &mut RecentEvents, event: RoomEvent) -> Result<()> {
        if recent.contains(&event.id) {
            return Ok(());
        }
        let Ok(room) = event.room_id.parse::<RoomId>() else {
            // A retry would fail in the same way.
            tracing::error!(
                event = event.id,
                room = event.room_id,
                "an event has an invalid room id and is dropped"
            );
            return Ok(());
        };
        let input = match &event.kind {
            Some(Kind::ItemAdded(change)) => {
                // The length, once it is known, comes as an event of its own.
                let item = named(&change.item_id, change.start_us);
                Some(self.follow_after_end(room).await?.unwrap_or(Input::ItemAdded(item)))
            }
            Some(Kind::ItemsReordered(_)) => self.follow_after_end(room).await?,
            Some(Kind::ItemRemoved(change)) => Some(Input::ItemRemoved {
                item_id: change.item_id.clone(),
                next: self.item_instead_of(room, change).await?,
            }),
            Some(Kind::PlaylistReplaced(replaced)) => self.after_replacement(room, replaced).await?,
            Some(Kind::ItemMeasured(measured)) => Some(Input::ItemMeasured(Item {
                duration_us: measured.duration_us,
                ..named(&measured.item_id, 0)
            })),
            Some(Kind::RoomUpdated(room)) => {
                Some(Input::Settings { settings: RoomSettings::from(room), instead_of: None })
            }
            Some(Kind::MemberChanged(member)) => Some(Input::MemberChanged(member.clone())),
            Some(Kind::RoomDeleted(_)) => Some(Input::RoomDeleted),
            Some(Kind::RoomClosed(_)) => Some(Input::RoomClosed),
            _ => None,
        };
        match &event.kind {
            Some(Kind::MemberJoined(member) | Kind::MemberChanged(member)) => {
                self.forget_access_of(room, &member.subject_id);
            }
            Some(Kind::MemberLeft(subject_id)) => self.forget_access_of(room, subject_id),
            Some(
                Kind::RoomDeleted(_) | Kind::RoomClosed(_) | Kind::RoomUpdated(_) | Kind::RolesChanged(_),
            ) => self.forget_access(room),
            _ => {}
        }
        let then = Then::after(&event);
        let deleted = matches!(input, Some(Input::RoomDeleted));
        let id = event.id.clone();
        // Forwarded first: a player that is told to play an item should know the item.
        self.state.log.notify(&room.to_string(), encode(Delivery::RoomEvent(event))).await?;
        // room-svc deletes the event once it is acknowledged, so its effect has to survive first.
        if let Some(input) = input
            && let Done::Changed { saved, .. } = self.apply(room, &input, Some(&id)).await?
        {
            self.survives(saved).await?;
        }
        if deleted {
            self.forget_room(room).await?;
        }
        match then {
            Then::Nothing => {}
            Then::ReadNext => self.refresh_next(room).await?,
            Then::ReadVoters => self.refresh_open_vote(room).await?,
            Then::ReadBoth => {
                self.refresh_next(room).await?;
                self.refresh_open_vote(room).await?;
            }
        }
        recent.insert(id);
        Ok(())
    }

    async fn forget_room(&self, room: RoomId) -> Result<()> {
        let name = room.to_string();
        for _ in 0..FORGET_ATTEMPTS {
            let version = self.current(room).await?.version;
            if version == 0 || self.state.log.remove(&name, version).await? {
                break;
            }
        }
        self.rooms.forget(room);
        self.checkpoints.remove(room).await
    }
}
