//! What room-svc tells: handed on to who watches the room, and done to the playback where it matters to it.

use std::collections::{HashSet, VecDeque};

use ids::RoomId;
use proto::{
    room::v1::{RoomEvent, room_event::Kind},
    sync::v1::subscribe_response::Delivery,
};

use super::{
    App,
    apply::{Done, encode},
};
use crate::{
    error::Result,
    playback::{Chosen, Decided, Input},
};

/// How often a deleted room is tried to be forgotten while sessions still leave it.
const FORGET_ATTEMPTS: u32 = 5;

/// Events that came lately: one that comes again is not told again.
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

impl App {
    /// The same event may come twice; it counts once.
    pub(crate) async fn room_event(&self, recent: &mut RecentEvents, event: RoomEvent) -> Result<()> {
        if recent.contains(&event.id) {
            return Ok(());
        }
        let Ok(room) = event.room_id.parse::<RoomId>() else {
            // It would be as unreadable the next time.
            tracing::error!(
                event = event.id,
                room = event.room_id,
                "an event is about something that is no room"
            );
            return Ok(());
        };
        let input = match &event.kind {
            Some(Kind::ItemAdded(change)) => Some(self.item_added(room, change).await?),
            Some(Kind::ItemRemoved(change)) => Some(Input::ItemRemoved {
                item_id: change.item_id.clone(),
                next: self.item_behind(room, change).await?,
            }),
            Some(Kind::ItemMeasured(measured)) => Some(Input::ItemMeasured(Chosen {
                item_id: measured.item_id.clone(),
                duration_us: measured.duration_us,
                start_us: 0,
            })),
            Some(Kind::RoomUpdated(room)) => {
                Some(Input::Decided { decided: Decided::from(room), instead_of: None })
            }
            Some(Kind::RoomDeleted(_)) => Some(Input::RoomDeleted),
            _ => None,
        };
        match &event.kind {
            Some(Kind::MemberJoined(member)) => self.forget_access_of(room, &member.subject_id),
            Some(Kind::MemberLeft(subject_id)) => self.forget_access_of(room, subject_id),
            Some(Kind::RoomDeleted(_) | Kind::RoomUpdated(_)) => self.forget_access(room),
            _ => {}
        }
        let deleted = matches!(input, Some(Input::RoomDeleted));
        let id = event.id.clone();
        // First the news, then what comes of it: a player that is told to play an item should know the item.
        self.state.log.notify(&room.to_string(), encode(Delivery::RoomEvent(event))).await?;
        // room-svc forgets the event once it is acknowledged, so what came of it must survive first.
        if let Some(input) = input
            && let Done::Changed { saved, .. } = self.apply(room, &input, Some(&id)).await?
        {
            self.survives(saved).await?;
        }
        if deleted {
            self.forget_room(room).await?;
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
