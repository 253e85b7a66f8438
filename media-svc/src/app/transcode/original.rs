//! Tells workers where the bytes of a file are.

use std::time::Duration;

use ids::UploadId;
use proto::transcode::v1::{GetOriginalRequest, GetOriginalResponse, Part};
use rpc::{Context, Reason};

use super::{news, until};
use crate::{
    app::App,
    error::Result,
    store::{
        upload_parts,
        uploads::{self, bytes},
    },
};

/// Longest wait for more bytes.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

impl App {
    /// The parts of a file that are there; waits until there is more than the worker knows.
    pub(crate) async fn get_original(
        &self,
        context: &Context,
        request: GetOriginalRequest,
    ) -> Result<GetOriginalResponse> {
        let GetOriginalRequest { upload_id, known_bytes, wait } = request;
        let missing = || rpc::Error::new(Reason::UploadNotFound, "there is no such upload; it was deleted");
        let id: UploadId = upload_id.parse().map_err(|_| missing())?;
        let until = until(context, wait.filter(|_| known_bytes > 0), LONGEST_WAIT);
        let mut added = self.queue.added.subscribe();
        loop {
            let upload = uploads::get(&self.pool, id).await?.ok_or_else(missing)?;
            let original = upload_parts::original(&self.pool, &upload).await?;
            let there: u64 = original.parts().iter().map(|part| part.size).sum();
            let complete = original.is_complete();
            if bytes(there) > known_bytes || complete || !news(&mut added, until).await {
                let size_bytes = upload.size.map(bytes).unwrap_or_default();
                let parts = original.parts().iter().map(wire).collect();
                return Ok(GetOriginalResponse { size_bytes, parts, complete });
            }
        }
    }
}

fn wire(part: &originals::Part) -> Part {
    Part { start: bytes(part.start), size_bytes: bytes(part.size), key: part.key.to_string() }
}
