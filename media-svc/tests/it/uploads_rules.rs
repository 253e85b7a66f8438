//! What may be uploaded, by whom, how long it stays, and what rooms see of it.

use std::time::Duration;

use axum::body::Body;
use blob::body;
use ids::{AssetId, PartId, UploadId, UserId};
use proto::{
    common::v1::Reason,
    media::v1::{
        AddItemRequest, CreateRoomWithItemRequest, DeleteUploadRequest, GetUploadLimitsRequest,
        GetUploadManifestRequest, GetUploadRequest, ListUploadsRequest, UpdateUploadRequest, Upload,
        UploadState, add_item_request::From,
    },
    room::v1::{MediaFormat, PreparationState, source},
};
use rpc::ClaimedKind;
use runtime::Tasks;
use serde_json::json;

use crate::{
    room::{CODE, MEMBER},
    uploads_client::{Client, TUS, film, id_of},
    world::{World, refusal},
};

async fn upload(world: &World, client: &Client, id: &str) -> rpc::Result<Upload> {
    let request = client.context().request(GetUploadRequest { upload_id: id.into() });
    Ok(world.uploads.clone().get_upload(request).await?.into_inner().upload.unwrap())
}

async fn add(world: &World, client: &Client, id: &str) -> rpc::Result<proto::room::v1::Item> {
    let request =
        AddItemRequest { room: CODE.into(), from: Some(From::UploadId(id.into())), ..Default::default() };
    Ok(world.client.clone().add_item(client.context().request(request)).await?.into_inner().item.unwrap())
}

async fn delete(world: &World, client: &Client, id: &str) -> rpc::Result<()> {
    let request = client.context().request(DeleteUploadRequest { upload_id: id.into() });
    world.uploads.clone().delete_upload(request).await.map(|_| ())
}

/// Waits until the store has so many objects of uploads.
async fn until_objects(world: &World, count: usize) {
    while world.blobs.list("originals/", None, 1000).await.unwrap().len() != count {
        tokio::task::yield_now().await;
    }
}

/// Another process, which sweeps when it starts, as each does every minute.
async fn sweep(world: &World) {
    let mut tasks = Tasks::new(runtime::Shutdown::default());
    let _replica = world.replica_in(&mut tasks);
    let ended = "SELECT count(*) FROM media.sweeps WHERE ended_at = $1";
    while sqlx::query_scalar::<_, i64>(ended).bind(world.clock.now()).fetch_one(&world.pool).await.unwrap()
        == 0
    {
        tokio::task::yield_now().await;
    }
    // It goes on with the objects of what it deleted.
    until_none_is_due(world).await;
}

async fn until_none_is_due(world: &World) {
    let due = "SELECT count(*) FROM media.removals WHERE run_after <= $1";
    while sqlx::query_scalar::<_, i64>(due).bind(world.clock.now()).fetch_one(&world.pool).await.unwrap() > 0
    {
        tokio::task::yield_now().await;
    }
}

async fn count(world: &World, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(&world.pool).await.unwrap()
}

#[tokio::test]
async fn only_films_are_taken_and_their_bytes_must_fit() {
    let (world, _tasks) = World::uploading(json!({})).await;
    let client = Client::user(&world.data_plane);
    let ebml = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81".to_vec();
    let mp4 = film(12);
    let zip = b"PK\x03\x04\x14\x00\x08\x00aaaa".to_vec();
    for (declared, name, bytes, status) in [
        ("video/mp4", "a.mp4", &mp4, 204),
        ("video/quicktime", "a.mov", &mp4, 204),
        ("video/webm", "a.webm", &ebml, 204),
        ("video/x-matroska", "a.mkv", &ebml, 204),
        ("", "a.mkv", &ebml, 204),
        ("video/mp4", "a.mp4", &ebml, 415),
        ("video/mp4", "a.mp4", &zip, 415),
        ("video/webm", "a.webm", &mp4, 415),
        ("video/x-matroska", "a.mkv", &zip, 415),
    ] {
        let path = client.begin_as(12, declared, name).await.location();
        let answer = client.patch(&path, 0, bytes.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{declared} {name}: {}", answer.reason());
        let upload = upload(&world, &client, &id_of(&path)).await.unwrap();
        if status == 415 {
            assert_eq!(answer.reason(), "MIME_MISMATCH");
            assert_eq!(
                (upload.state(), upload.failure_reason.as_str()),
                (UploadState::Failed, "MIME_MISMATCH")
            );
            assert!(upload.failure_message.contains("choose another file"));
            assert_eq!(upload.stored_bytes, 0, "it holds no storage");
            assert_eq!(client.head(&path).await.status, 410);
        } else {
            assert_eq!((upload.state(), upload.stored_bytes), (UploadState::Pending, 12));
        }
    }
    for (declared, name) in [("video/x-msvideo", "a.avi"), ("", "a.avi"), ("audio/mp4", "a.mp4"), ("", "")] {
        let refused = client.begin_as(12, declared, name).await;
        assert_eq!(
            (refused.status.as_u16(), refused.reason().as_str()),
            (415, "UNSUPPORTED_FORMAT"),
            "{declared} {name}"
        );
    }
    // Less than any film begins with.
    let path = client.begin(5).await;
    assert_eq!(client.patch(&path, 0, film(5)).await.reason(), "MIME_MISMATCH");
    // Case M5.
    assert_eq!(client.begin_as(0, "video/mp4", "a.mp4").await.reason(), "FILE_EMPTY");
    until_objects(&world, 5).await;
}

#[tokio::test]
async fn storage_is_counted_to_the_byte() {
    let (world, _tasks) = World::uploading(json!({"quota_bytes": 1000})).await;
    let (client, other) = (Client::user(&world.data_plane), Client::user(&world.data_plane));
    let first = client.film(400).await;
    let path = client.begin(600).await;
    let full = client.begin_as(1, "video/mp4", "a.mp4").await;
    assert_eq!((full.status.as_u16(), full.reason().as_str()), (413, "QUOTA_EXCEEDED"));
    let metadata = &full.json()["error"]["details"][0]["metadata"];
    assert_eq!((&metadata["used_bytes"], &metadata["quota_bytes"]), (&"1000".into(), &"1000".into()));
    other.begin(1000).await;
    let request = client.context().request(ListUploadsRequest::default());
    let list = world.uploads.clone().list_uploads(request).await.unwrap().into_inner();
    assert_eq!((list.used_bytes, list.quota_bytes, list.uploads.len()), (1000, 1000, 2));
    delete(&world, &client, &first).await.unwrap();
    assert_eq!(client.begin_as(401, "video/mp4", "a.mp4").await.reason(), "QUOTA_EXCEEDED");
    client.begin(400).await;
    client.send("DELETE", &path, &[TUS], Body::empty()).await;
    client.begin(600).await;
}

#[tokio::test]
async fn concurrent_uploads_cannot_exceed_the_quota() {
    let (world, _tasks) = World::uploading(json!({"quota_bytes": 1000})).await;
    let client = Client::user(&world.data_plane);
    let replicas = [world.data_plane.clone(), world.replica()];
    let begins = (0..10)
        .map(|n| client.at(&replicas[n % 2]))
        .map(|client| async move { client.begin_as(300, "video/mp4", "a.mp4").await.status.as_u16() });
    let statuses = futures::future::join_all(begins).await;
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 3, "{statuses:?}");
}

#[tokio::test]
async fn three_uploads_an_hour() {
    let (world, _tasks) = World::uploading(json!({"per_hour": 3})).await;
    let client = Client::user(&world.data_plane);
    for _ in 0..3 {
        let id = client.film(20).await;
        delete(&world, &client, &id).await.unwrap();
    }
    let refused = client.begin_as(20, "video/mp4", "a.mp4").await;
    assert_eq!((refused.status.as_u16(), refused.reason().as_str()), (429, "TOO_MANY_UPLOADS"));
    assert_eq!(refused.header("retry-after"), "3600");
    Client::user(&world.data_plane).film(20).await;
    world.clock.advance(Duration::from_mins(61));
    client.film(20).await;
    let request = client.context().request(GetUploadLimitsRequest {});
    let limits = world.uploads.clone().get_upload_limits(request).await.unwrap().into_inner();
    assert_eq!((limits.uploads_per_hour, limits.used_bytes, limits.max_duration_s), (3, 20, 10_800));
    assert_eq!((limits.enabled, limits.content_types.len(), limits.max_size_bytes), (true, 4, 8 << 30));
}

#[tokio::test]
async fn an_installation_may_take_no_uploads() {
    let (world, _tasks) = World::uploading(json!({"guests": false})).await;
    let (guest, user) = (Client::guest(&world.data_plane), Client::user(&world.data_plane));
    let refused = guest.begin_as(20, "video/mp4", "a.mp4").await;
    assert_eq!((refused.status.as_u16(), refused.reason().as_str()), (403, "UPLOADS_OFF"));
    user.film(20).await;
    let limits = world.uploads.clone();
    let allowed = |client: &Client| {
        let (mut limits, request) = (limits.clone(), client.context().request(GetUploadLimitsRequest {}));
        async move { limits.get_upload_limits(request).await.unwrap().into_inner().enabled }
    };
    assert_eq!((allowed(&guest).await, allowed(&user).await), (false, true));
    let (world, _tasks) = World::uploading(json!({"enabled": false})).await;
    let user = Client::user(&world.data_plane);
    assert_eq!(user.begin_as(20, "video/mp4", "a.mp4").await.reason(), "UPLOADS_OFF");
}

#[tokio::test]
async fn an_upload_can_be_added_while_it_is_sent() {
    let (world, _tasks) = World::uploading(json!({})).await;
    let (client, other) = (Client::user(&world.data_plane), Client::user(&world.data_plane));
    let bytes = film(1000);
    let path = client.begin_as(1000, "video/mp4", "My_film.mp4").await.location();
    let id = id_of(&path);
    assert_eq!(refusal(add(&world, &other, &id).await), Reason::UploadNotFound);
    let item = add(&world, &client, &id).await.unwrap();
    assert_eq!(item.title, "My film");
    let source = item.source.unwrap();
    assert_eq!(source.format(), MediaFormat::Hls);
    assert!(matches!(source.kind, Some(source::Kind::Upload(upload)) if upload.upload_id == id));
    let appended = world.room.state().appended[0].0.clone();
    let preparation = appended.preparation.unwrap();
    assert_eq!((preparation.state(), preparation.percent), (PreparationState::Sending, 0));
    let upload_asset = upload(&world, &client, &id).await.unwrap().asset_id;
    assert_eq!(item.asset_id, upload_asset);

    // Others see how far it is.
    client.patch(&path, 0, bytes[..500].to_vec()).await;
    world.clock.advance(Duration::from_secs(2));
    client.patch(&path, 500, bytes[500..900].to_vec()).await;
    let sending = world.room.told_of_upload(&item.asset_id, |it| it.percent >= 50).await;
    assert_eq!(sending.state(), PreparationState::Sending);
    client.patch(&path, 900, bytes[900..].to_vec()).await;
    world.room.told_of_upload(&item.asset_id, |it| it.state() == PreparationState::Pending).await;
    delete(&world, &client, &id).await.unwrap();
    let gone = world.room.told_of_upload(&item.asset_id, |it| it.state() == PreparationState::Failed).await;
    assert!(gone.failure_message.contains("deleted"), "{}", gone.failure_message);
    assert_eq!(refusal(add(&world, &client, &id).await), Reason::UploadNotFound);
}

#[tokio::test]
async fn rooms_are_told_once_a_second_at_most() {
    let (world, _tasks) = World::uploading(json!({})).await;
    let client = Client::user(&world.data_plane);
    let bytes = film(100);
    let path = client.begin(100).await;
    for (at, byte) in bytes.iter().enumerate().take(99) {
        client.patch(&path, at as u64, vec![*byte]).await;
    }
    client.patch(&path, 99, vec![bytes[99]]).await;
    let asset = upload(&world, &client, &id_of(&path)).await.unwrap().asset_id;
    world.room.told_of_upload(&asset, |it| it.state() == PreparationState::Pending).await;
    let told = world.room.state().prepared.len();
    assert!(told <= 3, "{told} times");
}

#[tokio::test]
async fn a_room_can_begin_with_an_upload() {
    use proto::media::v1::create_room_with_item_request::From;
    let (world, _tasks) = World::uploading(json!({})).await;
    let client = Client::user(&world.data_plane);
    let id = client.film(50).await;
    let request = CreateRoomWithItemRequest { from: Some(From::UploadId(id)), ..Default::default() };
    let created = world.client.clone().create_room_with_item(client.context().request(request)).await;
    let created = created.unwrap().into_inner();
    assert_eq!(created.item.unwrap().title, "film");
}

#[tokio::test]
async fn a_library_is_listed_and_renamed() {
    let (world, _tasks) = World::uploading(json!({})).await;
    let client = Client::user(&world.data_plane);
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.insert(0, client.film(30).await);
    }
    let mut listed = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListUploadsRequest { page_size: 2, page_token };
        let page =
            world.uploads.clone().list_uploads(client.context().request(request)).await.unwrap().into_inner();
        listed.extend(page.uploads.into_iter().map(|upload| upload.id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(listed, ids);
    let rename = |title: &str| {
        let request = UpdateUploadRequest { upload_id: ids[0].clone(), title: title.into() };
        let (mut uploads, request) = (world.uploads.clone(), client.context().request(request));
        async move { uploads.update_upload(request).await.unwrap().into_inner().upload.unwrap().title }
    };
    assert_eq!(rename(" Film   night ").await, "Film night");
    assert_eq!(rename("   ").await, "film.mp4");
    let other = Client::user(&world.data_plane);
    assert_eq!(refusal(upload(&world, &other, &ids[0]).await), Reason::UploadNotFound);
    let manifest = GetUploadManifestRequest { upload_id: ids[0].clone() };
    let manifest = world.uploads.clone().get_upload_manifest(client.context().request(manifest)).await;
    assert_eq!(refusal(manifest), Reason::MediaNotReady);
}

#[tokio::test]
async fn members_see_the_uploads_of_their_rooms() {
    let (world, _tasks) = World::uploading(json!({})).await;
    let client = Client::user(&world.data_plane);
    let member = Client::new(&world.data_plane, MEMBER, ClaimedKind::User);
    let stranger = Client::new(&world.data_plane, &UserId::new().to_string(), ClaimedKind::User);
    let id = client.film(30).await;
    assert_eq!(refusal(upload(&world, &member, &id).await), Reason::UploadNotFound);
    add(&world, &client, &id).await.unwrap();
    let seen = upload(&world, &member, &id).await.unwrap();
    assert_eq!((seen.id, seen.owner_id, seen.manifest_url), (id.clone(), client.id.clone(), String::new()));
    assert_eq!(refusal(upload(&world, &stranger, &id).await), Reason::UploadNotFound);
    assert_eq!(refusal(delete(&world, &member, &id).await), Reason::UploadNotFound);
}

#[tokio::test]
async fn a_deleted_upload_leaves_nothing() {
    let (world, _tasks) = World::uploading(json!({})).await;
    let client = Client::user(&world.data_plane);
    let id = client.film(5000).await;
    let asset = upload(&world, &client, &id).await.unwrap().asset_id;
    // As a worker that was encoding leaves it.
    world.blobs.put(&format!("hls/{asset}/1/plan.pb").parse().unwrap(), body("plan")).await.unwrap();
    delete(&world, &client, &id).await.unwrap();
    delete(&world, &client, &id).await.expect("a repeated call succeeds");
    until_objects(&world, 0).await;
    while !world.blobs.list("hls/", None, 10).await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    // What was on its way arrives late.
    let late = format!("originals/{id}/{}", PartId::new());
    world.blobs.put(&late.parse().unwrap(), body("late")).await.unwrap();
    // A pass that came before the room was told is repeated.
    while count(&world, "SELECT count(*) FROM media.removals").await > 0 {
        world.clock.advance(Duration::from_mins(11));
        let mut tasks = Tasks::new(runtime::Shutdown::default());
        let _replica = world.replica_in(&mut tasks);
        until_none_is_due(&world).await;
    }
    until_objects(&world, 0).await;
    assert_eq!(count(&world, "SELECT count(*) FROM media.upload_parts").await, 0);
}

#[tokio::test]
async fn unfinished_uploads_go_after_a_day_and_live_ones_stay() {
    let (world, tasks) = World::uploading(json!({})).await;
    drop(tasks);
    let client = Client::user(&world.data_plane);
    let (dead, slow) = (client.begin(100).await, client.begin(100).await);
    client.patch(&dead, 0, film(50)).await;
    client.patch(&slow, 0, film(50)).await;
    let done = client.film(100).await;
    // A write that a killed process never finished.
    let unfinished = world.blob_dir.path().join(".incoming/abandoned");
    let file = std::fs::File::create(&unfinished).unwrap();
    file.set_modified(std::time::UNIX_EPOCH).unwrap();
    world.clock.advance(Duration::from_hours(13));
    client.patch(&slow, 50, film(100)[50..60].to_vec()).await;
    world.clock.advance(Duration::from_hours(12));
    sweep(&world).await;
    until_objects(&world, 2).await;
    assert!(!unfinished.exists(), "an unfinished write is removed");
    assert_eq!(client.head(&dead).await.status, 404);
    assert_eq!(client.head(&slow).await.offset(), 60);
    assert_eq!(upload(&world, &client, &done).await.unwrap().stored_bytes, 100);
    let request = client.context().request(ListUploadsRequest::default());
    assert_eq!(world.uploads.clone().list_uploads(request).await.unwrap().into_inner().used_bytes, 200);
}

#[tokio::test]
async fn objects_without_an_upload_go_after_a_day() {
    let (world, tasks) = World::uploading(json!({})).await;
    drop(tasks);
    let client = Client::user(&world.data_plane);
    // Ids tell their time, and the clock of the test is behind that of ids.
    let ids_now = chrono::DateTime::from_timestamp_millis(millis(PartId::new().uuid())).unwrap();
    world.clock.advance((ids_now - world.clock.now()).to_std().unwrap());
    let kept = client.film(100).await;
    let kept_asset = upload(&world, &client, &kept).await.unwrap().asset_id;
    let put = |key: String| {
        let blobs = world.blobs.clone();
        async move { blobs.put(&key.parse().unwrap(), body("x")).await.unwrap() }
    };
    put(format!("originals/{}/{}", UploadId::new(), PartId::new())).await;
    put(format!("hls/{}/1/a.m4s", AssetId::new())).await;
    put(format!("hls/{kept_asset}/1/a.m4s")).await;
    sweep(&world).await;
    until_objects(&world, 2).await;
    world.clock.advance(Duration::from_hours(25));
    sweep(&world).await;
    until_objects(&world, 1).await;
    while world.blobs.list("hls/", None, 10).await.unwrap().len() > 1 {
        tokio::task::yield_now().await;
    }
    let left = world.blobs.list("hls/", None, 10).await.unwrap();
    assert!(left[0].as_str().contains(&kept_asset));
    assert_eq!(upload(&world, &client, &kept).await.unwrap().state(), UploadState::Pending);
    assert!(world.blobs.list("films/", None, 10).await.unwrap().len() == 1, "others' objects stay");
}

fn millis(id: uuid::Uuid) -> i64 {
    let (seconds, nanos) = id.get_timestamp().unwrap().to_unix();
    i64::try_from(seconds).unwrap() * 1000 + i64::from(nanos / 1_000_000)
}

#[tokio::test]
async fn the_upload_of_a_guest_stays_as_long_as_a_playlist_has_it() {
    let (world, tasks) = World::uploading(json!({})).await;
    drop(tasks);
    let (guest, user) = (Client::guest(&world.data_plane), Client::user(&world.data_plane));
    let (shown, unused, own) = (guest.film(30).await, guest.film(30).await, user.film(30).await);
    add(&world, &guest, &shown).await.unwrap();
    for _ in 0..3 {
        world.clock.advance(Duration::from_hours(20));
        sweep(&world).await;
    }
    until_objects(&world, 2).await;
    assert_eq!(refusal(upload(&world, &guest, &unused).await), Reason::UploadNotFound);
    assert!(upload(&world, &guest, &shown).await.unwrap().expires_at.is_none());
    assert!(upload(&world, &user, &own).await.unwrap().expires_at.is_none());
    // Its room is gone.
    world.room.state().items.clear();
    sweep_later(&world, 2).await;
    assert!(upload(&world, &guest, &shown).await.unwrap().expires_at.is_some());
    sweep_later(&world, 25).await;
    until_objects(&world, 1).await;
    assert_eq!(refusal(upload(&world, &guest, &shown).await), Reason::UploadNotFound);
}

async fn sweep_later(world: &World, hours: u64) {
    world.clock.advance(Duration::from_hours(hours));
    sweep(world).await;
}

#[tokio::test]
async fn an_installation_may_keep_uploads_for_some_days() {
    let (world, tasks) = World::uploading(json!({"keep_days": 7})).await;
    drop(tasks);
    let user = Client::user(&world.data_plane);
    let id = user.film(30).await;
    sweep_later(&world, 6 * 24).await;
    assert!(upload(&world, &user, &id).await.unwrap().expires_at.is_some());
    sweep_later(&world, 25).await;
    until_objects(&world, 0).await;
    assert_eq!(refusal(upload(&world, &user, &id).await), Reason::UploadNotFound);
}

/// A clamd that finds what begins with `needle`.
async fn clamd() -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut command = [0; 10];
            socket.read_exact(&mut command).await.unwrap();
            assert_eq!(&command, b"zINSTREAM\0");
            let mut all = Vec::new();
            loop {
                let length = usize::try_from(socket.read_u32().await.unwrap()).unwrap();
                if length == 0 {
                    break;
                }
                let mut chunk = vec![0; length];
                socket.read_exact(&mut chunk).await.unwrap();
                all.extend(chunk);
            }
            let is_bad = all.windows(6).any(|window| window == b"needle");
            let answer: &[u8] = if is_bad { b"stream: Needle-1 FOUND\0" } else { b"stream: OK\0" };
            socket.write_all(answer).await.unwrap();
        }
    });
    address
}

#[tokio::test]
async fn a_scanner_may_refuse_a_file() {
    let (world, _tasks) = World::uploading(json!({"clamd": clamd().await})).await;
    let client = Client::user(&world.data_plane);
    let good = client.film(1000).await;
    let mut bytes = film(1000);
    bytes[500..506].copy_from_slice(b"needle");
    let path = client.begin(1000).await;
    client.patch(&path, 0, bytes).await;
    while count(&world, "SELECT count(*) FROM media.uploads WHERE NOT scanned").await > 0 {
        tokio::task::yield_now().await;
    }
    let bad = upload(&world, &client, &id_of(&path)).await.unwrap();
    assert_eq!((bad.state(), bad.failure_reason.as_str()), (UploadState::Failed, "MALWARE_FOUND"));
    assert!(bad.failure_message.contains("Needle-1"));
    assert_eq!(upload(&world, &client, &good).await.unwrap().state(), UploadState::Pending);
    until_objects(&world, 1).await;
}
