//! Where the bytes of the item are that is on, told without being asked.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::{
    fakes::ROOM,
    world::{Socket, World},
};

const OBSERVE: [&str; 1] = ["RESOURCE_PLAYBACK_INFO"];

fn link(item: &str, name: &str) -> Value {
    json!({"resource": {"resource": "RESOURCE_PLAYBACK_INFO", "snapshot": {
        "itemId": item,
        "info": {"url": format!("/media/{ROOM}/{item}?for=guest_{name}"), "format": "MEDIA_FORMAT_PROGRESSIVE"},
    }}})
}

/// What came before the answer to a ping. Links are asked for in the background, so the first pings may be too early.
async fn links_heard(world: &World, socket: &mut Socket, asked: i64) -> Vec<Value> {
    while world.state.links_asked.load(Ordering::SeqCst) < asked {
        tokio::task::yield_now().await;
    }
    let mut heard = Vec::new();
    for n in 0..20 {
        socket.say(&json!({"id": format!("p{n}"), "ping": {}})).await;
        loop {
            let frame = socket.hear().await;
            if frame["pong"].is_object() {
                break;
            }
            heard.push(frame["resource"]["snapshot"]["itemId"].clone());
        }
    }
    heard.retain(|item| !item.is_null());
    heard
}

#[tokio::test]
async fn a_new_socket_gets_its_own_link_to_the_item() {
    let world = World::new();
    world.state.play_item("item_1", "one");
    let address = world.serve().await;
    // The first brings the room to the gateway; for the second, the item is known before they are in it.
    let mut ann = world.enter(&address, "ann", &OBSERVE).await;
    assert_eq!(ann.hear().await, link("item_1", "ann"));
    let mut bob = world.enter(&address, "bob", &OBSERVE).await;
    assert_eq!(bob.hear().await, link("item_1", "bob"));
    assert_eq!(links_heard(&world, &mut bob, 2).await, Vec::<Value>::new());
    assert_eq!(world.state.links_asked.load(Ordering::SeqCst), 2, "once each");
}

#[tokio::test]
async fn only_a_change_of_item_sends_a_new_link() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &OBSERVE).await;
    let mut bob = world.enter(&address, "bob", &[]).await;
    world.state.play_item("item_1", "one");
    for (item, command) in [("item_1", "one"), ("item_2", "two")] {
        if command == "two" {
            world.state.play("resumed");
            assert_eq!(ann.hear().await["event"]["commandId"], "resumed");
            world.state.play_item(item, command);
        }
        assert_eq!(ann.hear().await["event"]["commandId"], command);
        assert_eq!(ann.hear().await, link(item, "ann"));
    }
    world.state.play_item("", "stop");
    assert_eq!(ann.hear().await["event"]["commandId"], "stop");
    world.state.play_item("item_2", "again");
    assert_eq!(ann.hear().await["event"]["commandId"], "again");
    assert_eq!(ann.hear().await, link("item_2", "ann"), "what stopped begins with a fresh link");
    for command in ["one", "resumed", "two", "stop", "again"] {
        assert_eq!(bob.hear().await["event"]["commandId"], command, "who observes no links gets none");
    }
    assert_eq!(world.state.links_asked.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_link_that_cannot_be_read_is_left_out() {
    let world = World::new();
    world.state.play_item("item_gone", "one");
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &OBSERVE).await;
    assert_eq!(links_heard(&world, &mut socket, 1).await, Vec::<Value>::new());
    world.state.play_item("item_1", "two");
    assert_eq!(socket.until(|frame| frame["resource"].is_object()).await, link("item_1", "ann"));
}

#[tokio::test]
async fn links_can_be_observed_and_unobserved_later() {
    let world = World::new();
    world.state.play_item("item_1", "one");
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &[]).await;
    for id in ["o1", "o2"] {
        socket.say(&json!({"id": id, "observe": {"resource": OBSERVE[0]}})).await;
        let ack = socket.hear().await;
        assert_eq!((&ack["id"], ack["ack"].is_object()), (&json!(id), true), "{ack}");
        assert_eq!(socket.hear().await, link("item_1", "ann"));
    }
    let ack = socket.ask(json!({"id": "u", "unobserve": {"resource": OBSERVE[0]}})).await;
    assert!(ack["ack"].is_object(), "{ack}");
    world.state.play_item("item_2", "two");
    assert_eq!(socket.hear().await["event"]["commandId"], "two");
    assert_eq!(links_heard(&world, &mut socket, 2).await, Vec::<Value>::new());
    assert_eq!(world.state.links_asked.load(Ordering::SeqCst), 2);
}
