//! Where the bytes of the current item are, told to each socket by itself: links are signed for one person.

use std::{future::ready, pin::pin, time::Duration};

use futures::future::{Either, select};
use proto::{
    common::v1::Identity,
    media::v1::GetPlaybackInfoRequest,
    realtime::v1::{PlaybackInfo, Resource, ResourceUpdate, resource_update, server_frame::Kind},
};
use rand::Rng as _;
use rpc::Context;

use super::{
    Services,
    frames::unasked,
    lanes::{Outcome, Request},
    session::Session,
};

/// A small room asks at once when another item is on, a large one spread over this time.
const SPREAD: Duration = Duration::from_millis(300);

/// Whom a new link concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Concerns {
    /// One socket alone.
    One,
    /// All of the room.
    Everyone,
}

/// What is asked for the item that is on.
pub(crate) struct Link {
    pub(crate) item_id: String,
    request: Request,
}

impl Link {
    /// Asks after `delay`. When it cannot be told, nothing is: clients that need it ask for themselves, and are told why.
    pub(crate) fn ask(
        services: &Services,
        identity: Identity,
        room_id: &str,
        item_id: &str,
        delay: Duration,
    ) -> Self {
        let services = services.clone();
        let asked = GetPlaybackInfoRequest { room: room_id.to_owned(), item_id: item_id.to_owned() };
        let request = Box::pin(async move {
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            let item_id = asked.item_id.clone();
            match services.media().get_playback_info(Context::on_behalf_of(identity).request(asked)).await {
                Ok(reply) => {
                    let info = PlaybackInfo { item_id, info: Some(reply.into_inner()) };
                    let kind = Some(resource_update::Kind::PlaybackInfo(info));
                    unasked(Kind::Resource(ResourceUpdate { kind })).into()
                }
                Err(status) => {
                    tracing::debug!(item_id, code = ?status.code(), error = status.message(), "cannot tell a socket where an item is");
                    Outcome::default()
                }
            }
        });
        Self { item_id: item_id.to_owned(), request }
    }

    /// Does something to its end, and gets on with this meanwhile.
    pub(crate) async fn beside<T>(self, other: impl Future<Output = T>) -> (T, Self) {
        let Self { item_id, request } = self;
        let (done, request) = match select(pin!(other), request).await {
            Either::Left((done, request)) => (done, request),
            Either::Right((outcome, other)) => (other.await, Box::pin(ready(outcome)) as Request),
        };
        (done, Self { item_id, request })
    }
}

impl Session {
    /// Takes up what was asked for before the session began.
    pub(super) fn take_up(&mut self, link: Link) {
        self.linked_item = link.item_id;
        self.lanes.links.replace(link.request);
    }

    /// Sees to it that an observer learns where the bytes are, when another item is on. Who comes alone need not wait;
    /// a change concerns everyone at once.
    pub(super) fn link(&mut self, concerns: Concerns) {
        if !self.observed.has(Resource::PlaybackInfo) {
            return;
        }
        let hub = &self.asker.hub;
        let Some(item_id) = hub.item_unless(&self.linked_item) else { return };
        if item_id.is_empty() {
            return self.unlink();
        }
        let delay = if concerns == Concerns::Everyone && hub.is_large() {
            rand::thread_rng().gen_range(Duration::ZERO..SPREAD)
        } else {
            Duration::ZERO
        };
        let identity = self.asker.local.identity.clone();
        let link = Link::ask(&self.asker.services, identity, &hub.room_id, &item_id, delay);
        self.take_up(link);
    }

    /// Forgets what is being asked for.
    pub(super) fn unlink(&mut self) {
        self.linked_item.clear();
        self.lanes.links.clear();
    }
}
