//! The lease of a task, faults of the worker's surroundings, and its end.

use std::fs;

use proto::transcode::v1::{Plan, SegmentsTask, task::Kind};
use serde_json::json;

use super::{
    desk::Desk,
    film::Film,
    plans::{plan, probe, segments, with_picture},
};

async fn film(desk: &mut Desk) -> (String, Plan, Vec<u8>) {
    let film = Film::new(&desk.folder(), 250);
    // Large enough that it is read for a while.
    let file =
        film.file("a.mkv", &["-map", "0:v", "-c:v", "mpeg4", "-q:v", "2", "-vf", "noise=alls=20:allf=t"]);
    let bytes = fs::read(file).unwrap();
    let upload = desk.upload(&bytes).await;
    let cuts: Vec<_> = (0..=10).map(|second| second * 1000).collect();
    (upload, with_picture(plan("matroska,webm", &cuts), &[(256, 144)]), bytes)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_is_cut_short_ends_there() {
    let mut desk = Desk::open().await;
    let (upload, plan, _) = film(&mut desk).await;
    desk.book.lock().unwrap().orders = (false, 3);
    desk.done(&upload, segments(&plan, 1, 10)).await.completed();
    assert_eq!(desk.published(), [1, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_task_is_dropped_without_a_word() {
    let mut desk = Desk::open().await;
    let (upload, plan, _) = film(&mut desk).await;
    desk.book.lock().unwrap().orders = (true, 0);
    let lost = desk.add(&upload, segments(&plan, 0, 10));
    desk.until(|book| book.leases.iter().any(|lease| lease.active == 1).then_some(())).await;
    let leases = desk.book.lock().unwrap().leases.len();
    desk.until(|book| book.leases.iter().skip(leases).any(|lease| lease.active == 0).then_some(())).await;
    assert!(!desk.has_ended(&lost));
    assert!(desk.published().len() < 10);
}

// Case M10: ffmpeg takes a failed read for the end of the file, and exits with code 0.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_published_behind_a_failed_read() {
    let mut desk = Desk::open().await;
    let (_, plan, bytes) = film(&mut desk).await;
    let upload = desk.begin_upload(bytes.len());
    let half = bytes.len() / 2;
    desk.send(&upload, 0, &bytes[..half]).await;
    desk.send(&upload, half, &bytes[half..]).await;
    desk.blobs.delete(&format!("originals/{upload}/{half}").parse().unwrap()).await.unwrap();
    let failed = desk.done(&upload, segments(&plan, 0, 10)).await.failed();
    assert!(failed.retryable && failed.reason.is_empty(), "{failed:?}");
    assert!(failed.message.contains("cannot be read"), "{}", failed.message);
    assert!(desk.published().iter().all(|segment| *segment < 6), "{:?}", desk.published());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_deleted_fails_its_task() {
    let mut desk = Desk::open().await;
    let failed = desk.done("upload_none", probe()).await.failed();
    assert!(failed.message.contains("deleted"), "{failed:?}");
}

// Rows 9.5.2-1 to 9.5.2-3.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_stops_gives_its_task_back() {
    let mut desk = Desk::open().await;
    let (_, plan, bytes) = film(&mut desk).await;
    let upload = desk.begin_upload(bytes.len());
    desk.send(&upload, 0, &bytes[..bytes.len() / 2]).await;
    let task = desk.add(&upload, segments(&plan, 0, 10));
    desk.until(|book| (!book.published.is_empty()).then_some(())).await;
    desk.close().await;
    let failed = desk.ended(&task).await.failed();
    assert!(failed.released && failed.retryable && failed.message.contains("stopping"), "{failed:?}");
    // Another worker makes the rest.
    desk.send(&upload, bytes.len() / 2, &bytes[bytes.len() / 2..]).await;
    desk.hire(&json!({}));
    let made = i32::try_from(desk.published().len()).unwrap();
    desk.done(&upload, segments(&plan, made, 10)).await.completed();
    assert_eq!(desk.play("v0", 0..10).await.numbers, (0..250).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_whose_bytes_do_not_come_leaves_its_slot_to_others() {
    let mut desk = Desk::open().await;
    let (_, plan, bytes) = film(&mut desk).await;
    let upload = desk.begin_upload(bytes.len());
    let half = bytes.len() / 2;
    desk.send(&upload, 0, &bytes[..half]).await;
    let failed = desk.done(&upload, segments(&plan, 0, 10)).await.failed();
    assert!(failed.released && failed.message.contains("still being sent"), "{failed:?}");
    let made = i32::try_from(desk.published().len()).unwrap();
    assert!((1..10).contains(&made), "{made}");
    desk.send(&upload, half, &bytes[half..]).await;
    desk.done(&upload, segments(&plan, made, 10)).await.completed();
    assert_eq!(desk.play("v0", 0..10).await.numbers, (0..250).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_that_a_room_waits_for_has_a_slot_of_its_own() {
    let mut desk = Desk::without_workers().await;
    desk.hire(&json!({"max_jobs": 1}));
    let (_, plan, bytes) = film(&mut desk).await;
    // This one waits for bytes and keeps the only slot.
    let slow = desk.begin_upload(bytes.len());
    desk.add(&slow, segments(&plan, 0, 10));
    desk.until(|book| book.leases.iter().any(|lease| lease.active == 1).then_some(())).await;
    let upload = desk.upload(&bytes).await;
    let urgent = SegmentsTask { plan: Some(plan), layer: 0, first: 4, end: 5, urgent: true };
    desk.done(&upload, Kind::Segments(urgent)).await.completed();
    assert_eq!(desk.published(), [4]);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_without_ffmpeg_says_so_and_takes_no_task() {
    let mut desk = Desk::without_workers().await;
    let worker = desk.hire(&json!({"ffmpeg": "/no/such/ffmpeg"}));
    let health = runtime::Health::new(runtime::Phase::Serving);
    worker.watch(&health);
    let (ready, _) = health.look().await;
    assert!(!ready);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, worker.router()).await });
    let _ = rustls::crypto::ring::default_provider().install_default();
    let report: serde_json::Value =
        reqwest::get(format!("http://{address}/health/transcoder")).await.unwrap().json().await.unwrap();
    assert_eq!((&report["healthy"], &report["ffmpegAvailable"]), (&json!(false), &json!(false)));
    assert!(report["cpuUsagePercent"].is_number() && report["memoryUsageMB"].is_u64(), "{report}");
    assert!(desk.book.lock().unwrap().leases.is_empty());
}
