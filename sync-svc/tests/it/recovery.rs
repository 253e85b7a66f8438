//! What survives: an instance that dies, and a log that is lost.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use proto::sync::v1::Command;
use sqlx::{PgConnection, PgPool, Postgres, pool::PoolConnection};
use testkit::user;

use crate::world::{World, command, pause, play, seek};

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_commands_survive_a_crash_of_the_only_process() {
    let world = World::in_memory().await;
    let anna = user("Anna");
    let instance = world.start_with_item().await;
    instance.join("a", "gateway_1").await;
    instance.act(&anna, play()).await;
    instance.act(&anna, seek(77_000_000)).await;
    let paused = instance.act(&anna, pause()).await;
    drop(instance);

    let instance = world.start().await;
    let state = instance.playback(&anna).await;
    let before = paused.state.unwrap();
    assert_eq!((state.epoch, state.seq), (before.epoch + 1, before.seq));
    assert_eq!(
        (state.item_id, state.anchor_media_us, state.playing),
        (before.item_id, before.anchor_media_us, false)
    );
    let mut stream = instance.subscribe(before.seq).await;
    assert!(stream.snapshot().await.sessions.is_empty(), "who was there comes again");
    assert_eq!(instance.act(&anna, play()).await.seq, before.seq + 1, "numbers go on");
    assert_eq!(stream.event().await.seq, before.seq + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_log_survives_the_instance() {
    let world = World::on_redis().await;
    let anna = user("Anna");
    let instance = world.start_with_item().await;
    let event = instance.act(&anna, play()).await;
    drop(instance);
    let instance = world.start().await;
    assert_eq!(instance.playback(&anna).await, event.state.unwrap());
    let mut stream = instance.subscribe(1).await;
    assert_eq!(stream.event().await.seq, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_redis_is_restored_from_the_checkpoint() {
    let world = World::on_redis().await;
    let anna = user("Anna");
    let instance = world.start_with_item().await;
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    let sought = instance.act(&anna, seek(77_000_000)).await;
    assert_eq!(stream.event().await.seq, sought.seq);
    let pool = world.postgres.pool("sync-svc", &sync_svc::MIGRATIONS).await.unwrap();
    let version = instance.state.log.load(&instance.room).await.unwrap().unwrap().version.cast_signed();
    let kept = async {
        while sqlx::query_scalar::<_, i64>("SELECT version FROM sync.room_states")
            .fetch_optional(&pool)
            .await
            .unwrap()
            != Some(version)
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), kept).await.expect("a checkpoint");
    let mut redis = redis::Client::open(world.redis.as_ref().unwrap().url())
        .unwrap()
        .get_multiplexed_async_connection()
        .await
        .unwrap();
    redis::cmd("FLUSHALL").query_async::<()>(&mut redis).await.unwrap();

    let played = instance.act(&anna, play()).await.state.unwrap();
    assert_eq!((played.epoch, played.seq, played.anchor_media_us), (2, sought.seq + 1, 77_000_000));
    assert_eq!(stream.snapshot().await.state.unwrap(), played, "a new epoch begins with the whole room");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledgement_does_not_wait_for_later_checkpoints() {
    let world = World::in_memory().await;
    let instance = Arc::new(world.start_with_item().await);
    // What waited before is kept with this.
    instance.act(&user("Anna"), play()).await;
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    let pool = world.postgres.pool("sync-svc", &sync_svc::MIGRATIONS).await.unwrap();
    let mut disk = slow_disk(&pool, 3).await;
    let begun = async |number: i64| {
        let waits = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid::bigint = $1)";
        while !sqlx::query_scalar::<_, bool>(waits).bind(number).fetch_one(&pool).await.unwrap() {
            tokio::task::yield_now().await;
        }
    };
    let act = |name| {
        let (instance, who) = (instance.clone(), user(name));
        tokio::spawn(async move { instance.act(&who, seek(1_000_000)).await })
    };
    let first = act("Anna");
    stream.event().await;
    begun(1).await;
    let second = ["Ben", "Mia", "Tom"].map(act);
    for _ in &second {
        stream.event().await;
    }
    give_back(&mut disk, 1).await;
    first.await.unwrap();
    begun(2).await;
    let later = act("Zoe");
    stream.event().await;
    give_back(&mut disk, 2).await;
    let kept = tokio::time::timeout(Duration::from_mins(1), join_all(second)).await;
    assert!(kept.is_ok(), "someone whose command is kept waits for the statement after it");
    give_back(&mut disk, 3).await;
    later.await.unwrap();
}

// Issue 8, build 6: today each command of a sender waits until the one before it is stored.
#[tokio::test(flavor = "multi_thread")]
async fn one_senders_commands_are_decided_in_order_while_storage_is_blocked() {
    let world = World::in_memory().await;
    let instance = world.start_with_item().await;
    instance.act(&user("Anna"), play()).await;
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    let pool = world.postgres.pool("sync-svc", &sync_svc::MIGRATIONS).await.unwrap();
    let mut disk = slow_disk(&pool, 1).await;

    let (commands, mut answers) = instance.send_all(&user("Anna")).await;
    let mut ids = Vec::new();
    for number in 0..20 {
        let next = command(seek(number * 1_000_000));
        ids.push(next.id.clone());
        commands.unbounded_send(next).unwrap();
        if number == 10 {
            let stale = Command { expected_seq: Some(1), ..command(pause()) };
            commands.unbounded_send(stale).unwrap();
        }
    }
    for id in &ids {
        assert_eq!(stream.event().await.command_id, *id);
    }
    assert!(answers.try_recv().is_err(), "nothing is acknowledged before it is stored");
    give_back(&mut disk, 1).await;
    ids.insert(11, "refused".to_owned());
    for id in ids {
        assert_eq!(answers.recv().await.unwrap(), id);
    }
}

/// A disk that is as slow as we like: each of the next `count` statements that store checkpoints ends when the lock of
/// its number is given back.
async fn slow_disk(pool: &PgPool, count: i64) -> PoolConnection<Postgres> {
    let mut disk = pool.acquire().await.unwrap();
    sqlx::raw_sql(
        "CREATE SEQUENCE sync.statements;
         CREATE FUNCTION sync.wait_for_disk() RETURNS trigger LANGUAGE plpgsql
             AS $$ BEGIN PERFORM pg_advisory_xact_lock(nextval('sync.statements')); RETURN NULL; END $$;
         CREATE TRIGGER wait_for_disk AFTER INSERT ON sync.room_states
             FOR EACH STATEMENT EXECUTE FUNCTION sync.wait_for_disk()",
    )
    .execute(&mut *disk)
    .await
    .unwrap();
    let lock = "SELECT pg_advisory_lock(number) FROM generate_series(1, $1) number";
    sqlx::query(lock).bind(count).execute(&mut *disk).await.unwrap();
    disk
}

async fn give_back(disk: &mut PgConnection, number: i64) {
    sqlx::query("SELECT pg_advisory_unlock($1)").bind(number).execute(disk).await.unwrap();
}
