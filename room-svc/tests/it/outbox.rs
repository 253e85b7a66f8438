use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use futures::{FutureExt as _, future::join_all};
use proto::room::v1::{
    DeleteMessageRequest, DeleteRoomRequest, EditMessageRequest, ListMessagesRequest, MoveItemRequest,
    RemoveItemRequest, Role, RoomEvent, room_event::Kind,
};

use crate::world::{Reader, World, sent, user};

/// Longer than a reader has for an acknowledgement.
const LEASE_OVER: Duration = Duration::from_secs(11);

fn ids(events: &[RoomEvent]) -> Vec<&str> {
    events.iter().map(|event| event.id.as_str()).collect()
}

async fn ended(mut reader: Reader) -> bool {
    reader.next().await.is_none()
}

#[tokio::test]
async fn every_change_produces_an_event_in_order() {
    let world = World::start().await;
    let svc = world.instance().await;
    let mut reader = svc.read("test").await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    svc.join(&bob, &room).await.unwrap();
    svc.join(&bob.renamed("Robert"), &room).await.unwrap();
    let item = svc.append(&ada, &room, "film", "").await.unwrap().id;
    let other = svc.append(&ada, &room, "other", "").await.unwrap().id;
    let request = MoveItemRequest { room: room.clone(), item_id: other.clone(), ..Default::default() };
    svc.playlist().move_item(ada.request(request)).await.unwrap();
    let request = RemoveItemRequest { room: room.clone(), item_id: item.clone() };
    svc.playlist().remove_item(ada.request(request)).await.unwrap();
    let message = svc.say(&bob, &room, "hello", "1").await.unwrap();
    svc.leave(&ada, &room).await.unwrap();
    svc.rooms().delete_room(bob.request(DeleteRoomRequest { room: room.clone() })).await.unwrap();

    let events = reader.take(12).await;
    assert!(events.iter().all(|event| event.room_id == room));
    let told: Vec<_> = events
        .iter()
        .map(|event| match event.kind.as_ref().unwrap() {
            Kind::MemberJoined(member) => format!("joined {} {:?}", member.display_name, member.role()),
            Kind::MemberChanged(member) => format!("changed {} {:?}", member.display_name, member.role()),
            Kind::MemberLeft(who) => format!("left {}", *who == ada.id()),
            Kind::ItemAdded(change) => format!("added {} {}", change.item_id == item, change.version),
            Kind::ItemRemoved(change) => format!("removed {} {}", change.item_id == item, change.version),
            Kind::ItemsReordered(change) => {
                format!("moved {} {}", change.item_id == other && change.next_item_id == item, change.version)
            }
            Kind::ChatChanged(_) => format!("sent {}", sent(event) == Some(&message)),
            Kind::RoomUpdated(room) => format!("updated {}", room.owner_id == bob.id()),
            Kind::RoomDeleted(_) => "deleted".to_owned(),
            other => panic!("nothing else happened: {other:?}"),
        })
        .collect();
    let owner = Role::Owner;
    assert_eq!(
        told,
        [
            format!("joined Ada {owner:?}"),
            "joined Bob Member".into(),
            "changed Robert Member".into(),
            "added true 1".into(),
            "added false 2".into(),
            "moved true 3".into(),
            "removed true 4".into(),
            "sent true".into(),
            "left true".into(),
            format!("changed Robert {owner:?}"),
            "updated true".into(),
            "deleted".into(),
        ]
    );
}

#[tokio::test]
async fn an_event_is_never_seen_before_its_data_nor_out_of_order() {
    let world = World::start().await;
    let (here, there) = (world.instance().await, world.instance().await);
    let mut reader = there.read("test").await;
    let ada = user("Ada");
    let rooms = [here.create(&ada).await.id, here.create(&ada).await.id];
    reader.take(2).await;
    let numbers: Vec<_> = (0..30).map(|n| n.to_string()).collect();
    let sends = join_all(numbers.iter().enumerate().map(|(n, id)| {
        let svc = if n % 2 == 0 { &here } else { &there };
        svc.say(&ada, &rooms[n / 2 % 2], id, id)
    }));
    let reads = async {
        let mut told: HashMap<String, Vec<String>> = HashMap::new();
        for _ in 0..numbers.len() {
            let event = reader.next().await.unwrap();
            let Some(message) = sent(&event).cloned() else { panic!("{event:?}") };
            let request =
                ListMessagesRequest { room: event.room_id.clone(), page_size: 200, ..Default::default() };
            let stored = here.chat().list_messages(ada.request(request)).await.unwrap().into_inner().messages;
            assert!(stored.contains(&message), "{message:?} was told before it was there");
            told.entry(event.room_id).or_default().push(message.id);
        }
        told
    };
    let (sent, told) = tokio::join!(sends, reads);
    assert!(sent.iter().all(Result::is_ok));
    for room in rooms {
        assert!(told[&room].is_sorted(), "ids grow in the order of the commits");
        assert_eq!(told[&room].len(), told[&room].iter().collect::<HashSet<_>>().len());
    }
}

#[tokio::test]
async fn an_unacknowledged_event_is_redelivered_after_its_lease() {
    let world = World::start().await;
    let svc = world.instance().await;
    let mut reader = svc.read("test").await;
    let ada = user("Ada");
    svc.create(&ada).await;
    svc.create(&ada).await;
    let first = reader.take(2).await;
    svc.acknowledge(&first[..1]).await;
    svc.create(&ada).await;
    let third = reader.next().await.unwrap();
    assert!(!ids(&first).contains(&third.id.as_str()), "not before its time is over");
    world.clock.advance(LEASE_OVER);
    let again = reader.take(2).await;
    assert_eq!(again, [first[1].clone(), third]);
    svc.acknowledge(&again).await;
    svc.acknowledge(&again).await;
    world.clock.advance(LEASE_OVER);
    svc.create(&ada).await;
    assert!(!ids(&again).contains(&reader.next().await.unwrap().id.as_str()));
}

#[tokio::test]
async fn readers_share_rooms_and_each_room_has_one_reader_at_a_time() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let mut rooms = Vec::new();
    for _ in 0..140 {
        rooms.push(svc.create(&ada).await.id);
    }
    // One takes as much as a reader may have without acknowledging, the other the rest.
    let mut one = svc.read("one").await;
    let firsts = one.take(128).await;
    let mut other = svc.read("other").await;
    let rest = other.take(12).await;
    let told: HashSet<_> = ids(&firsts).into_iter().chain(ids(&rest)).collect();
    assert_eq!(told.len(), 140, "nothing is told twice");

    // The first one's room goes on; the one who has no events of it must not overtake.
    let theirs = firsts[0].room_id.clone();
    let mine = rest[0].room_id.clone();
    svc.say(&ada, &theirs, "hello", "1").await.unwrap();
    svc.say(&ada, &mine, "hello", "1").await.unwrap();
    assert_eq!(other.next().await.unwrap().room_id, mine);

    // With an acknowledgement there is room for more.
    svc.acknowledge(&firsts[1..2]).await;
    let next = one.next().await.unwrap();
    assert_eq!(next.room_id, theirs);

    // What the first one has comes to the other as soon as the first one has gone, in order.
    svc.acknowledge(&rest).await;
    drop(one);
    let taken_over = other.take(100).await;
    let of_room: Vec<_> = taken_over.iter().filter(|event| event.room_id == theirs).collect();
    assert_eq!(of_room[0], &firsts[0]);
    assert!(!ids(&taken_over).contains(&firsts[1].id.as_str()));
}

#[tokio::test]
async fn an_undecodable_event_is_set_aside_and_later_events_are_delivered() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let mut rooms = Vec::new();
    // More than a reader may have at once, with the damage in front.
    for _ in 0..130 {
        rooms.push(svc.create(&ada).await.id);
    }
    let pool = world.postgres.pool("room-svc", &room_svc::MIGRATIONS).await.unwrap();
    let damage = "UPDATE room.outbox o SET payload = bad.payload
         FROM (VALUES (1, '\\xff00ff'::bytea), (2, ''::bytea)) AS bad (number, payload),
              (SELECT position, row_number() OVER (ORDER BY position) AS number FROM room.outbox) AS numbered
         WHERE numbered.position = o.position AND numbered.number = bad.number";
    assert_eq!(sqlx::query(damage).execute(&pool).await.unwrap().rows_affected(), 2);

    let mut reader = svc.read("test").await;
    let told = reader.take(128).await;
    assert_eq!(told.iter().map(|event| event.room_id.as_str()).collect::<Vec<_>>(), rooms[2..]);
    svc.acknowledge(&told).await;
    // The room whose event was put aside goes on too.
    svc.say(&ada, &rooms[0], "hello", "1").await.unwrap();
    assert!(sent(&reader.next().await.unwrap()).is_some());
    world.clock.advance(LEASE_OVER);
    let again = reader.next().await.unwrap();
    assert!(sent(&again).is_some(), "what was put aside does not come again");

    let aside: Vec<(Option<String>, bool)> = sqlx::query_as(
        "SELECT unreadable, leased_by IS NULL FROM room.outbox WHERE unreadable IS NOT NULL ORDER BY position",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(aside.len(), 2, "kept, with the reason");
    assert!(aside[0].0.as_ref().unwrap().contains("Protobuf"), "{aside:?}");
    assert!(aside[1].0.as_ref().unwrap().contains("event ``"), "{aside:?}");
    assert!(aside.iter().all(|(_, is_free)| *is_free));
}

#[tokio::test]
async fn a_restart_loses_no_event_and_shutdown_ends_the_streams() {
    let world = World::start().await;
    let first = world.instance().await;
    let ada = user("Ada");
    let room = first.create(&ada).await.id;
    first.say(&ada, &room, "hello", "1").await.unwrap();
    let mut reader = first.read("test").await;
    let told = reader.take(2).await;
    first.acknowledge(&told[..1]).await;
    let pool = world.postgres.pool("room-svc", &room_svc::MIGRATIONS).await.unwrap();
    let leased = "SELECT count(*) FROM room.outbox WHERE leased_by IS NOT NULL";
    assert_eq!(sqlx::query_scalar::<_, i64>(leased).fetch_one(&pool).await.unwrap(), 1);
    // The statement that gives events back has to wait for this.
    let mut tx = pg::begin(&pool).await.unwrap();
    sqlx::query("SELECT FROM room.outbox FOR UPDATE").execute(&mut *tx).await.unwrap();
    first.shutdown.begin();
    let waits = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)";
    let waiting = async { while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&pool).await.unwrap() {} };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("the events are given back");
    let mut finish = std::pin::pin!(first.tasks.finish());
    assert!(finish.as_mut().now_or_never().is_none(), "the service stops when that is done");
    tx.commit().await.unwrap();
    assert!(ended(reader).await);
    finish.await;
    assert_eq!(sqlx::query_scalar::<_, i64>(leased).fetch_one(&pool).await.unwrap(), 0);

    let second = world.instance().await;
    assert_eq!(second.read("test").await.take(1).await, told[1..]);
}

#[tokio::test]
async fn events_written_on_one_replica_reach_readers_on_another() {
    let world = World::start().await;
    let (here, there) = (world.instance().await, world.instance().await);
    let mut reader = there.read("test").await;
    let room = here.create(&user("Ada")).await.id;
    assert_eq!(reader.next().await.unwrap().room_id, room);
}

#[tokio::test]
async fn a_kill_between_commit_and_delivery_loses_no_chat_change_and_keeps_their_order() {
    let world = World::start().await;
    let first = world.instance().await;
    let ada = user("Ada");
    let room = first.create(&ada).await.id;
    let mut reader = first.read("test").await;
    reader.take(1).await;
    let mut last = String::new();
    for n in ["1", "2", "3"] {
        last = first.say(&ada, &room, n, n).await.unwrap().id;
    }
    let edit = EditMessageRequest {
        room: room.clone(),
        message_id: last.clone(),
        text: "4".into(),
        ..Default::default()
    };
    first.chat().edit_message(ada.request(edit)).await.unwrap();
    let delete = DeleteMessageRequest { room, message_id: last };
    first.chat().delete_message(ada.request(delete)).await.unwrap();
    // Some of it was delivered, none of it acknowledged.
    reader.take(2).await;
    drop((reader, first));

    let second = world.instance().await;
    world.clock.advance(LEASE_OVER);
    let told = second.read("test").await.take(6).await;
    let revision = |event: &RoomEvent| match &event.kind {
        Some(Kind::ChatChanged(change)) => Some(change.revision),
        _ => None,
    };
    assert_eq!(told.iter().filter_map(revision).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
}
