use std::time::Duration;

use futures::future::join_all;
use proto::room::v1::{
    HandOver, HandOverReason, HandOverRoomRequest, PlaybackPolicy, ReclaimRoomRequest, Role, Room, RoomEvent,
    TransferRoomRequest, room_event::Kind,
};
use rpc::Reason;

use crate::{
    settings::update,
    world::{Instance, Outcome, Person, World, fields_at_fault, nobody, refusal, sent, user},
};

async fn transfer(svc: &Instance, who: &Person, room: &str, to: &str) -> Outcome<Room> {
    let request = TransferRoomRequest { room: room.into(), subject_id: to.into() };
    Ok(svc.rooms().transfer_room(who.request(request)).await?.into_inner().room.unwrap())
}

async fn reclaim(svc: &Instance, who: &Person, room: &str) -> Outcome<Room> {
    let request = ReclaimRoomRequest { room: room.into() };
    Ok(svc.rooms().reclaim_room(who.request(request)).await?.into_inner().room.unwrap())
}

async fn hand_over(svc: &Instance, room: &str, owner: &Person, candidates: &[&Person]) -> Room {
    let request = HandOverRoomRequest {
        room_id: room.into(),
        owner_id: owner.id(),
        candidate_ids: candidates.iter().map(|who| who.id()).collect(),
    };
    svc.rooms().hand_over_room(nobody().request(request)).await.unwrap().into_inner().room.unwrap()
}

/// A room of Ada's with the others in it.
async fn room_of(svc: &Instance, ada: &Person, others: &[&Person]) -> String {
    let room = svc.create(ada).await.id;
    for who in others {
        svc.join(who, &room).await.unwrap();
    }
    room
}

async fn decide(svc: &Instance, owner: &Person, room: &str, hand_over: HandOver, delegate: Option<String>) {
    let delegate_ids = delegate.into_iter().collect();
    let policy = PlaybackPolicy { hand_over: hand_over.into(), delegate_ids, ..Default::default() };
    update(svc, owner, room, "", Some(policy)).await.unwrap();
}

fn told(events: Vec<RoomEvent>) -> Vec<String> {
    let tell = |event: RoomEvent| match event.kind {
        Some(Kind::MemberChanged(member)) => format!("{} is {:?}", member.display_name, member.role()),
        Some(Kind::RoomUpdated(room)) => format!("room of {}", room.owner_id),
        kind => format!("{kind:?}"),
    };
    events.into_iter().map(tell).collect()
}

#[tokio::test]
async fn an_owner_hands_the_room_to_a_member() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let room = room_of(&svc, &ada, &[&bob]).await;
    let mut reader = svc.read("test").await;
    reader.take(2).await;

    assert_eq!(refusal(transfer(&svc, &bob, &room, &bob.id()).await), Reason::PermissionMissing);
    let stranger = user("Mallory").id();
    assert_eq!(fields_at_fault(transfer(&svc, &ada, &room, &stranger).await), ["subject_id"]);
    let same = transfer(&svc, &ada, &room, &ada.id()).await.unwrap();
    assert_eq!(same.owner_id, ada.id());

    let given = transfer(&svc, &ada, &room, &bob.id()).await.unwrap();
    assert_eq!((given.owner_id.as_str(), given.former_owner_id.as_str()), (bob.id().as_str(), ""));
    let expected = ["Ada is Member".into(), "Bob is Owner".into(), format!("room of {}", bob.id())];
    assert_eq!(told(reader.take(3).await), expected);
    assert_eq!(svc.access(&bob, &room).await.unwrap().member.unwrap().role(), Role::Owner);
    assert_eq!(svc.access(&ada, &room).await.unwrap().member.unwrap().role(), Role::Member);
    assert_eq!(refusal(reclaim(&svc, &ada, &room).await), Reason::ReclaimOver, "it was given, not taken");
}

#[tokio::test]
async fn an_absent_owner_can_reclaim_the_room_within_a_minute() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, eve) = (user("Ada"), user("Bob"), user("Eve"));
    let room = room_of(&svc, &ada, &[&bob, &eve]).await;
    let mut reader = svc.read("test").await;
    svc.acknowledge(&reader.take(3).await).await;

    let given = hand_over(&svc, &room, &ada, &[&user("Mallory"), &eve, &bob]).await;
    assert_eq!(
        (&given.owner_id, &given.former_owner_id),
        (&eve.id(), &ada.id()),
        "the first who is a member"
    );
    let until = given.reclaim_until.unwrap();
    assert_eq!(until.seconds, world.clock.now().timestamp() + 60);
    let events = reader.take(3).await;
    svc.acknowledge(&events).await;
    let expected = ["Ada is Member".into(), "Eve is Owner".into(), format!("room of {}", eve.id())];
    assert_eq!(told(events), expected);

    assert_eq!(refusal(reclaim(&svc, &bob, &room).await), Reason::ReclaimOver);
    world.clock.advance(Duration::from_mins(1));
    let back = reclaim(&svc, &ada, &room).await.unwrap();
    assert_eq!((back.owner_id.as_str(), back.former_owner_id.as_str()), (ada.id().as_str(), ""));
    assert_eq!(back.reclaim_until, None);
    assert_eq!(reclaim(&svc, &ada, &room).await.unwrap(), back, "asking again is no error");
    let expected = ["Eve is Member".into(), "Ada is Owner".into(), format!("room of {}", ada.id())];
    assert_eq!(told(reader.take(3).await), expected);
}

#[tokio::test]
async fn reclaiming_after_a_minute_is_rejected() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let room = room_of(&svc, &ada, &[&bob]).await;
    hand_over(&svc, &room, &ada, &[&bob]).await;
    world.clock.advance(Duration::from_millis(60_001));
    let outcome = reclaim(&svc, &ada, &room).await;
    let message = outcome.as_ref().unwrap_err().message().to_owned();
    assert!(message.contains("ask its owner"), "{message}");
    assert_eq!(refusal(outcome), Reason::ReclaimOver);
    assert_eq!(refusal(reclaim(&svc, &user("Mallory"), &room).await), Reason::NotAMember);
    assert_eq!(svc.get(&room).await.unwrap().owner_id, bob.id());
}

#[tokio::test]
async fn concurrent_hand_overs_change_the_owner_once() {
    let world = World::start().await;
    let (here, there) = (world.instance().await, world.instance().await);
    let (ada, bob, eve) = (user("Ada"), user("Bob"), user("Eve"));
    let room = room_of(&here, &ada, &[&bob, &eve]).await;
    let mut reader = here.read("test").await;
    reader.take(3).await;
    let heirs = [[&bob], [&eve]];
    let calls = (0..8).map(|n| hand_over([&here, &there][n % 2], &room, &ada, &heirs[n / 2 % 2]));
    let rooms = join_all(calls).await;
    assert!(rooms.iter().all(|other| *other == rooms[0]), "all are told of the same owner: {rooms:?}");
    assert_ne!(rooms[0].owner_id, ada.id());
    // The next event is that of the next change: the room was handed over once.
    assert_eq!(told(reader.take(3).await)[2], format!("room of {}", rooms[0].owner_id));
    here.say(&ada, &room, "hello", "1").await.unwrap();
    assert!(sent(&reader.next().await.unwrap()).is_some());
}

#[tokio::test]
async fn a_hand_over_follows_the_policy_of_the_room() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, eve) = (user("Ada"), user("Bob"), user("Eve"));
    let room = room_of(&svc, &ada, &[&bob, &eve]).await;
    decide(&svc, &ada, &room, HandOver::Wait, None).await;
    assert_eq!(hand_over(&svc, &room, &ada, &[&bob, &eve]).await.owner_id, ada.id());
    decide(&svc, &ada, &room, HandOver::Delegate, None).await;
    assert_eq!(hand_over(&svc, &room, &ada, &[&bob, &eve]).await.owner_id, ada.id());
    decide(&svc, &ada, &room, HandOver::Delegate, Some(eve.id())).await;
    assert_eq!(hand_over(&svc, &room, &ada, &[&bob]).await.owner_id, ada.id(), "the delegate is not there");
    let given = hand_over(&svc, &room, &ada, &[&bob, &eve]).await;
    assert_eq!(given.owner_id, eve.id());
    assert_eq!(reclaim(&svc, &ada, &room).await.unwrap().policy.unwrap().delegate_ids, [eve.id()]);
    assert_eq!(hand_over(&svc, &room, &ada, &[&ada]).await.owner_id, ada.id(), "away is away");
}

#[tokio::test]
async fn the_first_absent_owner_can_reclaim_from_any_later_owner() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, eve) = (user("Ada"), user("Bob"), user("Eve"));
    let room = room_of(&svc, &ada, &[&bob, &eve]).await;
    hand_over(&svc, &room, &ada, &[&bob]).await;
    world.clock.advance(Duration::from_secs(20));
    let second = hand_over(&svc, &room, &bob, &[&eve]).await;
    assert_eq!((&second.owner_id, &second.former_owner_id), (&eve.id(), &ada.id()));
    transfer(&svc, &eve, &room, &bob.id()).await.unwrap();
    assert_eq!(reclaim(&svc, &ada, &room).await.unwrap().owner_id, ada.id());

    // Whoever leaves does not come back for it.
    hand_over(&svc, &room, &ada, &[&bob]).await;
    svc.leave(&ada, &room).await.unwrap();
    assert_eq!(svc.get(&room).await.unwrap().former_owner_id, "");
    svc.join(&ada, &room).await.unwrap();
    assert_eq!(refusal(reclaim(&svc, &ada, &room).await), Reason::ReclaimOver);
}

#[tokio::test]
async fn a_leaving_owner_hands_over_by_the_policy_of_the_room() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, eve) = (user("Ada"), user("Bob"), user("Eve"));
    let room = room_of(&svc, &ada, &[&bob, &eve]).await;
    decide(&svc, &ada, &room, HandOver::Delegate, Some(eve.id())).await;
    svc.leave(&ada, &room).await.unwrap();
    let left = svc.get(&room).await.unwrap();
    assert_eq!((left.owner_id.as_str(), svc.member_count(&room).await), (eve.id().as_str(), 2));

    decide(&svc, &eve, &room, HandOver::Wait, None).await;
    svc.leave(&eve, &room).await.unwrap();
    assert_eq!(svc.get(&room).await.unwrap().owner_id, eve.id(), "it waits for her");
    assert_eq!(svc.join(&eve, &room).await.unwrap().member.unwrap().role(), Role::Owner);
}

#[tokio::test]
async fn an_owner_change_event_carries_its_cause() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let room = room_of(&svc, &ada, &[&bob]).await;
    let mut reader = svc.read("test").await;
    reader.take(2).await;
    transfer(&svc, &ada, &room, &bob.id()).await.unwrap();
    transfer(&svc, &bob, &room, &ada.id()).await.unwrap();
    hand_over(&svc, &room, &ada, &[&bob]).await;
    reclaim(&svc, &ada, &room).await.unwrap();
    update(&svc, &ada, &room, "Film night", None).await.unwrap();
    svc.leave(&ada, &room).await.unwrap();
    // Four changes of owner, one of the name, and the leave with the change of owner that follows it.
    let events = reader.take(4 * 3 + 1 + 3).await;
    let updates = events.iter().filter(|event| matches!(event.kind, Some(Kind::RoomUpdated(_))));
    let reasons: Vec<_> = updates.map(RoomEvent::hand_over_reason).collect();
    assert_eq!(
        reasons,
        [
            HandOverReason::ByOwner,
            HandOverReason::ByOwner,
            HandOverReason::AutoHandover,
            HandOverReason::Reclaim,
            HandOverReason::Unspecified,
            HandOverReason::AutoHandover,
        ]
    );
}
