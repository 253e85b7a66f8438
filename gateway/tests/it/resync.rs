//! Nothing is missed: by those who come back, by those who are slow, and when a stream breaks.

use std::sync::atomic::Ordering;

use proto::{
    room::v1::{ChatMessage, Member},
    sync::v1::{PresenceChange, Session, Snapshot, presence_change, subscribe_response::Delivery},
};
use serde_json::json;

use super::{fakes::chat_sent, world::World};

fn session(id: &str) -> Session {
    Session {
        id: id.into(),
        gateway_id: "gateway_other".into(),
        member: Some(Member::default()),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_returning_socket_gets_the_missed_events() {
    let world = World::new();
    for n in 0..5 {
        world.state.play(&format!("command-{n}"));
    }
    let address = world.serve().await;
    for (last_seq, epoch, missed) in
        [("3", "1", vec!["4", "5"]), ("5", "1", vec![]), ("3", "0", vec![]), ("0", "0", vec![])]
    {
        let mut socket = world.dial(&address, "ann", "").await;
        socket
            .say(&json!({"id": "h", "hello": {"protocolVersion": 1, "lastSeq": last_seq, "epoch": epoch}}))
            .await;
        let welcome = socket.hear().await["welcome"].take();
        let told: Vec<_> = welcome["missed"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|event| event["seq"].as_str().unwrap())
            .collect();
        assert_eq!(told, missed, "after {last_seq} of {epoch}");
        assert_eq!(welcome["snapshot"]["state"]["seq"], "5");
    }
}

#[tokio::test]
async fn a_socket_that_stops_reading_is_resynced_and_loses_no_playback() {
    let world = World::new();
    let address = world.serve().await;
    let mut slow = world.enter(&address, "ann", &["RESOURCE_CHAT", "RESOURCE_MEMBERS"]).await;
    let mut quick = world.enter(&address, "bob", &[]).await;
    // More than the buffers between us hold, and more entries than the ring has.
    for n in 0..8000 {
        let message = ChatMessage { id: format!("msg_{n}"), text: "x".repeat(2000), ..Default::default() };
        world.state.room_event(&format!("event_{n}"), chat_sent(message));
    }
    world.state.play("last");
    assert_eq!(
        quick.until(|frame| frame["event"].is_object() || frame["resync"].is_object()).await["rejected"],
        json!(null),
        "others do not wait"
    );
    let resync = slow.until(|frame| frame["resync"].is_object()).await;
    let seq = resync["resync"]["snapshot"]["state"]["seq"].as_str().unwrap_or("0").to_owned();
    assert!(slow.hear().await["resource"]["snapshot"]["sessions"].is_array(), "what is observed follows");
    if seq != "1" {
        slow.until(|frame| {
            frame["event"]["seq"] == "1" || frame["resync"]["snapshot"]["state"]["seq"] == "1"
        })
        .await;
    }
    assert!(slow.ask(json!({"id": "p", "ping": {}})).await["pong"].is_object());
}

#[tokio::test]
async fn a_broken_stream_is_reopened_and_everyone_is_resynced() {
    let world = World::new();
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &["RESOURCE_PLAYLIST"]).await;
    assert_eq!(socket.hear().await["resource"]["snapshot"]["version"], "1");
    world.state.deliveries.send(None).unwrap();
    let resync = socket.hear().await;
    assert!(resync["resync"]["snapshot"]["state"].is_object(), "{resync}");
    assert_eq!(socket.hear().await["resource"]["snapshot"]["version"], "2", "it may have changed meanwhile");
    assert_eq!(world.state.subscribed.load(Ordering::SeqCst), 2);
    world.state.play("after");
    assert_eq!(socket.hear().await["event"]["seq"], "1");
}

#[tokio::test]
async fn a_gap_in_the_stream_causes_a_resync() {
    let world = World::new();
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &[]).await;
    // Three events of which only the last comes.
    let live = world.state.deliveries.clone();
    let mut event = world.state.play("one");
    event.seq = 3;
    event.state.as_mut().unwrap().seq = 3;
    world.state.log.lock().unwrap().push(event.clone());
    assert_eq!(socket.hear().await["event"]["seq"], "1");
    live.send(Some(proto::sync::v1::SubscribeResponse { delivery: Some(Delivery::Event(event)) })).unwrap();
    assert_eq!(socket.hear().await["resync"]["snapshot"]["state"]["seq"], "3");
}

#[tokio::test]
async fn presence_reaches_observers_and_a_forgotten_session_rejoins() {
    let world = World::new();
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &["RESOURCE_MEMBERS"]).await;
    let members = socket.hear().await;
    let own = members["resource"]["snapshot"]["sessions"][0]["id"].as_str().unwrap().to_owned();
    let other = session("session_other");
    world
        .state
        .deliver(Delivery::Presence(PresenceChange { kind: Some(presence_change::Kind::Upserted(other)) }));
    assert_eq!(socket.hear().await["resource"]["change"]["upserted"]["id"], "session_other");
    let before = world.state.joined.lock().unwrap().len();
    world.state.deliver(Delivery::Presence(PresenceChange {
        kind: Some(presence_change::Kind::RemovedSessionId(own.clone())),
    }));
    assert_eq!(socket.hear().await["resource"]["change"]["removedSessionId"], own.as_str());
    while world.state.joined.lock().unwrap().len() == before {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.state.joined.lock().unwrap().last().unwrap().id, own);
}

#[tokio::test]
async fn a_snapshot_in_the_stream_resyncs_everyone() {
    let world = World::new();
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &["RESOURCE_MEMBERS"]).await;
    socket.hear().await;
    world
        .state
        .deliver(Delivery::Snapshot(Snapshot { sessions: vec![session("session_x")], ..Default::default() }));
    assert!(socket.hear().await["resync"].is_object());
    assert_eq!(socket.hear().await["resource"]["snapshot"]["sessions"][0]["id"], "session_x");
}
