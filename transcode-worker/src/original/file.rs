//! An uploaded file, which may still be arriving.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use blob::{Blobs, ByteStream};
use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream};
use originals::{Gap, Original, Part};
use parking_lot::Mutex;
use proto::transcode::v1::GetOriginalResponse;
use tokio::{sync::watch, time::Instant};
use tonic::Status;

use crate::calls::{Calls, is_passing};

/// How long media-svc may hold a question for more bytes.
const WAIT: Duration = Duration::from_secs(15);
/// Pause after a failed question, and how many in a row may fail.
const PAUSE: Duration = Duration::from_secs(1);
const MAX_FAILURES: usize = 20;
/// Pause between two questions for a file of which nothing is there.
const EMPTY_PAUSE: Duration = Duration::from_millis(250);

/// Reads that may fail at one offset. A part that was replaced is found again by asking where it is now.
const MAX_READS: usize = 3;

/// An uploaded file. Readers wait for bytes that are not there yet.
pub(crate) struct OriginalFile {
    upload_id: String,
    blobs: Blobs,
    calls: Calls,
    known: watch::Sender<Known>,
    asking: tokio::sync::Mutex<()>,
    fault: Mutex<Option<String>>,
    waiting: AtomicUsize,
}

/// What is there of it.
#[derive(Clone)]
struct Known {
    original: Arc<Original>,
    bytes: i64,
    is_complete: bool,
}

impl Known {
    fn of(answer: &GetOriginalResponse) -> Self {
        let parts = answer.parts.iter().filter_map(|part| {
            let (start, size) = (u64::try_from(part.start).ok()?, u64::try_from(part.size_bytes).ok()?);
            Some(Part { start, size, key: part.key.parse().ok()? })
        });
        let size = u64::try_from(answer.size_bytes).ok().filter(|size| *size > 0);
        Self {
            original: Arc::new(Original::new(parts.collect(), size)),
            bytes: answer.parts.iter().map(|part| part.size_bytes).sum(),
            is_complete: answer.complete,
        }
    }
}

impl OriginalFile {
    /// Asks where the file is.
    pub(crate) async fn open(upload_id: &str, calls: &Calls, blobs: &Blobs) -> Result<Arc<Self>, Status> {
        let answer = calls.original(upload_id, 0, Duration::ZERO).await?;
        Ok(Arc::new(Self {
            upload_id: upload_id.to_owned(),
            blobs: blobs.clone(),
            calls: calls.clone(),
            known: watch::Sender::new(Known::of(&answer)),
            asking: tokio::sync::Mutex::new(()),
            fault: Mutex::new(None),
            waiting: AtomicUsize::new(0),
        }))
    }

    /// Whether all bytes are there.
    pub(crate) fn is_complete(&self) -> bool {
        self.known.borrow().is_complete
    }

    /// Returns when readers have waited for so long without an end for bytes that have not been sent yet.
    pub(crate) async fn starves(&self, time: Duration) {
        let mut since = Instant::now();
        while since.elapsed() < time {
            tokio::time::sleep(Duration::from_millis(500)).await;
            if self.waiting.load(Ordering::Relaxed) == 0 {
                since = Instant::now();
            }
        }
    }

    /// Why bytes could not be read. A child takes the failure of a read for the end of the file, so this is looked at before
    /// anything is published.
    pub(crate) fn fault(&self) -> Option<String> {
        self.fault.lock().clone()
    }

    /// Size in bytes. Waits until the client has said it.
    pub(crate) async fn size(&self) -> std::io::Result<u64> {
        loop {
            let known = self.known.borrow().clone();
            match known.original.size() {
                Some(size) => return Ok(size),
                None if known.is_complete => return Ok(known.original.available_from(0)),
                None => self.more_than(known.bytes).await?,
            }
        }
    }

    /// Whether the byte at this offset is there.
    pub(crate) fn has(&self, at: u64) -> bool {
        self.known.borrow().original.available_from(at) > 0
    }

    /// The bytes from `start` to `end`. Waits for those that are not there yet.
    pub(crate) fn read(
        self: &Arc<Self>,
        start: u64,
        end: u64,
    ) -> impl Stream<Item = std::io::Result<Bytes>> + Send + use<> {
        let reader = Reader { file: self.clone(), at: start, end, body: None, failures: 0 };
        stream::try_unfold(reader, |mut reader| async move {
            match reader.next().await {
                Ok(bytes) => Ok(bytes.map(|bytes| (bytes, reader))),
                Err(error) => {
                    reader.file.fault.lock().get_or_insert_with(|| error.to_string());
                    Err(error)
                }
            }
        })
    }

    /// Waits until there are more bytes than `known_bytes`. 0 asks without waiting.
    async fn more_than(&self, known_bytes: i64) -> std::io::Result<()> {
        let _waiting = Waiting::new(&self.waiting);
        let mut failures = 0;
        loop {
            // One question at a time, whose answer serves all readers.
            let _asking = self.asking.lock().await;
            let before = self.known.borrow().clone();
            if known_bytes > 0
                && (before.bytes > known_bytes || before.is_complete && before.bytes >= known_bytes)
            {
                if before.bytes > known_bytes {
                    return Ok(());
                }
                return Err(std::io::Error::other("bytes of the file are missing although it is complete"));
            }
            let wait = if known_bytes > 0 { WAIT } else { Duration::ZERO };
            match self.calls.original(&self.upload_id, known_bytes, wait).await {
                Ok(answer) => {
                    self.known.send_replace(Known::of(&answer));
                    failures = 0;
                    if known_bytes == 0 {
                        return Ok(());
                    }
                }
                Err(status) if is_passing(&status) && failures < MAX_FAILURES => {
                    failures += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                Err(status) => {
                    return Err(std::io::Error::other(format!("the file is gone: {}", status.message())));
                }
            }
        }
    }
}

/// Counts a reader that waits.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Reader {
    file: Arc<OriginalFile>,
    at: u64,
    end: u64,
    body: Option<ByteStream>,
    failures: usize,
}

impl Reader {
    async fn next(&mut self) -> std::io::Result<Option<Bytes>> {
        while self.at < self.end {
            let Some(body) = &mut self.body else {
                let known = self.file.known.borrow().clone();
                let there = known.original.available_from(self.at).min(self.end - self.at);
                if there == 0 && known.bytes == 0 {
                    // A question without known bytes is answered at once.
                    tokio::time::sleep(EMPTY_PAUSE).await;
                    self.file.more_than(0).await?;
                } else if there == 0 {
                    self.file.more_than(known.bytes).await?;
                } else {
                    self.body = Some(known.original.read(&self.file.blobs, self.at, there));
                }
                continue;
            };
            match body.next().await {
                Some(Ok(bytes)) if bytes.is_empty() => {}
                Some(Ok(bytes)) => {
                    self.at += bytes.len() as u64;
                    self.failures = 0;
                    return Ok(Some(bytes));
                }
                // The part may have been written again under another key.
                Some(Err(error)) if Gap::of(&error).is_none() => {
                    self.body = None;
                    self.failures += 1;
                    if self.failures >= MAX_READS {
                        return Err(error);
                    }
                    self.file.more_than(0).await?;
                }
                _ => self.body = None,
            }
        }
        Ok(None)
    }
}
