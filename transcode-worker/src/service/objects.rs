//! Writes what was made into the object store.

use blob::{Blobs, Key};
use bytes::Bytes;
use proto::transcode::v1::StoredObject;

use crate::failure::{Failure, Outcome};

/// Writes an object.
pub(super) async fn put(blobs: &Blobs, key: &str, bytes: Bytes) -> Outcome<StoredObject> {
    let key = valid(key)?;
    let size_bytes = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    blobs.put(&key, blob::body(bytes)).await.map_err(|error| unwritable(&error))?;
    Ok(StoredObject { key: key.to_string(), size_bytes })
}

/// Writes an init segment, unless another worker has: every worker makes the same.
pub(super) async fn put_init(blobs: &Blobs, key: &str, bytes: &Bytes) -> Outcome<StoredObject> {
    let key = valid(key)?;
    match blobs.head(&key).await {
        Ok(head) if head.size == bytes.len() as u64 => Ok(StoredObject {
            key: key.to_string(),
            size_bytes: i64::try_from(head.size).unwrap_or(i64::MAX),
        }),
        Ok(_) | Err(blob::Error::NotFound(_)) => put(blobs, key.as_str(), bytes.clone()).await,
        Err(error) => Err(unwritable(&error)),
    }
}

fn valid(key: &str) -> Outcome<Key> {
    key.parse().map_err(|error| Failure::passing(format!("the plan has no usable names: {error}")))
}

fn unwritable(error: &blob::Error) -> Failure {
    let error: &dyn std::error::Error = error;
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    Failure::passing(format!("{error}{cause}"))
}
