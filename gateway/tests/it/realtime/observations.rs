//! Observed resources: the present first, then what changes, until the socket unobserves.

use proto::{
    room::v1::{PlaylistChange, room_event::Kind as RoomEventKind},
    sync::v1::{PlayerStatus, SessionStatus, subscribe_response::Delivery},
};
use serde_json::json;

use crate::{fakes::ROOM, world::World};

#[tokio::test]
async fn chat_reaches_those_who_observe_it() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    let mut bob = world.enter(&address, "bob", &["RESOURCE_CHAT"]).await;
    let page = bob.hear().await;
    assert_eq!(page["resource"]["snapshot"]["messages"][0]["text"], "one of 50");
    let ack = ann.chat("m1", "hello").await;
    assert_eq!(ack["ack"]["body"]["message"]["clientMessageId"], "m1");
    let heard = bob.hear().await["resource"].take();
    assert_eq!(heard["resource"], "RESOURCE_CHAT");
    assert_eq!(
        (&heard["change"]["sent"]["text"], &heard["change"]["sent"]["authorId"]),
        (&json!("hello"), &json!("guest_ann"))
    );
    let typing = ann.ask(json!({"id": "t", "typing": {}})).await;
    assert!(typing["ack"].is_object(), "{typing}");
    assert_eq!(bob.hear().await["typing"], json!({"subjectId": "guest_ann", "displayName": "ann"}));
    ann.say(
        &json!({"call": {"method": "syncwatch.room.v1.ChatService/SendMessage", "body": {"text": "hello"}}}),
    )
    .await;
    let nameless = ann.hear().await;
    assert_eq!(nameless["rejected"]["reason"], "INVALID_FIELD");
}

#[tokio::test]
async fn player_statuses_reach_observers_of_quality() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &["RESOURCE_QUALITY"]).await;
    let mut bob = world.enter(&address, "bob", &[]).await;
    let all = ann.hear().await;
    let own = all["resource"]["change"]["sessions"][0]["sessionId"].as_str().unwrap().to_owned();
    let status = PlayerStatus { drift_ms: 12.5, ..PlayerStatus::default() };
    let said = SessionStatus { session_id: own.clone(), status: Some(status) };
    world.state.deliver(Delivery::Status(said.clone()));
    let told = ann.hear().await["resource"]["change"]["sessions"].take();
    assert_eq!(told, json!([{"sessionId": own, "status": {"driftMs": 12.5}}]));
    let ack = ann.ask(json!({"id": "u", "unobserve": {"resource": "RESOURCE_QUALITY"}})).await;
    assert!(ack["ack"].is_object(), "{ack}");
    world.state.deliver(Delivery::Status(said));
    world.state.play("later");
    for socket in [&mut ann, &mut bob] {
        assert_eq!(socket.hear().await["event"]["commandId"], "later");
    }
}

#[tokio::test]
async fn observations_start_with_a_snapshot_and_end_on_unobserve() {
    let world = World::new();
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &["RESOURCE_MEMBERS", "RESOURCE_PLAYLIST"]).await;
    assert_eq!(socket.hear().await["resource"]["snapshot"]["sessions"][0]["member"]["displayName"], "ann");
    assert_eq!(socket.hear().await["resource"]["snapshot"]["version"], "1");
    let ack = socket.ask(json!({"id": "o", "observe": {"resource": "RESOURCE_SETTINGS"}})).await;
    assert!(ack["ack"].is_object(), "{ack}");
    assert_eq!(socket.hear().await["resource"]["snapshot"]["id"], ROOM);

    let change = |id: &str| {
        world.state.room_event(id, RoomEventKind::ItemAdded(PlaylistChange::default()));
    };
    change("event_1");
    change("event_1");
    assert_eq!(socket.hear().await["resource"]["snapshot"]["version"], "2", "read again by the hub");
    let ack = socket.ask(json!({"id": "u", "unobserve": {"resource": "RESOURCE_PLAYLIST"}})).await;
    assert!(ack["ack"].is_object(), "{ack}");
    change("event_2");
    world.state.play("later");
    assert!(
        socket.hear().await["event"].is_object(),
        "the same event twice is one, and the playlist is not told any more"
    );
    let bad = socket.ask(json!({"id": "x", "observe": {"resource": "RESOURCE_UNSPECIFIED"}})).await;
    assert_eq!(bad["rejected"]["reason"], "INVALID_FIELD");
}
