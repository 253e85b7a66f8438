//! Commands of playback over a socket: acknowledgement, refusal, order, and a broken stream to sync-svc.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use crate::world::World;

fn command(n: usize) -> Value {
    json!({"id": format!("command-{n}"), "command": {"id": format!("command-{n}"), "play": {}}})
}

// Issue 8, build 6: the commands of one sender do not wait until those before them are stored.
#[tokio::test]
async fn a_command_is_acknowledged_to_its_sender_and_sent_to_everyone_once() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    let mut bob = world.enter(&address, "bob", &[]).await;
    let ack = ann.ask(json!({"id": "command-1", "command": {"id": "command-1", "play": {}}})).await;
    assert_eq!(ack["ack"]["event"]["seq"], "1");
    assert_eq!(bob.hear().await["event"]["commandId"], "command-1");
    let second = bob.ask(json!({"command": {"id": "command-2", "pause": {}}, "id": "command-2"})).await;
    assert_eq!(second["ack"]["event"]["seq"], "2");
    let heard = ann.until(|frame| frame["event"]["seq"] == "2").await;
    assert_eq!(heard["event"]["commandId"], "command-2");
    assert_eq!(world.state.subscribed.load(Ordering::SeqCst), 1, "one stream for the room");
}

#[tokio::test]
async fn a_rejected_command_has_the_reason_and_the_current_state() {
    let world = World::new();
    world.state.play("one");
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &[]).await;
    let stale =
        socket.ask(json!({"id": "a", "command": {"id": "command-1", "expectedSeq": "9", "play": {}}})).await;
    let rejected = &stale["rejected"];
    assert_eq!(
        (&rejected["reason"], &rejected["metadata"]["seq"], &rejected["state"]["seq"]),
        (&json!("STALE_SEQUENCE"), &json!("1"), &json!("1"))
    );
    let bad = socket.ask(json!({"id": "b", "command": {"id": "command-2", "setRate": {"rate": 9}}})).await;
    assert_eq!(bad["rejected"]["reason"], "INVALID_FIELD");
    assert!(bad["rejected"]["message"].as_str().unwrap().contains("command.set_rate.rate"), "{bad}");
}

#[tokio::test]
async fn commands_of_one_socket_keep_their_order() {
    let world = World::new();
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &[]).await;
    for n in 0..20 {
        socket
            .say(
                &json!({"id": format!("command-{n}"), "command": {"id": format!("command-{n}"), "play": {}}}),
            )
            .await;
    }
    for n in 0..20 {
        let ack = socket.until(|frame| frame["ack"].is_object()).await;
        assert_eq!(ack["id"], format!("command-{n}"));
    }
    let log: Vec<_> = world.state.log.lock().unwrap().iter().map(|event| event.command_id.clone()).collect();
    assert_eq!(log, (0..20).map(|n| format!("command-{n}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn commands_are_delivered_before_earlier_ones_are_stored_and_acknowledged_in_order() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    let mut bob = world.enter(&address, "bob", &[]).await;
    world.state.stores.send_replace(false);
    for n in 0..20 {
        ann.say(&command(n)).await;
    }
    for n in 0..20 {
        assert_eq!(bob.hear().await["event"]["commandId"], format!("command-{n}"));
        assert_eq!(ann.hear().await["event"]["commandId"], format!("command-{n}"), "no acknowledgement yet");
    }
    let mut stale = command(20);
    stale["command"]["expectedSeq"] = json!("99");
    ann.say(&stale).await;
    ann.say(&command(21)).await;
    assert_eq!(bob.hear().await["event"]["commandId"], "command-21", "a refused one does not stop the next");
    world.state.stores.send_replace(true);
    for n in 0..22 {
        let answer = ann.until(|frame| frame["id"].is_string()).await;
        assert_eq!((&answer["id"], answer["ack"].is_object()), (&json!(format!("command-{n}")), n != 20));
    }
    assert_eq!(world.state.command_streams.load(Ordering::SeqCst), 1, "one stream for all commands");
}

#[tokio::test]
async fn a_socket_may_have_32_commands_in_flight() {
    let world = World::limited(&json!({"playback": "unlimited"}));
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    world.state.stores.send_replace(false);
    for n in 0..=32 {
        ann.say(&command(n)).await;
    }
    let refused = ann.until(|frame| frame["rejected"].is_object()).await;
    assert_eq!(
        (&refused["id"], &refused["rejected"]["reason"]),
        (&json!("command-32"), &json!("RATE_LIMITED"))
    );
    world.state.stores.send_replace(true);
    for n in 0..32 {
        assert_eq!(ann.until(|frame| frame["ack"].is_object()).await["id"], format!("command-{n}"));
    }
    assert!(ann.ask(command(33)).await["ack"].is_object());
}

#[tokio::test]
async fn commands_of_a_broken_stream_are_resent_in_order_and_act_once() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    world.state.breaks.store(1, Ordering::SeqCst);
    for n in 0..3 {
        ann.say(&command(n)).await;
    }
    for n in 0..3 {
        assert_eq!(ann.until(|frame| frame["ack"].is_object()).await["id"], format!("command-{n}"));
    }
    let log: Vec<_> = world.state.log.lock().unwrap().iter().map(|event| event.command_id.clone()).collect();
    assert_eq!(log, ["command-0", "command-1", "command-2"]);
    // Twice in a row is no chance: the sender decides what to do.
    world.state.breaks.store(2, Ordering::SeqCst);
    let refused = ann.ask(command(3)).await;
    assert_eq!(refused["rejected"]["reason"], "DEPENDENCY_UNAVAILABLE", "{refused}");
    assert!(ann.ask(command(4)).await["ack"].is_object());
}
