//! Writes: one request for what fits into a part, a multipart upload for what does not.

use std::io;

use aws_sdk_s3::{
    primitives::ByteStream as Outgoing,
    types::{CompletedMultipartUpload, CompletedPart},
};
use bytes::Bytes;
use futures::future::try_join;

use super::{Failure, S3Store, client, etag, parts::Parts};
use crate::{ByteStream, Head};

/// Size of a part in bytes. A write holds two of them.
pub(super) const PART_BYTES: usize = 8 * 1024 * 1024;
/// The most parts that S3 takes for one object, which limits it to 80 GB here.
const MAX_PARTS: usize = 10_000;
/// User metadata of an object: which upload it comes from.
const TOKEN: &str = "upload";

/// Writes an object. Nothing is left of it when the body or the store fails.
pub(super) async fn put(
    store: &S3Store,
    key: &str,
    body: ByteStream,
    part_bytes: usize,
) -> Result<Head, Failure> {
    let mut parts = Parts::new(body, part_bytes);
    let first = parts.next().await?.unwrap_or_default();
    let Some(second) = parts.next().await? else { return at_once(store, key, first).await };
    let mut upload = Upload::begin(store, key).await?;
    let written = upload.write(first, second, parts).await;
    if written.is_err() {
        upload.abort().await;
    }
    written
}

/// Writes an object in one request.
async fn at_once(store: &S3Store, key: &str, bytes: Bytes) -> Result<Head, Failure> {
    let size = bytes.len() as u64;
    let request = store.client.put_object().bucket(&store.bucket).key(key).body(Outgoing::from(bytes));
    let request = request.set_checksum_algorithm(store.checksum.clone());
    let output = request.send().await.map_err(|error| Failure::of(&error))?;
    Ok(Head { size, etag: etag(output.e_tag())? })
}

/// A multipart upload. Dropped before its end, it is aborted in the background.
struct Upload {
    store: S3Store,
    key: String,
    id: String,
    /// Marks the object that this upload becomes.
    token: String,
    sent: Vec<CompletedPart>,
    size: u64,
    is_open: bool,
}

impl Upload {
    async fn begin(store: &S3Store, key: &str) -> Result<Self, Failure> {
        let token = format!("{:032x}", rand::random::<u128>());
        let request = store.client.create_multipart_upload().bucket(&store.bucket).key(key);
        let request = request.metadata(TOKEN, &token).set_checksum_algorithm(store.checksum.clone());
        let output = request.send().await.map_err(|error| Failure::of(&error))?;
        let id =
            output.upload_id().ok_or_else(|| Failure::wrong("began an upload without an id"))?.to_owned();
        let (store, key) = (store.clone(), key.to_owned());
        Ok(Self { store, key, id, token, sent: Vec::new(), size: 0, is_open: true })
    }

    async fn write(&mut self, first: Bytes, second: Bytes, mut parts: Parts) -> Result<Head, Failure> {
        self.send(first).await?;
        let mut next = Some(second);
        while let Some(part) = next {
            // The next part arrives while this one leaves.
            ((), next) = try_join(self.send(part), async { Ok(parts.next().await?) }).await?;
        }
        self.complete().await
    }

    async fn send(&mut self, part: Bytes) -> Result<(), Failure> {
        if self.sent.len() == MAX_PARTS {
            let error = io::Error::new(io::ErrorKind::FileTooLarge, "the object has more than 10,000 parts");
            return Err(error.into());
        }
        let number = i32::try_from(self.sent.len() + 1).unwrap_or(i32::MAX);
        self.size += part.len() as u64;
        let request = self.store.client.upload_part().bucket(&self.store.bucket).key(&self.key);
        let request = request.upload_id(&self.id).part_number(number).body(Outgoing::from(part));
        let request = request.set_checksum_algorithm(self.store.checksum.clone());
        let output = request.send().await.map_err(|error| Failure::of(&error))?;
        let done = CompletedPart::builder().part_number(number).set_e_tag(output.e_tag);
        self.sent.push(done.set_checksum_crc32_c(output.checksum_crc32_c).build());
        Ok(())
    }

    /// Makes the parts an object. A success is believed only when the object is there: stores answer 200 before they
    /// know, and an answer may be lost.
    async fn complete(&mut self) -> Result<Head, Failure> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(self.sent.clone())).build();
        let request = self.store.client.complete_multipart_upload().bucket(&self.store.bucket).key(&self.key);
        let request = request.upload_id(&self.id).multipart_upload(parts);
        let request = request.customize().config_override(client::patient());
        let refused = match request.send().await {
            Ok(_) => None,
            // A retry after a lost answer finds the upload gone.
            Err(error) => Some(Failure::of(&error)).filter(|failure| !failure.is_no_upload()),
        };
        if let Some(failure) = refused {
            return Err(failure);
        }
        let head = self.confirmed().await?;
        self.is_open = false;
        Ok(head)
    }

    /// Metadata of the object, if it is the one of this upload.
    async fn confirmed(&self) -> Result<Head, Failure> {
        let request = self.store.client.head_object().bucket(&self.store.bucket).key(&self.key);
        let output = request.send().await.map_err(|error| Failure::of(&error))?;
        let token = output.metadata().and_then(|metadata| metadata.get(TOKEN));
        let is_ours = token.is_some_and(|token| *token == self.token);
        if !is_ours || output.content_length() != i64::try_from(self.size).ok() {
            return Err(Failure::wrong("completed an upload, but has another object"));
        }
        Ok(Head { size: self.size, etag: etag(output.e_tag())? })
    }

    async fn abort(&mut self) {
        self.is_open = false;
        abort(&self.store, &self.key, &self.id).await;
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.is_open {
            return;
        }
        let (store, key, id) = (self.store.clone(), self.key.clone(), self.id.clone());
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { abort(&store, &key, &id).await });
        }
    }
}

/// Removes the parts of an upload. What fails here is found by [`super::sweep`].
async fn abort(store: &S3Store, key: &str, id: &str) {
    let request = store.client.abort_multipart_upload().bucket(&store.bucket).key(key).upload_id(id);
    if let Err(error) = request.send().await {
        let error = Failure::of(&error).error;
        tracing::warn!(key, %error, "cannot abort a multipart upload; its parts stay until the next sweep");
    }
}
