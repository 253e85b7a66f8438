//! Stretches plain passwords. Each takes 19 MiB and about 30 ms of a core, so their number is limited, and they run outside the
//! threads that serve calls.

use std::{net::IpAddr, sync::Arc};

use runtime::{Full, Shares};
use tokio::sync::Semaphore;

/// Too many passwords are in work or waiting.
#[derive(Debug, thiserror::Error)]
pub enum Busy {
    /// Altogether.
    #[error("too many passwords are being checked")]
    All,
    /// From this network.
    #[error("too many passwords of one network are being checked")]
    Network,
    /// The program ends.
    #[error("the check of a password was interrupted: {0}")]
    Interrupted(String),
}

/// Maximum number of passwords in work or waiting. Above this limit further ones are refused as busy.
const PLACES: usize = 64;

/// Maximum number of them from one network, so that others get a share.
const PLACES_OF_NETWORK: usize = 8;

/// Runs the work within these limits.
pub struct Stretcher {
    places: Arc<Shares>,
    cores: Arc<Semaphore>,
}

impl Default for Stretcher {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { places: Shares::new(PLACES), cores: Arc::new(Semaphore::new(cores)) }
    }
}

impl Stretcher {
    /// Runs the work in its turn. `network` is that of the person; all calls without one share a limit.
    pub async fn run<T: Send + 'static>(
        &self,
        network: Option<IpAddr>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let network = network.map(|network| network.to_string()).unwrap_or_default();
        let place = self.places.take([(network, PLACES_OF_NETWORK)]).map_err(|full| match full {
            Full::All => Busy::All,
            Full::Key(_) => Busy::Network,
        })?;
        let core = self.cores.clone().acquire_owned().await.map_err(interrupted)?;
        // The work goes on when its caller gives up, so it keeps its permits.
        let done = tokio::task::spawn_blocking(move || {
            let _permits = (place, core);
            work()
        });
        done.await.map_err(interrupted)
    }
}

fn interrupted(error: impl std::fmt::Display) -> Busy {
    Busy::Interrupted(error.to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Case A5.
    #[tokio::test]
    async fn a_network_that_floods_leaves_places_to_others() {
        let stretcher = Arc::new(Stretcher::default());
        let (release, held) = mpsc::channel::<()>();
        let held = Arc::new(std::sync::Mutex::new(held));
        let start = |network: u8| {
            let (stretcher, held) = (stretcher.clone(), held.clone());
            async move {
                let network = Some(IpAddr::from([192, 0, 2, network]));
                stretcher.run(network, move || held.lock().unwrap().recv().is_ok()).await
            }
        };
        let mut floods = Vec::new();
        for network in 1..=4 {
            for _ in 0..PLACES_OF_NETWORK {
                let mut place = Box::pin(start(network));
                assert!(futures::poll!(&mut place).is_pending());
                floods.push(place);
            }
            assert!(matches!(start(network).await, Err(Busy::Network)), "network {network}");
        }
        let mut fifth = Box::pin(start(5));
        assert!(futures::poll!(&mut fifth).is_pending(), "it has a place");
        // A future that waits for a core would keep its place in the queue.
        drop((release, floods));
        assert!(!fifth.await.unwrap());
    }
}
