//! Objects in a bucket of S3, or of a store with the same API.

mod check;
mod client;
mod failure;
mod parts;
mod put;
mod read;
mod sweep;

use std::{fmt, time::Duration};

use async_trait::async_trait;
use aws_sdk_s3::{Client, presigning::PresigningConfig, types::ChecksumAlgorithm};
use runtime::Clock;

use crate::{
    Access, BlobStore, ByteStream, Config, Error, Head, Key, MAX_PAGE, Object, Result, error::attempting,
};
use failure::Failure;

/// Keeps objects in a bucket. Cheap to clone.
#[derive(Clone)]
pub struct S3Store {
    client: Client,
    bucket: String,
    /// Sent with each write; None for stores that know no checksums.
    checksum: Option<ChecksumAlgorithm>,
    /// Signs URLs for browsers.
    presigner: Option<Client>,
    clock: Clock,
}

impl fmt::Debug for S3Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Store").field("bucket", &self.bucket).finish_non_exhaustive()
    }
}

impl S3Store {
    /// Opens the bucket that the settings name. With [`Access::ReadWrite`] it writes an object in two parts, reads it back
    /// and deletes it, to find out what the store can do.
    pub async fn open(config: &Config, access: Access) -> Result<Self> {
        let client = client::new(config);
        let public = Some(&config.s3_public_endpoint).filter(|endpoint| !endpoint.is_empty());
        let presigner = public.map(|endpoint| client::at(&client, endpoint));
        let store = Self {
            client,
            bucket: config.s3_bucket.clone(),
            checksum: None,
            presigner,
            clock: Clock::system(),
        };
        match access {
            Access::Read => Ok(store),
            Access::ReadWrite => check::check(store).await,
        }
    }

    /// The same store, with checksums of what is written and read.
    fn with_checksums(&self) -> Self {
        let client = client::summing(&self.client);
        Self { client, checksum: Some(ChecksumAlgorithm::Crc32C), ..self.clone() }
    }

    async fn look(&self, key: &str) -> Result<Head, Failure> {
        let request = self.client.head_object().bucket(&self.bucket).key(key);
        let output = request.send().await.map_err(|error| Failure::of(&error))?;
        let size = output.content_length().and_then(|size| u64::try_from(size).ok());
        let size = size.ok_or_else(|| Failure::wrong("does not say how long an object is"))?;
        Ok(Head { size, etag: etag(output.e_tag())? })
    }

    async fn remove(&self, key: &str) -> Result<(), Failure> {
        let request = self.client.delete_object().bucket(&self.bucket).key(key);
        match request.send().await.map_err(|error| Failure::of(&error)) {
            Err(failure) if !failure.is_missing() => Err(failure),
            _ => Ok(()),
        }
    }

    async fn page(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Vec<Key>, Failure> {
        let (mut keys, mut token) = (Vec::new(), None::<String>);
        while keys.len() < limit {
            let request = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix);
            let request = match &token {
                Some(token) => request.continuation_token(token),
                None => request.set_start_after(after.map(Key::to_string)),
            };
            let request = request.max_keys(i32::try_from(limit - keys.len()).unwrap_or(i32::MAX));
            let output = request.send().await.map_err(|error| Failure::of(&error))?;
            // Names that are no keys are not objects of ours, such as those of a check.
            keys.extend(output.contents().iter().filter_map(|object| object.key()?.parse::<Key>().ok()));
            match output.next_continuation_token {
                Some(next) if output.is_truncated == Some(true) && token.as_ref() != Some(&next) => {
                    token = Some(next);
                }
                _ => break,
            }
        }
        keys.truncate(limit);
        Ok(keys)
    }
}

#[async_trait]
impl BlobStore for S3Store {
    async fn put(&self, key: &Key, body: ByteStream) -> Result<Head> {
        let written = put::put(self, key.as_str(), body, put::PART_BYTES).await;
        written.map_err(|failure| attempting(|| format!("write object `{key}`"))(failure.error))
    }

    async fn get(&self, key: &Key) -> Result<Object> {
        read::whole(self, key.as_str()).await.map_err(|failure| missing_or(failure, key))
    }

    async fn get_range(&self, key: &Key, start: u64, length: u64) -> Result<Object> {
        let behind = |size| Error::RangeNotSatisfiable { key: key.clone(), size, start };
        if length == 0 || i64::try_from(start).is_err() {
            let head = self.head(key).await?;
            return if start < head.size {
                Ok(Object { head, body: crate::body("") })
            } else {
                Err(behind(head.size))
            };
        }
        match read::range(self, key.as_str(), start, length).await {
            Ok(object) if start < object.head.size => Ok(object),
            Ok(object) => Err(behind(object.head.size)),
            Err(failure) if failure.is_out_of_range() => Err(behind(self.head(key).await?.size)),
            Err(failure) => Err(missing_or(failure, key)),
        }
    }

    async fn head(&self, key: &Key) -> Result<Head> {
        self.look(key.as_str()).await.map_err(|failure| missing_or(failure, key))
    }

    async fn delete(&self, key: &Key) -> Result<()> {
        let removed = self.remove(key.as_str()).await;
        removed.map_err(|failure| attempting(|| format!("delete object `{key}`"))(failure.error))
    }

    async fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Vec<Key>> {
        let page = self.page(prefix, after, limit.min(MAX_PAGE)).await;
        let attempt = || format!("list the objects of the bucket `{}`", self.bucket);
        page.map_err(|failure| attempting(attempt)(failure.error))
    }

    async fn read_url(&self, key: &Key, lifetime: Duration) -> Result<Option<String>> {
        let Some(presigner) = &self.presigner else { return Ok(None) };
        let sign = async {
            let expiry = PresigningConfig::expires_in(lifetime).map_err(std::io::Error::other)?;
            let request =
                presigner.get_object().bucket(&self.bucket).key(key.as_str()).presigned(expiry).await;
            Ok::<_, Failure>(request.map_err(|error| Failure::of(&error))?.uri().to_owned())
        };
        let signed = sign.await;
        let attempt = || format!("sign a URL of object `{key}`");
        signed.map(Some).map_err(|failure| attempting(attempt)(failure.error))
    }

    async fn sweep_incomplete(&self, older_than: Duration) -> Result<usize> {
        let attempt = || format!("end the unfinished uploads of the bucket `{}`", self.bucket);
        sweep::sweep(self, older_than).await.map_err(|failure| attempting(attempt)(failure.error))
    }
}

fn missing_or(failure: Failure, key: &Key) -> Error {
    if failure.is_missing() {
        Error::NotFound(key.clone())
    } else {
        attempting(|| format!("read object `{key}`"))(failure.error)
    }
}

/// A validator without quotes.
fn etag(value: Option<&str>) -> Result<String, Failure> {
    let etag = value.unwrap_or_default().trim_start_matches("W/").trim_matches('"');
    if etag.is_empty() || !etag.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"') {
        return Err(Failure::wrong("gives an object no usable ETag"));
    }
    Ok(etag.to_owned())
}
