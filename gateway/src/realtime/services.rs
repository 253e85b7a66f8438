//! Calls that the gateway makes as a service of the installation.

use std::sync::Arc;

use proto::{
    media::v1::media_service_client::MediaServiceClient,
    room::v1::member_service_client::MemberServiceClient,
    sync::v1::{
        JoinSessionRequest, Snapshot, delivery_service_client::DeliveryServiceClient,
        playback_service_client::PlaybackServiceClient, presence_service_client::PresenceServiceClient,
    },
};
use rpc::{Context, RpcChannel};
use tonic::Status;

use super::{local::Local, pace::SyncTimes};

/// Clients of the services. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Services {
    pub(crate) room: RpcChannel,
    pub(crate) sync: RpcChannel,
    pub(crate) media: RpcChannel,
    /// Sockets that one person may have in one room, on all gateways together.
    pub(crate) max_sessions_of_person: i32,
    /// Shared by all copies.
    pub(crate) sync_times: Arc<SyncTimes>,
}

impl Services {
    pub(crate) fn members(&self) -> MemberServiceClient<RpcChannel> {
        MemberServiceClient::new(self.room.clone())
    }

    pub(crate) fn playback(&self) -> PlaybackServiceClient<RpcChannel> {
        PlaybackServiceClient::new(self.sync.clone())
    }

    pub(crate) fn presence(&self) -> PresenceServiceClient<RpcChannel> {
        PresenceServiceClient::new(self.sync.clone())
    }

    pub(crate) fn delivery(&self) -> DeliveryServiceClient<RpcChannel> {
        DeliveryServiceClient::new(self.sync.clone())
    }

    pub(crate) fn media(&self) -> MediaServiceClient<RpcChannel> {
        MediaServiceClient::new(self.media.clone())
    }

    /// Tells sync-svc about a session, for the first time or again.
    pub(crate) async fn join(
        &self,
        room_id: &str,
        local: &Local,
        without_sessions: bool,
    ) -> Result<Snapshot, Status> {
        let request = JoinSessionRequest {
            room_id: room_id.to_owned(),
            session: Some(local.session.clone()),
            without_sessions,
            max_sessions_of_person: self.max_sessions_of_person,
        };
        let context = Context::on_behalf_of(local.identity.clone());
        let joined = self.presence().join_session(context.request(request)).await?.into_inner();
        self.sync_times.note(&joined);
        joined.snapshot.ok_or_else(|| Status::internal("sync-svc joined a session without a snapshot"))
    }
}
