//! An upload from the examination to the end of its preparing.

use prost::Message as _;
use proto::{
    common::v1::Reason,
    media::v1::{GetStorageRequest, TaskState, UploadState},
    transcode::v1::{FailTaskRequest, MediaProbe, Plan, task},
};
use std::time::Duration;

use crate::{
    films::{SECOND, admin, encoded, plan, range, sound},
    uploads_client::{Client, film},
    world::World,
};

#[tokio::test]
async fn a_probe_becomes_a_plan_with_its_tasks() {
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    let film = world.sent("user_a", 1000).await;
    assert_eq!(world.state(&film).await, (UploadState::Pending, 0, false, String::new()));
    let probe = queue.lease("worker").await.unwrap();
    let Some(task::Kind::Probe(it)) = &probe.kind else { panic!("{probe:?}") };
    assert_eq!((it.max_duration_us, probe.attempt, probe.lease), (3 * 3600 * SECOND, 1, 1));
    assert_eq!(world.state(&film).await.0, UploadState::Processing);
    assert!(!queue.complete(&probe, Some(encoded(60))).await);
    assert!(!queue.complete(&probe, Some(encoded(60))).await, "a repeated call succeeds");
    assert_eq!(world.state(&film).await, (UploadState::Processing, 0, true, String::new()));

    let stored = world.blob_dir.path().join(format!("hls/{}/1/plan.pb", film.asset));
    let stored = Plan::decode(std::fs::read(stored).unwrap().as_slice()).unwrap();
    let first = queue.lease("worker").await.unwrap();
    assert_eq!((plan(&first), range(&first)), (&stored, 0..10));
    assert_eq!(stored.videos.len(), 3);
    let listed = queue.list(TaskState::Unspecified).await;
    let kinds: Vec<_> =
        listed.tasks.iter().map(|it| (it.kind.as_str(), it.state(), it.first, it.end)).collect();
    assert_eq!(kinds[0], ("segments", TaskState::Running, 0, 10));
    assert_eq!(
        listed.tasks.len(),
        4,
        "the rest of the first layer, the second layer, the pictures: {kinds:?}"
    );
    assert_eq!((listed.waiting, listed.running, listed.failed, listed.workers.len()), (3, 1, 0, 1));
    assert_eq!(listed.tasks[0].filename, "film.mkv");
}

#[tokio::test]
async fn an_upload_is_ready_when_everything_is_there() {
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    let film = world.planned("user_a", encoded(22)).await;
    // 2, 2, 6, 6 and 6 seconds in two layers, and the pictures.
    let mut percents = Vec::new();
    let first = queue.lease("worker").await.unwrap();
    for index in range(&first) {
        assert!(!world.make(&first, &[index]).await.lost);
        percents.push(world.state(&film).await.1);
    }
    assert_eq!(percents, [10, 20, 30, 40, 50]);
    assert!(!queue.complete(&first, None).await);
    let pictures = queue.lease("worker").await.unwrap();
    assert!(matches!(pictures.kind, Some(task::Kind::Storyboard(_))));
    let second = queue.lease("worker").await.unwrap();
    assert!(!world.make(&second, &[0, 1, 2, 3, 4]).await.lost);
    assert!(!queue.complete(&second, None).await);
    assert_eq!(world.state(&film).await, (UploadState::Processing, 99, true, String::new()));
    assert!(!queue.complete(&pictures, None).await);
    assert_eq!(world.state(&film).await, (UploadState::Ready, 100, true, String::new()));
    assert_eq!(queue.lease("worker").await, None);

    let storage =
        queue.admin.clone().get_storage(admin().request(GetStorageRequest {})).await.unwrap().into_inner();
    // Five segments of two and of two renditions, 100 bytes each.
    assert_eq!((storage.original_bytes, storage.prepared_bytes, storage.uploads), (1000, 2000, 1));
    assert_eq!((storage.owners[0].owner_id.as_str(), storage.owners[0].used_bytes), ("user_a", 3000));
}

#[tokio::test]
async fn rooms_are_told_when_it_can_be_played_and_when_it_is_ready() {
    let (world, _tasks) = World::measuring().await;
    let film = world.planned("user_a", sound(10)).await;
    let mut told = world.room.told.subscribe();
    let length = 10 * SECOND;
    told.wait_for(|told| told.contains(&(film.asset.to_string(), length))).await.unwrap();
    let before = told.borrow().len();
    world.work_off().await;
    told.wait_for(|told| told.len() > before).await.unwrap();
    assert_eq!(world.state(&film).await.0, UploadState::Ready);
}

#[tokio::test]
async fn a_film_that_cannot_be_taken_fails_with_its_reason() {
    let world = World::start().await;
    for (probe, reason) in [
        (encoded(30 * 3600), "TOO_LONG"),
        (MediaProbe { container: "hls".into(), ..encoded(60) }, "UNSUPPORTED_FORMAT"),
        (MediaProbe { duration_us: 0, ..encoded(60) }, "FILE_UNREADABLE"),
    ] {
        let film = world.planned("user_a", probe).await;
        assert_eq!(world.state(&film).await, (UploadState::Failed, 0, false, reason.to_owned()));
        assert_eq!(world.queue_of_tasks().lease("worker").await, None);
        let waited = world.queue_of_tasks().wait(&film, "v0", 0, Duration::ZERO).await;
        assert_eq!(waited, Err(Reason::MediaFailed));
    }
}

#[tokio::test]
async fn a_worker_names_why_a_file_cannot_be_read() {
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    let film = world.sent("user_a", 1000).await;
    let probe = queue.lease("worker").await.unwrap();
    let failure = FailTaskRequest {
        reason: "FILE_UNREADABLE".into(),
        message: "the file is cut off; send it again".into(),
        log: "moov atom not found".into(),
        ..FailTaskRequest::default()
    };
    assert!(!queue.fail(&probe, failure).await);
    assert_eq!(world.state(&film).await, (UploadState::Failed, 0, false, "FILE_UNREADABLE".to_owned()));
    let failed = queue.list(TaskState::Failed).await;
    assert_eq!((failed.tasks.len(), failed.failed), (1, 1));
    assert_eq!(failed.tasks[0].log, "moov atom not found");

    // An administrator has it tried again.
    let again = queue.retry(&film).await;
    assert_eq!((again.state(), again.failure_reason.as_str()), (UploadState::Pending, ""));
    assert_eq!(queue.retry(&film).await.state(), UploadState::Pending, "a repeated call adds nothing");
    let probe = queue.lease("worker").await.unwrap();
    assert!(!queue.complete(&probe, Some(sound(10))).await);
    world.work_off().await;
    assert_eq!(world.state(&film).await.0, UploadState::Ready);
}

#[tokio::test]
async fn attempts_follow_after_5_30_and_120_seconds_and_then_it_fails() {
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    for (timed_out, reason, state) in
        [(false, "PREPARING_FAILED", TaskState::Failed), (true, "PREPARING_TIMED_OUT", TaskState::Timeout)]
    {
        let film = world.planned("user_a", sound(10)).await;
        let failure = || FailTaskRequest {
            retryable: true,
            timed_out,
            message: "no progress".into(),
            ..FailTaskRequest::default()
        };
        for (attempt, wait_s) in [(1, 5), (2, 30), (3, 120)] {
            let task = queue.lease("worker").await.unwrap();
            assert_eq!(task.attempt, attempt);
            assert!(!queue.fail(&task, failure()).await);
            assert_eq!(world.state(&film).await.0, UploadState::Processing);
            if timed_out {
                assert_eq!(
                    queue.list(TaskState::Timeout).await.tasks.len(),
                    1,
                    "told apart while it is tried again"
                );
            }
            world.clock.advance(Duration::from_millis(wait_s * 1000 - 1));
            assert_eq!(queue.lease("worker").await, None);
            world.clock.advance(Duration::from_millis(1));
        }
        let task = queue.lease("worker").await.unwrap();
        assert!(!queue.fail(&task, failure()).await);
        assert_eq!(world.state(&film).await, (UploadState::Failed, 0, false, reason.to_owned()));
        let listed = queue.list(state).await;
        assert_eq!(listed.tasks[0].upload_id, film.id.to_string());
        assert_eq!(queue.lease("worker").await, None, "nothing is left of it");
    }
}

#[tokio::test]
async fn without_pictures_for_the_seek_bar_it_is_a_film_all_the_same() {
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    let film = world.planned("user_a", encoded(4)).await;
    let mut failed = false;
    while let Some(task) = queue.lease("worker").await {
        if matches!(task.kind, Some(task::Kind::Storyboard(_))) {
            assert!(!queue.fail(&task, FailTaskRequest::default()).await);
            failed = true;
            continue;
        }
        let all: Vec<_> = range(&task).collect();
        world.make(&task, &all).await;
        assert!(!queue.complete(&task, None).await);
    }
    assert!(failed);
    assert_eq!(world.state(&film).await, (UploadState::Ready, 100, true, String::new()));
}

#[tokio::test]
async fn a_file_that_is_still_sent_is_prepared_as_far_as_it_goes() {
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    // 30 % are there.
    let film = world.sent("user_a", 300).await;
    let probe = queue.lease("worker").await.unwrap();
    // The index is at the end of the file: the worker gives the task back.
    assert!(!queue.fail(&probe, FailTaskRequest { released: true, ..FailTaskRequest::default() }).await);
    world.clock.advance(Duration::from_mins(5));
    assert_eq!(queue.lease("worker").await, None, "nothing new came");
    receive(&world, &film, 350).await;
    let probe = queue.lease("worker").await.unwrap();
    assert_eq!(probe.attempt, 1, "the attempt did not count");
    assert!(!queue.complete(&probe, Some(sound(100))).await);
    assert_eq!(world.state(&film).await, (UploadState::Sending, 0, true, String::new()));

    // Cuts at 0, 2, 4, 10, ... seconds: 35 % of the file have what comes before 33 s.
    let task = queue.lease("worker").await.unwrap();
    assert_eq!(range(&task), 0..6);
    assert_eq!(queue.lease("worker").await, None);
    world.make(&task, &range(&task).collect::<Vec<_>>()).await;
    assert!(!queue.complete(&task, None).await);
    receive(&world, &film, 1000).await;
    let made = world.work_off().await;
    assert!(made.values().all(|count| *count == 1) && !made.contains_key(&(0, 5)));
    assert_eq!(made.len(), 18 - 6);
}

#[tokio::test]
async fn a_file_that_waited_for_its_last_byte_is_examined_when_it_comes() {
    let world = World::start().await;
    let (client, queue) = (Client::user(&world.data_plane), world.queue_of_tasks());
    let bytes = film(3 << 20);
    let path = client.begin(bytes.len()).await;
    let (before, last) = bytes.split_at(2 << 20);
    assert_eq!(client.patch(&path, 0, before.to_vec()).await.offset(), 2 << 20);
    let probe = queue.lease("worker").await.unwrap();
    assert!(!queue.fail(&probe, FailTaskRequest { released: true, ..FailTaskRequest::default() }).await);
    assert_eq!(queue.lease("worker").await, None, "it waits for a while, and for more of the file");
    assert_eq!(client.patch(&path, 2 << 20, last.to_vec()).await.offset(), 3 << 20);
    assert_eq!(queue.lease("worker").await.unwrap().id, probe.id);
}

async fn receive(world: &World, film: &crate::films::Film, received: i64) {
    let query = sqlx::query("UPDATE media.uploads SET received = $2 WHERE id = $1");
    query.bind(film.id.uuid()).bind(received).execute(&world.pool).await.unwrap();
}
