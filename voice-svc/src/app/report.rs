//! Figures of connections between browsers. None has a label for a room or a person: there would be too many series.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use proto::voice::v1::{IceFailure, IcePath, VoiceConnection};
use rpc::Context;

use super::App;
use crate::{
    domain::record,
    error::{Error, Result},
};

/// A connection that was not reported for this long no longer counts; clients report every 15 seconds.
const SILENT_US: i64 = 60_000_000;
/// The other end of a connection to the media server.
const SFU: &str = "sfu";
/// Connections that are counted at most.
const MOST: usize = 50_000;

/// The ways of the connections that were reported lately, by both sessions.
#[derive(Default)]
pub(super) struct Paths(Mutex<HashMap<(String, String), (bool, i64)>>);

impl Paths {
    /// Counts a connection, and returns the share of those that go through a relay, in percent.
    fn record(&self, ends: (String, String), is_relayed: bool, now_us: i64) -> f64 {
        let mut paths = self.0.lock();
        paths.retain(|_, (_, told_us)| now_us < *told_us + SILENT_US);
        if paths.len() < MOST || paths.contains_key(&ends) {
            paths.insert(ends, (is_relayed, now_us));
        }
        let relayed = paths.values().filter(|(is_relayed, _)| *is_relayed).count();
        let share = |part: usize| f64::from(u32::try_from(part).unwrap_or(u32::MAX));
        100.0 * share(relayed) / share(paths.len().max(1))
    }
}

impl App {
    /// Counts how the connections of the caller are. Fails when the session is not in voice.
    pub(crate) async fn report(
        self: &Arc<Self>,
        context: &Context,
        room: &str,
        session_id: &str,
        connections: Vec<VoiceConnection>,
    ) -> Result<()> {
        let room = self.access(context, room).await?.room;
        let record = self.load(room).await?;
        let own = record::participant(&record, &context.identity()?.subject_id);
        if own.is_none_or(|own| own.session_id != session_id) {
            return Err(Error::NotInVoice);
        }
        // A replica that takes reports follows the room: the one that did may be gone.
        self.watch(room);
        let is_known =
            |peer: &str| peer == SFU || record.participants.iter().any(|other| other.session_id == peer);
        for connection in connections.iter().filter(|connection| is_known(&connection.peer_session_id)) {
            self.count(session_id, connection);
        }
        Ok(())
    }

    fn count(&self, session_id: &str, connection: &VoiceConnection) {
        let path = connection.path();
        if let Some(reason) = failure_name(connection.failure()) {
            metrics::counter!(
                "syncwatch_ice_failures_total", "failure_reason" => reason, "ice_type" => path_name(path)
            )
            .increment(1);
        }
        if let Some(ms) = connection.connect_ms {
            metrics::histogram!("syncwatch_ice_connection_seconds").record(ms / 1000.0);
        }
        if let Some(percent) = connection.loss_percent {
            metrics::histogram!("syncwatch_voice_packet_loss_percent").record(percent);
        }
        if let Some(ms) = connection.round_trip_ms {
            metrics::histogram!("syncwatch_voice_round_trip_ms").record(ms);
        }
        if path != IcePath::Unspecified {
            let is_relayed = matches!(path, IcePath::RelayUdp | IcePath::RelayTcp | IcePath::RelayTls);
            let ends = (session_id.to_owned(), connection.peer_session_id.clone());
            let percent = self.paths.record(ends, is_relayed, self.clock.now_us());
            metrics::gauge!("syncwatch_turn_usage_percent").set(percent);
        }
    }
}

fn path_name(path: IcePath) -> &'static str {
    match path {
        IcePath::Unspecified => "unknown",
        IcePath::Host => "host",
        IcePath::Reflexive => "reflexive",
        IcePath::RelayUdp => "relay_udp",
        IcePath::RelayTcp => "relay_tcp",
        IcePath::RelayTls => "relay_tls",
    }
}

fn failure_name(failure: IceFailure) -> Option<&'static str> {
    match failure {
        IceFailure::Unspecified => None,
        IceFailure::NoPath => Some("no_path"),
        IceFailure::Lost => Some("lost"),
        IceFailure::NoAnswer => Some("no_answer"),
        IceFailure::Negotiation => Some("negotiation"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_relays_counts_connections_that_are_reported() {
        let paths = Paths::default();
        let record = |peer: &str, is_relayed, at_us| {
            paths.record(("mia".into(), peer.into()), is_relayed, at_us).round()
        };
        assert!((record("ben", true, 0) - 100.0).abs() < 0.1);
        assert!((record("cleo", false, 0) - 50.0).abs() < 0.1);
        assert!((record("ben", false, 1) - 0.0).abs() < 0.1, "its way changed");
        assert!((record("dan", true, SILENT_US) - 50.0).abs() < 0.1, "cleo is forgotten");
    }
}
