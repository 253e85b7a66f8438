//! Owners who go away: the room is handed on once, or stands still until they are back.

use std::time::Duration;

use proto::{
    room::v1::{HandOver, PlaybackPolicy, room_event::Kind},
    sync::v1::{PlaybackChange, RoomPhase, subscribe_response::Delivery},
};
use testkit::user;

use crate::{
    over_both,
    world::{Instance, Subscription, World, play},
};

over_both! {
    the_room_goes_to_the_member_present_longest,
    a_failed_hand_over_is_retried,
    a_join_tells_the_service_who_owns_the_room,
    a_room_that_waits_for_its_owner_stays_paused_until_they_return,
}

/// Its owner, `user_a`, is there with others.
async fn with_owner(world: &World, hand_over: HandOver) -> Instance {
    let instance = world.start_with_item().await;
    for session in ["a", "c", "b"] {
        instance.join(session, "gateway_1").await;
    }
    world
        .rooms
        .decides("decided", PlaybackPolicy { hand_over: hand_over.into(), ..PlaybackPolicy::default() });
    world.rooms.belongs_to("user_a");
    world.rooms.acknowledged("belongs-to-user_a").await;
    instance
}

async fn new_owner(stream: &mut Subscription) -> String {
    loop {
        if let Delivery::RoomEvent(event) = stream.next().await
            && let Some(Kind::RoomUpdated(room)) = event.kind
        {
            return room.owner_id;
        }
    }
}

async fn the_room_goes_to_the_member_present_longest(world: World) {
    let world = World { owner_away_ms: 50, ..world };
    let instance = with_owner(&world, HandOver::JoinOrder).await;
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    instance.leave("a").await;
    assert_eq!(new_owner(&mut stream).await, "user_c");
    world.rooms.acknowledged("handed-over-1").await;
    let asked = world.rooms.known().hand_overs[0].clone();
    assert_eq!(
        (asked.owner_id.as_str(), asked.candidate_ids),
        ("user_a", vec!["user_c".into(), "user_b".into()])
    );
    // The new one goes too.
    instance.leave("c").await;
    assert_eq!(new_owner(&mut stream).await, "user_b");
}

async fn a_failed_hand_over_is_retried(world: World) {
    let world = World { owner_away_ms: 50, ..world };
    let instance = with_owner(&world, HandOver::JoinOrder).await;
    world.rooms.known().hand_overs_fail = 1;
    let mut stream = instance.subscribe(0).await;
    instance.leave("a").await;
    assert_eq!(new_owner(&mut stream).await, "user_c");
    assert_eq!(world.rooms.known().hand_overs.len(), 2);
}

async fn a_join_tells_the_service_who_owns_the_room(world: World) {
    let world = World { owner_away_ms: 50, ..world };
    let instance = world.start_with_item().await;
    let anna = user("Anna");
    world.rooms.known().owner.clone_from(&anna.identity.as_ref().unwrap().subject_id);
    instance.join_as(&anna, "a", "gateway_1").await;
    instance.join("b", "gateway_1").await;
    let learned = async {
        while instance.record().await.owner_id != world.rooms.known().owner {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), learned).await.expect("the owner is learned");
    instance.leave("a").await;
    world.rooms.asked_to_hand_over(1).await;
    assert_eq!(world.rooms.known().hand_overs[0].candidate_ids, ["user_b"]);
}

async fn a_room_that_waits_for_its_owner_stays_paused_until_they_return(world: World) {
    let world = World { owner_away_ms: 50, ..world };
    let instance = with_owner(&world, HandOver::Wait).await;
    instance.act(&user("Anna"), play()).await;
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    instance.leave("a").await;
    let event = stream.event().await;
    let state = event.state.clone().unwrap();
    assert_eq!(
        (event.change(), state.phase(), state.playing),
        (PlaybackChange::OwnerAway, RoomPhase::OwnerAway, false)
    );
    instance.join("a", "gateway_1").await;
    let event = stream.event().await;
    let back = event.state.clone().unwrap();
    assert_eq!(
        (event.change(), back.phase(), back.playing),
        (PlaybackChange::OwnerBack, RoomPhase::Paused, false)
    );
    assert_eq!(back.anchor_media_us, state.anchor_media_us);
    assert!(world.rooms.known().hand_overs.is_empty());
}
