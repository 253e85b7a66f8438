//! What happens in the room itself: told to everyone, and done to the playback.

use proto::{
    room::v1::{ChatChange, ChatMessage, PlaylistChange, RoomDeleted, chat_change, room_event::Kind},
    sync::v1::{PlaybackChange, subscribe_response::Delivery},
};
use testkit::user;

use crate::{
    over_both,
    world::{World, play},
};

over_both! {
    the_first_item_becomes_current_as_soon_as_it_is_added,
    a_removed_item_is_replaced_by_the_next,
    room_events_are_delivered_once_and_acknowledged,
    a_deleted_room_is_forgotten,
}

async fn the_first_item_becomes_current_as_soon_as_it_is_added(world: World) {
    let instance = world.start().await;
    let mut stream = instance.subscribe(0).await;
    assert_eq!(stream.snapshot().await.state.unwrap().item_id, "");
    world.rooms.adds_item("item_1");
    assert!(
        matches!(stream.next().await, Delivery::RoomEvent(event) if event.id == "added-item_1"),
        "first the news"
    );
    let event = stream.event().await;
    assert_eq!((event.change(), event.seq), (PlaybackChange::Item, 1));
    let state = event.state.unwrap();
    assert_eq!((state.item_id.as_str(), state.playing), ("item_1", false));
}

async fn a_removed_item_is_replaced_by_the_next(world: World) {
    let instance = world.start_with_item().await;
    // People moved things about: the order is not that in which the items came.
    world.rooms.known().items = vec!["item_2".into(), "item_0".into()];
    instance.act(&user("Anna"), play()).await;
    let change = |item: &str, version, next: &str| PlaylistChange {
        item_id: item.into(),
        version,
        next_item_id: next.into(),
        ..PlaylistChange::default()
    };
    world.rooms.happens("removed", Kind::ItemRemoved(change("item_1", 2, "item_0")));
    world.rooms.acknowledged("removed").await;
    let state = instance.playback(&user("Anna")).await;
    assert_eq!((state.item_id.as_str(), state.playing), ("item_0", true));
    world.rooms.happens("removed-last", Kind::ItemRemoved(change("item_0", 3, "")));
    world.rooms.acknowledged("removed-last").await;
    assert_eq!(instance.playback(&user("Anna")).await.item_id, "", "there was none behind it");
}

async fn room_events_are_delivered_once_and_acknowledged(world: World) {
    let instance = world.start().await;
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    let said = || {
        let message = ChatMessage { id: "msg_1".into(), text: "hello".into(), ..ChatMessage::default() };
        Kind::ChatChanged(ChatChange { revision: 1, kind: Some(chat_change::Kind::Sent(message)) })
    };
    // It comes twice, as when an acknowledgement was lost.
    for id in ["event_1", "event_1", "event_2"] {
        world.rooms.happens(id, said());
    }
    for id in ["event_1", "event_2"] {
        assert!(matches!(stream.next().await, Delivery::RoomEvent(event) if event.id == id));
        world.rooms.acknowledged(id).await;
    }
}

async fn a_deleted_room_is_forgotten(world: World) {
    let instance = world.start_with_item().await;
    instance.join("a", "gateway_1").await;
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    world.rooms.happens("deleted", Kind::RoomDeleted(RoomDeleted {}));
    assert!(matches!(stream.next().await, Delivery::RoomEvent(_)));
    assert_eq!(stream.event().await.change(), PlaybackChange::Stop);
    world.rooms.acknowledged("deleted").await;
    assert_eq!(instance.state.log.load(&instance.room).await.unwrap(), None);
    let pool = world.postgres.pool("sync-svc", &sync_svc::MIGRATIONS).await.unwrap();
    let kept: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sync.room_states").fetch_one(&pool).await.unwrap();
    assert_eq!(kept, 0);
}
