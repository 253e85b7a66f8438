//! A media server with one room, and people in it.

use std::time::Duration;

use sfu::{Config, Member, Refusal, Roster, Sfu};
use voice_peer::{Offer, Peer, Seen};

pub(crate) const ROOM: &str = "room_1";
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct House {
    pub(crate) sfu: Sfu,
    version: u64,
}

impl House {
    pub(crate) fn new() -> Self {
        Self::with(256)
    }

    pub(crate) fn with(max_connections: usize) -> Self {
        let config =
            Config { listen: "127.0.0.1:0".parse().unwrap(), public_addresses: Vec::new(), max_connections };
        Self { sfu: Sfu::start(&config).unwrap(), version: 0 }
    }

    /// These may be in the room now, and those are muted.
    pub(crate) async fn admit(&mut self, sessions: &[u32], muted: &[u32]) {
        self.version += 1;
        let members = sessions
            .iter()
            .map(|number| Member { session: name(*number), is_muted: muted.contains(number) })
            .collect();
        let roster = Roster { version: self.version, members, is_ending: false };
        self.sfu.update(ROOM, roster).await.unwrap();
    }

    pub(crate) async fn enter(&self, number: u32) -> Result<Peer, Refusal> {
        let offer = Offer::new(number, 4).await.unwrap();
        let answer = self.sfu.connect(ROOM, &name(number), &offer.sdp).await?;
        Ok(offer.connect(&answer).unwrap())
    }

    /// Enters all of these, and waits until they work.
    pub(crate) async fn enter_all(&self, numbers: impl IntoIterator<Item = u32>) -> Vec<Peer> {
        let mut peers = Vec::new();
        for number in numbers {
            peers.push(self.enter(number).await.unwrap());
        }
        for peer in &peers {
            until(peer, |seen| seen.is_ready).await;
        }
        peers
    }
}

pub(crate) fn name(number: u32) -> String {
    format!("session_{number}")
}

pub(crate) async fn until(peer: &Peer, has_seen: impl FnMut(&Seen) -> bool) -> Seen {
    let seen = tokio::time::timeout(PATIENCE, peer.until(has_seen)).await;
    seen.unwrap_or_else(|_| panic!("only {:?}", peer.seen())).unwrap()
}

pub(crate) fn packets_of(seen: &Seen, number: u32) -> u64 {
    seen.heard.get(&number).map_or(0, |stream| stream.packets)
}
