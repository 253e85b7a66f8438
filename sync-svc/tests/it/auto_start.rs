//! A room whose host chose that it starts by itself at its start time.

use proto::sync::v1::{PlaybackChange, RoomPhase};
use testkit::user;

use crate::{
    over_both,
    world::{World, pause},
};

over_both! {
    a_room_starts_at_its_start_time,
    a_room_that_was_empty_at_its_start_time_starts_with_the_first_person,
}

const SECOND: i64 = 1_000_000;

async fn a_room_starts_at_its_start_time(world: World) {
    let instance = world.start_with_item().await;
    instance.join("a", "gateway_1").await;
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    let starts_us = world.clock.now_us() + SECOND / 2;
    world.rooms.starts_by_itself("planned", starts_us);
    let started = stream.event().await;
    assert_eq!((started.change(), started.issued_by.as_str()), (PlaybackChange::Play, ""));
    // The clock of a service that follows Redis may be slightly early.
    assert!(started.execute_at_us >= starts_us, "{started:?}");
    assert_eq!(started.state.unwrap().phase(), RoomPhase::Playing);
    // Somebody pauses, and it stays paused although its settings change.
    instance.act(&user("Anna"), pause()).await;
    world.rooms.belongs_to("user_other");
    world.rooms.acknowledged("belongs-to-user_other").await;
    assert!(!instance.playback(&user("Anna")).await.playing);
}

/// sync-svc first hears of the start time from the access of whoever comes.
async fn a_room_that_was_empty_at_its_start_time_starts_with_the_first_person(world: World) {
    world.rooms.known().auto_start_us = world.clock.now_us() - 60 * SECOND;
    let instance = world.start_with_item().await;
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    instance.join_as(&user("Anna"), "a", "gateway_1").await;
    assert_eq!(stream.event().await.change(), PlaybackChange::Play);
}
