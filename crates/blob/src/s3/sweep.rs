//! Multipart uploads that nobody finished: their parts are stored and paid for, and no list of objects shows them.

use std::time::Duration;

use super::{Failure, S3Store};

/// Aborts uploads that began more than `older_than` ago, and returns how many.
pub(super) async fn sweep(store: &S3Store, older_than: Duration) -> Result<usize, Failure> {
    let age_s = i64::try_from(older_than.as_secs()).unwrap_or(i64::MAX);
    let before_s = store.clock.now().timestamp().saturating_sub(age_s);
    let (mut key_marker, mut id_marker) = (None, None);
    let mut aborted = 0;
    loop {
        let request = store.client.list_multipart_uploads().bucket(&store.bucket);
        let request = request.set_key_marker(key_marker.clone()).set_upload_id_marker(id_marker.clone());
        let page = match request.send().await.map_err(|error| Failure::of(&error)) {
            Err(failure) if failure.is_not_implemented() => {
                tracing::warn!(
                    "the object store cannot list unfinished uploads; give the bucket a lifecycle rule"
                );
                return Ok(aborted);
            }
            page => page?,
        };
        for upload in page.uploads() {
            let (Some(key), Some(id), Some(began)) = (upload.key(), upload.upload_id(), upload.initiated())
            else {
                continue;
            };
            if began.secs() <= before_s {
                aborted += usize::from(abort(store, key, id).await?);
            }
        }
        let next = (page.next_key_marker, page.next_upload_id_marker);
        // A store that repeats a page must not keep us here.
        if page.is_truncated != Some(true)
            || next.0.is_none()
            || next == (key_marker.take(), id_marker.take())
        {
            return Ok(aborted);
        }
        (key_marker, id_marker) = next;
    }
}

/// Returns false when the upload has ended by itself.
async fn abort(store: &S3Store, key: &str, id: &str) -> Result<bool, Failure> {
    let request = store.client.abort_multipart_upload().bucket(&store.bucket).key(key).upload_id(id);
    match request.send().await.map_err(|error| Failure::of(&error)) {
        Ok(_) => Ok(true),
        Err(failure) if failure.is_no_upload() => Ok(false),
        Err(failure) => Err(failure),
    }
}
