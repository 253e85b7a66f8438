//! Begins an upload.

use chrono::{DateTime, TimeDelta, Utc};
use ids::UploadId;
use proto::{
    media::v1::UploadState,
    room::v1::{MediaFormat, Source, SyncLevel, SyncPrecision, UploadSource, source},
};
use sqlx::PgConnection;

use super::{Person, Status, Uploads};
use crate::{
    domain::upload::{Kind, MediaType, Refusal, Upload, clean_filename, title_of_file},
    error::Result,
    store::{assets, uploads},
};

/// Pieces of a person that are in no final upload yet.
const MOST_PIECES: usize = 16;
/// Pieces of one upload.
const MOST_PARTS: usize = 16;

/// An upload to begin.
#[derive(Debug, Clone)]
pub(crate) struct NewUpload {
    pub(crate) kind: NewKind,
    /// Media type as the client declares it; empty: it does not.
    pub(crate) declared: String,
    /// Name as the client sends it.
    pub(crate) filename: String,
    /// In bytes; `None`: the client says it later.
    pub(crate) size: Option<u64>,
    /// The first bytes, where they are known already.
    pub(crate) head: Option<Vec<u8>>,
}

/// What an upload is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NewKind {
    Whole,
    Partial,
    /// Of these partial uploads, in order.
    Final(Vec<UploadId>),
}

/// What an item of an upload plays.
pub(crate) fn source_of(id: UploadId) -> Source {
    Source {
        kind: Some(source::Kind::Upload(UploadSource { upload_id: id.to_string() })),
        format: MediaFormat::Hls.into(),
        sync_level: SyncLevel::Full.into(),
        sync_precision: SyncPrecision::High.into(),
        ..Source::default()
    }
}

impl Uploads {
    /// Begins an upload. Checks the declared type, the first bytes and the size, in this order, then what the person may store.
    pub(crate) async fn create(&self, person: &Person, new: NewUpload) -> Result<Status> {
        self.allow(person)?;
        let checked = match &new.kind {
            NewKind::Partial => None,
            NewKind::Whole | NewKind::Final(_) => {
                let unsupported = || Refusal::UnsupportedFormat(new.declared.clone());
                Some(MediaType::of(&new.declared, &new.filename).ok_or_else(unsupported)?)
            }
        };
        if let (Some(media), Some(head)) = (checked, &new.head)
            && media.fits(head) == Some(false)
        {
            return Err(Refusal::MimeMismatch(media.as_str()).into());
        }
        if new.size == Some(0) {
            return Err(Refusal::Empty.into());
        }
        if new.size.is_some_and(|size| size > self.config.max_size_bytes) {
            return Err(Refusal::TooLarge { max: self.config.max_size_bytes }.into());
        }

        let now = self.clock.now();
        let mut tx = pg::begin(&self.pool).await?;
        uploads::lock_owner(&mut tx, &person.id).await?;
        self.check_starts(&mut tx, person, &new.kind, now).await?;
        let used = uploads::used_bytes(&mut *tx, &person.id).await?;
        let quota = self.config.quota_bytes;
        let adds = if matches!(new.kind, NewKind::Final(_)) { 0 } else { new.size.unwrap_or(1) };
        if used.saturating_add(adds) > quota {
            return Err(Refusal::QuotaExceeded { used, quota }.into());
        }
        let mut upload = self.row(person, &new, checked, now);
        if upload.kind != Kind::Partial {
            let registered = assets::register(&mut tx, &source_of(upload.id), now).await?;
            upload.asset = Some(registered.asset.id);
            uploads::note_start(&mut *tx, &person.id, upload.id, now).await?;
        }
        uploads::insert(&mut tx, &upload).await?;
        let mut refused = None;
        if let NewKind::Final(parts) = &new.kind {
            self.join(&mut tx, person, &mut upload, parts).await?;
            refused = self.refresh_final(&mut tx, upload.id, now).await?;
        }
        tx.commit().await?;
        self.outbox.committed();
        self.queue.added();
        self.completed.notify_one();
        if let Some(refusal) = refused {
            return Err(refusal.into());
        }
        let kind = upload.kind.as_str();
        metrics::counter!("syncwatch_media_uploads_total", "event" => "begun").increment(1);
        tracing::info!(upload = %upload.id, owner = person.id, kind, size = upload.size, "an upload begins");
        self.of(person, upload.id).await.map(|upload| (&upload).into())
    }

    /// Whether this person may upload at all.
    pub(crate) fn allow(&self, person: &Person) -> Result<()> {
        match (self.config.enabled, person.is_guest && !self.config.guests) {
            (false, _) => Err(Refusal::Off.into()),
            (true, true) => Err(Refusal::GuestsOff.into()),
            (true, false) => Ok(()),
        }
    }

    async fn check_starts(
        &self,
        tx: &mut PgConnection,
        person: &Person,
        kind: &NewKind,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let per_hour = self.config.per_hour;
        let starts = uploads::starts(&mut *tx, &person.id, now - TimeDelta::hours(1)).await?;
        let too_many = (starts.len() + 1).saturating_sub(usize::try_from(per_hour).unwrap_or(usize::MAX));
        if too_many > 0 {
            // One more may begin when so many of the oldest are an hour old.
            let until = starts.get(too_many - 1).map_or(now, |at| *at + TimeDelta::hours(1));
            let retry_after = (until - now).to_std().unwrap_or_default();
            return Err(Refusal::TooMany { per_hour, retry_after }.into());
        }
        // Pieces count when they are put together, but nobody collects them.
        if *kind == NewKind::Partial && uploads::loose_pieces(&mut *tx, &person.id).await? >= MOST_PIECES {
            return Err(Refusal::TooManyPieces(MOST_PIECES).into());
        }
        Ok(())
    }

    fn row(&self, person: &Person, new: &NewUpload, media: Option<MediaType>, now: DateTime<Utc>) -> Upload {
        let filename = media.map(|media| clean_filename(&new.filename, media)).unwrap_or_default();
        Upload {
            id: UploadId::new(),
            owner: person.id.clone(),
            title: title_of_file(&filename),
            filename,
            content_type: media.map_or("", MediaType::as_str).to_owned(),
            kind: match new.kind {
                NewKind::Whole => Kind::Whole,
                NewKind::Partial => Kind::Partial,
                NewKind::Final(_) => Kind::Final,
            },
            concat: match &new.kind {
                NewKind::Final(parts) => parts.clone(),
                _ => Vec::new(),
            },
            part_of: None,
            size: new.size,
            received: 0,
            head: Vec::new(),
            checked: false,
            begun: false,
            epoch: 0,
            state: UploadState::Sending,
            failure_reason: String::new(),
            failure_message: String::new(),
            progress: 0,
            playable: false,
            generation: 0,
            duration_us: 0,
            width: 0,
            height: 0,
            asset: None,
            created_at: now,
            completed_at: None,
            expires_at: Some(self.unfinished_until(now)),
        }
    }

    /// Puts partial uploads into a final one, whose size is theirs.
    async fn join(
        &self,
        tx: &mut PgConnection,
        person: &Person,
        into: &mut Upload,
        parts: &[UploadId],
    ) -> Result<()> {
        if parts.is_empty() || parts.len() > MOST_PARTS {
            return Err(Refusal::InvalidParts.into());
        }
        let joined = uploads::join(tx, into.id, &person.id, parts).await?;
        // A part that is named twice is one row.
        if joined != parts.len() as u64 {
            return Err(Refusal::InvalidParts.into());
        }
        let pieces = uploads::pieces(&mut *tx, into.id).await?;
        let size = pieces.iter().filter_map(|piece| piece.size).sum();
        if size > self.config.max_size_bytes {
            return Err(Refusal::TooLarge { max: self.config.max_size_bytes }.into());
        }
        into.size = Some(size);
        uploads::set_size(&mut *tx, into.id, size).await
    }
}
