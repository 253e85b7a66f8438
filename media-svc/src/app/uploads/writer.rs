//! Stores the body of one request, part by part: bytes wait in memory until they are a part, the part goes into the store, and then
//! the offset moves. One part is written while the next arrives.
//!
//! Parts of a slow client are written from time to time while they grow, so that others can watch what is there; each time the
//! object replaces the one before.

use std::{sync::Arc, time::Duration};

use blob::collect;
use bytes::Bytes;
use futures::StreamExt as _;
use ids::PartId;
use originals::Part;
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep_until, timeout},
};

use super::{
    Append, BodyStream, Uploads,
    append::TOO_LONG,
    bytes::Buffer,
    commit::{Stored, prefix_of},
    writers::Place,
};
use crate::{
    domain::upload::{Checksum, HEAD_BYTES, Kind, MediaType, Refusal, Sum, Upload},
    error::{Error, Result},
    store::upload_parts,
};

/// Bytes of the last part below which the next request puts it together with its own: the number of parts stays in proportion.
const SMALL_PART_BYTES: u64 = 1024 * 1024;
/// The first bytes are stored as soon as they are there, so that the preparing can begin.
const FIRST_BYTES: u64 = 1024 * 1024;
/// Time after which bytes that arrived are stored, although their part is not full.
const STORE_AFTER: Duration = Duration::from_secs(3);
/// A body that brings nothing for so long has lost its client.
const STALLED_AFTER: Duration = Duration::from_mins(1);

/// The writer of an upload.
pub(super) struct Writer {
    uploads: Arc<Uploads>,
    upload: Upload,
    place: Place,
    body: BodyStream,
    ends: bool,
    /// What the body must have. Until it is known to, nothing of it counts.
    checksum: Option<Checksum>,
    sum: Option<Sum>,
    buffer: Buffer,
    /// Bytes of the buffer that no write has.
    unwritten: u64,
    /// The object that the next one of this buffer replaces.
    replaces: Option<Part>,
    /// The write under way.
    writing: Option<JoinHandle<Result<Written>>>,
    /// Parts that count once the checksum is known to be right.
    held: Vec<Written>,
    /// The first bytes were written early.
    is_begun: bool,
    store_at: Instant,
}

/// A part that is in the store.
struct Written {
    part: Part,
    replaced: Option<Part>,
    head: Vec<u8>,
}

/// Why the loop over the body ended.
enum End {
    /// All of the body is here.
    Body,
    /// The rest will not come.
    Broken(Refusal),
}

impl Writer {
    pub(super) fn new(uploads: Arc<Uploads>, upload: Upload, append: Append, place: Place) -> Self {
        let Append { said, checksum, body } = append;
        Self {
            buffer: Buffer::at(upload.received),
            uploads,
            upload,
            place,
            body,
            ends: said.ends,
            sum: checksum.as_ref().map(Checksum::sum),
            checksum,
            unwritten: 0,
            replaces: None,
            writing: None,
            held: Vec::new(),
            is_begun: false,
            store_at: Instant::now() + STORE_AFTER,
        }
    }

    /// Stores the body. Returns the upload as it is then.
    pub(super) async fn run(mut self) -> Result<Upload> {
        let outcome = self.try_run().await;
        // After a failure: what no row has.
        if let Some(writing) = self.writing.take()
            && let Ok(Ok(written)) = writing.await
        {
            discard(&self.uploads, &written.part).await;
        }
        let undone = outcome.as_ref().err().is_none_or(is_surely_undone);
        for written in std::mem::take(&mut self.held).into_iter().filter(|_| undone) {
            discard(&self.uploads, &written.part).await;
        }
        outcome.map(|()| self.upload)
    }

    async fn try_run(&mut self) -> Result<()> {
        self.take_up_last_part().await?;
        let broken = match self.receive().await? {
            End::Body => None,
            // Without its end the checksum tells nothing, so nothing of it counts.
            End::Broken(refusal) if self.checksum.is_some() => return Err(refusal.into()),
            End::Broken(refusal) => Some(refusal),
        };
        if let (Some(checksum), Some(sum)) = (&self.checksum, self.sum.take())
            && !checksum.is(sum)
        {
            return Err(Refusal::ChecksumMismatch.into());
        }
        self.finish(broken.is_none() && self.ends).await?;
        broken.map_or(Ok(()), |refusal| Err(refusal.into()))
    }

    /// Reads a small last part again, to write it together with what comes.
    async fn take_up_last_part(&mut self) -> Result<()> {
        let last = upload_parts::last(&self.uploads.pool, self.upload.id).await?;
        let Some(last) = last.filter(|part| part.size < SMALL_PART_BYTES) else { return Ok(()) };
        let object = self.uploads.blobs.get(&last.key).await.map_err(store_failed)?;
        let limit = usize::try_from(SMALL_PART_BYTES).unwrap_or(usize::MAX);
        let bytes = collect(object.body, limit).await.map_err(|error| Error::Internal(error.into()))?;
        if bytes.len() as u64 != last.size {
            return Err(Error::Internal(anyhow::anyhow!(
                "object `{}` has another size than its part",
                last.key
            )));
        }
        self.buffer = Buffer::at(last.start);
        self.buffer.fill(&mut Bytes::from(bytes));
        self.replaces = Some(last);
        Ok(())
    }

    async fn receive(&mut self) -> Result<End> {
        loop {
            let can_write = self.writing.is_none() && self.unwritten > 0 && self.checksum.is_none();
            tokio::select! {
                () = self.place.asked_to_stop() => {
                    let stops = self.uploads.writers.is_closed();
                    return Ok(End::Broken(if stops { Refusal::Stopping } else { Refusal::Overtaken }));
                }
                written = wait(&mut self.writing), if self.writing.is_some() => {
                    self.writing = None;
                    self.commit(written?, None).await?;
                }
                () = sleep_until(self.store_at), if can_write => {
                    self.check_first_bytes().await?;
                    self.write();
                }
                chunk = timeout(STALLED_AFTER, self.body.next()) => match chunk {
                    Err(_) => return Ok(End::Broken(Refusal::Stalled)),
                    Ok(None) => return Ok(End::Body),
                    Ok(Some(Err(()))) => return Ok(End::Broken(Refusal::Interrupted)),
                    Ok(Some(Ok(chunk))) => self.take(chunk).await?,
                },
            }
        }
    }

    /// Takes bytes of the body: waits for the person's bandwidth, then for the store.
    async fn take(&mut self, mut chunk: Bytes) -> Result<()> {
        let arrived = self.buffer.end() + chunk.len() as u64;
        match self.upload.size {
            Some(size) if arrived > size => return Err(Refusal::Length(TOO_LONG).into()),
            None if arrived > self.uploads.config.max_size_bytes => {
                return Err(Refusal::TooLarge { max: self.uploads.config.max_size_bytes }.into());
            }
            _ => {}
        }
        tokio::select! {
            () = self.uploads.bandwidth.pass(&self.upload.owner, chunk.len()) => {}
            // The bytes are here, so they are kept; the loop sees the wish to stop next.
            () = self.place.asked_to_stop() => {}
        }
        if let Some(sum) = &mut self.sum {
            sum.update(&chunk);
        }
        while !chunk.is_empty() {
            let before = self.buffer.size();
            self.buffer.fill(&mut chunk);
            self.unwritten += self.buffer.size() - before;
            if self.buffer.is_full() {
                self.seal().await?;
            }
        }
        let is_first = !self.is_begun && self.buffer.start == 0 && self.buffer.size() >= FIRST_BYTES;
        if is_first && self.unwritten > 0 && self.writing.is_none() && self.checksum.is_none() {
            self.is_begun = true;
            self.check_first_bytes().await?;
            self.write();
        }
        Ok(())
    }

    /// Writes a full buffer and begins the next one.
    async fn seal(&mut self) -> Result<()> {
        self.check_first_bytes().await?;
        // Memory: one part is written while one arrives.
        let before = match self.writing.take() {
            Some(writing) => Some(joined(writing.await)?),
            None => None,
        };
        if let Some(before) = before.as_ref().filter(|before| before.part.start == self.buffer.start) {
            self.replaces = Some(before.part.clone());
        }
        self.write();
        self.replaces = None;
        self.buffer = Buffer::at(self.buffer.end());
        match before {
            // While the next part is on its way into the store.
            Some(before) => self.commit(before, None).await,
            None => Ok(()),
        }
    }

    /// Begins to write what the buffer has.
    fn write(&mut self) {
        let key = format!("{}{}", prefix_of(self.upload.id), PartId::new());
        let (blobs, body, start, size) =
            (self.uploads.blobs.clone(), self.buffer.body(), self.buffer.start, self.buffer.size());
        let head = if start == 0 { self.buffer.head(HEAD_BYTES) } else { Vec::new() };
        let replaced = self.replaces.take();
        self.unwritten = 0;
        self.store_at = Instant::now() + STORE_AFTER;
        self.writing = Some(tokio::spawn(async move {
            let key: blob::Key = key.parse().map_err(|error| Error::Internal(anyhow::Error::new(error)))?;
            let stored = blobs.put(&key, body).await.map_err(store_failed)?;
            let part = Part { start, size, key };
            if stored.size != size {
                let message = format!("the store has {} of {size} bytes of `{}`", stored.size, part.key);
                return Err(Error::Internal(anyhow::Error::msg(message)));
            }
            Ok(Written { part, replaced, head })
        }));
    }

    /// Moves the offset behind a part that is in the store.
    async fn commit(&mut self, written: Written, size: Option<u64>) -> Result<()> {
        let Written { part, replaced, head } = written;
        if !head.is_empty() {
            self.upload.head = head;
        }
        if self.buffer.start == part.start {
            // It may have grown meanwhile: the next write replaces this one.
            self.replaces = Some(part.clone());
        }
        if self.checksum.is_some() {
            self.held.push(Written { part, replaced, head: Vec::new() });
            return Ok(());
        }
        let stored = Stored { parts: std::slice::from_ref(&part), received: part.end(), size };
        let committed = self.uploads.commit(&self.upload, stored).await;
        match committed {
            Ok(upload) => self.upload = upload,
            Err(error) => {
                if is_surely_undone(&error) {
                    discard(&self.uploads, &part).await;
                }
                return Err(error);
            }
        }
        if let Some(replaced) = replaced {
            discard(&self.uploads, &replaced).await;
        }
        Ok(())
    }

    /// Stores what is left, and the end of the file where this is its end.
    async fn finish(&mut self, ended: bool) -> Result<()> {
        self.check_first_bytes().await?;
        if let Some(writing) = self.writing.take() {
            let written = joined(writing.await)?;
            self.commit(written, None).await?;
        }
        let size = ended.then(|| self.buffer.end());
        if size == Some(0) {
            return Err(Refusal::Empty.into());
        }
        if size.is_some_and(|end| self.upload.size.is_some_and(|size| size != end)) {
            let message = "the file ended before the length that was announced; send the rest, or begin anew";
            return Err(Refusal::Length(message).into());
        }
        if self.unwritten > 0 {
            self.write();
            if let Some(writing) = self.writing.take() {
                let written = joined(writing.await)?;
                self.commit(written, size).await?;
            }
        }
        if !self.held.is_empty() {
            return self.commit_held(size).await;
        }
        if size.is_some() && self.upload.size.is_none() {
            let stored = Stored { parts: &[], received: self.upload.received, size };
            self.upload = self.uploads.commit(&self.upload, stored).await?;
        }
        Ok(())
    }

    /// Moves the offset behind all that had to wait for the checksum.
    async fn commit_held(&mut self, size: Option<u64>) -> Result<()> {
        let parts: Vec<Part> = self.held.iter().map(|written| written.part.clone()).collect();
        let stored = Stored { parts: &parts, received: self.buffer.end(), size };
        self.upload = self.uploads.commit(&self.upload, stored).await?;
        for replaced in std::mem::take(&mut self.held).into_iter().filter_map(|written| written.replaced) {
            discard(&self.uploads, &replaced).await;
        }
        Ok(())
    }

    /// Refuses a file that begins like another type before anything of it is stored.
    async fn check_first_bytes(&mut self) -> Result<()> {
        if self.upload.checked || self.upload.kind != Kind::Whole || self.buffer.start != 0 {
            return Ok(());
        }
        let media = MediaType::of(&self.upload.content_type, &self.upload.filename);
        let head = self.buffer.head(HEAD_BYTES);
        match media.map(|media| (media, media.fits(&head))) {
            Some((media, Some(false))) => {
                let refusal = Refusal::MimeMismatch(media.as_str());
                Err(self.uploads.reject(self.upload.id, refusal).await)
            }
            _ => Ok(()),
        }
    }
}

/// Removes an object that no row has. One that stays is found by the sweep.
async fn discard(uploads: &Uploads, part: &Part) {
    if let Err(error) = uploads.blobs.delete(&part.key).await {
        tracing::warn!(key = %part.key, %error, "an object that is not needed stays in the store until the sweep");
    }
}

/// Whether a commit that failed so has changed nothing. Of a lost connection to the database nobody knows: an object that may have a
/// row must stay, and the sweep removes it if it has none.
fn is_surely_undone(error: &Error) -> bool {
    !matches!(error, Error::Store(_))
}

async fn wait(writing: &mut Option<JoinHandle<Result<Written>>>) -> Result<Written> {
    match writing {
        Some(writing) => joined(writing.await),
        None => std::future::pending().await,
    }
}

fn joined(outcome: Result<Result<Written>, tokio::task::JoinError>) -> Result<Written> {
    outcome.map_err(|error| Error::Internal(error.into()))?
}

fn store_failed(error: blob::Error) -> Error {
    Error::Internal(anyhow::Error::new(error).context("the object store failed"))
}
