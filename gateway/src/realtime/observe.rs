//! What a socket wants to be told of, and what it is told first.

use std::sync::Arc;

use proto::{
    realtime::v1::{Ack, ChatPage, Playlist, Resource, ResourceUpdate, resource_update, server_frame::Kind},
    room::v1::{GetRoomRequest, ListItemsRequest, ListMessagesRequest},
};
use tonic::Status;

use super::{
    frames::{answer, rejected, unasked},
    lanes::{Outcome, Request},
    requests::Asker,
};

/// Resources that a socket observes. There are fewer kinds than a connection may observe.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Observed(u8);

impl Default for Observed {
    fn default() -> Self {
        Self(bit(Resource::Playback))
    }
}

const fn bit(resource: Resource) -> u8 {
    1 << resource as u8
}

impl Observed {
    pub(crate) fn has(self, resource: Resource) -> bool {
        self.0 & bit(resource) != 0
    }

    pub(crate) fn add(&mut self, resource: Resource) {
        self.0 |= bit(resource);
    }

    pub(crate) fn remove(&mut self, resource: Resource) {
        self.0 &= !bit(resource);
    }
}

/// How many messages a chat begins with.
const CHAT_PAGE: i32 = 50;

impl Asker {
    /// The resource as it is now, after an `ack` where an id asks for one. What the hub does not know is read on behalf
    /// of the one who asks: whether they may is for the service to say.
    pub(crate) fn observe(self: &Arc<Self>, id: String, resource: Resource) -> Request {
        let asker = self.clone();
        Box::pin(async move {
            match asker.present(resource).await {
                Ok(present) => {
                    let ack = (!id.is_empty()).then(|| answer(id, Kind::Ack(Ack::default())));
                    let update =
                        present.map(|kind| unasked(Kind::Resource(ResourceUpdate { kind: Some(kind) })));
                    Outcome { frames: ack.into_iter().chain(update).collect(), closed: false }
                }
                Err(status) => answer(id, Kind::Rejected(rejected(status))).into(),
            }
        })
    }

    async fn present(&self, resource: Resource) -> Result<Option<resource_update::Kind>, Status> {
        let room = self.hub.room_id.clone();
        Ok(match resource {
            Resource::Settings => {
                let reply =
                    self.services.rooms().get_room(self.context().request(GetRoomRequest { room })).await?;
                reply.into_inner().room.map(resource_update::Kind::Settings)
            }
            Resource::Playlist => {
                let reply = self
                    .services
                    .playlist()
                    .list_items(self.context().request(ListItemsRequest { room }))
                    .await?
                    .into_inner();
                Some(resource_update::Kind::Playlist(Playlist { items: reply.items, version: reply.version }))
            }
            Resource::Chat => {
                let request = ListMessagesRequest { room, page_size: CHAT_PAGE, ..Default::default() };
                let reply =
                    self.services.chat().list_messages(self.context().request(request)).await?.into_inner();
                Some(resource_update::Kind::ChatPage(ChatPage {
                    messages: reply.messages,
                    next_page_token: reply.next_page_token,
                }))
            }
            Resource::Quality => Some(resource_update::Kind::Quality(self.hub.quality())),
            // Members are in the hub; the socket takes them from there. Links have a lane of their own.
            Resource::Members | Resource::PlaybackInfo | Resource::Playback | Resource::Unspecified => None,
        })
    }
}
