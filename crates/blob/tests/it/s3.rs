//! Tests of S3 alone: multipart uploads, retries, and stores that differ from the original.

use std::{
    io,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use blob::{Access, BlobStore as _, ByteStream, Config, Error, Key, S3Store, body, collect};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use http::{Method, StatusCode, request::Parts};
use runtime::Secret;
use testkit::{S3_ACCESS_KEY, S3_SECRET_KEY, S3Server, StoreFault};

use crate::config;

const MIB: usize = 1 << 20;

fn key() -> Key {
    "films/long.mp4".parse().unwrap()
}

/// Three parts.
fn long() -> (Vec<u8>, ByteStream) {
    let bytes: Vec<u8> = (0..17 * MIB).map(|n| u8::try_from(n % 253).unwrap()).collect();
    let chunks: Vec<_> = bytes.chunks(3 * MIB).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    (bytes, stream::iter(chunks).boxed())
}

fn is_completion(parts: &Parts) -> bool {
    parts.method == Method::POST
        && of_film(parts)
        && parts.uri.query().is_some_and(|query| query.contains("uploadId="))
}

/// Not of the check at the start.
fn of_film(parts: &Parts) -> bool {
    parts.uri.path().starts_with("/media/films/")
}

/// True for the first `count` calls.
fn first(count: usize) -> impl Fn() -> bool + Send + Sync {
    let calls = AtomicUsize::new(0);
    move || calls.fetch_add(1, Ordering::Relaxed) < count
}

async fn open(server: &S3Server) -> S3Store {
    S3Store::open(&config(server), Access::ReadWrite).await.unwrap()
}

fn told(error: Error) -> String {
    format!("{:#}", anyhow::Error::from(error))
}

// Case M6.
#[tokio::test]
async fn an_error_with_status_200_is_retried() {
    let once = first(1);
    let server = S3Server::with(move |parts| {
        let text = "   \n<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>";
        (is_completion(parts) && once()).then_some(StoreFault::Answer(StatusCode::OK, text))
    })
    .await;
    let store = open(&server).await;
    let (bytes, body) = long();
    let head = store.put(&key(), body).await.unwrap();
    assert_eq!(head.size, bytes.len() as u64);
    assert!(collect(store.get(&key()).await.unwrap().body, bytes.len()).await.unwrap() == bytes);
    assert_eq!(server.requests("POST /media/films/long.mp4?uploadId").len(), 2);
}

// Case M6.
#[tokio::test]
async fn a_success_without_an_object_is_a_failure_and_leaves_nothing() {
    let server = S3Server::with(move |parts| {
        let text = "<CompleteMultipartUploadResult><ETag>\"0-3\"</ETag></CompleteMultipartUploadResult>";
        is_completion(parts).then_some(StoreFault::Answer(StatusCode::OK, text))
    })
    .await;
    let store = open(&server).await;
    assert!(matches!(store.put(&key(), long().1).await, Err(Error::Io { .. })));
    assert!(matches!(store.head(&key()).await, Err(Error::NotFound(_))));
    assert_eq!(server.requests("DELETE /media/films/long.mp4").len(), 1, "the parts are removed");
}

#[tokio::test]
async fn a_completion_whose_answer_was_lost_counts() {
    let (lost, gone) = (first(1), first(2));
    let server = S3Server::with(move |parts| {
        if !is_completion(parts) {
            return None;
        }
        if lost() {
            gone();
            return Some(StoreFault::LoseAnswer(StatusCode::INTERNAL_SERVER_ERROR, ""));
        }
        gone()
            .then_some(StoreFault::Answer(StatusCode::NOT_FOUND, "<Error><Code>NoSuchUpload</Code></Error>"))
    })
    .await;
    let store = open(&server).await;
    let (bytes, body) = long();
    assert_eq!(store.put(&key(), body).await.unwrap().size, bytes.len() as u64);
}

#[tokio::test]
async fn an_older_object_does_not_pass_for_a_lost_upload() {
    let server = S3Server::with(move |parts| {
        let text = "<Error><Code>NoSuchUpload</Code></Error>";
        is_completion(parts).then_some(StoreFault::Answer(StatusCode::NOT_FOUND, text))
    })
    .await;
    let store = open(&server).await;
    store.put(&key(), body("older")).await.unwrap();
    assert!(matches!(store.put(&key(), long().1).await, Err(Error::Io { .. })));
}

// Case M7.
#[tokio::test]
async fn a_store_that_refuses_checksums_is_used_without_them() {
    for status in [StatusCode::NOT_IMPLEMENTED, StatusCode::UNAUTHORIZED] {
        let server = S3Server::with(move |parts| {
            let refused = parts.headers.iter().any(|(name, value)| {
                let name = name.as_str();
                name.starts_with("x-amz-checksum-")
                    || name.starts_with("x-amz-sdk-checksum")
                    || name == "x-amz-trailer"
                    || value.as_bytes().windows(11).any(|part| part == b"aws-chunked")
            });
            refused.then_some(StoreFault::Answer(status, "<Error><Code>NotImplemented</Code></Error>"))
        })
        .await;
        let store = open(&server).await;
        let (bytes, body) = long();
        store.put(&key(), body).await.unwrap();
        store.put(&"small".parse().unwrap(), blob::body("x")).await.unwrap();
        assert!(collect(store.get(&key()).await.unwrap().body, bytes.len()).await.unwrap() == bytes);
        assert!(server.requests("/.check/").iter().any(|request| request.starts_with("DELETE")));
    }
}

// Case M7.
#[tokio::test]
async fn checksums_are_sent_where_they_are_taken() {
    let server = S3Server::start().await;
    let store = open(&server).await;
    store.put(&key(), body("some bytes")).await.unwrap();
    let sent = server.requests("PUT /media/films/long.mp4");
    assert!(sent.iter().all(|request| request.contains("x-amz-checksum-crc32c")), "{sent:?}");
    assert!(sent.iter().all(|request| !request.contains("aws-chunked")), "{sent:?}");
}

#[tokio::test]
async fn a_store_that_is_only_read_is_not_written_to() {
    let server = S3Server::start().await;
    open(&server).await.put(&key(), body("x")).await.unwrap();
    let before = server.requests("").len();
    let store = S3Store::open(&config(&server), Access::Read).await.unwrap();
    assert_eq!(collect(store.get(&key()).await.unwrap().body, 1).await.unwrap(), b"x");
    assert_eq!(server.requests("").len(), before + 1);
}

#[tokio::test]
async fn wrong_settings_are_named_and_no_secret_is_shown() {
    let server = S3Server::with(|parts| {
        let text = "<Error><Code>NoSuchBucket</Code></Error>";
        let is_wrong = parts.uri.path().starts_with("/no-such-bucket/");
        is_wrong.then_some(StoreFault::Answer(StatusCode::NOT_FOUND, text))
    })
    .await;
    // Closed again, so nobody answers there.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (wrong, named) in [
        (Config { s3_secret_key: Secret::new("another-hunter2"), ..config(&server) }, "store.s3_secret_key"),
        (
            Config { s3_access_key: Secret::new("another-access-key"), ..config(&server) },
            "store.s3_access_key",
        ),
        (Config { s3_bucket: "no-such-bucket".into(), ..config(&server) }, "store.s3_bucket"),
        (Config { s3_endpoint: format!("http://{nobody}"), ..config(&server) }, "store.s3_endpoint"),
    ] {
        let error = told(S3Store::open(&wrong, Access::ReadWrite).await.unwrap_err());
        assert!(error.contains(named), "{named}: {error}");
        assert!(!error.contains("hunter2") && !error.contains("access-key"), "{error}");
        let shown = format!("{:?}", S3Store::open(&wrong, Access::Read).await);
        assert!(!shown.contains("hunter2") && !shown.contains(S3_ACCESS_KEY), "{shown}");
        assert!(!error.contains(S3_SECRET_KEY));
    }
}

#[tokio::test]
async fn a_store_that_is_down_is_asked_four_times() {
    let server = S3Server::with(|parts| {
        of_film(parts).then_some(StoreFault::Answer(
            StatusCode::SERVICE_UNAVAILABLE,
            "<Error><Code>SlowDown</Code></Error>",
        ))
    })
    .await;
    let store = open(&server).await;
    let error = told(store.get(&key()).await.unwrap_err());
    assert!(error.contains("503 SlowDown"), "{error}");
    assert_eq!(server.requests("GET /media/films/").len(), 4);
}

#[tokio::test]
async fn a_download_that_breaks_off_goes_on_where_it_ended() {
    let twice = first(2);
    let server = S3Server::with(move |parts| {
        (parts.method == Method::GET && of_film(parts) && twice()).then_some(StoreFault::Cut(100_000))
    })
    .await;
    let store = open(&server).await;
    let bytes: Vec<u8> = (0..MIB).map(|n| u8::try_from(n % 251).unwrap()).collect();
    store.put(&key(), body(bytes.clone())).await.unwrap();
    let part = store.get_range(&key(), 1000, 900_000).await.unwrap();
    assert!(collect(part.body, MIB).await.unwrap() == bytes[1000..901_000]);
    let asked = server.requests("GET /media/films/");
    assert_eq!(asked.len(), 3);
    assert!(asked[1].contains("bytes=101000-900999") && asked[1].contains("if-match"), "{}", asked[1]);
}

#[tokio::test]
async fn a_download_never_mixes_two_versions() {
    let once = first(1);
    let server = S3Server::with(move |parts| {
        if parts.method != Method::GET || !of_film(parts) {
            return None;
        }
        if once() {
            return Some(StoreFault::Cut(1000));
        }
        let text = "<Error><Code>PreconditionFailed</Code></Error>";
        parts
            .headers
            .contains_key("if-match")
            .then_some(StoreFault::Answer(StatusCode::PRECONDITION_FAILED, text))
    })
    .await;
    let store = open(&server).await;
    store.put(&key(), body(vec![1; 5000])).await.unwrap();
    let opened = store.get(&key()).await.unwrap();
    assert!(collect(opened.body, 5000).await.is_err());
}

#[tokio::test]
async fn a_cancelled_upload_is_aborted() {
    let server = S3Server::start().await;
    let store = open(&server).await;
    let key = key();
    let (half_sent, mut was_half_sent) = tokio::sync::mpsc::channel(1);
    let rest = stream::once(async move {
        half_sent.send(()).await.unwrap();
        std::future::pending().await
    });
    let chunks = (0..3).map(|_| Ok::<_, io::Error>(Bytes::from(vec![0; 8 * MIB])));
    let body = stream::iter(chunks).chain(rest).boxed();
    tokio::select! {
        written = store.put(&key, body) => panic!("the body never ends: {written:?}"),
        _ = was_half_sent.recv() => {}
    }
    server.awaits(&["DELETE /media/films/long.mp4", "uploadId"]).await;
    assert!(matches!(store.head(&key).await, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn old_uploads_are_swept_and_young_ones_kept() {
    let server = S3Server::with(|parts| {
        let query = parts.uri.query().unwrap_or_default();
        if parts.method == Method::GET && query.starts_with("uploads") {
            let text = "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>\
                <Upload><Key>a</Key><UploadId>old</UploadId><Initiated>2020-01-01T00:00:00.000Z</Initiated></Upload>\
                <Upload><Key>b</Key><UploadId>young</UploadId><Initiated>9000-01-01T00:00:00.000Z</Initiated></Upload>\
                </ListMultipartUploadsResult>";
            return Some(StoreFault::Answer(StatusCode::OK, text));
        }
        (parts.method == Method::DELETE && query.contains("uploadId=old"))
            .then_some(StoreFault::Answer(StatusCode::NO_CONTENT, ""))
    })
    .await;
    let store = open(&server).await;
    assert_eq!(store.sweep_incomplete(Duration::from_hours(24)).await.unwrap(), 1);
    assert_eq!(server.requests("uploadId=young"), Vec::<String>::new());
}

#[tokio::test]
async fn a_signed_url_gives_one_object_to_anybody() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = S3Server::start().await;
    let config = Config { s3_public_endpoint: server.endpoint.clone(), ..config(&server) };
    let store = S3Store::open(&config, Access::ReadWrite).await.unwrap();
    store.put(&key(), body("0123456789")).await.unwrap();
    let url = store.read_url(&key(), Duration::from_mins(5)).await.unwrap().unwrap();
    let range = reqwest::Client::new().get(&url).header("Range", "bytes=2-4").send().await.unwrap();
    assert_eq!(range.status(), 206);
    assert_eq!(range.text().await.unwrap(), "234");
    let other = reqwest::get(url.replace("long.mp4", "other.mp4")).await.unwrap();
    assert_eq!(other.status(), 403);
    assert!(!url.contains(S3_SECRET_KEY));
    // Longer than S3 allows.
    assert!(store.read_url(&key(), Duration::from_hours(24 * 8)).await.is_err());
    // Where browsers do not reach the store, there is none.
    assert_eq!(open(&server).await.read_url(&key(), Duration::from_mins(5)).await.unwrap(), None);
}
