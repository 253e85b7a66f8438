//! Commands: what they do, who may send them, and that each acts once.

use proto::sync::v1::{ChangeItem, Command, Next, PlaybackChange, Previous, command::Action};
use rpc::{Context, Reason, reason_of};
use testkit::{guest, user};
use tonic_types::StatusExt as _;

use crate::{
    over_both,
    world::{World, command, pause, play, seek},
};

over_both! {
    a_command_acts_and_returns_its_event,
    a_repeated_command_acts_once,
    a_command_with_a_stale_guard_is_rejected,
    items_are_chosen_from_the_playlist,
    commands_need_the_permission,
    a_permission_that_is_taken_while_a_command_is_in_flight_counts,
}

async fn a_command_acts_and_returns_its_event(world: World) {
    let instance = world.start_with_item().await;
    let (anna, mut stream) = (user("Anna"), instance.subscribe(0).await);
    assert_eq!(stream.snapshot().await.state.unwrap().seq, 1);
    let played = instance.act(&anna, play()).await;
    assert_eq!(
        (played.seq, played.change(), played.issued_by.as_str()),
        (2, PlaybackChange::Play, anna.identity.as_ref().unwrap().subject_id.as_str())
    );
    let sought = instance.act(&anna, seek(5_000_000)).await;
    let paused = instance.act(&anna, pause()).await;
    for event in [played, sought, paused.clone()] {
        assert_eq!(stream.event().await, event, "everyone is told the same");
    }
    assert_eq!(instance.playback(&anna).await, paused.state.unwrap());
}

async fn a_repeated_command_acts_once(world: World) {
    let instance = world.start_with_item().await;
    let anna = user("Anna");
    // After it has acted, its own guard would refuse it.
    let guarded = Command { expected_seq: Some(1), ..command(play()) };
    let first = instance.send(&anna, guarded.clone()).await.unwrap();
    assert!(!first.duplicate);
    for repeated in [guarded.clone(), Command { expected_seq: None, ..guarded.clone() }] {
        let again = instance.send(&anna, repeated).await.unwrap();
        assert!(again.duplicate);
        assert_eq!(again.event, first.event);
    }
    let mine = instance.send(&user("Ben"), Command { expected_seq: None, ..guarded }).await.unwrap();
    assert!(!mine.duplicate, "another person's id is another command");
    assert_eq!(instance.playback(&anna).await.seq, 3);
}

async fn a_command_with_a_stale_guard_is_rejected(world: World) {
    let instance = world.start().await;
    let anna = user("Anna");
    assert_eq!(reason_of(&instance.send(&anna, command(play())).await.unwrap_err()), Some(Reason::NoItem));
    world.rooms.adds_item("item_1");
    world.rooms.acknowledged("added-item_1").await;
    let stale = instance.send(&anna, Command { expected_seq: Some(7), ..command(play()) }).await.unwrap_err();
    assert_eq!(reason_of(&stale), Some(Reason::StaleSequence));
    assert_eq!(tonic_types::StatusExt::get_details_error_info(&stale).unwrap().metadata["seq"], "1");
    let other =
        instance.send(&anna, Command { item_id: "item_0".into(), ..command(seek(1)) }).await.unwrap_err();
    assert_eq!(reason_of(&other), Some(Reason::ItemMismatch));
    for position_us in [-1, 604_800_000_001] {
        let beyond = instance.send(&anna, command(seek(position_us))).await.unwrap_err();
        assert_eq!(reason_of(&beyond), Some(Reason::InvalidField));
    }
    assert_eq!(instance.playback(&anna).await.seq, 1);
}

async fn items_are_chosen_from_the_playlist(world: World) {
    let instance = world.start_with_item().await;
    world.rooms.known().items.extend(["item_2".into(), "item_3".into()]);
    let anna = user("Anna");
    let item = |event: proto::sync::v1::PlaybackEvent| event.state.unwrap().item_id;
    assert_eq!(item(instance.act(&anna, Action::Next(Next {})).await), "item_2");
    assert_eq!(
        item(
            instance
                .act(&anna, Action::ChangeItem(ChangeItem { item_id: "item_3".into(), from_start: true }))
                .await
        ),
        "item_3"
    );
    assert_eq!(item(instance.act(&anna, Action::Previous(Previous {})).await), "item_2");
    // Two players reach the end at once: the second one's wish is for the item that was on.
    let end = Command { item_id: "item_2".into(), ..command(Action::Next(Next {})) };
    assert_eq!(item(instance.send(&anna, end.clone()).await.unwrap().event.unwrap()), "item_3");
    let late = instance.send(&user("Ben"), end).await.unwrap_err();
    assert_eq!(reason_of(&late), Some(Reason::ItemMismatch));
    let beyond = instance.send(&anna, command(Action::Next(Next {}))).await.unwrap_err();
    assert_eq!(reason_of(&beyond), Some(Reason::NoItem));
    let unknown = instance
        .send(&anna, command(Action::ChangeItem(ChangeItem { item_id: "item_9".into(), from_start: true })))
        .await
        .unwrap_err();
    assert_eq!(reason_of(&unknown), Some(Reason::ItemNotFound));
}

async fn commands_need_the_permission(world: World) {
    let instance = world.start_with_item().await;
    let (viewer, mut bound) = (guest("Vera"), guest("Bob"));
    world.rooms.known().viewers.insert(viewer.identity.as_ref().unwrap().subject_id.clone());
    for (action, missing) in [(play(), "play_control"), (Action::Next(Next {}), "change_current_media")] {
        let refused = instance.send(&viewer, command(action)).await.unwrap_err();
        assert_eq!(reason_of(&refused), Some(Reason::PermissionMissing));
        assert_eq!(refused.get_details_error_info().unwrap().metadata["permission"], missing);
        assert!(refused.message().contains(missing), "{}", refused.message());
    }
    // A granted permission counts before its event arrives.
    world.rooms.known().viewers.clear();
    instance.act(&viewer, play()).await;
    let asked = world.rooms.known().access_asked;
    instance.act(&viewer, play()).await;
    instance.playback(&viewer).await;
    assert_eq!(world.rooms.known().access_asked, asked, "asked once for a burst");
    bound.identity.as_mut().unwrap().room_id = ids::RoomId::new().to_string();
    let elsewhere = instance.send(&bound, command(play())).await.unwrap_err();
    assert_eq!(reason_of(&elsewhere), Some(Reason::TokenForAnotherRoom));
    let nobody = instance.send(&Context::background(), command(play())).await.unwrap_err();
    assert_eq!(reason_of(&nobody), Some(Reason::Unauthenticated));
    let mut lost = world.start().await;
    lost.room = "no-such-room".into();
    assert_eq!(
        reason_of(&lost.send(&viewer, command(play())).await.unwrap_err()),
        Some(Reason::RoomNotFound)
    );
}

/// Bad input: the decision at commit time counts. The permission is there when the command comes, and gone before its event
/// could be stored.
async fn a_permission_that_is_taken_while_a_command_is_in_flight_counts(world: World) {
    let instance = world.start_with_item().await;
    world.rooms.known().items.push("item_2".into());
    let anna = user("Anna");
    instance.act(&anna, play()).await;
    world.rooms.known().viewer_late = Some(anna.identity.as_ref().unwrap().subject_id.clone());
    let refused = instance.send(&anna, command(Action::Next(Next {}))).await.unwrap_err();
    assert_eq!(reason_of(&refused), Some(Reason::PermissionMissing));
    assert_eq!(instance.playback(&anna).await.item_id, "item_1", "nothing was played");
}
