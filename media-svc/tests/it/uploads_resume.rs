//! Uploads that are interrupted: what was acknowledged stays, whatever ends, and any replica goes on.

use axum::{Router, body::Body, http::StatusCode};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use blob::collect;
use ids::UploadId;
use originals::{Original, Part};
use sha2::{Digest as _, Sha256};

use crate::{
    uploads_client::{Client, IETF_BYTES, PATH, TUS, TUS_BYTES, chunked, film, id_of, metadata},
    world::World,
};

const MIB: usize = 1024 * 1024;

/// The parts of an upload, as they are stored.
async fn parts(world: &World, id: &str) -> Vec<Part> {
    let id: UploadId = id.parse().unwrap();
    let rows: Vec<(i64, i64, String)> =
        sqlx::query_as("SELECT start, size, key FROM media.upload_parts WHERE upload_id = $1 ORDER BY start")
            .bind(id.uuid())
            .fetch_all(&world.pool)
            .await
            .unwrap();
    let number = |number: i64| u64::try_from(number).unwrap();
    let part = |(start, size, key): (i64, i64, String)| Part {
        start: number(start),
        size: number(size),
        key: key.parse().unwrap(),
    };
    rows.into_iter().map(part).collect()
}

/// The bytes of an upload, as they are stored.
async fn stored(world: &World, id: &str) -> Vec<u8> {
    let original = Original::new(parts(world, id).await, None);
    let size = original.available_from(0);
    collect(original.read(&world.blobs, 0, size), 1 << 30).await.unwrap()
}

/// Keys of the store that belong to uploads.
async fn objects(world: &World) -> usize {
    world.blobs.list("originals/", None, 1000).await.unwrap().len()
}

fn same(one: &[u8], other: &[u8]) -> bool {
    Sha256::digest(one) == Sha256::digest(other)
}

struct Seeded(u64);

impl Seeded {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// Sends a film with interruptions that follow from the seed, through several replicas and both protocols. Returns the bytes that
/// were sent in all.
async fn send(world: &World, client: &Client, replicas: &[Router], bytes: &[u8], seed: u64) -> usize {
    let mut seeded = Seeded(seed);
    let path = client.begin(bytes.len()).await;
    let mut sent = 0;
    loop {
        let replica = client.at(&replicas[seeded.below(replicas.len())]);
        let head = replica.head(&path).await;
        assert_eq!(head.status, StatusCode::OK, "seed {seed}");
        let offset = usize::try_from(head.offset()).unwrap();
        let there = stored(world, &id_of(&path)).await;
        assert!(there == bytes[..offset], "seed {seed} at {offset}");
        if offset == bytes.len() {
            assert!(same(&there, bytes), "seed {seed}");
            return sent;
        }
        let rest = &bytes[offset..];
        let piece = &rest[..=seeded.below(rest.len())];
        let chunk = 1 + seeded.below(300_000);
        let breaks = seeded.below(3) > 0;
        sent += piece.len();
        let body = Body::from_stream(chunked(piece, chunk, breaks));
        let ietf = [("upload-complete", "?0"), ("upload-offset", &*offset.to_string()), IETF_BYTES];
        let answer = if seeded.below(2) == 0 {
            replica.patch(&path, offset as u64, body).await
        } else {
            replica.send("PATCH", &path, &ietf, body).await
        };
        if !breaks {
            assert_eq!(answer.status, StatusCode::NO_CONTENT, "seed {seed}: {}", answer.reason());
            assert_eq!(answer.offset(), (offset + piece.len()) as u64, "seed {seed}");
        }
    }
}

#[tokio::test]
async fn a_film_is_whole_however_often_its_client_breaks_off() {
    let (world, _tasks) = World::uploading(serde_json::json!({"quota_bytes": 1_u64 << 40})).await;
    let replicas = [world.data_plane.clone(), world.replica(), world.replica()];
    let client = Client::user(&world.data_plane);
    for seed in 0..60 {
        let bytes = film(20 + Seeded(seed).below(5 * MIB / 2));
        let sent = send(&world, &client, &replicas, &bytes, seed).await;
        assert_eq!(sent, bytes.len(), "seed {seed}: what arrived before a client broke off is kept");
    }
    assert_eq!(objects(&world).await, parts_of_all(&world).await, "no object without a row");
}

async fn parts_of_all(world: &World) -> usize {
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM media.upload_parts").fetch_one(&world.pool).await.unwrap();
    usize::try_from(count).unwrap()
}

#[tokio::test]
async fn parts_have_8_mib_and_small_ones_are_put_together() {
    let (world, _tasks) = World::uploading(serde_json::json!({})).await;
    let client = Client::user(&world.data_plane);
    let bytes = film(20 * MIB + 5);
    let path = client.begin(bytes.len()).await;
    let body = Body::from_stream(chunked(&bytes[..20 * MIB], 100_000, false));
    assert_eq!(client.patch(&path, 0, body).await.status, 204);
    for at in 0..5 {
        let offset = 20 * MIB + at;
        assert_eq!(client.patch(&path, offset as u64, vec![bytes[offset]]).await.status, 204);
    }
    let sizes: Vec<_> = parts(&world, &id_of(&path)).await.iter().map(|part| part.size).collect();
    assert_eq!(sizes, [8 * MIB as u64, 8 * MIB as u64, 4 * MIB as u64, 5]);
    assert!(same(&stored(&world, &id_of(&path)).await, &bytes));
    assert_eq!(objects(&world).await, 4, "replaced objects are removed");
    assert_eq!(client.head(&path).await.header("upload-offset"), bytes.len().to_string());
}

#[tokio::test]
async fn one_byte_at_a_time_is_one_part() {
    let (world, _tasks) = World::uploading(serde_json::json!({})).await;
    let client = Client::user(&world.data_plane);
    let bytes = film(40);
    let path = client.begin(40).await;
    for (at, byte) in bytes.iter().enumerate() {
        assert_eq!(client.patch(&path, at as u64, vec![*byte]).await.status, 204, "{at}");
    }
    assert!(same(&stored(&world, &id_of(&path)).await, &bytes));
    assert_eq!((parts(&world, &id_of(&path)).await.len(), objects(&world).await), (1, 1));
}

/// A body that sends `bytes` and then waits for its end.
fn endless(bytes: Vec<u8>) -> (Body, tokio::sync::oneshot::Sender<()>) {
    use futures::StreamExt as _;
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let last = futures::stream::once(async move {
        let _ = ended.await;
        Ok::<_, std::io::Error>(bytes::Bytes::new())
    });
    (Body::from_stream(futures::stream::iter([Ok(bytes::Bytes::from(bytes))]).chain(last)), end)
}

#[tokio::test]
async fn a_newer_request_takes_over_from_one_that_hangs() {
    let (world, _tasks) = World::uploading(serde_json::json!({})).await;
    let client = Client::user(&world.data_plane);
    let bytes = film(MIB);
    for other in [world.data_plane.clone(), world.replica()] {
        let path = client.begin(bytes.len()).await;
        assert_eq!(client.patch(&path, 0, bytes[..100].to_vec()).await.status, 204);
        let (body, end) = endless(bytes[100..200].to_vec());
        let hanging = tokio::spawn({
            let (client, path) = (client.clone(), path.clone());
            async move { client.patch(&path, 100, body).await }
        });
        // Until it has the upload.
        while epoch(&world, &path).await < 2 {
            tokio::task::yield_now().await;
        }
        let elsewhere = client.at(&other);
        let offset = elsewhere.head(&path).await.offset();
        assert!((100..=200).contains(&offset), "{offset}");
        let rest = bytes[usize::try_from(offset).unwrap()..].to_vec();
        assert_eq!(elsewhere.patch(&path, offset, rest).await.status, 204);
        assert!(same(&stored(&world, &id_of(&path)).await, &bytes));
        drop(end);
        let lost = hanging.await.unwrap();
        assert_eq!(lost.reason(), "CONTENDED", "{}", lost.status);
        assert!(same(&stored(&world, &id_of(&path)).await, &bytes), "the older one changes nothing any more");
    }
}

async fn epoch(world: &World, path: &str) -> i64 {
    let id: UploadId = id_of(path).parse().unwrap();
    let query = sqlx::query_scalar("SELECT epoch FROM media.uploads WHERE id = $1").bind(id.uuid());
    query.fetch_one(&world.pool).await.unwrap()
}

#[tokio::test]
async fn of_two_writers_at_once_one_wins_each_byte() {
    let (world, _tasks) = World::uploading(serde_json::json!({})).await;
    let client = Client::user(&world.data_plane);
    let other = client.at(&world.replica());
    let bytes = film(MIB);
    for seed in 0..6 {
        let path = client.begin(bytes.len()).await;
        let tab = |client: Client, seed: u64| {
            let (path, bytes) = (path.clone(), bytes.clone());
            async move {
                let mut seeded = Seeded(seed);
                loop {
                    let offset = usize::try_from(client.head(&path).await.offset()).unwrap();
                    if offset == bytes.len() {
                        return;
                    }
                    let end = (offset + 1 + seeded.below(MIB / 2)).min(bytes.len());
                    let body = Body::from_stream(chunked(&bytes[offset..end], 50_000, false));
                    client.patch(&path, offset as u64, body).await;
                }
            }
        };
        tokio::join!(tab(client.clone(), seed), tab(other.clone(), seed + 1000));
        assert!(same(&stored(&world, &id_of(&path)).await, &bytes), "seed {seed}");
    }
    assert_eq!(objects(&world).await, parts_of_all(&world).await);
}

#[tokio::test]
async fn a_process_that_stops_keeps_what_arrived() {
    let (world, _tasks) = World::uploading(serde_json::json!({})).await;
    let shutdown = runtime::Shutdown::default();
    let mut tasks = runtime::Tasks::new(shutdown.clone());
    let stopping = world.replica_in(&mut tasks);
    let client = Client::user(&stopping);
    let bytes = film(MIB);
    let path = client.begin(bytes.len()).await;
    let (body, _end) = endless(bytes[..1000].to_vec());
    let hanging = tokio::spawn({
        let (client, path) = (client.clone(), path.clone());
        async move { client.patch(&path, 0, body).await }
    });
    while epoch(&world, &path).await < 1 {
        tokio::task::yield_now().await;
    }
    shutdown.begin();
    let answer = hanging.await.unwrap();
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "1"));
    let offset = client.head(&path).await.offset();
    let late = client.patch(&path, offset, vec![0]).await;
    assert_eq!(late.status, StatusCode::SERVICE_UNAVAILABLE, "no new one begins");
    tasks.finish().await;
    let elsewhere = client.at(&world.data_plane);
    let offset = usize::try_from(elsewhere.head(&path).await.offset()).unwrap();
    assert_eq!(elsewhere.patch(&path, offset as u64, bytes[offset..].to_vec()).await.status, 204);
    assert!(same(&stored(&world, &id_of(&path)).await, &bytes));
}

#[tokio::test]
async fn the_last_request_can_be_repeated() {
    let (world, _tasks) = World::uploading(serde_json::json!({})).await;
    let client = Client::user(&world.data_plane);
    let bytes = film(100);
    let path = client.begin(100).await;
    assert_eq!(client.patch(&path, 0, bytes.clone()).await.status, 204);
    let completed: Option<chrono::DateTime<chrono::Utc>> =
        sqlx::query_scalar("SELECT completed_at FROM media.uploads").fetch_one(&world.pool).await.unwrap();
    assert!(completed.is_some());
    let again = client.patch(&path, 0, bytes).await;
    assert_eq!((again.status, again.offset()), (StatusCode::CONFLICT, 100));
    let at_end = client
        .send("PATCH", &path, &[TUS, TUS_BYTES, ("upload-offset", "100"), ("content-length", "0")], "")
        .await;
    assert_eq!((at_end.status, at_end.offset()), (StatusCode::NO_CONTENT, 100));
    let ietf = [("upload-complete", "?1"), ("upload-offset", "100"), IETF_BYTES, ("content-length", "0")];
    let done = client.send("PATCH", &path, &ietf, "").await;
    assert_eq!((done.status.as_u16(), done.header("upload-complete")), (204, "?1"));
    let starts: i64 =
        sqlx::query_scalar("SELECT count(*) FROM media.uploads").fetch_one(&world.pool).await.unwrap();
    assert_eq!(starts, 1);
}

#[tokio::test]
async fn a_wrong_checksum_throws_away_one_request() {
    let (world, _tasks) = World::uploading(serde_json::json!({})).await;
    let client = Client::user(&world.data_plane);
    let bytes = film(9 * MIB);
    let path = client.begin(bytes.len()).await;
    assert_eq!(client.patch(&path, 0, bytes[..1000].to_vec()).await.status, 204);
    let checked = |from: usize, to: usize, of: Vec<u8>| {
        let value = BASE64_STANDARD.encode(Sha256::digest(&of));
        let (client, path, body) = (client.clone(), path.clone(), bytes[from..to].to_vec());
        async move {
            let (offset, checksum) = (from.to_string(), format!("sha256 {value}"));
            let fields = [TUS, TUS_BYTES, ("upload-offset", &*offset), ("upload-checksum", &*checksum)];
            client.send("PATCH", &path, &fields, Body::from_stream(chunked(&body, 70_000, false))).await
        }
    };
    let wrong = checked(1000, 9 * MIB, vec![1, 2, 3]).await;
    assert_eq!((wrong.status.as_u16(), wrong.reason().as_str()), (460, "UPLOAD_CHECKSUM_MISMATCH"));
    assert_eq!(client.head(&path).await.offset(), 1000, "back to where it was, and not to 0");
    assert_eq!(objects(&world).await, 1);
    // A request that breaks off cannot be checked, so nothing of it counts.
    let fields = [TUS, TUS_BYTES, ("upload-offset", "1000"), ("upload-checksum", "crc32c AAAAAA==")];
    client.send("PATCH", &path, &fields, Body::from_stream(chunked(&bytes[1000..2000], 100, true))).await;
    assert_eq!(client.head(&path).await.offset(), 1000);
    let right = checked(1000, 9 * MIB, bytes[1000..].to_vec()).await;
    assert_eq!((right.status.as_u16(), right.offset()), (204, bytes.len() as u64));
    assert!(same(&stored(&world, &id_of(&path)).await, &bytes));
    assert_eq!(objects(&world).await, parts(&world, &id_of(&path)).await.len());
}

#[tokio::test]
async fn a_file_of_unknown_length_ends_when_the_client_says_so() {
    let (world, _tasks) =
        World::uploading(serde_json::json!({"max_size_bytes": 5000, "quota_bytes": 6000})).await;
    let client = Client::user(&world.data_plane);
    let bytes = film(1000);
    let metadata = metadata("film.mp4", "video/mp4");
    let deferred = [TUS, ("upload-defer-length", "1"), ("upload-metadata", &*metadata)];
    // tus: the length comes with a later request.
    let path = client.send("POST", PATH, &deferred, Body::empty()).await.location();
    assert_eq!(client.patch(&path, 0, bytes[..400].to_vec()).await.status, 204);
    let head = client.head(&path).await;
    assert_eq!([head.header("upload-defer-length"), head.header("upload-length")], ["1", ""]);
    let last = [TUS, TUS_BYTES, ("upload-offset", "400"), ("upload-length", "1000")];
    assert_eq!(client.send("PATCH", &path, &last, bytes[400..].to_vec()).await.status, 204);
    assert_eq!(state(&world, &path).await, 2, "PENDING");
    // IETF: the file ends with a request, whose length nobody says before.
    let fields = [("upload-complete", "?0"), ("content-type", "video/mp4")];
    let path = client.send("POST", PATH, &fields, bytes[..400].to_vec()).await.location();
    let last = [("upload-complete", "?1"), ("upload-offset", "400"), IETF_BYTES];
    let done =
        client.send("PATCH", &path, &last, Body::from_stream(chunked(&bytes[400..], 100, false))).await;
    assert_eq!([done.header("upload-complete"), done.header("upload-length")], ["?1", "1000"]);
    assert_eq!(state(&world, &path).await, 2);
    // Nobody sends more than a file may have, or storage is left, by saying no length.
    let path = client.send("POST", PATH, &deferred, Body::empty()).await.location();
    let answer = client.patch(&path, 0, Body::from_stream(chunked(&film(5001), 100, false))).await;
    assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (413, "TOO_LARGE"));
    let path = client.send("POST", PATH, &deferred, Body::empty()).await.location();
    let answer = client.patch(&path, 0, Body::from_stream(chunked(&film(4500), 100, false))).await;
    assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (413, "QUOTA_EXCEEDED"));
}

async fn state(world: &World, path: &str) -> i16 {
    let id: UploadId = id_of(path).parse().unwrap();
    let query = sqlx::query_scalar("SELECT state FROM media.uploads WHERE id = $1").bind(id.uuid());
    query.fetch_one(&world.pool).await.unwrap()
}

#[tokio::test]
async fn the_end_of_a_file_can_be_sent_first() {
    let (world, _tasks) = World::uploading(serde_json::json!({})).await;
    let client = Client::user(&world.data_plane);
    let bytes = film(2 * MIB);
    let (head, tail) = bytes.split_at(MIB + 7);
    let piece = |size: usize| {
        let client = client.clone();
        async move {
            let fields = [TUS, ("upload-length", &*size.to_string()), ("upload-concat", "partial")];
            client.send("POST", PATH, &fields, Body::empty()).await.location()
        }
    };
    let (first, second) = (piece(head.len()).await, piece(tail.len()).await);
    assert_eq!(client.patch(&second, 0, tail.to_vec()).await.status, 204);
    let concat = format!("final;{first} https://watch.example{second}");
    let metadata = metadata("film.mp4", "video/mp4");
    let fields = [TUS, ("upload-concat", &*concat), ("upload-metadata", &*metadata)];
    let created = client.send("POST", PATH, &fields, Body::empty()).await;
    assert_eq!(created.status, 201, "{}", created.reason());
    let whole = created.location();

    let status = client.head(&whole).await;
    assert_eq!(status.header("upload-offset"), "", "no offset before all of it is there");
    assert_eq!(status.header("upload-concat"), format!("final;{first} {second}"));
    assert_eq!(status.header("upload-length"), bytes.len().to_string());
    assert_eq!(client.patch(&whole, 0, vec![0]).await.status, 403);
    assert_eq!(client.send("DELETE", &first, &[TUS], Body::empty()).await.status, 409);
    let twice = client.send("POST", PATH, &fields, Body::empty()).await;
    assert_eq!(twice.status, 400, "a part belongs to one file");

    assert_eq!(client.patch(&first, 0, head[..MIB].to_vec()).await.status, 204);
    let received: i64 = sqlx::query_scalar("SELECT received FROM media.uploads WHERE kind = 'final'")
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert_eq!(usize::try_from(received).unwrap(), MIB);
    assert_eq!(client.patch(&first, MIB as u64, head[MIB..].to_vec()).await.status, 204);
    let status = client.head(&whole).await;
    assert_eq!(status.offset(), bytes.len() as u64);
    assert_eq!(state(&world, &whole).await, 2);
    let mut all = stored(&world, &id_of(&first)).await;
    all.extend(stored(&world, &id_of(&second)).await);
    assert!(same(&all, &bytes));

    assert_eq!(client.send("DELETE", &whole, &[TUS], Body::empty()).await.status, 204);
    assert_eq!(client.head(&first).await.status, 404, "the parts go with it");
    while objects(&world).await > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_file_of_parts_is_checked_by_its_first_part() {
    let (world, _tasks) = World::uploading(serde_json::json!({})).await;
    let client = Client::user(&world.data_plane);
    let fields = [TUS, ("upload-length", "100"), ("upload-concat", "partial")];
    let part = client.send("POST", PATH, &fields, Body::empty()).await.location();
    let (concat, metadata) = (format!("final;{part}"), metadata("film.mp4", "video/mp4"));
    let fields = [TUS, ("upload-concat", &*concat), ("upload-metadata", &*metadata)];
    let whole = client.send("POST", PATH, &fields, Body::empty()).await.location();
    let answer = client.patch(&part, 0, b"PK\x03\x04 this is a zip".to_vec()).await;
    assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (415, "MIME_MISMATCH"));
    assert_eq!(client.head(&whole).await.status, StatusCode::GONE);
    assert_eq!(state(&world, &whole).await, 5);
}

#[tokio::test]
async fn a_whole_file_in_one_request() {
    let (world, _tasks) = World::uploading(serde_json::json!({"max_size_bytes": 2_000_000})).await;
    let client = Client::user(&world.data_plane);
    let bytes = film(1_500_000);
    let simple = "/api/videos/upload";
    // The bytes alone.
    let fields =
        [("content-type", "video/mp4"), ("content-disposition", "attachment; filename*=UTF-8''%c3%a9.mp4")];
    let answer =
        client.send("POST", simple, &fields, Body::from_stream(chunked(&bytes, 60_000, false))).await;
    assert_eq!(answer.status, 201, "{}", answer.reason());
    let upload = answer.json()["upload"].clone();
    assert_eq!((&upload["filename"], &upload["sizeBytes"]), (&"é.mp4".into(), &"1500000".into()));
    let id = upload["id"].as_str().unwrap();
    assert_eq!(answer.json()["statusUrl"], format!("/api/videos/{id}/status"));
    assert!(same(&stored(&world, id).await, &bytes));
    // A form.
    let mut form = b"--XX\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\nFilm\r\n--XX\r\ncontent-disposition: form-data; name=\"file\"; \
                     filename=\"film.mp4\"\r\ncontent-type: video/mp4\r\n\r\n".to_vec();
    form.extend_from_slice(&bytes);
    form.extend_from_slice(b"\r\n--XX--\r\n");
    let fields = [("content-type", "multipart/form-data; boundary=XX")];
    let answer = client.send("POST", simple, &fields, Body::from_stream(chunked(&form, 50_000, false))).await;
    assert_eq!(answer.status, 201, "{}", answer.reason());
    assert!(same(&stored(&world, answer.json()["upload"]["id"].as_str().unwrap()).await, &bytes));
    // Refusals, which leave nothing.
    let mp4 = ("content-type", "video/mp4");
    let large = film(2_000_001);
    let length = large.len().to_string();
    for (fields, body, status, reason) in [
        (vec![("content-type", "text/plain")], film(100), 415, "UNSUPPORTED_FORMAT"),
        (vec![mp4], b"PK\x03\x04 a zip, renamed".to_vec(), 415, "MIME_MISMATCH"),
        (vec![mp4, ("content-length", "0")], Vec::new(), 400, "FILE_EMPTY"),
        (vec![mp4], Vec::new(), 400, "FILE_EMPTY"),
        (vec![mp4, ("content-length", &length)], large.clone(), 413, "TOO_LARGE"),
        (vec![mp4, ("content-length", &length)], b"PK\x03\x04 a large zip...".to_vec(), 415, "MIME_MISMATCH"),
        (vec![mp4], large.clone(), 413, "TOO_LARGE"),
        (
            vec![("content-type", "multipart/form-data; boundary=XX")],
            b"--XX--\r\n".to_vec(),
            400,
            "INVALID_FIELD",
        ),
        (vec![("content-type", "multipart/form-data")], film(100), 400, "INVALID_FIELD"),
    ] {
        let answer =
            client.send("POST", simple, &fields, Body::from_stream(chunked(&body, 50_000, false))).await;
        assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (status, reason), "{fields:?}");
    }
    client.send("POST", simple, &[mp4], Body::from_stream(chunked(&bytes, 50_000, true))).await;
    let rows: i64 =
        sqlx::query_scalar("SELECT count(*) FROM media.uploads").fetch_one(&world.pool).await.unwrap();
    assert_eq!(rows, 2);
}
