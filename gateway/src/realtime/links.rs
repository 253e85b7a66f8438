//! The link to the current item. Each socket reads its own, because links are signed for one person.

use std::{future::ready, pin::pin, sync::Arc, time::Duration};

use futures::future::{Either, select};
use prost::Message as _;
use proto::{
    common::v1::Identity,
    media::v1::GetPlaybackInfoRequest,
    realtime::v1::{PlaybackInfo, Resource as Known},
};
use rpc::Context;

use super::{
    request::{Outcome, Request},
    resources::{Part, Resources},
    services::Services,
};

/// After a change of the item, the sockets of a large room read their links spread over this time, of a small one at once.
pub(crate) const SPREAD: Duration = Duration::from_millis(300);

/// Whom a change concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Concerns {
    /// One socket alone.
    One,
    /// All of the room.
    Everyone,
}

/// The link to one item, while it is being read.
pub(crate) struct Link {
    pub(crate) item_id: String,
    pub(crate) request: Request,
}

impl Link {
    /// Reads the link after `delay`. A failure is not sent: a client that needs the link calls `GetPlaybackInfo`, which tells
    /// why.
    pub(crate) fn ask(
        services: &Services,
        resources: &Arc<Resources>,
        identity: Identity,
        (room_id, item_id): (&str, &str),
        delay: Duration,
    ) -> Self {
        let (services, resources) = (services.clone(), resources.clone());
        let asked = GetPlaybackInfoRequest { room: room_id.to_owned(), item_id: item_id.to_owned() };
        let request = Box::pin(async move {
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            let item_id = asked.item_id.clone();
            match services.media().get_playback_info(Context::on_behalf_of(identity).request(asked)).await {
                Ok(reply) => {
                    let info = PlaybackInfo { item_id, info: Some(reply.into_inner()) };
                    let part = Part::Snapshot(info.encode_to_vec());
                    resources.update(Known::PlaybackInfo.into(), part).map(Outcome::from).unwrap_or_default()
                }
                Err(status) => {
                    tracing::debug!(item_id, code = ?status.code(), error = status.message(), "cannot tell a socket where an item is");
                    Outcome::default()
                }
            }
        });
        Self { item_id: item_id.to_owned(), request }
    }

    /// Completes `other`, and reads the link meanwhile.
    pub(crate) async fn beside<T>(self, other: impl Future<Output = T>) -> (T, Self) {
        let Self { item_id, request } = self;
        let (done, request) = match select(pin!(other), request).await {
            Either::Left((done, request)) => (done, request),
            Either::Right((outcome, other)) => (other.await, Box::pin(ready(outcome)) as Request),
        };
        (done, Self { item_id, request })
    }
}
