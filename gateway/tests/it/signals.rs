//! Payloads from one session to another.

use futures::{SinkExt as _, StreamExt as _};
use proto::sync::v1::{Aside, aside, subscribe_response::Delivery};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

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

#[tokio::test]
async fn most_of_a_thousand_signals_at_once_are_refused_by_name() {
    let world = World::limited(&json!({"frames": "50 per second, burst 100"}));
    let address = world.serve().await;
    let ann = world.enter(&address, "ann", &[]).await;
    let mut bob = world.enter(&address, "bob", &[]).await;
    let to = world.state.joined.lock().unwrap()[1].id.clone();
    let signal = Message::text(json!({"id": "s", "signal": {"toSessionId": to, "payload": "x"}}).to_string());
    let (mut write, read) = ann.0.split();
    let sending = async {
        for _ in 0..1000 {
            write.send(signal.clone()).await.unwrap();
        }
    };
    let answers = read.filter(|message| std::future::ready(message.as_ref().unwrap().is_text())).take(1000);
    let ((), answers) = tokio::join!(sending, answers.collect::<Vec<_>>());
    let answers: Vec<Value> = answers
        .into_iter()
        .map(|answer| serde_json::from_str(answer.unwrap().to_text().unwrap()).unwrap())
        .collect();
    let taken = answers.iter().filter(|answer| answer["ack"].is_object()).count();
    let refused = answers.iter().filter(|answer| answer["rejected"]["reason"] == "RATE_LIMITED").count();
    assert!((1..=400).contains(&taken) && refused >= 500, "{taken} taken, {refused} refused");
    for _ in 0..taken {
        assert!(bob.hear().await["signal"].is_object());
    }
    world.state.play("later");
    assert_eq!(bob.hear().await["event"]["commandId"], "later", "nothing else reached him");
}
