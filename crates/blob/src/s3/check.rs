//! The check at the start of a process: does this store do what we need?
//!
//! Stores that speak the API of S3 differ. Some refuse checksums, which would fail every upload with an error that
//! names something else (case M7). So a small object goes the way that films go, and comes back.

use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt as _, stream};

use super::{Failure, S3Store, put, read};
use crate::{Error, Result, collect, error::attempting};

/// The smallest part but the last that S3 takes, in bytes.
const PART_BYTES: usize = 5 * 1024 * 1024;
/// Bytes of the second part.
const TAIL_BYTES: usize = 1000;
/// Deadline of the whole check.
const TIMEOUT: Duration = Duration::from_mins(2);

/// Returns the store with checksums where it takes them, and without where it does not.
pub(super) async fn check(plain: S3Store) -> Result<S3Store> {
    let checking = async {
        let store = plain.with_checksums();
        let refused = match round_trip(&store).await {
            Ok(()) => return Ok(store),
            Err(refused) => refused,
        };
        // Without an answer, or without a bucket, checksums are not the reason.
        if refused.failure.status.is_none() || refused.failure.code == "NoSuchBucket" {
            return Err(refused.into());
        }
        round_trip(&plain).await?;
        tracing::warn!(
            answer = %refused.failure.error,
            "the object store refuses checksums (CRC32C); media is stored without them"
        );
        Ok(plain)
    };
    let too_late = |_| std::io::Error::new(std::io::ErrorKind::TimedOut, "the object store is too slow");
    match tokio::time::timeout(TIMEOUT, checking).await.map_err(too_late) {
        Ok(checked) => checked,
        Err(error) => Err(attempting(|| "check the object store".to_owned())(error)),
    }
}

struct Refused {
    step: &'static str,
    failure: Failure,
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        attempting(|| format!("{} in the object store", refused.step))(refused.failure.error)
    }
}

/// Writes two parts, reads them back in two ways, and deletes them.
async fn round_trip(store: &S3Store) -> Result<(), Refused> {
    let at = |step| move |failure| Refused { step, failure };
    // No key begins with a dot, so no list shows it.
    let key = format!(".check/{:032x}", rand::random::<u128>());
    let bytes = Bytes::from([1, 2, 3, 4].repeat(PART_BYTES / 4 + TAIL_BYTES / 4));
    let body = stream::iter([Ok(bytes.clone())]).boxed();
    put::put(store, &key, body, PART_BYTES).await.map_err(at("write an object in two parts"))?;
    let outcome = read_back(store, &key, &bytes).await.map_err(at("read an object back"));
    let deleted = store.remove(&key).await.map_err(at("delete an object"));
    outcome.and(deleted)
}

async fn read_back(store: &S3Store, key: &str, written: &[u8]) -> Result<(), Failure> {
    let whole = collect(read::whole(store, key).await?.body, written.len()).await?;
    // Across the border of the parts.
    let (start, length) = (PART_BYTES - 10, 20);
    let range = read::range(store, key, start as u64, length as u64).await?;
    let range = collect(range.body, length).await?;
    if whole != written || range != written[start..start + length] {
        return Err(Failure::wrong("gives other bytes than it was given"));
    }
    Ok(())
}
