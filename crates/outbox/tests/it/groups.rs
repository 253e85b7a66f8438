use std::time::Duration;

use uuid::Uuid;

use crate::world::{TABLE, World, take};

/// Longer than a reader has for an acknowledgement.
const LEASE_OVER: Duration = Duration::from_secs(11);

const KEY: Uuid = Uuid::from_u128(1);
const OTHER_KEY: Uuid = Uuid::from_u128(2);

#[test]
fn an_empty_group_is_the_default_and_an_unknown_one_is_rejected() {
    assert_eq!(TABLE.group(""), Some("first"));
    assert_eq!(TABLE.group("second"), Some("second"));
    assert_eq!(TABLE.group("third"), None);
}

#[tokio::test]
async fn every_group_gets_every_event_in_order() {
    let world = World::start().await;
    let (here, there) = (world.instance().await, world.instance().await);
    let (mut first, mut second) = (here.read("first"), there.read("second"));
    for number in 0..20 {
        let writer = if number % 2 == 0 { &here } else { &there };
        writer.append(KEY, &[number]).await;
    }
    let all: Vec<_> = (0..20).collect();
    assert_eq!(take(&mut first, 20).await, all);
    assert_eq!(take(&mut second, 20).await, all);
}

#[tokio::test]
async fn a_group_acknowledges_for_itself_only() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (mut first, mut second) = (svc.read("first"), svc.read("second"));
    let ids = [svc.append(KEY, &[0]).await, svc.append(KEY, &[1]).await];
    assert_eq!(take(&mut first, 2).await, [0, 1]);
    assert_eq!(take(&mut second, 2).await, [0, 1]);
    svc.outbox.acknowledge("first", &ids).await.unwrap();
    svc.outbox.acknowledge("second", &ids[..1]).await.unwrap();
    assert_eq!((svc.left("first").await, svc.left("second").await), (0, 1));
    world.clock.advance(LEASE_OVER);
    assert_eq!(take(&mut second, 1).await, [1], "what is not acknowledged is delivered again");
    svc.append(KEY, &[2]).await;
    assert_eq!(take(&mut first, 1).await, [2], "and what is, is not");
    assert_eq!(take(&mut second, 1).await, [2]);
}

#[tokio::test]
async fn a_key_leased_in_one_group_is_free_in_the_other() {
    let world = World::start().await;
    let (here, there) = (world.instance().await, world.instance().await);
    here.append(KEY, &[0]).await;
    let mut holder = here.read("first");
    assert_eq!(take(&mut holder, 1).await, [0]);
    // A second stream of the group may have no event of that key, but those of another.
    let mut colleague = there.read("first");
    here.append(KEY, &[1]).await;
    here.append(OTHER_KEY, &[2]).await;
    assert_eq!(take(&mut holder, 1).await, [1]);
    let mut other_group = there.read("second");
    assert_eq!(take(&mut other_group, 3).await, [0, 1, 2]);
    // The holder goes: its events are released to its own group.
    drop(holder);
    let mut taken_over = take(&mut colleague, 3).await;
    let of_key: Vec<_> = taken_over.iter().copied().filter(|number| *number < 2).collect();
    assert_eq!(of_key, [0, 1]);
    taken_over.sort_unstable();
    assert_eq!(taken_over, [0, 1, 2]);
}

#[tokio::test]
async fn an_undecodable_event_is_set_aside_in_each_group() {
    let world = World::start().await;
    let svc = world.instance().await;
    svc.append(KEY, &[7, 7]).await;
    svc.append(KEY, &[1]).await;
    for group in ["first", "second"] {
        assert_eq!(take(&mut svc.read(group), 1).await, [1], "{group}");
    }
    let aside = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM test.outbox WHERE unreadable IS NOT NULL");
    assert_eq!(aside.fetch_one(&svc.pool).await.unwrap(), 2);
}
