//! What every store does. `run` takes an empty one.

use std::{io, time::Duration};

use blob::{Blobs, Error, Key, MAX_PAGE, body, collect};
use bytes::Bytes;
use futures::{StreamExt as _, stream};

const LIMIT: usize = 1 << 22;

pub(crate) async fn run(store: Blobs) -> anyhow::Result<()> {
    a_missing_object_is_not_found(&store).await?;
    what_was_put_is_what_is_read(&store).await?;
    an_object_may_be_empty(&store).await?;
    a_body_may_come_in_many_chunks(&store).await?;
    a_put_replaces(&store).await?;
    a_failed_body_changes_nothing(&store).await?;
    a_body_may_be_long(&store).await?;
    a_long_body_that_fails_leaves_nothing(&store).await?;
    ranges_are_cut_at_the_end(&store).await?;
    a_reader_keeps_the_version_that_it_opened(&store).await?;
    deleting_twice_is_fine(&store).await?;
    lists_are_ordered_and_paged(&store).await
}

fn key(text: &str) -> Key {
    text.parse().unwrap()
}

async fn read(store: &Blobs, key: &Key) -> anyhow::Result<Vec<u8>> {
    Ok(collect(store.get(key).await?.body, LIMIT).await?)
}

async fn a_missing_object_is_not_found(store: &Blobs) -> anyhow::Result<()> {
    let missing = key("missing/object");
    assert!(matches!(store.get(&missing).await, Err(Error::NotFound(key)) if key == missing));
    assert!(matches!(store.get_range(&missing, 0, 1).await, Err(Error::NotFound(_))));
    assert!(matches!(store.head(&missing).await, Err(Error::NotFound(_))));
    Ok(())
}

async fn what_was_put_is_what_is_read(store: &Blobs) -> anyhow::Result<()> {
    let key = key("films/one.mp4");
    let put = store.put(&key, body("some bytes")).await?;
    let object = store.get(&key).await?;
    assert_eq!((object.head.size, &object.head), (10, &put));
    assert_eq!(store.head(&key).await?, put);
    assert!(
        !put.etag.is_empty() && put.etag.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"'),
        "{}",
        put.etag
    );
    assert_eq!(collect(object.body, LIMIT).await?, b"some bytes");
    // A folder of keys is no object itself, and an object is no folder.
    assert!(matches!(store.get(&"films".parse()?).await, Err(Error::NotFound(_))));
    assert!(matches!(store.head(&"films/one.mp4/part".parse()?).await, Err(Error::NotFound(_))));
    Ok(())
}

async fn an_object_may_be_empty(store: &Blobs) -> anyhow::Result<()> {
    let key = key("empty");
    assert_eq!(store.put(&key, body("")).await?.size, 0);
    assert!(read(store, &key).await?.is_empty());
    assert!(matches!(
        store.get_range(&key, 0, 1).await,
        Err(Error::RangeNotSatisfiable { size: 0, start: 0, .. })
    ));
    Ok(())
}

async fn a_body_may_come_in_many_chunks(store: &Blobs) -> anyhow::Result<()> {
    let key = key("chunks");
    let chunks = (0..200_u32).map(|n| Ok(Bytes::from(n.to_be_bytes().repeat(2500))));
    assert_eq!(store.put(&key, stream::iter(chunks).boxed()).await?.size, 2_000_000);
    let expected: Vec<u8> = (0..200_u32).flat_map(|n| n.to_be_bytes().repeat(2500)).collect();
    assert!(read(store, &key).await? == expected);
    assert!(collect(store.get(&key).await?.body, 1_999_999).await.is_err(), "a limit holds");
    Ok(())
}

async fn a_put_replaces(store: &Blobs) -> anyhow::Result<()> {
    let key = key("replaced");
    let first = store.put(&key, body("first")).await?;
    let second = store.put(&key, body("other")).await?;
    assert_ne!(first.etag, second.etag);
    assert_eq!(read(store, &key).await?, b"other");
    Ok(())
}

async fn a_failed_body_changes_nothing(store: &Blobs) -> anyhow::Result<()> {
    let key = key("kept");
    let kept = store.put(&key, body("kept")).await?;
    let broken =
        stream::iter([Ok(Bytes::from_static(b"half")), Err(io::Error::other("the line went dead"))]).boxed();
    assert!(matches!(store.put(&key, broken).await, Err(Error::Io { .. })));
    assert_eq!(store.head(&key).await?, kept);
    assert_eq!(read(store, &key).await?, b"kept");
    assert_eq!(store.list("kept", None, 10).await?, [key]);
    Ok(())
}

/// Longer than one request takes, in chunks that fit no border.
fn long_chunks() -> impl Iterator<Item = Bytes> + Send {
    (0..30_u8).map(|n| Bytes::from(vec![n; 700_001]))
}

async fn a_body_may_be_long(store: &Blobs) -> anyhow::Result<()> {
    let key = key("films/long.mp4");
    let expected = long_chunks().collect::<Vec<_>>().concat();
    let put = store.put(&key, stream::iter(long_chunks().map(Ok)).boxed()).await?;
    assert_eq!(put.size, expected.len() as u64);
    assert_eq!(store.head(&key).await?, put);
    assert!(collect(store.get(&key).await?.body, expected.len()).await? == expected);
    let (start, length) = (8 * 1024 * 1024 - 1000, 2000);
    let range = store.get_range(&key, start as u64, length as u64).await?;
    assert!(collect(range.body, length).await? == expected[start..start + length]);
    store.delete(&key).await?;
    Ok(())
}

async fn a_long_body_that_fails_leaves_nothing(store: &Blobs) -> anyhow::Result<()> {
    let key = key("films/broken.mp4");
    let broken =
        stream::iter(long_chunks().map(Ok)).chain(stream::once(async { Err(io::Error::other("gone")) }));
    assert!(matches!(store.put(&key, broken.boxed()).await, Err(Error::Io { .. })));
    assert!(matches!(store.head(&key).await, Err(Error::NotFound(_))));
    assert_eq!(store.sweep_incomplete(Duration::ZERO).await?, 0);
    Ok(())
}

async fn ranges_are_cut_at_the_end(store: &Blobs) -> anyhow::Result<()> {
    let key = key("ranges");
    store.put(&key, body("0123456789")).await?;
    for (start, length, expected) in
        [(0, 1, "0"), (0, 10, "0123456789"), (3, 4, "3456"), (8, 100, "89"), (9, u64::MAX, "9"), (4, 0, "")]
    {
        let object = store.get_range(&key, start, length).await?;
        assert_eq!(object.head.size, 10, "the size of the whole");
        assert_eq!(collect(object.body, LIMIT).await?, expected.as_bytes(), "{length} bytes from {start}");
    }
    for start in [10, 11, u64::MAX] {
        assert!(
            matches!(store.get_range(&key, start, 1).await, Err(Error::RangeNotSatisfiable { size: 10, .. })),
            "from {start}"
        );
    }
    Ok(())
}

async fn a_reader_keeps_the_version_that_it_opened(store: &Blobs) -> anyhow::Result<()> {
    let key = key("versions");
    store.put(&key, body("old")).await?;
    let opened = store.get(&key).await?;
    store.put(&key, body("newer")).await?;
    assert_eq!(collect(opened.body, LIMIT).await?, b"old");
    Ok(())
}

async fn deleting_twice_is_fine(store: &Blobs) -> anyhow::Result<()> {
    let key = key("films/gone.mp4");
    store.put(&key, body("x")).await?;
    store.delete(&key).await?;
    store.delete(&key).await?;
    assert!(matches!(store.get(&key).await, Err(Error::NotFound(_))));
    Ok(())
}

async fn lists_are_ordered_and_paged(store: &Blobs) -> anyhow::Result<()> {
    // In byte order `.` comes before `/`, and `/` before letters: folders must not come as blocks.
    let keys = ["list/a.b", "list/a/b", "list/a/c", "list/ab", "list/b"].map(key);
    for key in keys.iter().rev() {
        store.put(key, body("x")).await?;
    }
    assert_eq!(store.list("list/", None, 100).await?, keys);
    assert_eq!(store.list("list/a/", None, 100).await?, keys[1..3]);
    assert_eq!(store.list("list/a", None, 100).await?, keys[..4]);
    assert_eq!(store.list("list/", None, 2).await?, keys[..2]);
    assert_eq!(store.list("list/", Some(&keys[1]), 2).await?, keys[2..4]);
    assert_eq!(store.list("list/", Some(&keys[4]), 2).await?, []);
    assert_eq!(store.list("no-such/", None, 100).await?, []);
    assert!(store.list("", None, usize::MAX).await?.len() <= MAX_PAGE);
    Ok(())
}
