//! Every store runs the same suite; what only one store has is tested beside it.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

mod conformance;
mod fs;
mod moto;
mod s3;
mod s3_server;

use std::{sync::Arc, time::Duration};

use blob::{Access, BlobStore as _, FsStore, S3Store};

use crate::{moto::Moto, s3_server::S3Server};

#[tokio::test]
async fn a_folder_passes_the_conformance_suite() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    conformance::run(Arc::new(FsStore::open(dir.path()).await?)).await
}

#[tokio::test]
async fn s3_passes_the_conformance_suite_on_a_server_that_checks_signatures() -> anyhow::Result<()> {
    let server = S3Server::start().await;
    conformance::run(Arc::new(S3Store::open(&server.config(), Access::ReadWrite).await?)).await
}

#[tokio::test]
async fn s3_passes_the_conformance_suite_on_an_independent_server() -> anyhow::Result<()> {
    let moto = Moto::start().await?;
    let store = S3Store::open(&moto.config(), Access::ReadWrite).await?;
    conformance::run(Arc::new(store.clone())).await?;

    moto.leave_an_upload("films/half.mp4").await?;
    assert_eq!(store.sweep_incomplete(Duration::ZERO).await?, 1);
    assert_eq!(store.sweep_incomplete(Duration::ZERO).await?, 0);
    Ok(())
}
