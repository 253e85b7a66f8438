//! Every store runs the same suite; what only one store has is tested beside it.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

mod conformance;
mod fs;
mod moto;
mod s3;

use std::{sync::Arc, time::Duration};

use blob::{Access, BlobStore as _, Config, FsStore, Kind, S3Store};
use runtime::Secret;
use testkit::{S3_ACCESS_KEY, S3_BUCKET, S3_SECRET_KEY, S3Server};

use crate::moto::Moto;

/// The settings of a store on a server.
fn config(server: &S3Server) -> Config {
    at(&server.endpoint, S3_ACCESS_KEY, S3_SECRET_KEY)
}

fn at(endpoint: &str, access_key: &str, secret_key: &str) -> Config {
    Config {
        kind: Kind::S3,
        folder: "".into(),
        s3_endpoint: endpoint.into(),
        s3_region: "us-east-1".into(),
        s3_bucket: S3_BUCKET.into(),
        s3_path_style: true,
        s3_access_key: Secret::new(access_key),
        s3_secret_key: Secret::new(secret_key),
        s3_public_endpoint: String::new(),
    }
}

#[tokio::test]
async fn a_folder_passes_the_conformance_suite() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    conformance::run(Arc::new(FsStore::open(dir.path()).await?)).await
}

#[tokio::test]
async fn s3_passes_the_conformance_suite_on_a_server_that_checks_signatures() -> anyhow::Result<()> {
    let server = S3Server::start().await;
    conformance::run(Arc::new(S3Store::open(&config(&server), Access::ReadWrite).await?)).await
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
