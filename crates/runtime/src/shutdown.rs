//! Shutdown in two steps. Soft: no new work begins, and work under way ends. Hard: work under way is dropped.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// Time between the two steps.
const GRACE: Duration = Duration::from_secs(10);

/// A signal to stop. Cheap to clone; all copies are one.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    soft: CancellationToken,
    hard: CancellationToken,
}

impl Shutdown {
    /// Begins the soft stop; the hard one follows 10 s later. A second call makes it hard at once.
    pub fn begin(&self) {
        if self.soft.is_cancelled() {
            return self.hard.cancel();
        }
        self.soft.cancel();
        let hard = self.hard.clone();
        tokio::spawn(async move {
            tokio::time::sleep(GRACE).await;
            hard.cancel();
        });
    }

    /// Waits for the soft stop.
    pub fn soft(&self) -> impl Future<Output = ()> + Send + use<> {
        self.soft.clone().cancelled_owned()
    }

    /// Waits for the hard stop.
    pub fn hard(&self) -> impl Future<Output = ()> + Send + use<> {
        self.hard.clone().cancelled_owned()
    }

    /// Whether the soft stop has begun.
    pub fn has_begun(&self) -> bool {
        self.soft.is_cancelled()
    }

    /// Begins on SIGINT or SIGTERM; a second one makes it hard.
    pub fn begin_on_signals(&self) -> std::io::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let shutdown = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                shutdown.begin();
            }
        });
        Ok(())
    }
}
