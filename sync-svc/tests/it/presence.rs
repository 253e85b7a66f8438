//! What room-svc is told of who is in a room.

use proto::{
    room::v1::{RoomClosed, room_event::Kind},
    sync::v1::subscribe_response::Delivery,
};
use testkit::user;

use crate::{
    over_both,
    world::{World, play},
};

over_both! {
    room_svc_is_told_who_is_there_and_what_plays,
    a_report_that_fails_is_repeated,
    a_closed_room_sends_everyone_out_and_keeps_its_place,
}

async fn room_svc_is_told_who_is_there_and_what_plays(world: World) {
    let instance = world.start_with_item().await;
    for session in ["a", "b"] {
        instance.join(session, "gateway_1").await;
    }
    // A second device of a person who is there already.
    let ada = user("Ada");
    let id = ada.identity.as_ref().unwrap().subject_id.clone();
    for session in ["c", "d"] {
        instance.join_as(&ada, session, "gateway_1").await;
    }
    let mut people = vec!["user_a".to_owned(), "user_b".to_owned(), id];
    people.sort_unstable();
    let report = world.rooms.reported(|report| report.subject_ids == people).await;
    assert_eq!((report.room_id, report.item_id.as_str()), (instance.room.clone(), "item_1"));
    assert!(!report.playing && !report.waiting);

    instance.act(&user("Anna"), play()).await;
    let playing = world.rooms.reported(|report| report.playing || report.waiting).await;
    assert!((playing.epoch, playing.version) > (report.epoch, report.version));
    for session in ["a", "b", "c", "d"] {
        instance.leave(session).await;
    }
    let last =
        world.rooms.reported(|later| later.version > report.version && later.subject_ids.is_empty()).await;
    assert!(last.version > playing.version);
}

async fn a_report_that_fails_is_repeated(world: World) {
    world.rooms.known().reports_fail = 2;
    let instance = world.start().await;
    instance.join("a", "gateway_1").await;
    let report = world.rooms.reported(|report| report.subject_ids == ["user_a"]).await;
    assert_eq!(report.item_id, "");
}

async fn a_closed_room_sends_everyone_out_and_keeps_its_place(world: World) {
    let instance = world.start_with_item().await;
    instance.join("a", "gateway_1").await;
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    world.rooms.happens("closed", Kind::RoomClosed(RoomClosed::default()));
    world.rooms.acknowledged("closed").await;
    let mut told = Vec::new();
    while told.len() < 2 {
        match stream.next().await {
            Delivery::RoomEvent(event) => {
                told.push(format!("{:?}", matches!(event.kind, Some(Kind::RoomClosed(_)))));
            }
            Delivery::Presence(_) => told.push("gone".to_owned()),
            _ => {}
        }
    }
    assert_eq!(told, ["true", "gone"], "the gateway hears of it before the sessions are gone");
    let state = instance.playback(&user("Anna")).await;
    assert_eq!((state.item_id.as_str(), state.playing), ("item_1", false));
    assert!(instance.record().await.seats.is_empty());
}
