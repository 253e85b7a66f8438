//! The media server of this replica, and the rooms that it hosts.

use std::collections::HashMap;

use ids::RoomId;
use parking_lot::Mutex;
use proto::voice::v1::{VoiceHost, VoiceRecord, VoiceTopology};
use rpc::{RpcChannel, ServiceToken};
use sfu::{Member, Refusal, Roster, Sfu};

use super::App;
use crate::error::Result;

/// Channels to other replicas that are kept.
const MOST_CHANNELS: usize = 64;

pub(super) struct Host {
    sfu: Sfu,
    replica: VoiceHost,
    token: ServiceToken,
    /// Rooms that this replica hosts, or did until a moment ago, and the newest version of their record.
    rooms: Mutex<HashMap<RoomId, u64>>,
    /// To other replicas, by their URL.
    channels: Mutex<HashMap<String, RpcChannel>>,
}

impl Host {
    pub(super) fn start(config: &sfu::Config, address: &str, token: &ServiceToken) -> anyhow::Result<Self> {
        let sfu = Sfu::start(config)?;
        tracing::info!(udp = %sfu.address(), "the media server of voice listens");
        Ok(Self {
            sfu,
            replica: VoiceHost {
                replica_id: format!("{:032x}", rand::random::<u128>()),
                address: address.to_owned(),
            },
            token: token.clone(),
            rooms: Mutex::default(),
            channels: Mutex::default(),
        })
    }

    /// This replica, as records name it.
    pub(super) fn replica(&self) -> &VoiceHost {
        &self.replica
    }

    /// Opens a connection in a room that this replica hosts.
    pub(super) async fn connect(
        &self,
        room: RoomId,
        session: &str,
        offer: &str,
    ) -> std::result::Result<String, Refusal> {
        self.sfu.connect(&room.to_string(), session, offer).await
    }

    /// A channel to another replica.
    pub(super) fn channel(&self, url: &str) -> anyhow::Result<RpcChannel> {
        let mut channels = self.channels.lock();
        if let Some(channel) = channels.get(url) {
            return Ok(channel.clone());
        }
        if channels.len() >= MOST_CHANNELS {
            channels.clear();
        }
        let channel = RpcChannel::remote(url)?.as_service(&self.token);
        channels.insert(url.to_owned(), channel.clone());
        Ok(channel)
    }

    /// Tells the media server who may be in a room, unless another replica hosts it and always did.
    async fn tell(&self, room: RoomId, record: &VoiceRecord, version: u64) {
        let is_mine = record.host.as_ref() == Some(&self.replica);
        {
            let mut rooms = self.rooms.lock();
            let known = rooms.get(&room).copied();
            if !is_mine && known.is_none() {
                return;
            }
            if record.participants.is_empty() {
                rooms.remove(&room);
            } else {
                rooms.insert(room, known.unwrap_or_default().max(version));
            }
        }
        let members = record.participants.iter().map(|participant| Member {
            session: participant.session_id.clone(),
            is_muted: record.mutes.contains_key(&participant.subject_id),
        });
        let roster = Roster {
            version,
            members: members.collect(),
            is_ending: !is_mine || record.topology() != VoiceTopology::Sfu,
        };
        if let Err(error) = self.sfu.update(&room.to_string(), roster).await {
            tracing::error!(%room, %error, "the media server was not told who is in voice");
        }
    }
}

impl App {
    pub(crate) fn has_host(&self) -> bool {
        self.host.is_some()
    }

    pub(crate) fn is_host_running(&self) -> bool {
        self.host.as_ref().is_some_and(|host| host.sfu.is_running())
    }

    /// Tells the media server of this replica what a voice chat is now.
    pub(super) async fn tell_host(&self, room: RoomId, record: &VoiceRecord, version: u64) {
        if let Some(host) = &self.host {
            host.tell(room, record, version).await;
        }
    }

    /// Reads a room that this replica may host again, since others change it too.
    pub(super) async fn refresh_host(&self, room: RoomId) -> Result<()> {
        let Some(host) = &self.host else { return Ok(()) };
        let known = host.rooms.lock().get(&room).copied();
        match (self.load_version(room).await?, known) {
            (Some((record, version)), _) => host.tell(room, &record, version).await,
            // Removed after the version that is known. A record that is made meanwhile has a higher one.
            (None, Some(version)) => host.tell(room, &VoiceRecord::default(), version + 1).await,
            (None, None) => {}
        }
        Ok(())
    }

    /// Reads every room that this replica hosts again. One that cannot be read is ended by the media server after some time.
    pub(crate) async fn refresh_hosted(&self) {
        let Some(host) = &self.host else { return };
        let rooms: Vec<_> = host.rooms.lock().keys().copied().collect();
        for room in rooms {
            if let Err(error) = self.refresh_host(room).await {
                tracing::warn!(%room, %error, "the voice chat of a hosted room cannot be read");
            }
        }
    }
}
