//! Gives a failed upload new attempts.

use ids::UploadId;
use proto::media::v1::UploadState;
use rpc::Reason;

use super::{begin::examine, settle::settle};
use crate::{
    app::App,
    domain::{Progress, upload::Upload},
    error::Result,
    store::{upload_progress, uploads},
};

impl App {
    /// Has a failed upload examined again. One that has not failed is left as it is.
    pub(crate) async fn retry_upload(&self, upload_id: &str) -> Result<Upload> {
        let missing = || rpc::Error::new(Reason::UploadNotFound, format!("there is no upload `{upload_id}`"));
        let id: UploadId = upload_id.parse().map_err(|_| missing())?;
        let now = self.clock.now();
        let mut tx = pg::begin(&self.pool).await?;
        let failed = upload_progress::lock(&mut tx, id).await?.ok_or_else(missing)?;
        // One that was refused while it was sent has no bytes any more.
        let is_whole = failed.size.is_some_and(|size| failed.received >= size);
        if failed.state == UploadState::Failed && !is_whole {
            return Err(super::media_failed(
                "this file was never sent to its end; its owner has to send it again",
            )
            .into());
        }
        if failed.state == UploadState::Failed {
            let again = again(&failed);
            examine(&mut tx, &again, now).await?;
            settle(&mut tx, &failed, again, now).await?;
        }
        tx.commit().await?;
        self.queue.added();
        self.outbox.committed();
        Ok(uploads::get(&self.pool, id).await?.ok_or_else(missing)?)
    }
}

/// The upload as it was before it was examined.
fn again(failed: &Progress) -> Progress {
    Progress {
        state: UploadState::Pending,
        failure_reason: String::new(),
        failure_message: String::new(),
        percent: 0,
        ..failed.clone()
    }
}
