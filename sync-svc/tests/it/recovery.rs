//! What survives: an instance that dies, and a log that is lost.

use std::time::Duration;

use testkit::user;

use crate::world::{World, pause, play, seek};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_the_only_process() {
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
async fn on_redis_the_log_survives_an_instance() {
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
    tokio::time::timeout(Duration::from_secs(10), kept).await.expect("a checkpoint");
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
