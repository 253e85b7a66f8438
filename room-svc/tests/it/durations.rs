use std::{collections::HashSet, time::Duration};

use futures::future::join_all;
use proto::room::v1::{
    ItemDuration, LeaseUnmeasuredItemsRequest, RecordDurationsRequest, RemoveItemRequest, room_event::Kind,
};

use crate::world::{Instance, Outcome, World, fields_at_fault, nobody, user};

async fn lease(svc: &Instance, count: i32) -> Vec<String> {
    let request = nobody().request(LeaseUnmeasuredItemsRequest { count, lease_seconds: 30 });
    let items = svc.playlist().lease_unmeasured_items(request).await.unwrap().into_inner().items;
    assert!(items.iter().all(|item| item.source.as_ref().is_some_and(|source| source.kind.is_some())));
    items.into_iter().map(|item| item.id).collect()
}

async fn record(svc: &Instance, durations: &[(&str, i64)]) -> Outcome<()> {
    let told = |(item, duration_us): &(&str, i64)| ItemDuration {
        item_id: (*item).to_owned(),
        duration_us: *duration_us,
    };
    let request = RecordDurationsRequest { durations: durations.iter().map(told).collect() };
    svc.playlist().record_durations(nobody().request(request)).await.map(|_| ())
}

const LEASE_OVER: Duration = Duration::from_secs(30);

#[tokio::test]
async fn nobody_gets_an_item_that_another_has() {
    let world = World::start().await;
    let (here, there) = (world.instance().await, world.instance().await);
    let ada = user("Ada");
    let mut added = HashSet::new();
    for _ in 0..8 {
        let room = here.create(&ada).await.id;
        for title in ["a", "b", "c", "d", "e"] {
            added.insert(here.append(&ada, &room, title, "").await.unwrap().id);
        }
    }
    let leases = (0..16).map(|n| lease(if n % 2 == 0 { &here } else { &there }, 5));
    let given: Vec<String> = join_all(leases).await.concat();
    let different: HashSet<_> = given.iter().cloned().collect();
    assert_eq!(different.len(), given.len(), "an item was leased twice");
    // Who is skipped while another one leases is free again after that.
    let rest: HashSet<_> = lease(&here, 100).await.into_iter().collect();
    assert!(rest.is_disjoint(&different));
    assert_eq!(&rest | &different, added);
}

#[tokio::test]
async fn a_lease_ends_and_the_third_is_the_last() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    let old = svc.append(&ada, &room, "old", "").await.unwrap().id;
    let new = svc.append(&ada, &room, "new", "").await.unwrap().id;
    assert_eq!(lease(&svc, 1).await, [new.as_str()], "the newest first");
    assert_eq!(lease(&svc, 1).await, [old.as_str()]);
    for _ in 0..2 {
        world.clock.advance(Duration::from_millis(29_999));
        assert_eq!(lease(&svc, 10).await, [""; 0]);
        world.clock.advance(Duration::from_millis(1));
        assert_eq!(lease(&svc, 10).await.len(), 2);
    }
    world.clock.advance(LEASE_OVER);
    assert_eq!(lease(&svc, 10).await, [""; 0]);
    record(&svc, &[(&old, 5)]).await.expect("whoever is late tells it all the same");
    assert_eq!(svc.items(&ada, &room).await.items[0].duration_us, 5);
}

#[tokio::test]
async fn a_length_is_stored_and_told_once() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let (room, other) = (svc.create(&ada).await.id, svc.create(&ada).await.id);
    let film = svc.append(&ada, &room, "film", "").await.unwrap().id;
    let live = svc.append(&ada, &room, "live", "").await.unwrap().id;
    let gone = svc.append(&ada, &room, "gone", "").await.unwrap().id;
    let elsewhere = svc.append(&ada, &other, "elsewhere", "").await.unwrap().id;
    assert_eq!(lease(&svc, 10).await.len(), 4);
    let request = RemoveItemRequest { room: room.clone(), item_id: gone.clone() };
    svc.playlist().remove_item(ada.request(request)).await.unwrap();
    let version = svc.items(&ada, &room).await.version;
    let mut reader = svc.read("test").await;
    reader.take(7).await;

    let lengths = [(film.as_str(), 120_000_000), (&live, 0), (&gone, 7), (&elsewhere, 9)];
    record(&svc, &lengths).await.unwrap();
    record(&svc, &[(&film, 1), (&live, 1)]).await.unwrap();
    let list = svc.items(&ada, &room).await;
    let stored: Vec<_> = list.items.iter().map(|item| item.duration_us).collect();
    assert_eq!((stored, list.version), (vec![120_000_000, 0], version));

    let mut events = reader.take(2).await;
    events.sort_by_key(|event| event.room_id != room);
    let measured = |item: &str, duration_us| {
        Some(Kind::ItemMeasured(ItemDuration { item_id: item.to_owned(), duration_us }))
    };
    assert_eq!(events[0].kind, measured(&film, 120_000_000));
    assert_eq!((&events[1].room_id, &events[1].kind), (&other, &measured(&elsewhere, 9)));
    svc.say(&ada, &room, "hello", "1").await.unwrap();
    assert!(matches!(reader.next().await.unwrap().kind, Some(Kind::MessageSent(_))), "and no more");
    world.clock.advance(LEASE_OVER);
    assert_eq!(lease(&svc, 10).await, [""; 0], "what is known, or cannot be told, is not asked for");
}

#[tokio::test]
async fn lengths_that_cannot_be_are_refused() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    let item = svc.append(&ada, &room, "film", "").await.unwrap().id;
    for length in [-1, 604_800_000_001, i64::MAX] {
        assert_eq!(fields_at_fault(record(&svc, &[(&item, length)]).await), ["durations.duration_us"]);
    }
    assert_eq!(svc.items(&ada, &room).await.items[0].duration_us, 0);
}
