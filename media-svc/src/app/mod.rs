//! The use cases, one a file.

mod add_item;
mod add_items;
mod check_source;
mod create_room;
mod get_playback_info;
mod measure_source;
mod register_asset;
mod subtitles;
pub(crate) mod transcode;
pub(crate) mod uploads;
mod worker;

use std::{sync::Arc, time::Duration};

use blob::Blobs;
use edge::Signer;
use outbox::Outbox;
use proto::room::v1::{
    GetAccessRequest, GetAccessResponse, member_service_client::MemberServiceClient,
    playlist_service_client::PlaylistServiceClient,
};
use rpc::{Context, RpcChannel};
use runtime::Clock;
use sqlx::PgPool;
use tokio::sync::Notify;
use url::Url;

use self::uploads::Uploads;
pub(crate) use self::{add_item::NewItem, measure_source::Measurer, subtitles::NewTrack, worker::Worker};
use crate::{domain::plan::Rules, error::Result, origin::Origin};

/// How services are asked for the titles of their videos.
pub(crate) struct Oembed {
    /// Answers in place of the services, where it is set.
    pub(crate) base: Option<Url>,
}

/// What the use cases work with.
pub(crate) struct App {
    /// Called as this service, on behalf of the callers.
    pub(crate) room: RpcChannel,
    pub(crate) pool: PgPool,
    pub(crate) outbox: Outbox,
    pub(crate) origin: Origin,
    pub(crate) signer: Signer,
    pub(crate) clock: Clock,
    pub(crate) link_lifetime: Duration,
    /// Asks services for the titles of their videos; `None`: it does not.
    pub(crate) oembed: Option<Oembed>,
    /// Wakes the worker.
    pub(crate) added: Arc<Notify>,
    /// Where media bytes are.
    pub(crate) blobs: Blobs,
    /// What is made of uploads.
    pub(crate) rules: Rules,
    /// Wakes those who wait for the queue of tasks.
    pub(crate) queue: transcode::Queue,
    pub(crate) uploads: Arc<Uploads>,
}

impl App {
    fn playlist(&self) -> PlaylistServiceClient<RpcChannel> {
        PlaylistServiceClient::new(self.room.clone())
    }

    /// What the caller may do in a room; an error for everyone who is not in it.
    async fn access(&self, context: &Context, room: &str) -> Result<GetAccessResponse> {
        Ok(MemberServiceClient::new(self.room.clone())
            .get_access(context.request(GetAccessRequest { room: room.to_owned() }))
            .await?
            .into_inner())
    }
}
