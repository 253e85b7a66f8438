//! What only a folder has.

use std::{io::ErrorKind, time::Duration};

use blob::{BlobStore as _, Error, FsStore, body};
use futures::{StreamExt as _, stream};

#[tokio::test]
async fn objects_outlive_the_store() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let key = "a/b".parse()?;
    let written = FsStore::open(dir.path()).await?.put(&key, body("x")).await?;
    assert_eq!(FsStore::open(dir.path()).await?.head(&key).await?, written);
    Ok(())
}

#[tokio::test]
async fn a_cancelled_write_leaves_nothing() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let store = FsStore::open(dir.path()).await?;
    let key = "a".parse()?;
    let (half_read, mut was_half_read) = tokio::sync::mpsc::channel(1);
    let rest = stream::once(async move {
        half_read.send(()).await.unwrap();
        std::future::pending().await
    });
    let body = stream::iter([Ok(bytes::Bytes::from_static(b"half"))]).chain(rest).boxed();
    tokio::select! {
        written = store.put(&key, body) => panic!("the body never ends: {written:?}"),
        _ = was_half_read.recv() => {}
    }
    assert_eq!(std::fs::read_dir(dir.path().join(".incoming"))?.count(), 0);
    assert!(matches!(store.head(&key).await, Err(Error::NotFound(_))));
    Ok(())
}

#[tokio::test]
async fn leftovers_of_a_killed_process_are_removed_after_a_day() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    FsStore::open(dir.path()).await?;
    let incoming = dir.path().join(".incoming");
    for (name, hours) in [("old", 25), ("young", 1)] {
        let file = std::fs::File::create(incoming.join(name))?;
        file.set_modified(file.metadata()?.modified()? - Duration::from_secs(hours * 3600))?;
    }
    FsStore::open(dir.path()).await?;
    assert!(!incoming.join("old").exists());
    assert!(incoming.join("young").exists());
    Ok(())
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("file");
    std::fs::write(&file, "")?;
    let error = FsStore::open(file.join("blobs")).await.unwrap_err();
    assert!(error.to_string().contains("file/blobs"), "{error}");
    assert!(matches!(error, Error::Io { source, .. } if source.kind() == ErrorKind::NotADirectory));
    Ok(())
}
