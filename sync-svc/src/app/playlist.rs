//! A room's playlist, as room-svc has it.

use ids::RoomId;
use proto::{
    common::v1::{Identity, SubjectKind},
    room::v1::{Item, ListItemsRequest, PlaylistChange, playlist_service_client::PlaylistServiceClient},
};
use rpc::{Context, Reason, reason_of};

use super::App;
use crate::{
    error::{Error, Result},
    playback::{Chosen, Input, Room, wants_more},
};

/// Members in whose name a playlist is asked for, where the first is none any more.
const MOST_ASKERS: usize = 3;

impl From<Item> for Chosen {
    fn from(item: Item) -> Self {
        let start_us = item.source.map_or(0, |source| source.start_us);
        Self { item_id: item.id, duration_us: item.duration_us, start_us }
    }
}

impl App {
    /// As someone may see it.
    pub(super) async fn items(&self, context: &Context, room: RoomId) -> Result<Vec<Item>> {
        let request = context.request(ListItemsRequest { room: room.to_string() });
        Ok(PlaylistServiceClient::new(self.room.clone()).list_items(request).await?.into_inner().items)
    }

    /// What the room goes on with by itself: in the name of its owner or of someone who is there.
    async fn own_items(&self, room: RoomId, known: &Room) -> Result<Vec<Item>> {
        let mut refused = None;
        for subject in askers(known) {
            match self.items(&Context::on_behalf_of(identity(subject)), room).await {
                Err(Error::Answered(status)) if reason_of(&status) == Some(Reason::NotAMember) => {
                    refused = Some(status);
                }
                items => return items,
            }
        }
        refused.map_or(Ok(Vec::new()), |status| Err(status.into()))
    }

    /// What an added item means for the playback: where it stands matters to a room that waits for one alone.
    pub(super) async fn item_added(&self, room: RoomId, change: &PlaylistChange) -> Result<Input> {
        let PlaylistChange { item_id, start_us, .. } = change;
        let known = self.current(room).await?.room;
        let follows = if wants_more(&known) {
            self.item_after(room, &known).await?.filter(|next| next.item_id == *item_id)
        } else {
            None
        };
        Ok(match follows {
            Some(item) => Input::ItemAdded { item, after: Some(known.playback.item_id.clone()) },
            // A length that is known by now comes as an event of its own.
            None => {
                let item = Chosen { item_id: item_id.clone(), duration_us: 0, start_us: *start_us };
                Input::ItemAdded { item, after: None }
            }
        })
    }

    /// What comes after the item that is on.
    pub(super) async fn item_after(&self, room: RoomId, known: &Room) -> Result<Option<Chosen>> {
        let items = self.own_items(room, known).await?;
        let mut from_it = items.into_iter().skip_while(|item| item.id != known.playback.item_id);
        Ok(from_it.nth(1).map(Chosen::from))
    }

    /// The item behind one that was taken off, with its length and its start where the room needs them.
    pub(super) async fn item_behind(&self, room: RoomId, change: &PlaylistChange) -> Result<Option<Chosen>> {
        if change.next_item_id.is_empty() {
            return Ok(None);
        }
        let mut next = Chosen { item_id: change.next_item_id.clone(), duration_us: 0, start_us: 0 };
        let known = self.current(room).await?.room;
        if known.playback.item_id == change.item_id {
            let items = self.own_items(room, &known).await?;
            let found = items.into_iter().find(|item| item.id == next.item_id);
            next = found.map_or(next, Chosen::from);
        }
        Ok(Some(next))
    }
}

fn askers(known: &Room) -> Vec<&str> {
    let there = known.seats.iter().filter_map(|taken| taken.session().member.as_ref());
    let mut askers: Vec<&str> = Vec::new();
    for subject in
        std::iter::once(known.owner_id.as_str()).chain(there.map(|member| member.subject_id.as_str()))
    {
        if askers.len() < MOST_ASKERS && !subject.is_empty() && !askers.contains(&subject) {
            askers.push(subject);
        }
    }
    askers
}

fn identity(subject_id: &str) -> Identity {
    let kind = if subject_id.starts_with("guest_") { SubjectKind::Guest } else { SubjectKind::User };
    Identity { subject_id: subject_id.to_owned(), kind: kind.into(), ..Identity::default() }
}
