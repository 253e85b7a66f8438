//! Payloads from one session to another.

use proto::sync::v1::{Aside, aside, subscribe_response::Delivery};
use serde_json::json;

use super::world::World;

#[tokio::test]
async fn a_signal_reaches_one_session_and_no_other() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    let mut bob = world.enter(&address, "bob", &["RESOURCE_CHAT"]).await;
    let mut eve = world.enter(&address, "eve", &[]).await;
    bob.hear().await;
    let ids: Vec<_> = world.state.joined.lock().unwrap().iter().map(|session| session.id.clone()).collect();
    let payload = "v=0\r\no=- 4611 2 IN IP4 127.0.0.1\r\n";
    let ack = ann.ask(json!({"id": "s", "signal": {"toSessionId": ids[1], "payload": payload}})).await;
    assert!(ack["ack"].is_object(), "{ack}");
    let signal = bob.hear().await["signal"].take();
    assert_eq!(signal, json!({"fromSessionId": ids[0], "fromSubjectId": "guest_ann", "payload": payload}));
    // A session of another gateway, whose signal reaches every gateway of the room.
    let elsewhere = |to: &str| {
        world.state.deliver(Delivery::Aside(Aside {
            session_id: "session_other".into(),
            subject_id: "user_cleo".into(),
            to_session_id: to.into(),
            kind: Some(aside::Kind::Signal("hello".into())),
            ..Aside::default()
        }));
    };
    elsewhere("session_of_another_gateway");
    elsewhere(&ids[0]);
    assert_eq!(ann.hear().await["signal"]["fromSessionId"], "session_other");
    world.state.play("later");
    for socket in [&mut ann, &mut bob, &mut eve] {
        assert_eq!(socket.hear().await["event"]["commandId"], "later", "nobody heard anything else");
    }
}

#[tokio::test]
async fn an_undeliverable_signal_is_rejected() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    let mut signal = async |to: &str, payload: &str| {
        ann.ask(json!({"id": "s", "signal": {"toSessionId": to, "payload": payload}})).await["rejected"]["reason"]
            .clone()
    };
    assert_eq!(signal("session_nobody", "x").await, "SESSION_NOT_FOUND");
    for (to, payload) in
        [("", "x"), ("session_x", ""), ("session_x", "a\0b"), ("session_x", &"x".repeat(16_385))]
    {
        assert_eq!(signal(to, payload).await, "INVALID_FIELD");
    }
}
