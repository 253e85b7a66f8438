use std::{collections::HashSet, time::Duration};

use chrono::TimeDelta;
use futures::future::join_all;
use ids::WorkerId;
use proto::room::v1::{DirectSource, MediaFormat, Source, source::Kind};
use runtime::Clock;
use sqlx::PgPool;
use testkit::Postgres;

use super::*;
use crate::{
    domain::{LEASE, MEASURE, State, retry_after},
    store::assets,
};

struct World {
    _postgres: Postgres,
    pool: PgPool,
    /// A second replica's connections.
    other: PgPool,
    clock: Clock,
}

impl World {
    async fn start() -> Self {
        let postgres = Postgres::start().await.unwrap();
        let pool = postgres.pool("media-svc", &crate::MIGRATIONS).await.unwrap();
        let other = postgres.pool("media-svc", &crate::MIGRATIONS).await.unwrap();
        Self { _postgres: postgres, pool, other, clock: Clock::manual(1_800_000_000_000_000) }
    }

    /// An asset with a job.
    async fn queue(&self, name: &str) -> AssetId {
        let source = Source {
            kind: Some(Kind::Direct(DirectSource { url: format!("https://example.org/{name}") })),
            format: MediaFormat::Progressive.into(),
            ..Source::default()
        };
        let mut db = self.pool.acquire().await.unwrap();
        let asset = assets::register(&mut db, &source, self.clock.now()).await.unwrap().asset.id;
        assert!(add(&mut db, MEASURE, asset, name.as_bytes(), self.clock.now()).await.unwrap());
        asset
    }

    async fn lease(&self, pool: &PgPool, worker: WorkerId, count: usize) -> Vec<Job> {
        let now = self.clock.now();
        lease(pool, MEASURE, worker, count, now + LEASE, now).await.unwrap()
    }

    async fn assets(&self, worker: WorkerId, count: usize) -> Vec<AssetId> {
        self.lease(&self.pool, worker, count).await.into_iter().map(|job| job.asset).collect()
    }

    async fn state(&self, asset: AssetId) -> State {
        assets::get(&self.pool, asset).await.unwrap().unwrap().state
    }
}

#[tokio::test]
async fn concurrent_workers_lease_different_jobs() {
    let world = World::start().await;
    let mut queued = HashSet::new();
    for number in 0..40 {
        queued.insert(world.queue(&number.to_string()).await);
    }
    let pools = [&world.pool, &world.other];
    let calls = (0..16).map(|n| world.lease(pools[n % 2], WorkerId::new(), 5));
    let leased: Vec<_> = join_all(calls).await.concat().into_iter().map(|job| job.asset).collect();
    let different: HashSet<_> = leased.iter().copied().collect();
    assert_eq!(different.len(), leased.len(), "a job was leased twice");
    // A job that was skipped while another lease had its row is free again after that.
    let rest: HashSet<_> = world.assets(WorkerId::new(), 100).await.into_iter().collect();
    assert!(rest.is_disjoint(&different));
    assert_eq!(&rest | &different, queued);
}

#[tokio::test]
async fn an_expired_lease_counts_as_an_attempt_and_the_third_is_the_last() {
    let world = World::start().await;
    let (one, two) = (WorkerId::new(), WorkerId::new());
    let old = world.queue("old").await;
    let new = world.queue("new").await;
    assert_eq!(world.assets(one, 1).await, [new], "the newest first");
    assert_eq!(world.assets(two, 1).await, [old]);
    for attempt in 2..=3 {
        world.clock.advance(LEASE.checked_sub(Duration::from_millis(1)).unwrap());
        assert!(world.assets(two, 10).await.is_empty());
        world.clock.advance(Duration::from_millis(1));
        let jobs = world.lease(&world.pool, two, 10).await;
        assert_eq!(jobs.iter().map(|job| job.attempt).collect::<Vec<_>>(), [attempt; 2]);
    }
    world.clock.advance(LEASE);
    assert!(world.assets(two, 10).await.is_empty());
    assert_eq!(world.state(old).await, State::Pending);
    assert_eq!(bury(&world.pool, MEASURE, world.clock.now()).await.unwrap(), 2);
    assert_eq!((world.state(old).await, world.state(new).await), (State::Failed, State::Failed));
    // A late worker's result is stored all the same.
    let mut db = world.pool.acquire().await.unwrap();
    assets::set_measured(&mut db, old, 5, world.clock.now()).await.unwrap();
    assert_eq!(assets::get(&world.pool, old).await.unwrap().unwrap().duration_us, 5);
    assert_eq!(next_at(&world.pool, MEASURE).await.unwrap(), None);
}

#[tokio::test]
async fn a_heartbeat_extends_a_lease_and_reports_a_lost_one() {
    let world = World::start().await;
    let (one, two) = (WorkerId::new(), WorkerId::new());
    let asset = world.queue("film").await;
    let job = world.lease(&world.pool, one, 1).await.remove(0);
    world.clock.advance(LEASE.checked_sub(Duration::from_secs(1)).unwrap());
    let until = world.clock.now() + LEASE;
    assert_eq!(heartbeat(&world.pool, one, until).await.unwrap(), [job.id]);
    world.clock.advance(Duration::from_secs(2));
    assert!(world.assets(two, 1).await.is_empty(), "the lease was renewed");
    assert_eq!(next_at(&world.pool, MEASURE).await.unwrap(), Some(until));
    world.clock.advance(LEASE);
    assert_eq!(world.assets(two, 1).await, [asset], "a dead worker's job comes back");
    assert!(heartbeat(&world.pool, one, until).await.unwrap().is_empty());
    let mut db = world.pool.acquire().await.unwrap();
    assert!(!fail(&mut db, job.id, one, None).await.unwrap(), "the job belongs to another worker now");
}

#[tokio::test]
async fn a_failed_job_backs_off_and_finally_fails() {
    let world = World::start().await;
    let worker = WorkerId::new();
    let asset = world.queue("film").await;
    for wait in [5, 30] {
        let job = world.lease(&world.pool, worker, 1).await.remove(0);
        let retry_at = world.clock.now() + retry_after(job.attempt).unwrap();
        assert_eq!(retry_at - world.clock.now(), TimeDelta::seconds(wait));
        let mut db = world.pool.acquire().await.unwrap();
        assert!(fail(&mut db, job.id, worker, Some(retry_at)).await.unwrap());
        assert_eq!(next_at(&world.pool, MEASURE).await.unwrap(), Some(retry_at));
        world.clock.advance(Duration::from_millis(wait.unsigned_abs() * 1000 - 1));
        assert!(world.assets(worker, 1).await.is_empty());
        world.clock.advance(Duration::from_millis(1));
    }
    let job = world.lease(&world.pool, worker, 1).await.remove(0);
    assert_eq!((job.attempt, retry_after(job.attempt)), (3, None));
    let mut db = world.pool.acquire().await.unwrap();
    assert!(fail(&mut db, job.id, worker, None).await.unwrap());
    assets::set_error(&mut db, asset, "the host is down", true).await.unwrap();
    assert_eq!((world.state(asset).await, world.assets(worker, 1).await), (State::Failed, vec![]));
}

#[tokio::test]
async fn a_graceful_stop_returns_jobs_without_using_an_attempt() {
    let world = World::start().await;
    let (one, two) = (WorkerId::new(), WorkerId::new());
    world.queue("film").await;
    assert_eq!(world.assets(one, 1).await.len(), 1);
    release(&world.pool, one).await.unwrap();
    assert_eq!(world.lease(&world.pool, two, 1).await.remove(0).attempt, 1);
}

#[tokio::test]
async fn an_asset_has_one_job_of_each_kind_and_the_queue_is_bounded() {
    let world = World::start().await;
    let asset = world.queue("film").await;
    assert_eq!(world.queue("film").await, asset);
    assert_eq!(world.assets(WorkerId::new(), 10).await, [asset]);
    let fill = "INSERT INTO media.assets (id, source, format, audio_only, no_jumps, live, state, created_at)
         SELECT gen_random_uuid(), n::text::bytea, 1, false, false, false, 1, now() FROM generate_series(2, $1) AS n";
    sqlx::query(fill).bind(i32::try_from(MAX_JOBS).unwrap()).execute(&world.pool).await.unwrap();
    let jobs = "INSERT INTO media.jobs (id, kind, asset_id, payload, priority, run_after, created_at)
         SELECT id, 'measure', id, '', 0, now(), now() FROM media.assets ON CONFLICT DO NOTHING";
    sqlx::query(jobs).execute(&world.pool).await.unwrap();
    let mut db = world.pool.acquire().await.unwrap();
    let late =
        Source { kind: Some(Kind::Direct(DirectSource { url: "https://late".into() })), ..Source::default() };
    let late = assets::register(&mut db, &late, world.clock.now()).await.unwrap().asset.id;
    assert!(!add(&mut db, MEASURE, late, b"", world.clock.now()).await.unwrap(), "the queue is full");
    finish(&world.pool, MEASURE, asset).await.unwrap();
    assert!(add(&mut db, MEASURE, late, b"", world.clock.now()).await.unwrap());
}
