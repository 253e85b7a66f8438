//! Connections to the media server: at this replica, or at the one that hosts the room. A host that does not answer loses the room
//! to the replica that was asked.

use std::{sync::Arc, time::Duration};

use ids::RoomId;
use proto::{
    room::v1::Permission,
    voice::v1::{
        HostConnectionRequest, HostConnectionResponse, VoiceHost, VoiceRecord,
        voice_service_client::VoiceServiceClient,
    },
};
use rpc::Context;
use tonic::{Code, Status};

use super::{App, host::Host};
use crate::{
    domain::record,
    error::{Error, Result},
};

/// How long a host may take. Making an answer takes it a few milliseconds.
const HOST_TIMEOUT: Duration = Duration::from_millis(600);
/// Hosts that are asked in one call, if each loses the room meanwhile.
const ATTEMPTS: u32 = 4;

impl App {
    /// Opens a connection for the caller's session. Returns the SDP answer and the epoch of the host that gave it.
    pub(crate) async fn connect(
        self: &Arc<Self>,
        context: &Context,
        room: &str,
        session_id: &str,
        offer: String,
    ) -> Result<(String, i64)> {
        let room = self.access(context, room).await?.need(Permission::UseVoice)?.room;
        let host = self.host.as_ref().ok_or(Error::SfuOff)?;
        // A faulty offer need not reach a host.
        sfu::offer::check(&offer).map_err(sfu::Refusal::from)?;
        let subject_id = context.identity()?.subject_id.clone();
        let mut request = HostConnectionRequest {
            room_id: room.to_string(),
            session_id: session_id.to_owned(),
            subject_id,
            offer,
            replica_id: String::new(),
        };
        // The host follows the room, to learn who leaves it.
        self.watch(room);
        for _ in 0..ATTEMPTS {
            let record = self.load(room).await?;
            check_participant(&record, &request)?;
            let epoch = record.host_epoch;
            let answer = match &record.host {
                Some(known) if known == host.replica() => {
                    Some(self.connect_here(host, room, &request).await?)
                }
                Some(other) => {
                    request.replica_id.clone_from(&other.replica_id);
                    ask(host, other, &request).await?
                }
                None => None,
            };
            if let Some(answer) = answer {
                return Ok((answer, epoch));
            }
            self.take_over(host, room, epoch).await?;
        }
        Err(Error::Contended)
    }

    /// Opens a connection for a person who asked another replica. `None`: this replica does not host the room.
    pub(crate) async fn host_connection(
        self: &Arc<Self>,
        room: RoomId,
        request: &HostConnectionRequest,
    ) -> Result<Option<String>> {
        let Some(host) = &self.host else { return Ok(None) };
        let record = self.load(room).await?;
        let is_me =
            record.host.as_ref() == Some(host.replica()) && request.replica_id == host.replica().replica_id;
        if !is_me {
            return Ok(None);
        }
        check_participant(&record, request)?;
        self.watch(room);
        self.connect_here(host, room, request).await.map(Some)
    }

    async fn connect_here(
        &self,
        host: &Host,
        room: RoomId,
        request: &HostConnectionRequest,
    ) -> Result<String> {
        // The person may have come by another replica a moment ago.
        self.refresh_host(room).await?;
        Ok(host.connect(room, &request.session_id, &request.offer).await?)
    }

    /// Makes this replica the host, unless another one became it meanwhile.
    async fn take_over(&self, host: &Host, room: RoomId, epoch: i64) -> Result<()> {
        let (_, changed) = self
            .change(room, |record| {
                if record.host_epoch == epoch {
                    record::host(record, host.replica());
                }
                Ok(())
            })
            .await?;
        if changed {
            if epoch > 0 {
                tracing::warn!(%room, "the host of a voice chat does not answer; this replica takes over");
                metrics::counter!("syncwatch_sfu_takeovers_total").increment(1);
            }
            self.announce(room).await?;
        }
        Ok(())
    }
}

fn check_participant(record: &VoiceRecord, request: &HostConnectionRequest) -> Result<()> {
    let own = record::participant(record, &request.subject_id);
    if own.is_some_and(|own| own.session_id == request.session_id) { Ok(()) } else { Err(Error::NotInVoice) }
}

/// Asks the host. `None`: it does not host the room, or does not answer.
async fn ask(host: &Host, other: &VoiceHost, request: &HostConnectionRequest) -> Result<Option<String>> {
    if other.address.is_empty() {
        // It was in a process that has ended.
        return Ok(None);
    }
    let channel = host.channel(&other.address).map_err(rpc::Error::internal)?;
    let mut client = VoiceServiceClient::new(channel);
    let asked = client.host_connection(Context::background().request(request.clone()));
    match tokio::time::timeout(HOST_TIMEOUT, asked).await {
        Ok(Ok(reply)) => {
            let HostConnectionResponse { answer } = reply.into_inner();
            Ok(Some(answer).filter(|answer| !answer.is_empty()))
        }
        Ok(Err(status)) if is_unreachable(&status) => Ok(None),
        Ok(Err(status)) => Err(status.into()),
        Err(_) => Ok(None),
    }
}

fn is_unreachable(status: &Status) -> bool {
    matches!(status.code(), Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::Unknown)
}
