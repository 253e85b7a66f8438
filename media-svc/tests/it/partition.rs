//! The queue under random orders of what can happen: the tasks of a layer and the segments that are there cover the film, each
//! segment exactly once.

use std::{collections::HashMap, time::Duration};

use proto::{
    media::v1::UploadState,
    transcode::v1::{FailTaskRequest, Task},
};
use sqlx::Row as _;

use crate::{
    films::{Film, encoded, layer, range},
    random::Random,
    world::World,
};

const SEEDS: u64 = 6;
const STEPS: usize = 100;
const WORKERS: [&str; 3] = ["one", "two", "three"];
/// Attempts that fail in a row, and lost leases; a fourth would be the end of the upload.
const MISHAPS: usize = 3;

/// What a worker has: the task, the next segment that it makes, and the end as it was last told.
struct Held {
    task: Task,
    next: i32,
    end: i32,
}

#[tokio::test]
async fn every_segment_is_made_exactly_once() {
    let world = World::start().await;
    for seed in 0..SEEDS {
        run(&world, seed).await;
    }
}

async fn run(world: &World, seed: u64) {
    let (queue, mut random) = (world.queue_of_tasks(), Random(seed));
    // 57 segments in two layers.
    let film = world.planned(&format!("user_{seed}"), encoded(330)).await;
    let mut held: HashMap<&str, Held> = HashMap::new();
    let mut made: HashMap<(i32, i32), usize> = HashMap::new();
    let mut mishaps = 0;
    for _ in 0..STEPS {
        let worker = WORKERS[usize::try_from(random.below(3)).unwrap()];
        match random.below(12) {
            0..=2 if !held.contains_key(worker) => {
                if let Some(task) = lease(world, worker).await {
                    held.insert(worker, Held { next: range(&task).start, end: range(&task).end, task });
                }
            }
            0..=6 => {
                if let Some(it) = held.remove(worker)
                    && let Some(it) = step(world, it, &mut made).await
                {
                    held.insert(worker, it);
                }
            }
            7..=9 => {
                let index = i32::try_from(random.below(57)).unwrap();
                let rendition = ["v0", "a0", "v1", "v2"][usize::try_from(random.below(4)).unwrap()];
                let _ = queue.wait(&film, rendition, index, Duration::ZERO).await;
                world.clock.advance(Duration::from_secs(random.below(4)));
                for it in held.values_mut() {
                    it.end = queue.report(&it.task, 0).await.end;
                }
            }
            10 if mishaps < MISHAPS => {
                if let Some(it) = held.remove(worker) {
                    mishaps += 1;
                    let failure = FailTaskRequest { retryable: true, ..FailTaskRequest::default() };
                    queue.fail(&it.task, failure).await;
                }
            }
            11 if mishaps < MISHAPS => {
                // Every lease ends; the workers do not know it yet.
                mishaps += 1;
                world.clock.advance(Duration::from_secs(31));
                if let Some(task) = lease(world, "fresh").await {
                    let gone = FailTaskRequest { released: true, ..FailTaskRequest::default() };
                    assert!(!queue.fail(&task, gone).await);
                }
            }
            _ => {
                if let Some(it) = held.remove(worker) {
                    queue
                        .fail(&it.task, FailTaskRequest { released: true, ..FailTaskRequest::default() })
                        .await;
                }
            }
        }
        check(world, &film, seed).await;
    }
    for (_, mut it) in held {
        while let Some(next) = step(world, it, &mut made).await {
            it = next;
        }
    }
    // Everything that waits for another attempt comes.
    world.clock.advance(Duration::from_mins(3));
    for (key, count) in world.work_off().await {
        *made.entry(key).or_default() += count;
    }
    assert_eq!(world.state(&film).await.0, UploadState::Ready, "seed {seed}");
    assert_eq!(made.len(), 2 * 57, "seed {seed}");
    assert!(made.values().all(|count| *count == 1), "seed {seed}: {made:?}");
}

/// Leases a task of segments; others are done at once.
async fn lease(world: &World, worker: &str) -> Option<Task> {
    let queue = world.queue_of_tasks();
    loop {
        let task = queue.lease(worker).await?;
        if matches!(task.kind, Some(proto::transcode::v1::task::Kind::Segments(_))) {
            return Some(task);
        }
        assert!(!queue.complete(&task, None).await);
    }
}

/// Makes one segment, or completes the task. `None`: the worker has it no longer.
async fn step(world: &World, mut it: Held, made: &mut HashMap<(i32, i32), usize>) -> Option<Held> {
    if it.next >= it.end {
        world.queue_of_tasks().complete(&it.task, None).await;
        return None;
    }
    let answer = world.make(&it.task, &[it.next]).await;
    if answer.lost {
        return None;
    }
    *made.entry((layer(&it.task), it.next)).or_default() += 1;
    it.next += 1;
    it.end = answer.end;
    Some(it)
}

/// Each segment that is not there is in exactly one task.
async fn check(world: &World, film: &Film, seed: u64) {
    let rows = sqlx::query(
        "SELECT wanted.layer, wanted.index, count(t.id) AS tasks
         FROM (SELECT layer::smallint, index::integer FROM generate_series(0, 1) AS layer, generate_series(0, 56) AS index) wanted
         LEFT JOIN media.tasks t ON t.upload_id = $1 AND t.kind = 'segments' AND t.state IN (1, 2) AND t.layer = wanted.layer
           AND greatest(t.first_index, t.next_index) <= wanted.index AND t.end_index > wanted.index
         WHERE NOT EXISTS (SELECT FROM media.segments s WHERE s.asset_id = $2 AND s.layer = wanted.layer AND s.index = wanted.index)
         GROUP BY 1, 2 HAVING count(t.id) <> 1",
    );
    let rows = rows.bind(film.id.uuid()).bind(film.asset.uuid()).fetch_all(&world.pool).await.unwrap();
    let wrong: Vec<(i16, i32, i64)> = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    assert!(wrong.is_empty(), "seed {seed}: layer, segment, tasks: {wrong:?}");
}
