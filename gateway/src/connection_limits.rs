//! Limits on open connections: in all and from one address, so that nobody uses all of them, and how long one may be silent.

use std::{
    collections::{HashMap, hash_map::Entry},
    net::IpAddr,
    os::fd::RawFd,
    sync::Arc,
    time::Duration,
};

use ipnet::IpNet;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    Config,
    address::{is_among, network},
    descriptors,
};

/// Limits of a listener.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Open connections at once. A connection that became a WebSocket no longer counts.
    pub connections: usize,
    /// Open connections from one address, or one /64 of IPv6.
    pub connections_per_address: usize,
    /// Proxies in front, whose addresses have no limit of their own: many people are behind each.
    pub trusted_proxies: Vec<IpNet>,
    /// The first file descriptor that is reserved for the rest of the process.
    pub max_descriptor: RawFd,
    /// How long a new connection has for its first request.
    pub first_request: Duration,
    /// How long it has for each next request. Longer than proxies keep connections (nginx: 60 s): a connection that is
    /// closed here while a proxy sends on it is an error there.
    pub next_request: Duration,
}

impl Limits {
    /// This many connections from any address, with the usual timeouts.
    pub fn new(connections: usize) -> Self {
        Self {
            connections,
            connections_per_address: connections,
            trusted_proxies: Vec::new(),
            max_descriptor: descriptors::ceiling(),
            first_request: Duration::from_secs(10),
            next_request: Duration::from_secs(75),
        }
    }

    /// The limits of the settings.
    pub fn of(config: &Config) -> Self {
        Self {
            connections_per_address: config.max_connections_per_address,
            trusted_proxies: config.trusted_proxies.clone(),
            ..Self::new(config.max_connections)
        }
    }
}

/// The limits of a listener and what is in use. An address is remembered while it has a connection, so the map is never
/// larger than the number of connections.
pub(crate) struct ConnectionLimits {
    all: Arc<Semaphore>,
    limits: Arc<Limits>,
    by_address: Mutex<HashMap<IpAddr, usize>>,
}

/// The limit that is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    Server,
    Address,
    /// The file descriptors of the process.
    Descriptors,
}

/// Permission to have one connection open. Given back when it is dropped.
pub(crate) struct ConnectionPermit {
    connections: Arc<ConnectionLimits>,
    /// None for a trusted proxy, behind which there are many people.
    address: Option<IpAddr>,
    _permit: OwnedSemaphorePermit,
}

impl ConnectionLimits {
    pub(crate) fn new(limits: Arc<Limits>) -> Arc<Self> {
        for full in [Full::Server, Full::Address, Full::Descriptors] {
            // A counter that appears with its first refusal shows no increase.
            full.refusals().increment(0);
        }
        let all = Arc::new(Semaphore::new(limits.connections.min(Semaphore::MAX_PERMITS)));
        Arc::new(Self { all, limits, by_address: Mutex::default() })
    }

    /// Admits a connection that has this file descriptor.
    pub(crate) fn take(self: &Arc<Self>, peer: IpAddr, descriptor: RawFd) -> Result<ConnectionPermit, Full> {
        if descriptor >= self.limits.max_descriptor {
            return Err(Full::Descriptors);
        }
        let permit = self.all.clone().try_acquire_owned().map_err(|_| Full::Server)?;
        let address = (!is_among(&self.limits.trusted_proxies, peer)).then(|| network(peer));
        if let Some(address) = address {
            let mut by_address = self.lock();
            let taken = by_address.entry(address).or_default();
            if *taken >= self.limits.connections_per_address {
                return Err(Full::Address);
            }
            *taken += 1;
        }
        metrics::gauge!("syncwatch_http_connections").increment(1.0);
        Ok(ConnectionPermit { connections: self.clone(), address, _permit: permit })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.by_address.lock()
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        metrics::gauge!("syncwatch_http_connections").decrement(1.0);
        let Some(address) = self.address else { return };
        if let Entry::Occupied(mut taken) = self.connections.lock().entry(address) {
            *taken.get_mut() -= 1;
            if *taken.get() == 0 {
                taken.remove();
            }
        }
    }
}

impl Full {
    /// Counts the connections refused for this reason.
    pub(crate) fn refusals(self) -> metrics::Counter {
        let reason = match self {
            Self::Server => "server",
            Self::Address => "address",
            Self::Descriptors => "descriptors",
        };
        metrics::counter!("syncwatch_http_connections_refused_total", "reason" => reason)
    }

    /// The message for people.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Server | Self::Descriptors => {
                "this server has reached its connection limit; try again later"
            }
            Self::Address => {
                "your address has reached its connection limit; close a connection, then try again"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connections(connections_per_address: usize) -> Arc<ConnectionLimits> {
        let trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        ConnectionLimits::new(Arc::new(Limits { connections_per_address, trusted_proxies, ..Limits::new(5) }))
    }

    fn take(connections: &Arc<ConnectionLimits>, peer: &str) -> Result<ConnectionPermit, Full> {
        connections.take(peer.parse().unwrap(), 10)
    }

    #[test]
    fn one_address_cannot_exceed_its_share() {
        let connections = connections(2);
        let held =
            [take(&connections, "192.0.2.1").unwrap(), take(&connections, "::ffff:192.0.2.1").unwrap()];
        assert_eq!(take(&connections, "192.0.2.1").err(), Some(Full::Address));
        let other = take(&connections, "192.0.2.2").unwrap();
        drop(held);
        let _again = take(&connections, "192.0.2.1").unwrap();
        drop(other);
        assert_eq!(connections.lock().len(), 1, "who has none is forgotten");
        assert_eq!(connections.all.available_permits(), 4, "a refusal takes no place");
    }

    #[test]
    fn an_ipv6_network_counts_as_one_address() {
        let connections = connections(1);
        let _held = take(&connections, "2001:db8::1").unwrap();
        assert_eq!(take(&connections, "2001:db8::ffff:0:2").err(), Some(Full::Address));
        assert!(take(&connections, "2001:db8:0:1::1").is_ok());
    }

    #[test]
    fn a_trusted_proxy_has_only_the_limit_of_the_server() {
        let connections = connections(1);
        let held: Vec<_> = (0..5).map(|_| take(&connections, "10.1.2.3").unwrap()).collect();
        assert_eq!(take(&connections, "10.1.2.3").err(), Some(Full::Server));
        assert!(connections.lock().is_empty());
        drop(held);
        assert!(take(&connections, "192.0.2.1").is_ok());
        assert!(connections.lock().is_empty());
    }
}
