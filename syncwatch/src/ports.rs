//! Free ports for the processes of `up --split`.

use std::net::SocketAddr;

use anyhow::{Context as _, bail};
use rand::Rng as _;
use runtime::{Listen, Listeners};

/// Ports outside the range of outgoing connections, which could take a port again before its process listens.
const FREE_PORTS: std::ops::Range<u16> = 10_000..32_000;

/// Allocates free ports. They stay bound until their processes start: while the database is created, another program
/// or a second `up --split` could take them.
pub(crate) struct FreePorts {
    last: u16,
    kept: Vec<(Listen, Listeners)>,
}

impl FreePorts {
    pub(crate) fn new() -> Self {
        Self { last: rand::thread_rng().gen_range(FREE_PORTS), kept: Vec::new() }
    }

    /// Binds the place, or the same host with a free port when its port is 0. So a taken port is refused before anything
    /// starts.
    pub(crate) fn take(&mut self, place: &Listen, setting: &str) -> anyhow::Result<Listen> {
        if place.port() != 0 {
            self.kept.push((place.clone(), runtime::listen(place, setting)?));
            return Ok(place.clone());
        }
        for _ in FREE_PORTS {
            self.last = if self.last + 1 < FREE_PORTS.end { self.last + 1 } else { FREE_PORTS.start };
            let candidate = place.with_port(self.last);
            if let Ok(listeners) = candidate.bind() {
                self.kept.push((candidate.clone(), listeners));
                return Ok(candidate);
            }
        }
        bail!("cannot find a free port for {place}")
    }

    /// The first address of a bound place.
    pub(crate) fn address_of(&self, place: &Listen) -> anyhow::Result<SocketAddr> {
        let (_, listeners) =
            self.kept.iter().find(|(kept, _)| kept == place).context("the place was not taken")?;
        Ok(listeners.local_addr()?)
    }

    /// A free port of this machine alone.
    pub(crate) fn local(&mut self) -> anyhow::Result<String> {
        Ok(self.take(&"127.0.0.1:0".parse()?, "")?.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_systems_that_start_at_the_same_time_get_different_ports() {
        let mut one = FreePorts::new();
        let mut other = FreePorts { last: one.last, kept: Vec::new() };
        let (first, second) = (one.local().unwrap(), other.local().unwrap());
        assert_ne!(first, second);
        let first: Listen = first.parse().unwrap();
        assert!(other.take(&first, "--listen").is_err(), "it is kept");
        drop(one);
        assert!(first.bind().is_ok(), "for its process");
    }
}
