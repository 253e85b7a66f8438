use std::sync::Arc;

use blob::{BlobStore as _, FsStore, body, collect};
use proptest::prelude::*;

use super::*;

/// A store in a folder, and the objects of a file that is cut at these offsets.
async fn stored(bytes: &[u8], ranges: &[(usize, usize)]) -> (tempfile::TempDir, Blobs, Vec<Part>) {
    let folder = tempfile::tempdir().unwrap();
    let store = FsStore::open(folder.path()).await.unwrap();
    let mut parts = Vec::new();
    for (start, end) in ranges {
        let key: Key = format!("originals/upload_1/{start}").parse().unwrap();
        store.put(&key, body(bytes[*start..*end].to_vec())).await.unwrap();
        parts.push(Part { start: *start as u64, size: (end - start) as u64, key });
    }
    (folder, Arc::new(store), parts)
}

fn numbered(length: usize) -> Vec<u8> {
    (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect()
}

async fn read(original: &Original, blobs: &Blobs, start: u64, length: u64) -> io::Result<Vec<u8>> {
    collect(original.read(blobs, start, length), 10_000).await
}

#[tokio::test]
async fn ranges_go_over_the_ends_of_parts() {
    let bytes = numbered(1000);
    let (_folder, blobs, mut parts) = stored(&bytes, &[(0, 300), (300, 301), (301, 1000)]).await;
    parts.reverse();
    let original = Original::new(parts, Some(1000));
    for (start, length, end) in
        [(0, 1000, 1000), (0, 1, 1), (299, 3, 302), (300, 1, 301), (999, 5, 1000), (0, u64::MAX, 1000)]
    {
        assert!(
            read(&original, &blobs, start, length).await.unwrap()
                == bytes[usize::try_from(start).unwrap()..end],
            "{start}+{length}"
        );
    }
    assert!(read(&original, &blobs, 1000, 7).await.unwrap().is_empty(), "behind the end is nothing");
    assert!(original.is_complete());
}

#[tokio::test]
async fn a_gap_is_told_behind_the_bytes_before_it() {
    let bytes = numbered(1000);
    let (_folder, blobs, parts) = stored(&bytes, &[(0, 300), (700, 1000)]).await;
    let original = Original::new(parts, Some(1000));
    assert_eq!([0, 299, 300, 700, 999].map(|at| original.available_from(at)), [300, 1, 0, 300, 1]);
    assert!(read(&original, &blobs, 700, 300).await.unwrap() == bytes[700..]);
    let mut stream = original.read(&blobs, 200, 200);
    assert!(stream.next().await.unwrap().unwrap() == bytes[200..300]);
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(Gap::of(&error), Some(Gap { at: 300 }));
    assert!(!original.is_complete());
}

#[tokio::test]
async fn without_a_size_the_end_is_a_gap() {
    let bytes = numbered(10);
    let (_folder, blobs, parts) = stored(&bytes, &[(0, 10)]).await;
    let original = Original::new(parts, None);
    assert!(read(&original, &blobs, 0, 10).await.unwrap() == bytes);
    assert_eq!(Gap::of(&read(&original, &blobs, 5, 6).await.unwrap_err()), Some(Gap { at: 10 }));
    assert!(!original.is_complete());
}

#[tokio::test]
async fn a_store_that_fails_is_no_gap() {
    let bytes = numbered(10);
    let (_folder, blobs, parts) = stored(&bytes, &[(0, 5), (5, 10)]).await;
    let original = Original::new(parts.clone(), Some(10));
    blobs.delete(&parts[1].key).await.unwrap();
    let missing = read(&original, &blobs, 0, 10).await.unwrap_err();
    assert_eq!(Gap::of(&missing), None);
    blobs.put(&parts[1].key, body("abc")).await.unwrap();
    assert_eq!(Gap::of(&read(&original, &blobs, 0, 10).await.unwrap_err()), None, "a short object");
}

proptest! {
    #[test]
    fn what_is_available_can_be_read(cuts in prop::collection::btree_set(1_u64..100, 0..8), missing: u16, start in 0_u64..110) {
        let mut ends: Vec<u64> = cuts.into_iter().collect();
        ends.push(100);
        let mut at = 0;
        let mut parts = Vec::new();
        for (index, end) in ends.into_iter().enumerate() {
            if missing >> index & 1 == 0 {
                parts.push(Part { start: at, size: end - at, key: "a".parse().unwrap() });
            }
            at = end;
        }
        let has = |byte| parts.iter().any(|part| (part.start..part.end()).contains(&byte));
        let expected = (start..200).take_while(|byte| has(*byte)).count() as u64;
        prop_assert_eq!(Original::new(parts.clone(), Some(100)).available_from(start), expected);
    }
}
