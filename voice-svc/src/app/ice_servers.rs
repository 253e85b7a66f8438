//! The servers by which browsers find a way to each other.

use std::sync::atomic::{AtomicBool, Ordering};

use proto::{
    room::v1::Permission,
    voice::v1::{GetIceServersResponse, IceServer},
};
use rpc::Context;

use super::App;
use crate::{
    domain::ice::{self, Credential, HostPort},
    error::Result,
};

/// The TURN servers of the installation, in order of preference, and whether each answers.
pub(crate) struct Turn(Vec<(HostPort, AtomicBool)>);

impl Turn {
    pub(super) fn new(servers: Vec<HostPort>) -> Self {
        Self(servers.into_iter().map(|server| (server, AtomicBool::new(true))).collect())
    }

    pub(crate) fn servers(&self) -> impl Iterator<Item = &HostPort> {
        self.0.iter().map(|(server, _)| server)
    }

    pub(crate) fn set_healthy(&self, index: usize, is_healthy: bool) {
        let (server, known) = &self.0[index];
        if known.swap(is_healthy, Ordering::Relaxed) == is_healthy {
            return;
        }
        if is_healthy {
            tracing::info!(%server, "a TURN server answers again");
        } else {
            tracing::warn!(%server, "a TURN server does not answer; clients get the others first");
        }
    }

    /// Those that do not answer.
    pub(crate) fn unhealthy(&self) -> Vec<String> {
        let unhealthy = self.0.iter().filter(|(_, healthy)| !healthy.load(Ordering::Relaxed));
        unhealthy.map(|(server, _)| server.to_string()).collect()
    }

    /// Healthy servers first, each group in order of preference. None is left out: a client may reach one that we do not.
    fn in_order(&self) -> Vec<HostPort> {
        let mut servers: Vec<_> = self.0.iter().collect();
        servers.sort_by_key(|(_, healthy)| !healthy.load(Ordering::Relaxed));
        servers.into_iter().map(|(server, _)| server.clone()).collect()
    }
}

impl App {
    /// The ICE servers with credentials for the caller.
    pub(crate) async fn ice_servers(&self, context: &Context, room: &str) -> Result<GetIceServersResponse> {
        self.access(context, room).await?.need(Permission::UseVoice)?;
        let turn = self.turn.in_order();
        let expiry = self.clock.now_us() / 1_000_000 + i64::from(self.credential_seconds);
        let subject_id = &context.identity()?.subject_id;
        let credential = Credential::new(self.turn_secret.expose(), subject_id, expiry);
        let ice_servers: Vec<IceServer> = ice::servers(&turn, self.turn_tls_port, &credential, &self.stun);
        Ok(GetIceServersResponse {
            ice_servers,
            ttl: i32::try_from(self.credential_seconds).unwrap_or(i32::MAX),
            has_relay: !turn.is_empty(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Document 004, 12.2.4.
    #[test]
    fn a_server_that_does_not_answer_comes_last() {
        let servers = ["turn1", "turn2"].map(|host| HostPort::parse(host, 3478).unwrap());
        let turn = Turn::new(servers.to_vec());
        let order = |turn: &Turn| turn.in_order().into_iter().map(|server| server.host).collect::<Vec<_>>();
        assert_eq!(order(&turn), ["turn1", "turn2"]);
        turn.set_healthy(0, false);
        assert_eq!(order(&turn), ["turn2", "turn1"]);
        assert_eq!(turn.unhealthy(), ["turn1:3478"]);
        turn.set_healthy(1, false);
        assert_eq!(order(&turn), ["turn1", "turn2"]);
        turn.set_healthy(0, true);
        turn.set_healthy(1, true);
        assert_eq!((order(&turn), turn.unhealthy().len()), (vec!["turn1".to_owned(), "turn2".to_owned()], 0));
    }
}
