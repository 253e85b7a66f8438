//! Appends bytes to an upload.

use std::sync::Arc;

use bytes::Bytes;
use futures::stream::BoxStream;
use ids::UploadId;
use runtime::Full;
use tracing::Instrument as _;

use super::{Person, Status, Uploads, writer::Writer};
use crate::{
    domain::upload::{Checksum, Kind, Refusal, Upload},
    error::{Error, Result},
    store::uploads,
};

/// The body of a request. An error: the client is gone.
pub(crate) type BodyStream = BoxStream<'static, Result<Bytes, ()>>;

/// Requests of one person that append at once.
const OF_A_PERSON_AT_ONCE: usize = 8;

/// Bytes to append.
pub(crate) struct Append {
    pub(crate) said: Said,
    pub(crate) checksum: Option<Checksum>,
    pub(crate) body: BodyStream,
}

/// What a request says of the bytes that it appends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said {
    /// Where they go.
    pub(crate) offset: u64,
    /// Size of the file, where the client says it.
    pub(crate) size: Option<u64>,
    /// The file ends with these bytes.
    pub(crate) ends: bool,
    /// Number of bytes, where the client announces it.
    pub(crate) length: Option<u64>,
}

/// Sentence for more bytes than the file has.
pub(crate) const TOO_LONG: &str =
    "the request has more bytes than the rest of the file by its length; send the file from the offset on";

impl Uploads {
    /// Appends bytes, and returns where the upload stands then. What arrived before a client is gone stays, without a checksum.
    pub(crate) async fn append(
        self: &Arc<Self>,
        person: &Person,
        id: UploadId,
        append: Append,
    ) -> Result<Status> {
        let said = append.said;
        let upload = self.of(person, id).await?;
        if let Some(done) = Self::replay(&upload, said)? {
            return Ok(done);
        }
        // An offset never goes back, so this one can only be wrong, and no writer has to be stopped to find that out.
        check_offset(&upload, said.offset, said.offset < upload.received)?;
        // One that hangs must not count as one of the person's requests.
        self.writers.stop(id).await;
        let share =
            self.shares.take([(person.id.clone(), OF_A_PERSON_AT_ONCE)]).map_err(|full| match full {
                Full::All => Refusal::Busy,
                Full::Key(_) => Refusal::PersonBusy(OF_A_PERSON_AT_ONCE),
            })?;
        let place = self.writers.enter(id).await.ok_or(Refusal::Stopping)?;
        let upload = self.open(said, id, &person.id).await?;
        if let Some(done) = Self::replay(&upload, said)? {
            return Ok(done);
        }
        check_offset(&upload, said.offset, said.offset != upload.received)?;
        let writer = Writer::new(self.clone(), upload, append, place);
        // A task of its own: when the client is gone, the server drops the request, and what arrived is to be stored.
        let writing = async move {
            let outcome = writer.run().await;
            drop(share);
            outcome
        };
        let writing = tokio::spawn(writing.in_current_span());
        let upload = writing.await.map_err(|error| Error::Internal(error.into()))??;
        Ok((&upload).into())
    }

    /// The same for the request that begins an upload. Where it fails, the client does not know the upload's URL and cannot go on,
    /// so nothing stays: no quota is held, and the upload does not count for the hour.
    pub(crate) async fn append_first(
        self: &Arc<Self>,
        person: &Person,
        id: UploadId,
        append: Append,
    ) -> Result<Status> {
        // A task of its own: a client that is gone must not keep the upload from being forgotten.
        let (uploads, person) = (self.clone(), person.clone());
        let appending = async move {
            let outcome = uploads.append(&person, id, append).await;
            if outcome.is_err() {
                uploads.abandon(&person, id).await?;
            }
            outcome
        };
        tokio::spawn(appending.in_current_span()).await.map_err(|error| Error::Internal(error.into()))?
    }

    /// The answer to a request that repeats the last one, whose answer was lost.
    fn replay(upload: &Upload, said: Said) -> Result<Option<Status>> {
        if upload.has_failed() {
            return Err(Refusal::Failed(upload.failure_message.clone()).into());
        }
        if upload.kind == Kind::Final {
            return Err(Refusal::IsFinal.into());
        }
        let is_again = upload.is_complete() && said.offset == upload.received;
        Ok((is_again && said.length == Some(0)).then(|| upload.into()))
    }

    /// Becomes the writer of an upload: older ones lose from here on. Stores the size where the request says it.
    async fn open(&self, said: Said, id: UploadId, owner: &str) -> Result<Upload> {
        let mut tx = pg::begin(&self.pool).await?;
        let ends_at = said.length.filter(|_| said.ends).map(|length| said.offset.saturating_add(length));
        let sizes: Vec<u64> = [said.size, ends_at].into_iter().flatten().collect();
        if !sizes.is_empty() {
            // In the order of a commit: the owner first, then the row.
            uploads::lock_owner(&mut tx, owner).await?;
        }
        let mut upload = uploads::fence(&mut *tx, id).await?.ok_or(Refusal::NotFound)?;
        for size in sizes {
            self.check_size(&upload, size)?;
            if upload.size.is_none() {
                self.check_quota(&mut tx, &upload, size).await?;
                uploads::set_size(&mut *tx, id, size).await?;
                upload.size = Some(size);
            }
        }
        let end = said.length.map(|length| said.offset.saturating_add(length));
        if end.is_some_and(|end| upload.size.is_some_and(|size| end > size)) {
            return Err(Refusal::Length(TOO_LONG).into());
        }
        if end.is_some_and(|end| end > self.config.max_size_bytes) {
            return Err(Refusal::TooLarge { max: self.config.max_size_bytes }.into());
        }
        tx.commit().await?;
        Ok(upload)
    }

    fn check_size(&self, upload: &Upload, said: u64) -> Result<()> {
        if upload.size.is_some_and(|size| size != said) || said < upload.received {
            let message =
                "the length of the file is another one than before; send the length that was said first";
            return Err(Refusal::Length(message).into());
        }
        if said == 0 {
            return Err(Refusal::Empty.into());
        }
        if said > self.config.max_size_bytes {
            return Err(Refusal::TooLarge { max: self.config.max_size_bytes }.into());
        }
        Ok(())
    }
}

fn check_offset(upload: &Upload, provided: u64, is_wrong: bool) -> Result<()> {
    if is_wrong {
        let complete = upload.is_complete();
        return Err(Refusal::Offset { expected: upload.received, provided, complete }.into());
    }
    Ok(())
}
