//! Who is in rooms: capacity, live lists, and rooms whose owners do not come back.

use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt as _;
use ids::ItemId;
use proto::room::v1::{
    CreateRoomRequest, CreateTicketRequest, GetRoomRequest, GetRoomResponse, HandOver, ListMembersRequest,
    ListRoomsRequest, PlaybackPolicy, PresenceReport, ReportPresenceRequest, Room, RoomState,
    UpdateRoomRequest, Visibility,
};
use rpc::Reason;

use crate::world::{Instance, Outcome, Person, World, fields_at_fault, guest, nobody, refusal, us, user};

pub(crate) async fn report(svc: &Instance, report: PresenceReport) -> Outcome<()> {
    let request = nobody().request(ReportPresenceRequest { rooms: vec![report] });
    svc.live().report_presence(request).await.map(|_| ())
}

/// The people who are in a room, by its `version`-th report.
pub(crate) fn present(room: &Room, version: i64, people: &[&Person]) -> PresenceReport {
    PresenceReport {
        room_id: room.id.clone(),
        epoch: 1,
        version,
        subject_ids: people.iter().map(|person| person.id()).collect(),
        rate: 1.0,
        ..PresenceReport::default()
    }
}

async fn look(svc: &Instance, room: &Room) -> GetRoomResponse {
    let request = nobody().request(GetRoomRequest { room: room.id.clone(), ..Default::default() });
    svc.rooms().get_room(request).await.unwrap().into_inner()
}

/// Waits until a room is as expected: the background work of an instance begins with its start.
pub(crate) async fn becomes(svc: &Instance, room: &str, is_so: impl Fn(&Outcome<Room>) -> bool) {
    let changed = async {
        while !is_so(&svc.get(room).await) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), changed).await.expect("the room changes");
}

async fn create(svc: &Instance, who: &Person, max_participants: i32) -> Room {
    svc.try_create(who, CreateRoomRequest { max_participants, ..Default::default() }).await.unwrap()
}

#[tokio::test]
async fn participants_are_listed_all_or_only_those_connected() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, cleo) = (user("Ada"), guest("Bob"), guest("Cleo"));
    let room = svc.create(&ada).await;
    for person in [&bob, &cleo] {
        svc.join(person, &room.id).await.unwrap();
    }
    let names = async |present_only, page_size, page_token: &str| {
        let room = room.id.clone();
        let page_token = page_token.to_owned();
        let request = ListMembersRequest { room, present_only, page_size, page_token, ..Default::default() };
        let page = svc.members().list_members(ada.request(request)).await.unwrap().into_inner();
        let names = page.members.iter().map(|member| member.display_name.clone()).collect::<Vec<_>>();
        (names.join(","), page.next_page_token)
    };
    let nobody_is_there = names(true, 0, "").await.0;
    assert_eq!(nobody_is_there, "", "who has joined is not there before their connection is");
    report(&svc, present(&room, 1, &[&ada, &cleo])).await.unwrap();
    assert_eq!(names(true, 0, "").await.0, "Ada,Cleo");
    let (first, next) = names(true, 1, "").await;
    assert_eq!((first.as_str(), names(true, 1, &next).await), ("Ada", ("Cleo".to_owned(), String::new())));
    report(&svc, present(&room, 2, &[&bob])).await.unwrap();
    assert_eq!(names(true, 0, "").await.0, "Bob", "a lost connection keeps a seat, but is not there");
    assert_eq!(names(false, 0, "").await.0, "Ada,Bob,Cleo");
}

// Case R1.
#[tokio::test]
async fn capacity_counts_the_people_who_are_there() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, cleo, dan) = (user("Ada"), guest("Bob"), guest("Cleo"), guest("Dan"));
    let room = create(&svc, &ada, 2).await;
    svc.join(&bob, &room.id).await.unwrap();
    assert_eq!(refusal(svc.join(&cleo, &room.id).await), Reason::RoomFull, "both seats are kept for a while");
    report(&svc, present(&room, 1, &[&ada, &bob])).await.unwrap();
    world.clock.advance(us(3_600_000_000));
    assert_eq!(refusal(svc.join(&cleo, &room.id).await), Reason::RoomFull, "both are there");

    report(&svc, present(&room, 2, &[&bob])).await.unwrap();
    assert_eq!(
        refusal(svc.join(&cleo, &room.id).await),
        Reason::RoomFull,
        "a lost connection keeps its seat"
    );
    world.clock.advance(us(31_000_000));
    svc.join(&cleo, &room.id).await.unwrap();
    assert_eq!(svc.member_count(&room.id).await, 3, "members stay members");
    report(&svc, present(&room, 3, &[&bob, &cleo])).await.unwrap();
    svc.join(&ada, &room.id).await.expect("the owner always gets in");
    assert_eq!(refusal(svc.join(&dan, &room.id).await), Reason::RoomFull);

    // A member without a seat comes back.
    report(&svc, present(&room, 4, &[&ada, &cleo])).await.unwrap();
    world.clock.advance(us(31_000_000));
    let ticket = CreateTicketRequest { room: room.id.clone() };
    let refused = svc.members().create_ticket(bob.request(ticket.clone())).await;
    assert_eq!(refusal(refused.map(|_| ())), Reason::RoomFull);
    svc.leave(&cleo, &room.id).await.unwrap();
    report(&svc, present(&room, 5, &[&ada])).await.unwrap();
    world.clock.advance(us(31_000_000));
    svc.members().create_ticket(bob.request(ticket)).await.expect("a seat is free");
}

#[tokio::test]
async fn the_last_seat_is_given_once() {
    let world = World::start().await;
    let (here, there) = (world.instance().await, world.instance().await);
    let ada = user("Ada");
    let room = create(&here, &ada, 6).await;
    let guests: Vec<_> = (0..50).map(|n| guest(&format!("Guest {n}"))).collect();
    let joins = guests.iter().enumerate().map(|(n, guest)| {
        let svc = if n % 2 == 0 { &here } else { &there };
        svc.join(guest, &room.id)
    });
    // Eight at a time race for the lock of the room, and none waits longer than a connection may take.
    let outcomes: Vec<_> = futures::stream::iter(joins).buffer_unordered(8).collect().await;
    let (joined, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!((joined.len(), refused.len()), (5, 45));
    assert!(refused.into_iter().all(|outcome| refusal(outcome) == Reason::RoomFull));
}

#[tokio::test]
async fn the_state_of_a_room_follows_its_reports() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await;
    assert_eq!(room.state(), RoomState::Created);
    let item = svc.append(&ada, &room.id, "film", "1").await.unwrap();
    let playing = PresenceReport {
        item_id: item.id.clone(),
        playing: true,
        position_us: 7,
        ..present(&room, 1, &[&ada])
    };
    report(&svc, playing.clone()).await.unwrap();
    let seen = look(&svc, &room).await;
    let live = seen.live.unwrap();
    assert_eq!(seen.room.unwrap().state(), RoomState::Playing);
    assert_eq!((live.present_count, live.item_title.as_str(), live.playing), (1, "film", true));
    assert_eq!((live.position_us, live.names), (7, vec!["Ada".to_owned()]));

    // An older report, and one of the log before, change nothing.
    report(&svc, PresenceReport { version: 0, ..present(&room, 0, &[]) }).await.unwrap();
    report(&svc, PresenceReport { epoch: 0, ..present(&room, 9, &[]) }).await.unwrap();
    assert_eq!(look(&svc, &room).await.live.unwrap().present_count, 1);

    let away = PresenceReport { owner_away: true, version: 2, ..playing.clone() };
    report(&svc, away).await.unwrap();
    assert_eq!(svc.get(&room.id).await.unwrap().state(), RoomState::OwnerAway);
    report(&svc, PresenceReport { version: 3, playing: false, ..playing.clone() }).await.unwrap();
    assert_eq!(svc.get(&room.id).await.unwrap().state(), RoomState::Paused);
    report(&svc, PresenceReport { subject_ids: vec![], version: 4, ..playing.clone() }).await.unwrap();
    assert_eq!(svc.get(&room.id).await.unwrap().state(), RoomState::Waiting);

    let elsewhere = Room { id: ids::RoomId::new().to_string(), ..room.clone() };
    report(&svc, present(&elsewhere, 1, &[&ada])).await.expect("a room that is gone is ignored");
    let gone = PresenceReport { item_id: ItemId::new().to_string(), version: 5, ..playing.clone() };
    report(&svc, gone).await.expect("an item may be gone, too");
    for (field, wrong) in [
        ("rooms.room_id", PresenceReport { room_id: "room_x".into(), ..playing.clone() }),
        ("rooms.subject_ids", PresenceReport { subject_ids: vec!["ada".into()], ..playing.clone() }),
        ("rooms.item_id", PresenceReport { item_id: "film".into(), ..playing }),
    ] {
        assert_eq!(fields_at_fault(report(&svc, wrong).await), [field]);
    }
}

// Case R2.
#[tokio::test]
async fn rooms_whose_reports_stop_count_as_empty() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), guest("Bob"));
    let request = CreateRoomRequest {
        visibility: Visibility::Public.into(),
        max_participants: 2,
        ..Default::default()
    };
    let room = svc.try_create(&ada, request).await.unwrap();
    svc.join(&bob, &room.id).await.unwrap();
    report(&svc, present(&room, 1, &[&ada, &bob])).await.unwrap();
    world.clock.advance(us(89_000_000));
    let _second = world.instance().await;
    assert_eq!(look(&svc, &room).await.live.unwrap().present_count, 2);
    world.clock.advance(us(40_000_000));
    let _third = world.instance().await;
    let emptied = async {
        while look(&svc, &room).await.live.unwrap().present_count > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), emptied).await.expect("nobody is there");
    let listed = svc.rooms().list_rooms(ListRoomsRequest::default()).await.unwrap().into_inner();
    assert_eq!(listed.rooms[0].live.as_ref().unwrap().present_count, 0);
    world.clock.advance(us(31_000_000));
    svc.join(&guest("Cleo"), &room.id).await.expect("their seats are free");
}

#[tokio::test]
async fn an_owner_who_does_not_come_back_is_replaced() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, cleo) = (user("Ada"), user("Bob"), guest("Cleo"));
    let room = svc.create(&ada).await;
    for person in [&bob, &cleo] {
        svc.join(person, &room.id).await.unwrap();
    }
    let wait = PlaybackPolicy { hand_over: HandOver::Wait.into(), ..Default::default() };
    let change = UpdateRoomRequest { room: room.id.clone(), policy: Some(wait), ..Default::default() };
    svc.rooms().update_room(ada.request(change)).await.unwrap();
    let pool = world.postgres.pool("room-svc", &room_svc::MIGRATIONS).await.unwrap();
    let promote = sqlx::query("UPDATE room.members SET role = 3 WHERE subject_id = $1").bind(cleo.id());
    promote.execute(&pool).await.unwrap();

    report(&svc, present(&room, 1, &[&bob, &cleo])).await.unwrap();
    let passes = async |hours: u64, version: i64| {
        world.clock.advance(us(hours * 3_600_000_000));
        report(&svc, present(&room, version, &[&bob, &cleo])).await.unwrap();
        world.instance().await
    };
    let _second = passes(23, 2).await;
    assert_eq!(svc.get(&room.id).await.unwrap().owner_id, ada.id());
    let _third = passes(2, 3).await;
    becomes(&svc, &room.id, |room| room.as_ref().unwrap().owner_id == cleo.id()).await;
}

// Case R3.
#[tokio::test]
async fn whoever_comes_after_the_owner_has_left_can_act_before_long() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (guest("Ada"), guest("Bob"));
    let room = svc.create(&ada).await;
    svc.leave(&ada, &room.id).await.unwrap();
    svc.join(&bob, &room.id).await.unwrap();
    report(&svc, present(&room, 1, &[&bob])).await.unwrap();
    assert_eq!(svc.get(&room.id).await.unwrap().owner_id, ada.id());
    world.clock.advance(us(11 * 60_000_000));
    report(&svc, present(&room, 2, &[&bob])).await.unwrap();
    let _second = world.instance().await;
    becomes(&svc, &room.id, |room| room.as_ref().unwrap().owner_id == bob.id()).await;
}

#[tokio::test]
async fn an_absent_owner_s_room_may_go_to_a_moderator() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, cleo) = (user("Ada"), user("Bob"), user("Cleo"));
    let room = svc.create(&ada).await;
    for person in [&bob, &cleo] {
        svc.join(person, &room.id).await.unwrap();
    }
    let policy = PlaybackPolicy { hand_over: HandOver::Moderators.into(), ..Default::default() };
    let change = UpdateRoomRequest { room: room.id.clone(), policy: Some(policy), ..Default::default() };
    svc.rooms().update_room(ada.request(change)).await.unwrap();
    let hand_over = async || {
        let request = proto::room::v1::HandOverRoomRequest {
            room_id: room.id.clone(),
            owner_id: ada.id(),
            candidate_ids: vec![bob.id(), cleo.id()],
        };
        svc.rooms().hand_over_room(nobody().request(request)).await.unwrap().into_inner().room.unwrap()
    };
    assert_eq!(hand_over().await.owner_id, ada.id(), "nobody is a moderator");
    let pool = world.postgres.pool("room-svc", &room_svc::MIGRATIONS).await.unwrap();
    let promote = sqlx::query("UPDATE room.members SET role = 3 WHERE subject_id = $1").bind(cleo.id());
    promote.execute(&pool).await.unwrap();
    assert_eq!(hand_over().await.owner_id, cleo.id());
}

/// A time of the tests' clock.
pub(crate) fn after(world: &World, hours: i64) -> prost_types::Timestamp {
    let at: DateTime<Utc> = world.clock.now() + TimeDelta::hours(hours);
    prost_types::Timestamp { seconds: at.timestamp(), nanos: 0 }
}
