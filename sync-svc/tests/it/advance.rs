//! From an item to the next, by the service itself.

use proto::{
    room::v1::{PlaybackPolicy, PlaylistChange, WaitMode, room_event::Kind},
    sync::v1::{
        ChangeItem, Command, Next, PlaybackChange, PlaybackEvent, PlayerState, PlayerStatus, RoomPhase,
        command::Action,
    },
};
use rpc::{Reason, reason_of};
use testkit::user;

use crate::{
    over_both,
    world::{Instance, Subscription, World, command, pause, play},
};

over_both! {
    the_next_item_starts_without_a_gap,
    an_unprepared_player_is_waited_for,
    the_last_item_ends,
    a_player_and_the_service_advance_once,
    a_chosen_item_and_the_one_after_a_removal_bring_their_lengths,
    one_of_two_replicas_advances_and_the_other_follows,
    a_failed_playlist_read_is_retried,
    an_ended_room_advances_once_to_an_added_item,
    an_ended_room_ignores_items_added_elsewhere,
    an_item_added_at_the_very_end_is_not_missed,
    an_item_added_at_the_very_end_is_found_after_playlist_reads_fail,
    an_ended_room_advances_to_an_item_moved_behind_the_last,
    an_item_of_unknown_length_ends_when_its_players_report_the_end,
}

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;

/// A room with items of these lengths and one member, whose player prepared the second.
async fn room(world: &World, lengths: &[(&str, i64)]) -> Instance {
    let instance = world.start_with_item().await;
    let items = lengths.iter().map(|(item, _)| (*item).to_owned()).collect();
    world.rooms.known().items = items;
    for (item, duration_us) in lengths {
        world.rooms.measures(item, *duration_us);
        world.rooms.acknowledged(&format!("measured-{item}")).await;
    }
    instance.join("a", "gateway_1").await;
    instance.says("a", prepared("item_2")).await.unwrap();
    instance
}

fn prepared(item: &str) -> PlayerStatus {
    PlayerStatus {
        state: PlayerState::Ready.into(),
        item_id: "item_1".into(),
        prepared_item_id: item.into(),
        ..PlayerStatus::default()
    }
}

/// Makes it `at_us`. A service sleeps by the machine's time, so something has to happen for it to look at the clock.
async fn make_it(world: &World, at_us: i64, instances: &[&Instance], status: PlayerStatus) {
    let before_us = world.clock.now_us();
    world.clock.advance(std::time::Duration::from_micros((at_us - before_us).try_into().unwrap()));
    for instance in instances {
        for delay_ms in [50.0, 0.0] {
            instance.says("a", PlayerStatus { delay_ms, ..status.clone() }).await.unwrap();
        }
    }
}

async fn the_next_item_starts_without_a_gap(world: World) {
    let world = world.held_still();
    let instance = room(&world, &[("item_1", MINUTE), ("item_2", 2 * MINUTE)]).await;
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    let played = instance.act(&user("Anna"), play()).await.state.unwrap();
    assert_eq!(stream.event().await.change(), PlaybackChange::Play);
    let end_us = played.anchor_server_us + MINUTE;
    make_it(&world, end_us - SECOND / 4, &[&instance], prepared("item_2")).await;
    // Nobody asks for it.
    let next = stream.event().await;
    assert_eq!((next.change(), next.issued_by.as_str()), (PlaybackChange::Item, ""));
    assert_eq!(next.execute_at_us, end_us);
    let state = next.state.unwrap();
    assert_eq!((state.item_id.as_str(), state.playing, state.hold), ("item_2", true, None));
    assert_eq!((state.anchor_media_us, state.anchor_server_us), (0, end_us));
    assert_eq!(state.duration_us, 2 * MINUTE);
}

async fn an_unprepared_player_is_waited_for(world: World) {
    let world = world.held_still();
    let instance = room(&world, &[("item_1", MINUTE), ("item_2", 2 * MINUTE)]).await;
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    let played = instance.act(&user("Anna"), play()).await.state.unwrap();
    stream.event().await;
    let end_us = played.anchor_server_us + MINUTE;
    make_it(&world, end_us - SECOND / 4, &[&instance], prepared("")).await;
    make_it(&world, end_us + 2 * SECOND, &[&instance], prepared("")).await;
    let next = stream.event().await;
    assert!(next.change() == PlaybackChange::Item && next.execute_at_us >= end_us);
    assert_eq!(next.state.unwrap().hold.unwrap().waiting_session_ids, ["a"]);
}

async fn the_last_item_ends(world: World) {
    let world = world.held_still();
    let instance = room(&world, &[("item_1", MINUTE), ("item_2", MINUTE)]).await;
    let policy = PlaybackPolicy { stop_at_end: true, ..PlaybackPolicy::default() };
    world.rooms.decides("stops", policy);
    world.rooms.acknowledged("stops").await;
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    let played = instance.act(&user("Anna"), play()).await.state.unwrap();
    stream.event().await;
    make_it(&world, played.anchor_server_us + MINUTE + 2 * SECOND, &[&instance], prepared("item_2")).await;
    let end = stream.event().await;
    let state = end.state.clone().unwrap();
    assert_eq!((end.change(), state.phase()), (PlaybackChange::End, RoomPhase::Ended));
    assert_eq!((state.item_id.as_str(), state.anchor_media_us), ("item_1", MINUTE));
    let again = instance.act(&user("Anna"), play()).await.state.unwrap();
    assert_eq!((again.anchor_media_us, again.item_id.as_str()), (0, "item_1"));
}

async fn a_player_and_the_service_advance_once(world: World) {
    let world = world.held_still();
    let instance = room(&world, &[("item_1", MINUTE), ("item_2", MINUTE), ("item_3", MINUTE)]).await;
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    let played = instance.act(&user("Anna"), play()).await;
    stream.event().await;
    let end_us = played.state.unwrap().anchor_server_us + MINUTE;
    make_it(&world, end_us - SECOND / 4, &[&instance], prepared("item_2")).await;
    let next = stream.event().await;
    // A player that finds its film at the end, as it was told of it.
    let end = |expected_seq, item_id: &str| Command {
        expected_seq,
        item_id: item_id.into(),
        ..command(Action::Next(Next {}))
    };
    let by_seq = instance.send(&user("Anna"), end(Some(played.seq), "")).await.unwrap_err();
    assert_eq!(reason_of(&by_seq), Some(Reason::StaleSequence));
    let by_item = instance.send(&user("Anna"), end(None, "item_1")).await.unwrap_err();
    assert_eq!(reason_of(&by_item), Some(Reason::ItemMismatch));
    assert_eq!(instance.playback(&user("Anna")).await.seq, next.seq);
}

async fn a_chosen_item_and_the_one_after_a_removal_bring_their_lengths(world: World) {
    let lengths = [("item_1", MINUTE), ("item_2", 2 * MINUTE), ("item_3", 3 * MINUTE)];
    let instance = room(&world, &lengths).await;
    let chosen = Action::ChangeItem(ChangeItem { item_id: "item_2".into(), from_start: true });
    assert_eq!(instance.act(&user("Anna"), chosen).await.state.unwrap().duration_us, 2 * MINUTE);
    instance.act(&user("Anna"), pause()).await;
    let change = PlaylistChange {
        item_id: "item_2".into(),
        version: 9,
        next_item_id: "item_3".into(),
        ..PlaylistChange::default()
    };
    world.rooms.happens("removed", Kind::ItemRemoved(change));
    world.rooms.acknowledged("removed").await;
    let state = instance.playback(&user("Anna")).await;
    assert_eq!((state.item_id.as_str(), state.duration_us), ("item_3", 3 * MINUTE));
}

async fn one_of_two_replicas_advances_and_the_other_follows(world: World) {
    let world = world.held_still();
    let names: Vec<_> = (1..=6).map(|number| format!("item_{number}")).collect();
    let lengths: Vec<_> = names.iter().map(|name| (name.as_str(), MINUTE)).collect();
    let one = room(&world, &lengths).await;
    let policy = PlaybackPolicy { wait: WaitMode::None.into(), ..PlaybackPolicy::default() };
    world.rooms.decides("waits-for-nobody", policy);
    world.rooms.acknowledged("waits-for-nobody").await;
    let other = world.start_beside(&one).await;
    let (mut from_one, mut from_other) = (one.subscribe(0).await, other.subscribe(0).await);
    let before = from_one.snapshot().await.state.unwrap();
    assert_eq!(from_other.snapshot().await.state.as_ref(), Some(&before));
    one.act(&user("Anna"), play()).await;
    let mut told = vec![from_one.event().await];
    assert_eq!(told[0], from_other.event().await);
    for name in &names[1..] {
        let end_us = told[told.len() - 1].state.as_ref().unwrap().anchor_server_us + MINUTE;
        make_it(&world, end_us - SECOND / 4, &[&one, &other], prepared("")).await;
        let next = from_one.event().await;
        assert_eq!(from_other.event().await, next, "both tell the same");
        assert_eq!(next.state.as_ref().map(|state| &state.item_id), Some(name), "none is left out");
        assert_eq!(next.execute_at_us, end_us, "and there is no gap");
        told.push(next);
    }
    let end_us = told[told.len() - 1].state.as_ref().unwrap().anchor_server_us + MINUTE;
    make_it(&world, end_us + 2 * SECOND, &[&one, &other], prepared("")).await;
    assert_eq!(from_one.event().await.change(), PlaybackChange::End);
    assert_eq!(from_other.event().await.change(), PlaybackChange::End);
    // What either still meant to do comes before this.
    let last = other.act(&user("Anna"), pause()).await;
    assert_eq!(from_one.event().await, last);
    assert_eq!(last.seq, told[told.len() - 1].seq + 2, "exactly one step for each");
    assert!(told.iter().zip(before.seq + 1..).all(|(event, seq)| event.seq == seq));
}

async fn a_failed_playlist_read_is_retried(world: World) {
    let instance = room(&world, &[("item_1", SECOND / 2), ("item_2", MINUTE)]).await;
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    world.rooms.known().items_fail = 1;
    let played = instance.act(&user("Anna"), play()).await;
    assert_eq!(stream.event().await, played);
    let next = stream.event().await;
    assert_eq!((next.change(), next.state.unwrap().item_id.as_str()), (PlaybackChange::Item, "item_2"));
    assert_eq!(world.rooms.known().items_fail, 0);
}

/// Plays the only item of a room to its end, for these replicas. Gives the end.
async fn played_to_its_end(
    world: &World,
    instances: &[&Instance],
    stream: &mut Subscription,
) -> PlaybackEvent {
    let played = instances[0].act(&user("Anna"), play()).await.state.unwrap();
    assert_eq!(stream.event().await.change(), PlaybackChange::Play);
    make_it(world, played.anchor_server_us + MINUTE + 2 * SECOND, instances, prepared("")).await;
    let end = stream.event().await;
    assert_eq!((end.change(), end.state.as_ref().unwrap().phase()), (PlaybackChange::End, RoomPhase::Ended));
    end
}

async fn an_ended_room_advances_once_to_an_added_item(world: World) {
    let world = world.held_still();
    let one = room(&world, &[("item_1", MINUTE)]).await;
    let other = world.start_beside(&one).await;
    let (mut from_one, mut from_other) = (one.subscribe(0).await, other.subscribe(0).await);
    from_one.snapshot().await;
    from_other.snapshot().await;
    let end = played_to_its_end(&world, &[&one, &other], &mut from_one).await;
    // A replica that does not know of the end yet would announce what follows instead of going on.
    assert_eq!(from_other.event().await.change(), PlaybackChange::Play);
    assert_eq!(from_other.event().await, end);
    // Two at once; both replicas are told of both.
    world.rooms.known().items.extend(["item_2".into(), "item_3".into()]);
    world.rooms.known().durations.insert("item_2".into(), 2 * MINUTE);
    for item in ["item_2", "item_3"] {
        world.rooms.tells_of_added(item);
    }
    let next = from_one.event().await;
    assert_eq!((next.change(), next.seq, next.issued_by.as_str()), (PlaybackChange::Item, end.seq + 1, ""));
    let state = next.state.clone().unwrap();
    assert_eq!((state.item_id.as_str(), state.playing, state.duration_us), ("item_2", true, 2 * MINUTE));
    assert_eq!(state.hold.unwrap().waiting_session_ids, ["a"], "nobody could prepare it");
    world.rooms.acknowledged_by_all("added-item_3", 2).await;
    let last = other.act(&user("Anna"), pause()).await;
    assert_eq!(last.seq, next.seq + 1, "exactly one step");
    assert_eq!(from_one.event().await, last);
    assert_eq!(from_other.event().await, next, "both tell the same");
}

async fn an_ended_room_ignores_items_added_elsewhere(world: World) {
    let world = world.held_still();
    let instance = room(&world, &[("item_1", MINUTE)]).await;
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    let end = played_to_its_end(&world, &[&instance], &mut stream).await;
    world.rooms.known().items = vec!["item_0".into(), "item_1".into()];
    world.rooms.tells_of_added("item_0");
    world.rooms.acknowledged("added-item_0").await;
    assert_eq!(instance.playback(&user("Anna")).await.seq, end.seq, "it was moved before the one that ended");
    let policy = PlaybackPolicy { stop_at_end: true, ..PlaybackPolicy::default() };
    world.rooms.decides("stops", policy);
    // Who ended the room may still be about to look at the playlist, and must know by then.
    world.rooms.acknowledged("stops").await;
    world.rooms.adds_item("item_2");
    world.rooms.acknowledged("added-item_2").await;
    let state = instance.playback(&user("Anna")).await;
    assert_eq!((state.item_id.as_str(), state.playing), ("item_1", false), "the room is to stop at the end");
    assert_eq!(state.next_item_id, "item_2", "that is what a person would go on to");
}

async fn an_item_added_at_the_very_end_is_not_missed(world: World) {
    added_at_the_very_end(world, 0).await;
}

async fn an_item_added_at_the_very_end_is_found_after_playlist_reads_fail(world: World) {
    added_at_the_very_end(world, 2).await;
}

async fn added_at_the_very_end(world: World, failing_looks: usize) {
    let world = world.held_still();
    world.rooms.known().late_fail = failing_looks;
    let instance = room(&world, &[("item_1", MINUTE)]).await;
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    // The service hears of it while the item still plays, but has read the playlist just before.
    world.rooms.tells_of_added("item_2");
    world.rooms.acknowledged("added-item_2").await;
    world.rooms.known().items_late = vec!["item_2".into()];
    played_to_its_end(&world, &[&instance], &mut stream).await;
    let next = stream.event().await;
    assert_eq!((next.change(), next.state.unwrap().item_id.as_str()), (PlaybackChange::Item, "item_2"));
}

async fn an_ended_room_advances_to_an_item_moved_behind_the_last(world: World) {
    let world = world.held_still();
    let instance = room(&world, &[("item_2", MINUTE), ("item_1", MINUTE)]).await;
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    let end = played_to_its_end(&world, &[&instance], &mut stream).await;
    world.rooms.known().items = vec!["item_1".into(), "item_2".into()];
    let change = PlaylistChange { item_id: "item_2".into(), version: 9, ..PlaylistChange::default() };
    world.rooms.happens("moved", Kind::ItemsReordered(change));
    let next = stream.event().await;
    assert_eq!((next.change(), next.seq), (PlaybackChange::Item, end.seq + 1));
    assert_eq!(next.state.unwrap().item_id, "item_2");
}

async fn an_item_of_unknown_length_ends_when_its_players_report_the_end(world: World) {
    let world = world.held_still();
    let instance = room(&world, &[("item_2", MINUTE)]).await;
    world.rooms.known().items = vec!["item_1".into()];
    instance.join("b", "gateway_1").await;
    instance.says("b", prepared("")).await.unwrap();
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    let played = instance.act(&user("Anna"), play()).await.state.unwrap();
    stream.event().await;
    let at_end = PlayerStatus { state: PlayerState::Ended.into(), ..prepared("") };
    make_it(&world, played.anchor_server_us + MINUTE, &[&instance], prepared("")).await;
    instance.says("a", at_end.clone()).await.unwrap();
    instance.says("b", at_end).await.unwrap();
    assert_eq!(stream.event().await.change(), PlaybackChange::Duration, "not by the word of one of two");
    let end = stream.event().await;
    assert_eq!((end.change(), end.state.unwrap().phase()), (PlaybackChange::End, RoomPhase::Ended));
    // As for a measured item, one that comes later is played.
    world.rooms.adds_item("item_2");
    let next = stream.event().await;
    assert_eq!((next.change(), next.state.unwrap().item_id.as_str()), (PlaybackChange::Item, "item_2"));
}
