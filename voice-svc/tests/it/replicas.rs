//! Several replicas, and one that takes over.

use testkit::Redis;

use super::world::{World, names};

#[tokio::test(flavor = "multi_thread")]
async fn replicas_share_a_voice_chat_and_lose_no_concurrent_change() {
    let redis = Redis::start().await.unwrap();
    let world = World::on(&redis.url()).await;
    let (one, other) = (world.start(), world.start());
    let [mia, ben, cleo] = ["mia", "ben", "cleo"].map(|name| world.person(name));
    let (a, b, c) = tokio::join!(
        one.join(&mia, "session_mia"),
        other.join(&ben, "session_ben"),
        one.join(&cleo, "session_cleo")
    );
    for joined in [a, b, c] {
        joined.unwrap();
    }
    assert_eq!(one.read().await, other.read().await);
    assert_eq!(one.read().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_takes_over_finds_out_who_went_meanwhile() {
    let redis = Redis::start().await.unwrap();
    let world = World::on(&redis.url()).await;
    let (mia, ben) = (world.person("mia"), world.person("ben"));
    let first = world.start();
    first.join(&mia, "session_mia").await.unwrap();
    first.join(&ben, "session_ben").await.unwrap();
    drop(first);
    world.forgets("session_mia");
    let second = world.start();
    assert_eq!(names(&world.until(&second, 1).await), ["ben"]);
}
