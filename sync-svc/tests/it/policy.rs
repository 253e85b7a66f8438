//! What the room decided: learned from who joins, and from events.

use std::time::Duration;

use proto::{
    room::v1::{PlaybackPolicy, WaitMode},
    sync::v1::{Command, PlayerState, RoomPhase, SeekBy, UndoSeek, command::Action},
};
use rpc::{Reason, reason_of};
use testkit::user;

use crate::{
    over_both,
    world::{Instance, World, command, pause, play, seek},
};

over_both! {
    a_join_brings_the_policy_of_the_room,
    a_policy_change_reaches_a_waiting_start,
    seeks_can_be_relative_are_bounded_and_can_be_undone,
}

fn waiting(wait: WaitMode) -> PlaybackPolicy {
    PlaybackPolicy { wait: wait.into(), ..PlaybackPolicy::default() }
}

/// Until the room's log has the policy; nobody is told of it.
async fn learned(instance: &Instance, policy: &PlaybackPolicy) {
    let learned = async {
        while instance.record().await.policy.as_ref() != Some(policy) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), learned).await.expect("the policy is learned");
}

async fn a_join_brings_the_policy_of_the_room(world: World) {
    let policy = waiting(WaitMode::None);
    world.rooms.known().policy = policy.clone();
    let instance = world.start_with_item().await;
    let anna = user("Anna");
    instance.join_as(&anna, "a", "gateway_1").await;
    learned(&instance, &policy).await;
    assert_eq!(instance.record().await.owner_id, "user_owner");
    instance.report("a", PlayerState::Loading).await.unwrap();
    let state = instance.act(&anna, play()).await.state.unwrap();
    assert_eq!((state.hold, state.phase), (None, RoomPhase::Playing.into()), "it waits for nobody");
}

async fn a_policy_change_reaches_a_waiting_start(world: World) {
    let instance = world.start_with_item().await;
    instance.join("a", "gateway_1").await;
    instance.report("a", PlayerState::Loading).await.unwrap();
    let held = instance.act(&user("Anna"), play()).await.state.unwrap();
    assert_eq!(held.phase(), RoomPhase::Waiting);
    let asked = world.rooms.known().access_asked;
    world.rooms.decides("decided", waiting(WaitMode::None));
    world.rooms.acknowledged("decided").await;
    let state = instance.playback(&user("Anna")).await;
    assert_eq!((state.seq, state.phase()), (held.seq + 1, RoomPhase::Playing));
    instance.act(&user("Anna"), pause()).await;
    assert!(world.rooms.known().access_asked > asked, "what people may do may be another");
}

async fn seeks_can_be_relative_are_bounded_and_can_be_undone(world: World) {
    let instance = world.start_with_item().await;
    world.rooms.measures("item_1", 100_000_000);
    world.rooms.acknowledged("measured-item_1").await;
    let anna = user("Anna");
    let nothing = instance.send(&anna, command(Action::UndoSeek(UndoSeek {}))).await.unwrap_err();
    assert_eq!(reason_of(&nothing), Some(Reason::NothingToUndo));
    let state = instance.act(&anna, seek(604_800_000_000)).await.state.unwrap();
    assert_eq!((state.anchor_media_us, state.duration_us), (100_000_000, 100_000_000));
    let back =
        Command { item_id: "item_1".into(), ..command(Action::SeekBy(SeekBy { offset_us: -1_000_000 })) };
    let first = instance.send(&anna, back.clone()).await.unwrap();
    let again = instance.send(&anna, back).await.unwrap();
    assert_eq!((again.duplicate, again.event), (true, first.event), "a step acts once");
    let state = instance.act(&anna, Action::UndoSeek(UndoSeek {})).await.state.unwrap();
    assert_eq!((state.anchor_media_us, state.undo), (0, None));
    let beyond = Action::SeekBy(SeekBy { offset_us: i64::MIN });
    let refused = instance.send(&anna, command(beyond)).await.unwrap_err();
    assert_eq!(reason_of(&refused), Some(Reason::InvalidField));
}
