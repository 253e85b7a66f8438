//! Votes to skip an item, what follows it, and what room-svc is told of it.

use std::{collections::HashSet, time::Duration};

use futures::future::join_all;
use proto::{
    room::v1::{PlaylistReplaced, QueuePolicy, room_event::Kind},
    sync::v1::{ChangeItem, Command, PlaybackChange, VoteSkip, command::Action},
};
use rpc::{Context, Reason, reason_of};
use testkit::{guest, user};

use crate::{
    over_both,
    world::{Instance, Subscription, World, command, play},
};

over_both! {
    votes_at_the_threshold_skip_once,
    guests_without_the_permission_do_not_raise_the_threshold,
    who_leaves_may_decide_a_vote,
    clients_hear_what_follows,
    what_a_room_plays_is_told,
    a_chosen_item_goes_on_where_the_room_left_it,
}

fn vote(item: &str) -> Command {
    Command { item_id: item.into(), ..command(Action::VoteSkip(VoteSkip { withdraw: false })) }
}

async fn room_with(world: &World, items: &[&str]) -> Instance {
    let instance = world.start().await;
    for item in items {
        world.rooms.adds_item(item);
        world.rooms.acknowledged(&format!("added-{item}")).await;
    }
    instance
}

async fn until(stream: &mut Subscription, change: PlaybackChange) -> proto::sync::v1::PlaybackEvent {
    loop {
        let event = stream.event().await;
        if event.change() == change {
            return event;
        }
    }
}

// Issue 10, "Prove": votes at the threshold. Three of five people vote at the same instant, on two replicas where the log is
// shared, two more at the next.
async fn votes_at_the_threshold_skip_once(world: World) {
    let one = room_with(&world, &["item_1", "item_2", "item_3"]).await;
    let beside = if world.shares_its_log() { Some(world.start_beside(&one).await) } else { None };
    let other = beside.as_ref().unwrap_or(&one);
    let people: Vec<Context> = ["Anna", "Bert", "Cleo", "Dora", "Emil"].map(user).to_vec();
    for (number, person) in people.iter().enumerate() {
        one.join_as(person, &format!("s{number}"), "gateway_1").await;
    }
    let mut stream = one.subscribe(0).await;
    stream.snapshot().await;
    let outcomes = join_all(people.iter().enumerate().map(|(number, person)| {
        let instance = if number % 2 == 0 { &one } else { other };
        async move { instance.send(person, vote("item_1")).await }
    }))
    .await;
    let item = until(&mut stream, PlaybackChange::Item).await;
    assert_eq!(item.state.unwrap().item_id, "item_2");
    let carried_out = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert!(carried_out >= 3, "{outcomes:?}");
    for refused in outcomes.into_iter().filter_map(Result::err) {
        assert_eq!(reason_of(&refused), Some(Reason::ItemMismatch), "it came when the room had gone on");
    }
    // Nothing else is on the way: what either replica still meant to do comes before this.
    other.act(&people[0], play()).await;
    until(&mut stream, PlaybackChange::Play).await;
    let state = one.playback(&people[0]).await;
    assert_eq!((state.item_id.as_str(), state.skip_vote), ("item_2", None));
}

// Case W5.
async fn guests_without_the_permission_do_not_raise_the_threshold(world: World) {
    let instance = room_with(&world, &["item_1", "item_2"]).await;
    let (anna, grace, gus) = (user("Anna"), guest("Grace"), guest("Gus"));
    let may_not = [&grace, &gus].map(|guest| guest.identity().unwrap().subject_id.clone());
    world.rooms.known().viewers = HashSet::from(may_not);
    for (person, session) in [(&anna, "a"), (&grace, "g"), (&gus, "u")] {
        instance.join_as(person, session, "gateway_1").await;
    }
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    let refused = instance.send(&grace, vote("item_1")).await.unwrap_err();
    assert_eq!(reason_of(&refused), Some(Reason::PermissionMissing));
    instance.send(&anna, vote("item_1")).await.unwrap();
    assert_eq!(until(&mut stream, PlaybackChange::Item).await.state.unwrap().item_id, "item_2");
    world.rooms.known().queue = QueuePolicy { skip_disabled: true, ..QueuePolicy::default() };
    world.rooms.belongs_to("user_other");
    world.rooms.acknowledged("belongs-to-user_other").await;
    let off = instance.send(&anna, vote("item_2")).await.unwrap_err();
    assert_eq!(reason_of(&off), Some(Reason::SkipVoteOff));
}

async fn who_leaves_may_decide_a_vote(world: World) {
    let instance = room_with(&world, &["item_1", "item_2"]).await;
    let (anna, bert) = (user("Anna"), user("Bert"));
    instance.join_as(&anna, "a", "gateway_1").await;
    instance.join_as(&bert, "b", "gateway_1").await;
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    let voted = instance.send(&anna, vote("item_1")).await.unwrap().event.unwrap().state.unwrap();
    let tally = voted.skip_vote.map(|vote| (vote.votes, vote.needed, vote.voters));
    assert_eq!(tally, Some((1, 2, 2)), "more than half of two is two");
    instance.leave("b").await;
    assert_eq!(until(&mut stream, PlaybackChange::Item).await.state.unwrap().item_id, "item_2");
}

async fn clients_hear_what_follows(world: World) {
    let instance = room_with(&world, &["item_1", "item_2"]).await;
    let anna = user("Anna");
    instance.join_as(&anna, "a", "gateway_1").await;
    assert_eq!(instance.playback(&anna).await.next_item_id, "item_2");
    let chosen = instance
        .act(&anna, Action::ChangeItem(ChangeItem { item_id: "item_2".into(), from_start: true }))
        .await;
    assert_eq!(chosen.state.unwrap().next_item_id, "", "nothing follows, and the event says so");
    world.rooms.adds_item("item_3");
    world.rooms.acknowledged("added-item_3").await;
    assert_eq!(instance.playback(&anna).await.next_item_id, "item_3");
    world.rooms.known().items.pop();
    world.rooms.happens("replaced", Kind::PlaylistReplaced(PlaylistReplaced::default()));
    world.rooms.acknowledged("replaced").await;
    assert_eq!(instance.playback(&anna).await.next_item_id, "");
    // The whole playlist is cleared.
    world.rooms.known().items.clear();
    world.rooms.happens("cleared", Kind::PlaylistReplaced(PlaylistReplaced::default()));
    world.rooms.acknowledged("cleared").await;
    assert_eq!(instance.playback(&anna).await.item_id, "");
}

async fn what_a_room_plays_is_told(world: World) {
    let instance = room_with(&world, &["item_1", "item_2"]).await;
    let anna = user("Anna");
    instance.join_as(&anna, "a", "gateway_1").await;
    instance.act(&anna, play()).await;
    instance.act(&anna, Action::ChangeItem(ChangeItem { item_id: "item_2".into(), from_start: true })).await;
    let told = async {
        while world.rooms.known().plays.len() < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), told).await.expect("it is told");
    let plays = world.rooms.known().plays.clone();
    let names: Vec<_> =
        plays.iter().map(|play| (play.left_item_id.as_str(), play.started_item_id.as_str())).collect();
    assert_eq!(names, [("", "item_1"), ("item_1", "item_2")]);
    assert!(plays.iter().all(|play| play.play_id.starts_with("play_")));
}

async fn a_chosen_item_goes_on_where_the_room_left_it(world: World) {
    let instance = room_with(&world, &["item_1", "item_2"]).await;
    world.rooms.known().resumes.insert("item_2".into(), 90_000_000);
    let anna = user("Anna");
    instance.join_as(&anna, "a", "gateway_1").await;
    let choose = |from_start| Action::ChangeItem(ChangeItem { item_id: "item_2".into(), from_start });
    assert_eq!(instance.act(&anna, choose(false)).await.state.unwrap().anchor_media_us, 90_000_000);
    assert_eq!(instance.act(&anna, choose(true)).await.state.unwrap().anchor_media_us, 0);
}
