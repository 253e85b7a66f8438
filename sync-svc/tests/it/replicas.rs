//! Several replicas of the service on one Redis serve the same rooms.

use std::sync::Arc;

use proto::sync::v1::{PlaybackEvent, PlayerState};
use testkit::user;

use crate::world::{World, command, play, seek};

#[tokio::test(flavor = "multi_thread")]
async fn both_replicas_take_commands_and_tell_the_same() {
    const EACH: i64 = 60;
    let world = World::on_redis().await;
    let one = Arc::new(world.start_with_item().await);
    let other = Arc::new(world.start().await);
    let (mut from_one, mut from_other) = (one.subscribe(0).await, other.subscribe(0).await);
    assert_eq!(from_one.snapshot().await.state, from_other.snapshot().await.state);
    let senders = [&one, &other].map(|instance| {
        let instance = instance.clone();
        tokio::spawn(async move {
            let who = user("Someone");
            let mut answers = Vec::new();
            for position in 0..EACH {
                answers.push(instance.act(&who, seek(position)).await);
            }
            answers
        })
    });
    let (mut told_by_one, mut told_by_other) = (Vec::<PlaybackEvent>::new(), Vec::new());
    for _ in 0..2 * EACH {
        told_by_one.push(from_one.event().await);
        told_by_other.push(from_other.event().await);
    }
    assert_eq!(told_by_one, told_by_other);
    assert!(told_by_one.iter().zip(2..).all(|(event, seq)| event.seq == seq), "gapless");
    for answers in futures::future::join_all(senders).await {
        assert!(
            answers.unwrap().iter().all(|answer| told_by_one.contains(answer)),
            "each command is told as it was answered"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_repeated_at_another_replica_acts_once() {
    let world = World::on_redis().await;
    let (one, other) = (world.start_with_item().await, world.start().await);
    let (anna, again) = (user("Anna"), command(play()));
    let first = one.send(&anna, again.clone()).await.unwrap();
    let second = other.send(&anna, again).await.unwrap();
    assert!(!first.duplicate && second.duplicate);
    assert_eq!(first.event, second.event);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_one_replica_is_waited_for_by_the_other() {
    let world = World::on_redis().await;
    let (one, other) = (world.start_with_item().await, world.start().await);
    one.join("a", "gateway_1").await;
    other.join("b", "gateway_2").await;
    one.report("a", PlayerState::Ready).await.unwrap();
    other.report("b", PlayerState::Ready).await.unwrap();
    other.report("b", PlayerState::Loading).await.unwrap();
    let held = one.act(&user("Anna"), play()).await.state.unwrap().hold.unwrap();
    assert_eq!(held.waiting_session_ids, ["b"]);
    other.report("b", PlayerState::Ready).await.unwrap();
    assert_eq!(one.playback(&user("Anna")).await.hold, None);
}
