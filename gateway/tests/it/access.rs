//! Permissions act on open sockets: what changes is told, and ends what it no longer allows.

use std::sync::atomic::Ordering;

use proto::room::v1::{Member, Permission, Room, room_event::Kind as RoomEventKind};
use serde_json::json;

use super::world::World;

fn changed(subject_id: &str) -> RoomEventKind {
    RoomEventKind::MemberChanged(Member { subject_id: subject_id.into(), ..Member::default() })
}

#[tokio::test]
async fn a_changed_permission_reaches_the_open_sockets_of_its_person_with_one_read() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    let mut second = world.enter(&address, "ann", &[]).await;
    let mut bob = world.enter(&address, "bob", &[]).await;
    let before = world.state.access_read.load(Ordering::SeqCst);
    *world.state.permissions.lock().unwrap() = vec![Permission::PlayControl.into()];
    world.state.room_event("event_1", changed("guest_ann"));
    for socket in [&mut ann, &mut second] {
        let update = socket.hear().await["resource"].take();
        assert_eq!(update["resource"], "RESOURCE_ACCESS");
        assert_eq!(update["snapshot"]["permissions"], json!(["PERMISSION_PLAY_CONTROL"]));
        assert_eq!(update["snapshot"]["member"]["subjectId"], "guest_ann");
    }
    assert_eq!(world.state.access_read.load(Ordering::SeqCst), before + 1, "one read for both sockets");
    world.state.play("later");
    assert_eq!(bob.hear().await["event"]["commandId"], "later", "nothing changed for others");
}

#[tokio::test]
async fn an_observation_stops_and_resumes_with_its_permission() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &["RESOURCE_CHAT", "RESOURCE_SETTINGS"]).await;
    ann.hear().await;
    ann.hear().await;
    let all = std::mem::take(&mut *world.state.permissions.lock().unwrap());
    world.state.room_event("event_1", changed("guest_ann"));
    assert_eq!(ann.hear().await["resource"]["resource"], "RESOURCE_ACCESS");
    let ended = ann.hear().await;
    assert_eq!(ended["id"], json!(null));
    assert_eq!(ended["rejected"]["reason"], "PERMISSION_MISSING");
    assert_eq!(
        ended["rejected"]["metadata"],
        json!({"permission": "view_chat_history", "resource": "RESOURCE_CHAT"})
    );
    ann.chat("m", "is not delivered").await;
    let again = json!({"id": "o", "observe": {"resource": "RESOURCE_CHAT"}});
    assert_eq!(ann.ask(again.clone()).await["rejected"]["reason"], "PERMISSION_MISSING");
    *world.state.permissions.lock().unwrap() = all;
    world.state.room_event("event_2", changed("guest_ann"));
    assert_eq!(ann.hear().await["resource"]["resource"], "RESOURCE_ACCESS");
    assert!(ann.ask(again).await["ack"].is_object());
    assert_eq!(ann.hear().await["resource"]["resource"], "RESOURCE_CHAT");
}

#[tokio::test]
async fn a_room_change_without_a_permission_change_sends_no_access() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    let before = world.state.access_read.load(Ordering::SeqCst);
    world.state.room_event("event_1", RoomEventKind::RoomUpdated(Room::default()));
    while world.state.access_read.load(Ordering::SeqCst) == before {
        tokio::task::yield_now().await;
    }
    assert!(ann.ask(json!({"id": "p", "ping": {}})).await["pong"].is_object());
    world.state.play("later");
    assert_eq!(ann.hear().await["event"]["commandId"], "later");
}

#[tokio::test]
async fn hello_observes_what_is_permitted_and_names_what_is_not() {
    let world = World::new();
    *world.state.permissions.lock().unwrap() = vec![Permission::SendChat.into()];
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &["RESOURCE_MEMBERS", "RESOURCE_SETTINGS"]).await;
    let refused = ann.hear().await;
    assert_eq!(refused["rejected"]["metadata"]["resource"], "RESOURCE_MEMBERS", "{refused}");
    assert_eq!(ann.hear().await["resource"]["resource"], "RESOURCE_SETTINGS");
    let always = ann.ask(json!({"id": "u", "unobserve": {"resource": "RESOURCE_ACCESS"}})).await;
    assert_eq!(always["rejected"]["reason"], "INVALID_FIELD");
    assert!(ann.ask(json!({"id": "o", "observe": {"resource": "RESOURCE_ACCESS"}})).await["ack"].is_object());
    assert_eq!(ann.hear().await["resource"]["snapshot"]["permissions"], json!(["PERMISSION_SEND_CHAT"]));
}
