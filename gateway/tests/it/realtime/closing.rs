//! How a socket ends: its client leaves, its room or its membership goes, the server stops.

use std::sync::atomic::Ordering;

use proto::room::v1::{RoomClosed, RoomDeleted, room_event::Kind as RoomEventKind};
use serde_json::json;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::world::World;

#[tokio::test]
async fn a_closed_socket_leaves_the_room() {
    let world = World::new();
    let address = world.serve().await;
    let mut polite = world.enter(&address, "ann", &[]).await;
    assert!(polite.ask(json!({"id": "b", "bye": {}})).await["ack"].is_object());
    assert_eq!(polite.closed().await, CloseCode::Normal);
    drop(world.enter(&address, "bob", &[]).await);
    while world.state.left.lock().unwrap().len() < 2 {
        tokio::task::yield_now().await;
    }
    let joined: Vec<_> =
        world.state.joined.lock().unwrap().iter().map(|session| session.id.clone()).collect();
    assert_eq!(*world.state.left.lock().unwrap(), joined);
}

/// The contract says which events end a room, and what its people are told.
#[tokio::test]
async fn a_room_that_is_deleted_or_closed_closes_its_sockets() {
    for (kind, told) in [
        (
            RoomEventKind::RoomDeleted(RoomDeleted {}),
            json!({"reason": "ROOM_NOT_FOUND", "message": "the room was deleted", "metadata": {}}),
        ),
        (
            RoomEventKind::RoomClosed(RoomClosed::default()),
            json!({
                "reason": "ROOM_CLOSED",
                "message": "the room was closed; ask its owner to reopen it",
                "metadata": {},
            }),
        ),
    ] {
        let world = World::new();
        let address = world.serve().await;
        let mut socket = world.enter(&address, "ann", &[]).await;
        world.state.room_event("event_9", kind);
        assert_eq!(socket.hear().await["notice"]["closed"], told);
        assert_eq!(socket.closed().await, CloseCode::Normal);
    }
}

#[tokio::test]
async fn a_removed_member_is_closed_only_after_the_removal_is_confirmed() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    let mut bob = world.enter(&address, "bob", &[]).await;
    world.state.room_event("event_1", RoomEventKind::MemberLeft("guest_ann".into()));
    assert!(
        ann.ask(json!({"id": "p", "ping": {}})).await["pong"].is_object(),
        "an old event: she has joined again"
    );
    world.state.is_out.store(true, Ordering::SeqCst);
    world.state.room_event("event_2", RoomEventKind::MemberLeft("guest_ann".into()));
    let closed = ann.hear().await["notice"]["closed"].take();
    assert_eq!(
        closed,
        json!({"reason": "IN_COOLDOWN", "message": "Ada removed you from this room", "metadata": {"by": "Ada"}}),
        "the notice says why, as the service does"
    );
    assert!(bob.ask(json!({"id": "p", "ping": {}})).await["pong"].is_object());
}

#[tokio::test]
async fn a_stopping_server_says_when_to_reconnect() {
    let world = World::new();
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &[]).await;
    let listening = tokio::spawn(async move {
        let notice = socket.hear().await["notice"]["shutdown"]["reconnectAfterMs"]
            .as_str()
            .unwrap()
            .parse::<u64>()
            .unwrap();
        (notice, socket.closed().await)
    });
    let state = world.state.clone();
    world.finish().await;
    let (after_ms, code) = listening.await.unwrap();
    assert!((500..5000).contains(&after_ms));
    assert_eq!(code, CloseCode::Restart);
    assert_eq!(state.left.lock().unwrap().len(), 1, "the tasks end after the last socket has left");
}
