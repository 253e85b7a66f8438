//! What a person has uploaded, and what they may upload.

use ids::UploadId;
use rpc::Context;

use super::{Person, Uploads};
use crate::{
    domain::{
        clean,
        upload::{Refusal, TYPES, Upload},
    },
    error::Result,
    store::uploads,
};

/// Uploads of a page when the request says no number.
const PAGE: i32 = 50;
/// Uploads of a page at most, as in the contract.
const MOST: i32 = 100;

/// What a person may upload.
pub(crate) struct Limits {
    pub(crate) enabled: bool,
    pub(crate) max_size_bytes: u64,
    pub(crate) max_duration_s: u32,
    pub(crate) content_types: &'static [&'static str],
    pub(crate) used_bytes: u64,
    pub(crate) quota_bytes: u64,
    pub(crate) per_hour: u32,
}

/// A page of a person's uploads.
pub(crate) struct Library {
    pub(crate) uploads: Vec<Upload>,
    /// The page goes on behind this one.
    pub(crate) next: Option<UploadId>,
    pub(crate) used_bytes: u64,
}

impl Uploads {
    /// An upload, for its owner, for administrators, and for the members of rooms whose playlist has it.
    pub(crate) async fn get(&self, context: &Context, person: &Person, id: UploadId) -> Result<Upload> {
        let upload = uploads::get(&self.pool, id).await?.ok_or(Refusal::NotFound)?;
        if upload.owner == person.id || person.is_admin {
            return Ok(upload);
        }
        let asset = upload.asset.ok_or(Refusal::NotFound)?;
        let seen = self.in_use(context, &[asset], &person.id).await?;
        if seen.is_empty() { Err(Refusal::NotFound.into()) } else { Ok(upload) }
    }

    /// A page of the caller's uploads, the newest first.
    pub(crate) async fn list(&self, person: &Person, size: i32, token: &str) -> Result<Library> {
        // A token of another server, or of a deleted upload, begins at the newest again.
        let before: Option<UploadId> = token.parse().ok();
        let size = if size == 0 { PAGE } else { size.clamp(1, MOST) };
        let mut list = uploads::list(&self.pool, &person.id, before, i64::from(size) + 1).await?;
        let size = usize::try_from(size).unwrap_or_default();
        let has_more = list.len() > size;
        list.truncate(size);
        let next = list.last().map(|last| last.id).filter(|_| has_more);
        let used_bytes = uploads::used_bytes(&self.pool, &person.id).await?;
        Ok(Library { uploads: list, next, used_bytes })
    }

    /// Gives an upload of the caller another title.
    pub(crate) async fn rename(&self, person: &Person, id: UploadId, title: &str) -> Result<Upload> {
        let upload = self.of(person, id).await?;
        let title = Some(clean(title)).filter(|title| !title.is_empty()).unwrap_or(upload.filename);
        uploads::set_title(&self.pool, id, &title).await?;
        self.of(person, id).await
    }

    /// What the caller may upload.
    pub(crate) async fn limits(&self, person: &Person) -> Result<Limits> {
        Ok(Limits {
            enabled: self.allow(person).is_ok(),
            max_size_bytes: self.config.max_size_bytes,
            max_duration_s: self.config.max_duration_s,
            content_types: &TYPES,
            used_bytes: uploads::used_bytes(&self.pool, &person.id).await?,
            quota_bytes: self.config.quota_bytes,
            per_hour: self.config.per_hour,
        })
    }
}
