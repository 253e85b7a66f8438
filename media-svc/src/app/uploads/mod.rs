//! Uploads, one use case a file. Both protocols, tus and that of the IETF, and the form for simple clients parse into these.

mod append;
mod bytes;
mod commit;
mod create;
mod delete;
mod items;
mod library;
mod pace;
mod remove;
mod scan;
mod tell;
mod writer;
mod writers;

use std::sync::Arc;

use blob::Blobs;
use chrono::{DateTime, TimeDelta, Utc};
use ids::UploadId;
use outbox::Outbox;
use rpc::{Identity, RpcChannel, SubjectKind};
use runtime::{Clock, Shares};
use sqlx::PgPool;
use tokio::sync::Notify;

pub(crate) use self::{
    append::{Append, BodyStream, Said},
    create::{NewKind, NewUpload, source_of},
    library::{Library, Limits},
    pace::Bandwidth,
    tell::{preparation_of, tell_of_asset},
    writers::Writers,
};
use crate::{
    UploadsConfig,
    app::transcode::Queue,
    domain::upload::{Kind, Refusal, Upload},
    error::Result,
    store::uploads,
};

/// Requests that append at once: each holds the bytes of a part, 8 MiB, in memory.
const APPENDS_AT_ONCE: usize = 256;

/// What the use cases of uploads work with.
pub(crate) struct Uploads {
    pub(crate) config: UploadsConfig,
    pub(crate) pool: PgPool,
    pub(crate) outbox: Outbox,
    pub(crate) clock: Clock,
    pub(crate) blobs: Blobs,
    /// Called as this service.
    pub(crate) room: RpcChannel,
    pub(crate) bandwidth: Bandwidth,
    pub(crate) writers: Writers,
    pub(crate) shares: Arc<Shares>,
    /// Wakes workers, for there are more bytes.
    pub(crate) queue: Queue,
    /// Wakes the task that removes objects.
    pub(crate) removed: Notify,
    /// Wakes the task that has uploads scanned.
    pub(crate) completed: Notify,
}

/// Whoever sends a request about uploads.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) is_guest: bool,
    pub(crate) is_admin: bool,
}

impl From<&Identity> for Person {
    fn from(identity: &Identity) -> Self {
        Self {
            id: identity.subject_id.clone(),
            is_guest: identity.kind() == SubjectKind::Guest,
            is_admin: identity.kind() == SubjectKind::Admin,
        }
    }
}

/// Where an upload stands, for the client that sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) id: UploadId,
    pub(crate) kind: Kind,
    /// The parts of a final upload.
    pub(crate) concat: Vec<UploadId>,
    pub(crate) offset: u64,
    pub(crate) size: Option<u64>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
    pub(crate) filename: String,
    pub(crate) content_type: String,
}

impl Status {
    /// Whether every byte is here.
    pub(crate) fn is_complete(&self) -> bool {
        self.size == Some(self.offset)
    }
}

impl From<&Upload> for Status {
    fn from(upload: &Upload) -> Self {
        Self {
            id: upload.id,
            kind: upload.kind,
            concat: upload.concat.clone(),
            offset: upload.received,
            size: upload.size,
            // A complete upload expires as a film, which is no matter of the protocol.
            expires_at: upload.expires_at.filter(|_| !upload.is_complete()),
            filename: upload.filename.clone(),
            content_type: upload.content_type.clone(),
        }
    }
}

impl Uploads {
    pub(crate) fn new(config: UploadsConfig, parts: Parts) -> Self {
        let Parts { pool, outbox, clock, blobs, room, queue } = parts;
        let bandwidth = Bandwidth::new(config.bandwidth_bytes_per_s, config.burst_bytes);
        Self {
            config,
            pool,
            outbox,
            clock,
            blobs,
            room,
            queue,
            bandwidth,
            writers: Writers::default(),
            shares: Shares::new(APPENDS_AT_ONCE),
            removed: Notify::new(),
            completed: Notify::new(),
        }
    }

    /// An upload of the caller; other people's are as good as none.
    pub(crate) async fn of(&self, person: &Person, id: UploadId) -> Result<Upload> {
        let upload = uploads::get(&self.pool, id).await?.filter(|upload| upload.owner == person.id);
        Ok(upload.ok_or(Refusal::NotFound)?)
    }

    /// Where an upload stands. Ends the request that appends to it: a client that asks has lost its connection.
    pub(crate) async fn status(&self, person: &Person, id: UploadId) -> Result<Status> {
        let upload = self.of(person, id).await?;
        if upload.has_failed() {
            return Err(Refusal::Failed(upload.failure_message).into());
        }
        if upload.is_complete() || upload.kind == Kind::Final {
            return Ok((&upload).into());
        }
        self.writers.stop(id).await;
        let upload = uploads::fence(&self.pool, id).await?.ok_or(Refusal::NotFound)?;
        Ok((&upload).into())
    }

    /// When an upload expires whose last byte came now.
    fn unfinished_until(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + TimeDelta::hours(self.config.unfinished_hours.into())
    }

    /// When a complete upload is deleted; `None`: when its owner deletes it.
    fn kept_until(&self, owner: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if owner.starts_with(ids::GuestId::PREFIX) {
            return Some(self.unused_until(now));
        }
        (self.config.keep_days > 0).then(|| now + TimeDelta::days(self.config.keep_days.into()))
    }

    /// When the upload of a guest is deleted that no playlist has from now on.
    pub(crate) fn unused_until(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + TimeDelta::hours(self.config.guest_unused_hours.into())
    }
}

/// What [`Uploads`] are made of.
pub(crate) struct Parts {
    pub(crate) pool: PgPool,
    pub(crate) outbox: Outbox,
    pub(crate) clock: Clock,
    pub(crate) blobs: Blobs,
    pub(crate) room: RpcChannel,
    pub(crate) queue: Queue,
}
