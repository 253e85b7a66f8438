//! What only Redis does.

use futures::StreamExt as _;
use state::{Append, Delivery, Rate};

use crate::{appended, event, next, step};

#[tokio::test(flavor = "multi_thread")]
async fn every_key_of_a_room_expires() {
    let redis = testkit::Redis::start().await.unwrap();
    let state = state::connect(&redis.url()).await.unwrap();
    let keyed = Append { idempotency: Some(("key".to_owned(), "answer".into())), ..step(0, 1, 1) };
    appended(&state, "a", keyed).await;
    let mut raw = client(&redis.url()).await;
    let keys: Vec<String> = redis::cmd("KEYS").arg("*").query_async(&mut raw).await.unwrap();
    assert_eq!(keys.len(), 3, "{keys:?}");
    for key in keys {
        assert!(key.contains("{a}"), "{key} is not in the room's slot");
        let ttl: i64 = redis::cmd("TTL").arg(&key).query_async(&mut raw).await.unwrap();
        assert!(
            if key.contains("answer") { (3590..=3600).contains(&ttl) } else { ttl > 3600 },
            "{key}: {ttl}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_see_one_room() {
    let redis = testkit::Redis::start().await.unwrap();
    let one = state::connect(&redis.url()).await.unwrap();
    let other = state::connect(&redis.url()).await.unwrap();
    let mut deliveries = other.log.subscribe("a").await.unwrap();
    let version = appended(&one, "a", step(0, 1, 1)).await;
    appended(&other, "a", step(version, 2, 1)).await;
    for seq in 1..=2 {
        assert_eq!(next(&mut deliveries).await, Delivery::Event { seq, payload: event(seq) });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reconnect_reports_that_deliveries_may_be_lost() {
    let redis = testkit::Redis::start().await.unwrap();
    let state = state::connect(&redis.url()).await.unwrap();
    let mut one = state.log.subscribe("a").await.unwrap();
    let mut other = state.log.subscribe("b").await.unwrap();
    let mut raw = client(&redis.url()).await;
    let _: i64 =
        redis::cmd("CLIENT").arg("KILL").arg("TYPE").arg("pubsub").query_async(&mut raw).await.unwrap();
    assert_eq!(next(&mut one).await, Delivery::Lost);
    assert_eq!(next(&mut other).await, Delivery::Lost);
    appended(&state, "a", step(0, 1, 1)).await;
    assert_eq!(next(&mut one).await, Delivery::Event { seq: 1, payload: event(1) });
    assert!(futures::poll!(other.next()).is_pending());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_server_is_named_without_its_password() {
    let error = state::connect("redis://:secret@127.0.0.1:1").await.err().unwrap().to_string();
    assert!(error.contains("cannot connect to Redis") && !error.contains("secret"), "{error}");
    let error = state::connect("not a url with secret").await.err().unwrap().to_string();
    assert!(error.contains("not a Redis URL") && !error.contains("secret"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shared_clock_runs() {
    let redis = testkit::Redis::start().await.unwrap();
    let clock = state::connect(&redis.url()).await.unwrap().clock.unwrap();
    let first = clock.time_us().await.unwrap();
    assert!(first > 1_700_000_000_000_000);
    assert!(clock.time_us().await.unwrap() >= first);
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_share_their_buckets() {
    let redis = testkit::Redis::start().await.unwrap();
    let one = state::connect(&redis.url()).await.unwrap();
    let other = state::connect(&redis.url()).await.unwrap();
    let rate = Rate::new(50, std::time::Duration::from_hours(1), 50);
    while one.limits.take("rl:user:a", rate).is_ok() {}
    let mut raw = client(&redis.url()).await;
    let mut full_at = reported(&mut raw, None).await;
    let mut admitted = 0;
    // A report is answered before the next one goes out, so the other process learns of the first one's calls soon.
    let wait = loop {
        match other.limits.take("rl:user:a", rate) {
            Ok(()) => admitted += 1,
            Err(wait) => break wait,
        }
        full_at = reported(&mut raw, full_at).await;
    };
    assert!(admitted < 50, "it used its own {admitted}, and was not told");
    assert!(wait > std::time::Duration::from_secs(72), "what was admitted too much is waited for: {wait:?}");
    let ttl: i64 = redis::cmd("PTTL").arg("rl:user:a").query_async(&mut raw).await.unwrap();
    assert!(ttl > 3_500_000, "the key ends when the bucket is full: {ttl}");
}

/// When the bucket is full again by what was reported to Redis, as soon as that is no longer `before`.
async fn reported(raw: &mut redis::aio::MultiplexedConnection, before: Option<String>) -> Option<String> {
    loop {
        let now: Option<String> = redis::cmd("GET").arg("rl:user:a").query_async(raw).await.unwrap();
        if now != before {
            return now;
        }
    }
}

async fn client(url: &str) -> redis::aio::MultiplexedConnection {
    redis::Client::open(url).unwrap().get_multiplexed_async_connection().await.unwrap()
}
