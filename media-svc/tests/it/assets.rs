//! Assets: what items of one source share.

use std::time::Duration;

use ids::WorkerId;
use proto::{
    media::v1::{AddItemRequest, GetPlaybackInfoRequest, add_item_request::From},
    room::v1::{DirectSource, Item, MediaFormat, Source, source::Kind},
};
use testkit::guest;

use crate::{
    host::Host,
    room::CODE,
    world::{LEASE, World, asset_of},
};

async fn add(world: &World, from: From, add_anyway: bool) -> Item {
    let request = AddItemRequest { room: CODE.into(), from: Some(from), add_anyway, ..Default::default() };
    world.client.clone().add_item(guest("Ada").request(request)).await.unwrap().into_inner().item.unwrap()
}

/// How often a file was asked for its first 16 KB, as a measurement begins.
fn measured(host: &Host, path: &str) -> usize {
    let begin = format!("GET {path} bytes=0-16383");
    host.asked().iter().filter(|asked| **asked == begin).count()
}

#[tokio::test]
async fn a_link_added_twice_is_one_asset_measured_once() {
    let ((world, _tasks), host) = (World::measuring().await, Host::start().await);
    let link = || From::Url(host.link("/film.mp4"));
    let first = add(&world, link(), false).await;
    assert_eq!(world.room.told_of(&first.asset_id).await, 0, "this film has no length");
    let second = add(&world, From::Url(host.link("/film.mp4#t=10")), false).await;
    assert_ne!(first.id, second.id);
    assert_eq!(first.asset_id, second.asset_id);
    let other = add(&world, From::Url(host.link("/octets/My%20film.webm")), false).await;
    assert_ne!(first.asset_id, other.asset_id);
    // It comes behind the second addition in the queue, so that one would have been measured by now.
    world.room.told_of(&other.asset_id).await;
    assert_eq!(measured(&host, "/film.mp4"), 1);
    let assets = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM media.assets");
    assert_eq!(assets.fetch_one(&world.pool).await.unwrap(), 2);
}

#[tokio::test]
async fn an_item_of_a_known_asset_has_its_length_at_once() {
    let (world, _tasks) = World::measuring().await;
    let first = add(&world, From::TestFilm(true), false).await;
    let length_us = world.room.told_of(&first.asset_id).await;
    assert!(length_us > 0);
    assert_eq!(add(&world, From::TestFilm(true), false).await.duration_us, length_us);
}

#[tokio::test]
async fn a_length_measured_while_its_item_is_added_is_announced_again() {
    let (world, _tasks) = World::measuring().await;
    world.room.state().appends_late = true;
    let item = add(&world, From::TestFilm(true), false).await;
    assert_eq!(item.duration_us, 0, "room-svc had no item when it was told first");
    let mut told = world.room.told.subscribe();
    let told = told.wait_for(|told| told.len() == 2).await.unwrap();
    assert_eq!(told[0], told[1]);
    assert_eq!(told[1].0, item.asset_id);
}

#[tokio::test]
async fn a_length_is_measured_again_after_an_hour() {
    let ((world, _tasks), host) = (World::measuring().await, Host::start().await);
    let link = || From::Url(host.link("/film.mp4"));
    let asset = add(&world, link(), false).await.asset_id;
    world.room.told_of(&asset).await;
    // An event is delivered again when its lease ends before it is acknowledged, and the clock is about to jump.
    none_left(&world, "SELECT count(*) FROM media.outbox").await;
    world.clock.advance(Duration::from_hours(1));
    add(&world, link(), false).await;
    none_left(&world, "SELECT count(*) FROM media.jobs").await;
    assert_eq!(measured(&host, "/film.mp4"), 2);
    assert_eq!(world.room.told.borrow().len(), 1, "the length is the same, so nobody is told");
}

async fn none_left(world: &World, count: &'static str) {
    while sqlx::query_scalar::<_, i64>(count).fetch_one(&world.pool).await.unwrap() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_failed_asset_gets_new_attempts_when_its_link_is_added_again() {
    let world = World::start().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let link = || From::Url(format!("http://{closed}/film.mp4"));
    let asset = add(&world, link(), true).await.asset_id;

    // As three attempts leave it.
    sqlx::query("DELETE FROM media.jobs").execute(&world.pool).await.unwrap();
    sqlx::query("UPDATE media.assets SET state = 3").execute(&world.pool).await.unwrap();
    assert_eq!(add(&world, link(), true).await.asset_id, asset);
    let state = sqlx::query_scalar::<_, i16>("SELECT state FROM media.assets");
    assert_eq!(state.fetch_one(&world.pool).await.unwrap(), 1);
}

#[tokio::test]
async fn a_dead_workers_job_is_leased_again() {
    let ((world, _tasks), host) = (World::measuring().await, Host::start().await);
    let direct = DirectSource { url: host.link("/film.mp4") };
    let source = Source {
        kind: Some(Kind::Direct(direct)),
        format: MediaFormat::Progressive.into(),
        ..Source::default()
    };
    world.queue("film", &source, Some(WorkerId::new())).await;
    let asset = asset_of("film").to_string();
    let other = add(&world, From::TestFilm(true), false).await;
    world.room.told_of(&other.asset_id).await;
    assert_eq!(measured(&host, "/film.mp4"), 0, "its worker still has it");
    world.clock.advance(LEASE);
    // Wakes the worker.
    add(&world, From::TestFilm(true), false).await;
    assert_eq!(world.room.told_of(&asset).await, 0);
}

// An upgrade leaves such items.
#[tokio::test]
async fn an_item_without_an_asset_can_be_played() {
    let world = World::start().await;
    let direct = DirectSource { url: "https://example.org/film.mp4".into() };
    let source = Source { kind: Some(Kind::Direct(direct.clone())), ..Source::default() };
    let item = Item { id: "item_old".into(), source: Some(source), ..Item::default() };
    world.room.state().items = vec![item];
    let request = GetPlaybackInfoRequest { room: CODE.into(), item_id: "item_old".into() };
    let playback = world.client.clone().get_playback_info(guest("Ada").request(request)).await.unwrap();
    assert_eq!(playback.into_inner().url, direct.url);
}
