//! Where plain passwords are stretched: 19 MiB and some 30 ms of a core each, so not many at once, and not on the
//! threads that serve everybody else.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::error::Error;

/// How many may be in work or wait; one more is told to come back.
const PLACES: usize = 64;

/// Bounds the work.
pub(crate) struct Stretcher {
    places: Arc<Semaphore>,
    cores: Arc<Semaphore>,
}

impl Default for Stretcher {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { places: Arc::new(Semaphore::new(PLACES)), cores: Arc::new(Semaphore::new(cores)) }
    }
}

impl Stretcher {
    /// Does the work when it is its turn.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| Error::Busy)?;
        let core = self.cores.clone().acquire_owned().await.map_err(anyhow::Error::from)?;
        // The permits go along: a caller who gives up does not stop the work, so it must go on counting.
        let done = tokio::task::spawn_blocking(move || {
            let _permits = (place, core);
            work()
        });
        Ok(done.await.map_err(anyhow::Error::from)?)
    }
}
