//! Viewers who wait for segments.

use std::time::Duration;

use proto::{common::v1::Reason, transcode::v1::task};

use crate::{
    films::{encoded, range, sound},
    world::World,
};

const NO_WAIT: Duration = Duration::ZERO;
const LONG: Duration = Duration::from_secs(8);

#[tokio::test]
async fn what_somebody_waits_for_is_made_next() {
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    let film = world.planned("user_a", encoded(600)).await;
    world.planned("user_b", encoded(600)).await;
    assert_eq!(queue.wait(&film, "v1", 70, NO_WAIT).await, Err(Reason::MediaNotReady));
    let urgent = queue.lease("worker").await.unwrap();
    let Some(task::Kind::Segments(it)) = &urgent.kind else { panic!("{urgent:?}") };
    assert_eq!((it.layer, it.first, it.end, it.urgent), (1, 70, 80, true));
    // Asking again changes nothing while it runs.
    assert_eq!(queue.wait(&film, "v2", 71, NO_WAIT).await, Err(Reason::MediaNotReady));
    let listed = queue.list(proto::media::v1::TaskState::Waiting).await;
    assert!(listed.tasks.iter().all(|task| !task.urgent));

    let waiting = tokio::spawn({
        let (queue, film) = (queue.clone(), film.clone());
        async move { queue.wait(&film, "v1", 70, LONG).await }
    });
    world.make(&urgent, &[70]).await;
    assert_eq!(waiting.await.unwrap(), Ok(()));
    assert_eq!(queue.wait(&film, "v2", 70, NO_WAIT).await, Ok(()), "all renditions of the layer are there");
    assert_eq!(queue.wait(&film, "a0", 70, NO_WAIT).await, Err(Reason::MediaNotReady));
}

#[tokio::test]
async fn the_asset_that_was_asked_for_goes_on_before_others() {
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    world.planned("user_a", sound(600)).await;
    let asked = world.planned("user_b", sound(600)).await;
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(queue.wait(&asked, "a0", 50, NO_WAIT).await, Err(Reason::MediaNotReady));
    for expected in [50..60, 60..70] {
        let task = queue.lease("worker").await.unwrap();
        assert_eq!((task.upload_id.as_str(), range(&task)), (asked.id.to_string().as_str(), expected));
        world.make(&task, &range(&task).collect::<Vec<_>>()).await;
        queue.complete(&task, None).await;
    }
}

#[tokio::test]
async fn a_running_task_that_is_near_is_waited_for_and_one_that_is_far_is_cut() {
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    let film = world.planned("user_a", sound(600)).await;
    // Two workers, so that nobody has to be interrupted.
    queue.lease("idle").await.unwrap();
    let task = queue.lease("worker").await.unwrap();
    assert_eq!(range(&task), 10..20);
    assert_eq!(queue.wait(&film, "a0", 12, NO_WAIT).await, Err(Reason::MediaNotReady));
    assert_eq!(queue.report(&task, 0).await.end, 20);
    assert_eq!(queue.wait(&film, "a0", 15, NO_WAIT).await, Err(Reason::MediaNotReady));
    assert_eq!(queue.report(&task, 0).await.end, 15, "another worker makes the rest");
    let rest = queue.lease("third").await.unwrap();
    assert_eq!(range(&rest), 15..20);
    let made = world.make(&task, &[10, 11, 12, 13, 14]).await;
    assert_eq!((made.lost, made.end), (false, 15));
    assert!(!queue.complete(&task, None).await);
}

#[tokio::test]
async fn a_busy_worker_is_called_away_after_its_segment() {
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    let film = world.planned("user_a", sound(600)).await;
    let task = queue.lease("worker").await.unwrap();
    world.make(&task, &[0, 1]).await;
    assert_eq!(queue.lease_urgent("worker").await, None);
    let mut urgent = Vec::new();
    for start in [50, 60, 80] {
        assert_eq!(queue.wait(&film, "a0", start, NO_WAIT).await, Err(Reason::MediaNotReady));
        assert_eq!(queue.report(&task, 10).await.end, 10, "the worker has slots for what is urgent");
        let leased = queue.lease_urgent("worker").await.unwrap();
        assert_eq!(range(&leased), start..start + 10);
        urgent.push(leased);
    }
    // One more needs room. Somebody waited for the others just now, so the first task gives way.
    assert_eq!(queue.wait(&film, "a0", 40, NO_WAIT).await, Err(Reason::MediaNotReady));
    assert_eq!(queue.lease_urgent("worker").await, None);
    assert_eq!((queue.report(&urgent[0], 10).await.end, queue.report(&task, 10).await.end), (60, 3));
    assert_eq!(world.make(&task, &[2]).await.end, 3);
    assert!(!queue.complete(&task, None).await);
    urgent.push(queue.lease_urgent("worker").await.unwrap());
    assert_eq!(range(&urgent[3]), 40..50);
    world.clock.advance(Duration::from_secs(4));
    assert_eq!(queue.wait(&film, "a0", 30, NO_WAIT).await, Err(Reason::MediaNotReady));
    let mut cut = 0;
    for task in &urgent {
        cut += usize::from(queue.report(task, 10).await.end == range(task).start + 1);
    }
    assert_eq!(cut, 1, "one of them gives way");
}

#[tokio::test]
async fn an_init_segment_comes_with_the_first_segment_that_is_made() {
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    let film = world.planned("user_a", sound(600)).await;
    assert_eq!(queue.wait(&film, "a0", -1, NO_WAIT).await, Err(Reason::MediaNotReady));
    let task = queue.lease("worker").await.unwrap();
    world.make(&task, &[0]).await;
    assert_eq!(queue.wait(&film, "a0", -1, NO_WAIT).await, Ok(()));
}

#[tokio::test]
async fn what_does_not_exist_is_not_waited_for() {
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    let film = world.planned("user_a", sound(60)).await;
    assert_eq!(queue.wait(&film, "v0", 0, LONG).await, Err(Reason::ItemNotFound));
    assert_eq!(queue.wait(&film, "a0", 12, LONG).await, Err(Reason::ItemNotFound));
    let other = crate::films::Film { id: ids::UploadId::new(), asset: ids::AssetId::new() };
    assert_eq!(queue.wait(&other, "a0", 0, LONG).await, Err(Reason::ItemNotFound));
}

#[tokio::test]
async fn ten_viewers_of_one_segment_are_one_encode() {
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    let film = world.planned("user_a", sound(600)).await;
    let viewers: Vec<_> = (0..10)
        .map(|_| {
            let (queue, film) = (queue.clone(), film.clone());
            tokio::spawn(async move { queue.wait(&film, "a0", 60, LONG).await })
        })
        .collect();
    let task = loop {
        if let Some(task) = queue.lease("worker").await.filter(|task| range(task).start == 60) {
            break task;
        }
    };
    world.make(&task, &[60]).await;
    for viewer in viewers {
        assert_eq!(viewer.await.unwrap(), Ok(()));
    }
    let of_60 =
        "SELECT count(*) FROM media.tasks WHERE first_index <= 60 AND end_index > 60 AND state IN (1, 2)";
    assert_eq!(sqlx::query_scalar::<_, i64>(of_60).fetch_one(&world.pool).await.unwrap(), 1);
}
