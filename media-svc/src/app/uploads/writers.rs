//! The requests of this process that append to uploads, one for each upload. A newer one asks the older one to store what it has and
//! to end, instead of waiting until a dead connection is noticed. Writers of other replicas lose at their next commit, by the epoch.

use std::{collections::HashMap, sync::Arc, time::Duration};

use ids::UploadId;
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

/// How long a writer may take to store what it has.
const HAND_OVER: Duration = Duration::from_secs(5);

/// The writers of this process.
#[derive(Clone, Default)]
pub(crate) struct Writers(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    by_upload: HashMap<UploadId, Entry>,
    /// The process stops: no new writer begins.
    closed: bool,
}

#[derive(Clone)]
struct Entry {
    stop: CancellationToken,
    ended: CancellationToken,
}

/// The place of a writer. It is free again when this is dropped.
pub(crate) struct Place {
    writers: Writers,
    upload: UploadId,
    entry: Entry,
}

impl Writers {
    /// Asks the writer of an upload to end, and waits until it has.
    pub(crate) async fn stop(&self, upload: UploadId) {
        let entry = self.0.lock().by_upload.get(&upload).cloned();
        if let Some(entry) = entry {
            end(&entry).await;
        }
    }

    /// Takes the place of the writer of an upload. `None`: the process stops.
    pub(crate) async fn enter(&self, upload: UploadId) -> Option<Place> {
        loop {
            let before = {
                let mut state = self.0.lock();
                if state.closed {
                    return None;
                }
                match state.by_upload.get(&upload) {
                    Some(before) if !before.ended.is_cancelled() => before.clone(),
                    _ => {
                        let entry = Entry { stop: CancellationToken::new(), ended: CancellationToken::new() };
                        state.by_upload.insert(upload, entry.clone());
                        return Some(Place { writers: self.clone(), upload, entry });
                    }
                }
            };
            end(&before).await;
        }
    }

    /// Asks all writers to end, waits until they have, and lets no new one begin.
    pub(crate) async fn close(&self) {
        let entries: Vec<_> = {
            let mut state = self.0.lock();
            state.closed = true;
            state.by_upload.values().cloned().collect()
        };
        // All at once, then one after the other.
        for entry in &entries {
            entry.stop.cancel();
        }
        for entry in &entries {
            end(entry).await;
        }
    }

    /// Whether the process stops.
    pub(crate) fn is_closed(&self) -> bool {
        self.0.lock().closed
    }

    /// Number of writers.
    #[cfg(test)]
    fn count(&self) -> usize {
        self.0.lock().by_upload.len()
    }
}

/// Asks a writer to end and waits. One that hangs counts as ended: its next commit is refused by the epoch.
async fn end(entry: &Entry) {
    entry.stop.cancel();
    if tokio::time::timeout(HAND_OVER, entry.ended.cancelled()).await.is_err() {
        entry.ended.cancel();
    }
}

impl Place {
    /// Ends when the writer is asked to.
    pub(crate) async fn asked_to_stop(&self) {
        self.entry.stop.cancelled().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.entry.ended.cancel();
        let mut state = self.writers.0.lock();
        // Another one may have the place already.
        if state.by_upload.get(&self.upload).is_some_and(|entry| entry.ended.is_cancelled()) {
            state.by_upload.remove(&self.upload);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_newer_writer_waits_until_the_older_one_has_stored() {
        let (writers, upload) = (Writers::default(), UploadId::new());
        let first = writers.enter(upload).await.unwrap();
        let waiting = tokio::spawn({
            let writers = writers.clone();
            async move { writers.enter(upload).await.is_some() }
        });
        first.asked_to_stop().await;
        assert!(!waiting.is_finished());
        drop(first);
        assert!(waiting.await.unwrap());
        assert_eq!(writers.count(), 0);
    }

    #[tokio::test]
    async fn a_process_that_stops_lets_none_begin() {
        let writers = Writers::default();
        let place = writers.enter(UploadId::new()).await.unwrap();
        let closing = tokio::spawn({
            let writers = writers.clone();
            async move { writers.close().await }
        });
        place.asked_to_stop().await;
        drop(place);
        closing.await.unwrap();
        assert!(writers.enter(UploadId::new()).await.is_none());
    }
}
