//! The queue of tasks: leases, turns, workers that die.

use std::{collections::HashSet, time::Duration};

use futures::future::join_all;
use proto::{
    media::v1::{DeleteUploadRequest, UploadState, upload_service_client::UploadServiceClient},
    transcode::v1::{FailTaskRequest, LeaseTaskRequest, task},
};
use rpc::Context;
use testkit::user;

use crate::{
    films::{encoded, plan, range, sound},
    world::World,
};

#[tokio::test]
async fn concurrent_workers_lease_different_tasks() {
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    for number in 0..20 {
        world.sent(&format!("user_{number}"), 1000).await;
    }
    let mut leased = HashSet::new();
    // A row that another lease has at this moment is skipped, so some of the calls may get none.
    while leased.len() < 20 {
        let tasks = join_all((0..8).map(|_| queue.lease("worker"))).await;
        for task in tasks.into_iter().flatten() {
            assert!(leased.insert(task.id), "a task was leased twice");
        }
    }
    assert_eq!(queue.lease("worker").await, None);
}

#[tokio::test]
async fn people_are_served_in_turn() {
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    let first = world.planned("user_a", sound(600)).await;
    let second = world.planned("user_b", sound(600)).await;
    let mut served = Vec::new();
    world.clock.advance(Duration::from_secs(1));
    for _ in 0..6 {
        let task = queue.lease("worker").await.unwrap();
        world.make(&task, &range(&task).collect::<Vec<_>>()).await;
        queue.complete(&task, None).await;
        served.push(task.upload_id == first.id.to_string());
        world.clock.advance(Duration::from_secs(1));
    }
    assert!(served.windows(2).all(|pair| pair[0] != pair[1]), "{served:?}");
    // Whoever has fewer tasks running comes first.
    let held = queue.lease("one").await.unwrap();
    let other = if held.upload_id == first.id.to_string() { &second } else { &first };
    for worker in ["two", "two"] {
        let task = queue.lease(worker).await.unwrap();
        assert_eq!(task.upload_id, other.id.to_string());
        world.make(&task, &range(&task).collect::<Vec<_>>()).await;
        queue.complete(&task, None).await;
    }
}

#[tokio::test]
async fn a_dead_workers_task_goes_to_another_and_it_is_told_so() {
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    let film = world.planned("user_a", sound(60)).await;
    let old = queue.lease("dies").await.unwrap();
    assert!(!world.make(&old, &[0, 1, 2]).await.lost);
    world.clock.advance(Duration::from_secs(29));
    assert!(!queue.report(&old, 30).await.lost, "a report renews the lease");
    world.clock.advance(Duration::from_secs(29));
    let rest = queue.lease("lives").await.unwrap();
    assert_eq!(range(&rest), 10..12);
    world.clock.advance(Duration::from_secs(1));
    let new = queue.lease("lives").await.unwrap();
    assert_eq!(
        (new.id.as_str(), range(&new), new.attempt),
        (old.id.as_str(), 3..10, 2),
        "what was made stays"
    );
    assert!(new.lease > old.lease);
    // Whatever the old one still says changes nothing.
    assert!(world.make(&old, &[3]).await.lost);
    assert!(queue.report(&old, 99).await.lost);
    assert!(queue.complete(&old, None).await);
    assert!(queue.fail(&old, FailTaskRequest::default()).await);
    assert!(!world.make(&new, &[3, 4, 5, 6, 7, 8, 9]).await.lost);
    assert!(!queue.complete(&new, None).await);
    world.make(&rest, &[10, 11]).await;
    queue.complete(&rest, None).await;
    assert_eq!(world.state(&film).await.0, UploadState::Ready);
}

#[tokio::test]
async fn a_file_that_kills_every_worker_fails() {
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    let film = world.sent("user_a", 1000).await;
    for attempt in 1..=4 {
        assert_eq!(queue.lease("dies").await.unwrap().attempt, attempt);
        world.clock.advance(Duration::from_secs(30));
    }
    assert_eq!(queue.lease("lives").await, None);
    assert_eq!(world.state(&film).await.3, "PREPARING_FAILED");
}

#[tokio::test]
async fn a_worker_that_stops_gives_its_task_back() {
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    world.planned("user_a", sound(60)).await;
    let task = queue.lease("stops").await.unwrap();
    world.make(&task, &[0]).await;
    assert!(!queue.fail(&task, FailTaskRequest { released: true, ..FailTaskRequest::default() }).await);
    let again = queue.lease("other").await.unwrap();
    assert_eq!((again.id.clone(), range(&again), again.attempt), (task.id, 1..10, 1));
}

#[tokio::test]
async fn a_deleted_upload_ends_its_tasks() {
    // Case M8.
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    let ada = user("Ada");
    let film = world.planned(&ada.identity.as_ref().unwrap().subject_id, encoded(60)).await;
    let task = queue.lease("worker").await.unwrap();
    world.make(&task, &[0]).await;
    let request = DeleteUploadRequest { upload_id: film.id.to_string() };
    UploadServiceClient::new(world.channel.clone()).delete_upload(ada.request(request)).await.unwrap();
    assert!(queue.report(&task, 10).await.lost);
    assert!(world.make(&task, &[1]).await.lost, "a late publish is refused");
    assert!(queue.complete(&task, None).await);
    assert_eq!(queue.lease("worker").await, None);
    for table in ["tasks", "plans", "segments"] {
        let count =
            sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM media.{table}")));
        assert_eq!(count.fetch_one(&world.pool).await.unwrap(), 0, "{table}");
    }
    let prefixes = sqlx::query_scalar::<_, String>("SELECT prefix FROM media.removals");
    let prefixes = prefixes.fetch_all(&world.pool).await.unwrap();
    assert!(prefixes.contains(&format!("hls/{}/", film.asset)), "{prefixes:?}");
}

#[tokio::test]
async fn a_lease_waits_for_a_task() {
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    let request = LeaseTaskRequest {
        worker: "waits".into(),
        wait: Duration::from_secs(8).try_into().ok(),
        ..LeaseTaskRequest::default()
    };
    let mut tasks = queue.tasks.clone();
    let waiting = tokio::spawn(async move {
        tasks.lease_task(Context::background().request(request)).await.unwrap().into_inner().task
    });
    let film = world.sent("user_a", 1000).await;
    assert_eq!(waiting.await.unwrap().unwrap().upload_id, film.id.to_string());
}

#[tokio::test]
async fn a_worker_that_ends_its_task_while_it_asks_gets_the_next_one() {
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    world.planned("user_a", sound(120)).await;
    let task = queue.lease("waits").await.unwrap();
    let request = LeaseTaskRequest {
        worker: "waits".into(),
        wait: Duration::from_secs(8).try_into().ok(),
        active: 1,
        slots: 1,
    };
    let mut tasks = queue.tasks.clone();
    let waiting = tokio::spawn(async move {
        tasks.lease_task(Context::background().request(request)).await.unwrap().into_inner().task
    });
    world.make(&task, &range(&task).collect::<Vec<_>>()).await;
    assert!(!waiting.is_finished(), "its slot is taken, and nobody waits for a segment");
    assert!(!queue.complete(&task, None).await);
    assert_eq!(range(&waiting.await.unwrap().unwrap()).start, range(&task).end);
}

#[tokio::test]
async fn a_segment_needs_an_object_for_every_rendition() {
    let world = World::start().await;
    let queue = world.queue_of_tasks();
    world.planned("user_a", encoded(60)).await;
    let mut task = queue.lease("worker").await.unwrap();
    assert!(queue.try_publish(&task, &[99]).await.is_err(), "beyond the film");
    assert!(queue.try_publish(&task, &[-1]).await.is_err());
    let whole = task.clone();
    if let Some(task::Kind::Segments(it)) = &mut task.kind {
        it.plan.as_mut().unwrap().layers[0].renditions.pop();
    }
    assert_eq!(plan(&task).layers[0].renditions, ["a0"]);
    assert!(queue.try_publish(&task, &[0]).await.is_err(), "the picture is missing");
    assert!(queue.try_publish(&whole, &[0, 1]).await.is_ok());
    assert!(queue.try_publish(&whole, &[1]).await.is_ok(), "once more");
    // A worker that ends too early has failed.
    assert!(!queue.complete(&whole, None).await);
    world.clock.advance(Duration::from_secs(5));
    let again = queue.lease("worker").await.unwrap();
    assert_eq!((again.id.clone(), range(&again), again.attempt), (whole.id, 2..10, 2));
}
