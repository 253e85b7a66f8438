//! What the settings of a room say about its chat: switched off, slow mode, links, retention.

use std::time::Duration;

use proto::room::v1::{
    ChatPolicy, EditMessageRequest, ListMessagesRequest, PinMessageRequest, SearchMessagesRequest,
    SendMessageRequest, UpdateRoomRequest,
};
use rpc::Reason;

use crate::world::{Instance, Person, World, guest, refusal, user};

async fn set(svc: &Instance, who: &Person, room: &str, chat: ChatPolicy) {
    let update_mask = Some(prost_types::FieldMask { paths: vec!["chat".into()] });
    let request =
        UpdateRoomRequest { room: room.into(), chat: Some(chat), update_mask, ..Default::default() };
    let room = svc.rooms().update_room(who.request(request)).await.unwrap().into_inner().room.unwrap();
    assert_eq!(room.chat, Some(chat), "the room says what was decided");
}

#[tokio::test]
async fn a_room_switches_its_chat_off_and_on() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    let first = svc.say(&ada, &room, "before", "1").await.unwrap();
    set(&svc, &ada, &room, ChatPolicy { disabled: true, ..Default::default() }).await;
    assert_eq!(refusal(svc.say(&ada, &room, "now", "2").await), Reason::ChatDisabled);
    assert_eq!(svc.say(&ada, &room, "before", "1").await.unwrap(), first, "a retry gets its message");
    set(&svc, &ada, &room, ChatPolicy::default()).await;
    svc.say(&ada, &room, "now", "2").await.unwrap();
}

// W17: a retry comes before slow mode. Per person, not per connection.
#[tokio::test]
async fn slow_mode_holds_for_a_person_on_every_replica() {
    let world = World::start().await;
    let (here, there) = (world.instance().await, world.instance().await);
    let (ada, bob, eve) = (user("Ada"), guest("Bob"), guest("Eve"));
    let room = here.create(&ada).await.id;
    for who in [&bob, &eve] {
        here.join(who, &room).await.unwrap();
    }
    set(&here, &ada, &room, ChatPolicy { slow_mode_seconds: 30, ..Default::default() }).await;
    let request = SendMessageRequest {
        room: room.clone(),
        text: "first".into(),
        client_message_id: "1".into(),
        ..Default::default()
    };
    let sent = here.chat().send_message(bob.request(request)).await.unwrap().into_inner();
    let (first, next) = (sent.message.unwrap(), sent.next_send_at.unwrap());
    assert_eq!(next.seconds - first.sent_at.unwrap().seconds, 30);
    world.clock.advance(Duration::from_secs(10));
    assert_eq!(there.say(&bob, &room, "first", "1").await.unwrap(), first);
    let outcome = there.say(&bob, &room, "second", "2").await;
    let message = outcome.as_ref().unwrap_err().message().to_owned();
    assert!(message.ends_with("in 20 seconds"), "{message}");
    assert_eq!(refusal(outcome), Reason::SlowMode);
    let page = ListMessagesRequest { room: room.clone(), ..Default::default() };
    let page = there.chat().list_messages(bob.request(page)).await.unwrap().into_inner();
    assert_eq!(page.next_send_at, Some(next), "the page tells it before the person writes");
    there.say(&eve, &room, "another person", "1").await.unwrap();
    for n in 0..3 {
        there.say(&ada, &room, "moderators do not wait", &n.to_string()).await.unwrap();
    }
    world.clock.advance(Duration::from_secs(20));
    here.say(&bob, &room, "second", "2").await.unwrap();
}

#[tokio::test]
async fn a_room_refuses_links_where_it_says_so() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), guest("Bob"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    let sent = svc.say(&bob, &room, "https://example.org", "1").await.unwrap();
    set(&svc, &ada, &room, ChatPolicy { links_forbidden: true, ..Default::default() }).await;
    assert_eq!(refusal(svc.say(&bob, &room, "see www.example.org", "2").await), Reason::LinksForbidden);
    let edit = EditMessageRequest {
        room: room.clone(),
        message_id: sent.id,
        text: "http://example.org".into(),
        ..Default::default()
    };
    assert_eq!(refusal(svc.chat().edit_message(bob.request(edit)).await), Reason::LinksForbidden);
    svc.say(&bob, &room, "no link", "3").await.unwrap();
    svc.say(&ada, &room, "https://example.org", "4").await.expect("moderators may");
}

/// Waits until it is so; the runtime ends a test in which it never is.
async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let mut every = tokio::time::interval(Duration::from_millis(20));
    while !is_so().await {
        every.tick().await;
    }
}

#[tokio::test]
async fn old_messages_go_and_pinned_ones_stay() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    let pinned = svc.say(&ada, &room, "pinned", "1").await.unwrap();
    let pin = PinMessageRequest { room: room.clone(), message_id: pinned.id.clone() };
    svc.chat().pin_message(ada.request(pin)).await.unwrap();
    svc.say(&ada, &room, "old", "2").await.unwrap();
    set(&svc, &ada, &room, ChatPolicy { retention_days: 7, ..Default::default() }).await;
    // Ids carry the time at which messages were sent. The clock of the tests begins later than now.
    let week = Duration::from_hours(192);
    world.clock.advance(week);
    let other = world.instance().await;
    let texts = async || {
        let request = ListMessagesRequest { room: room.clone(), ..Default::default() };
        let page = other.chat().list_messages(ada.request(request)).await.unwrap().into_inner();
        page.messages.into_iter().map(|message| message.text).collect::<Vec<_>>()
    };
    until(async || texts().await == ["pinned"]).await;
}

#[tokio::test]
async fn messages_from_before_search_become_findable() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    svc.say(&ada, &room, "an old message", "1").await.unwrap();
    svc.say(&ada, &room, "👍", "2").await.unwrap();
    let pool = world.postgres.pool("room-svc", &room_svc::MIGRATIONS).await.unwrap();
    sqlx::query("UPDATE room.messages SET terms = NULL").execute(&pool).await.unwrap();
    let other = world.instance().await;
    let found = async || {
        let request = SearchMessagesRequest { room: room.clone(), query: "old".into(), ..Default::default() };
        other.chat().search_messages(ada.request(request)).await.unwrap().into_inner().messages.len()
    };
    until(async || found().await == 1).await;
    until(async || {
        let left = "SELECT count(*) FROM room.messages WHERE terms IS NULL AND text <> ''";
        sqlx::query_scalar::<_, i64>(left).fetch_one(&pool).await.unwrap() == 0
    })
    .await;
}
