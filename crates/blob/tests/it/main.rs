//! Every store runs the same suite; what only one store has is tested beside it.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

mod conformance;
mod fs;

use std::sync::Arc;

use blob::FsStore;

#[tokio::test]
async fn a_folder_passes_the_conformance_suite() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    conformance::run(Arc::new(FsStore::open(dir.path()).await?)).await
}
