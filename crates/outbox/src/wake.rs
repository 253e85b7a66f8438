//! Tells the readers in this process that there is something to read.

use tokio::sync::watch;

/// Wakes the readers of events in this process. Cheap to clone; all copies are one.
#[derive(Clone)]
pub(crate) struct Wake(watch::Sender<Signal>);

/// What has happened so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Signal {
    commits: u64,
    acknowledgements: u64,
    closed: bool,
}

impl Wake {
    /// Nothing has happened.
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(Signal::default()))
    }

    /// There are new events, here or at another replica.
    pub(crate) fn committed(&self) {
        self.0.send_modify(|signal| signal.commits += 1);
    }

    /// Readers that had as many events as they may have can have more.
    pub(crate) fn acknowledged(&self) {
        self.0.send_modify(|signal| signal.acknowledgements += 1);
    }

    /// Tells readers to end, and waits until they have.
    pub(crate) async fn close(&self) {
        self.0.send_modify(|signal| signal.closed = true);
        self.0.closed().await;
    }

    /// A reader's own view.
    pub(crate) fn watch(&self) -> Watch {
        Watch { signals: self.0.subscribe(), seen: Signal::default() }
    }
}

/// One reader's view of what has happened.
pub(crate) struct Watch {
    signals: watch::Receiver<Signal>,
    seen: Signal,
}

impl Watch {
    /// What happens from here on counts as new. To be called before looking, so that nothing falls between.
    pub(crate) fn look(&mut self) {
        self.seen = *self.signals.borrow_and_update();
    }

    /// Waits for something new: a commit, or an acknowledgement when one matters, or the end.
    pub(crate) async fn news(&mut self, acknowledgements_matter: bool) {
        let seen = self.seen;
        // An error means that the service is gone, which is the end too.
        let _ = self
            .signals
            .wait_for(|signal| {
                signal.closed
                    || signal.commits != seen.commits
                    || (acknowledgements_matter && signal.acknowledgements != seen.acknowledgements)
            })
            .await;
    }

    /// Waits for the end.
    pub(crate) async fn closed(&self) {
        let _ = self.signals.clone().wait_for(|signal| signal.closed).await;
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn a_commit_between_reading_and_waiting_is_not_missed() {
        let wake = Wake::new();
        let mut watch = wake.watch();
        watch.look();
        assert!(watch.news(false).now_or_never().is_none());
        wake.committed();
        assert!(watch.news(false).now_or_never().is_some());
    }

    #[test]
    fn acknowledgements_wake_only_affected_readers() {
        let wake = Wake::new();
        let mut watch = wake.watch();
        watch.look();
        wake.acknowledged();
        assert!(watch.news(false).now_or_never().is_none());
        assert!(watch.news(true).now_or_never().is_some());
    }

    #[test]
    fn shutdown_reaches_readers_that_arrive_later() {
        let wake = Wake::new();
        let early = wake.watch();
        assert!(wake.close().now_or_never().is_none(), "someone has not ended");
        assert!(early.closed().now_or_never().is_some());
        assert!(wake.watch().closed().now_or_never().is_some());
        drop(early);
        assert!(wake.close().now_or_never().is_some());
    }
}
