//! Replies, edits, deletes, reactions, mentions, pins and read state; and the changes that a client reads which was away.

use proto::room::v1::{
    AddReactionRequest, ChatChange, ChatMessage, DeleteMessageRequest, EditMessageRequest,
    ListChangesRequest, ListChangesResponse, ListMessagesRequest, ListMessagesResponse, ListPinsRequest,
    MarkReadRequest, Mention, MessageType, PinMessageRequest, RemoveReactionRequest, SendMessageRequest,
    UnpinMessageRequest, chat_change::Kind as Change, room_event::Kind,
};
use rpc::Reason;

use crate::world::{Instance, Outcome, Person, Reader, World, fields_at_fault, guest, refusal, user};

async fn list(svc: &Instance, who: &Person, room: &str) -> ListMessagesResponse {
    let request = ListMessagesRequest { room: room.into(), ..Default::default() };
    svc.chat().list_messages(who.request(request)).await.unwrap().into_inner()
}

/// The messages that people sent.
async fn messages(svc: &Instance, who: &Person, room: &str) -> Vec<ChatMessage> {
    let all = list(svc, who, room).await.messages;
    all.into_iter().filter(|message| message.r#type() == MessageType::User).collect()
}

async fn send(svc: &Instance, who: &Person, request: SendMessageRequest) -> Outcome<ChatMessage> {
    Ok(svc.chat().send_message(who.request(request)).await?.into_inner().message.unwrap())
}

async fn edit(svc: &Instance, who: &Person, room: &str, id: &str, text: &str) -> Outcome<ChatMessage> {
    let request = EditMessageRequest {
        room: room.into(),
        message_id: id.into(),
        text: text.into(),
        ..Default::default()
    };
    Ok(svc.chat().edit_message(who.request(request)).await?.into_inner().message.unwrap())
}

async fn delete(svc: &Instance, who: &Person, room: &str, id: &str) -> Outcome<()> {
    let request = DeleteMessageRequest { room: room.into(), message_id: id.into() };
    svc.chat().delete_message(who.request(request)).await.map(|_| ())
}

async fn react(svc: &Instance, who: &Person, room: &str, id: &str, key: &str) -> Outcome<()> {
    let request = AddReactionRequest { room: room.into(), message_id: id.into(), key: key.into() };
    svc.chat().add_reaction(who.request(request)).await.map(|_| ())
}

async fn pin(svc: &Instance, who: &Person, room: &str, id: &str) -> Outcome<()> {
    let request = PinMessageRequest { room: room.into(), message_id: id.into() };
    svc.chat().pin_message(who.request(request)).await.map(|_| ())
}

async fn changes(svc: &Instance, who: &Person, room: &str, after_revision: i64) -> ListChangesResponse {
    let request = ListChangesRequest { room: room.into(), after_revision };
    svc.chat().list_changes(who.request(request)).await.unwrap().into_inner()
}

async fn next_change(reader: &mut Reader) -> ChatChange {
    loop {
        if let Some(Kind::ChatChanged(change)) = reader.next_of_all().await.unwrap().kind {
            return change;
        }
    }
}

#[tokio::test]
async fn a_reply_quotes_what_it_answers_and_forgets_it_when_that_is_deleted() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), guest("Bob"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    let question = svc.say(&ada, &room, "which film?", "1").await.unwrap();
    let reply = SendMessageRequest {
        room: room.clone(),
        text: "this one".into(),
        client_message_id: "2".into(),
        reply_to_message_id: question.id.clone(),
        ..Default::default()
    };
    let answer = send(&svc, &bob, reply.clone()).await.unwrap();
    let quote = answer.reply_to.clone().unwrap();
    assert_eq!((quote.text.as_str(), &quote.author_id, quote.deleted), ("which film?", &ada.id(), false));
    assert_eq!(messages(&svc, &ada, &room).await, [question.clone(), answer]);
    delete(&svc, &ada, &room, &question.id).await.unwrap();
    let read = messages(&svc, &bob, &room).await;
    assert_eq!((read[0].text.as_str(), read[0].deleted_at.is_some()), ("", true), "it keeps its place");
    let quote = read[1].reply_to.clone().unwrap();
    assert_eq!((quote.text.as_str(), quote.deleted), ("", true));
    let to_nothing = SendMessageRequest { client_message_id: "3".into(), ..reply };
    assert_eq!(refusal(send(&svc, &bob, to_nothing).await), Reason::MessageNotFound);
}

#[tokio::test]
async fn people_edit_and_delete_their_own_messages_and_moderators_delete_any() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, eve) = (user("Ada"), guest("Bob"), guest("Eve"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    svc.join(&eve, &room).await.unwrap();
    let id = svc.say(&bob, &room, "helo", "1").await.unwrap().id;
    assert_eq!(refusal(edit(&svc, &ada, &room, &id, "mine").await), Reason::NotYourMessage);
    assert_eq!(refusal(delete(&svc, &eve, &room, &id).await), Reason::PermissionMissing);
    let edited = edit(&svc, &bob, &room, &id, "hello").await.unwrap();
    assert!(edited.edited_at.is_some());
    assert_eq!(messages(&svc, &eve, &room).await, [edited]);
    assert_eq!(
        svc.say(&bob, &room, "helo", "1").await.unwrap().text,
        "hello",
        "a retry of an edited message"
    );
    delete(&svc, &ada, &room, &id).await.unwrap();
    delete(&svc, &ada, &room, &id).await.expect("it is deleted already");
    assert_eq!(refusal(edit(&svc, &bob, &room, &id, "again").await), Reason::MessageNotFound);
    assert_eq!(refusal(delete(&svc, &ada, &room, "msg_1").await), Reason::MessageNotFound);
    let pool = world.postgres.pool("room-svc", &room_svc::MIGRATIONS).await.unwrap();
    let texts: Vec<String> =
        sqlx::query_scalar("SELECT text FROM room.messages WHERE type = 1").fetch_all(&pool).await.unwrap();
    assert_eq!(texts, [""], "the text is gone from the database");
}

#[tokio::test]
async fn reactions_are_counted_with_names() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), guest("Bob"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    let id = svc.say(&ada, &room, "look", "1").await.unwrap().id;
    for who in [&ada, &bob, &bob] {
        world.clock.advance(std::time::Duration::from_secs(1));
        react(&svc, who, &room, &id, "👍").await.unwrap();
    }
    react(&svc, &ada, &room, &id, ":party:").await.unwrap();
    let request = RemoveReactionRequest { room: room.clone(), message_id: id.clone(), key: ":party:".into() };
    svc.chat().remove_reaction(ada.request(request.clone())).await.unwrap();
    svc.chat().remove_reaction(ada.request(request)).await.expect("it is gone already");
    let seen = messages(&svc, &bob, &room).await[0].reactions.clone();
    assert_eq!((seen.len(), seen[0].key.as_str(), seen[0].count, seen[0].mine), (1, "👍", 2, true));
    let names: Vec<_> = seen[0].people.iter().map(|person| person.display_name.as_str()).collect();
    assert_eq!(names, ["Ada", "Bob"]);
    for n in 0..19 {
        let key = char::from_u32(0x1f600 + n).unwrap().to_string();
        react(&svc, &bob, &room, &id, &key).await.unwrap();
    }
    assert_eq!(refusal(react(&svc, &bob, &room, &id, "🎬").await), Reason::ChatListFull);
    react(&svc, &ada, &room, &id, "😀").await.expect("one that is there may always be joined");
    assert_eq!(fields_at_fault(react(&svc, &ada, &room, &id, "lol").await), ["key"]);
}

// W14: stored by member id with a range, drawn with the present name.
#[tokio::test]
async fn mentions_name_members_whatever_they_are_called_now() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), guest("Tom🟢"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    let mention = |person: &Person, start, length| Mention {
        subject_id: person.id(),
        start,
        length,
        ..Mention::default()
    };
    let request = SendMessageRequest {
        room: room.clone(),
        text: "👍🏽 @Tom🟢 @stranger".into(),
        client_message_id: "1".into(),
        mentions: vec![mention(&bob, 3, 5), mention(&user("Stranger"), 9, 9)],
        ..Default::default()
    };
    let sent = send(&svc, &ada, request.clone()).await.unwrap();
    assert_eq!(sent.mentions, [Mention { display_name: "Tom🟢".into(), ..mention(&bob, 3, 5) }]);
    svc.join(&bob.renamed("Thomas"), &room).await.unwrap();
    assert_eq!(messages(&svc, &ada, &room).await[0].mentions[0].display_name, "Thomas");
    svc.leave(&bob, &room).await.unwrap();
    assert_eq!(messages(&svc, &ada, &room).await[0].mentions[0].display_name, "");
    let beyond =
        SendMessageRequest { mentions: vec![mention(&bob, 18, 2)], client_message_id: "2".into(), ..request };
    assert_eq!(fields_at_fault(send(&svc, &ada, beyond).await), ["mentions"]);
}

#[tokio::test]
async fn what_is_unread_is_counted_from_where_a_person_has_read() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), guest("Bob"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    let first = svc.say(&ada, &room, "1", "1").await.unwrap().id;
    let mark = async |id: &str| {
        let request = MarkReadRequest { room: room.clone(), message_id: id.into() };
        svc.chat().mark_read(bob.request(request)).await.map(|reply| reply.into_inner().read_state.unwrap())
    };
    assert_eq!(list(&svc, &bob, &room).await.read_state.unwrap().last_read_message_id, "");
    mark(&first).await.unwrap();
    let own = svc.say(&bob, &room, "2", "2").await.unwrap().id;
    let second = svc.say(&ada, &room, "3", "3").await.unwrap().id;
    let answer = SendMessageRequest {
        room: room.clone(),
        text: "4".into(),
        client_message_id: "4".into(),
        reply_to_message_id: own,
        ..Default::default()
    };
    send(&svc, &ada, answer).await.unwrap();
    let state = list(&svc, &bob, &room).await.read_state.unwrap();
    assert_eq!((&state.last_read_message_id, state.unread_count, state.unread_mention_count), (&first, 2, 1));
    assert_eq!(mark(&second).await.unwrap().unread_count, 1);
    assert_eq!(mark(&first).await.unwrap().unread_count, 1, "reading goes forwards only");
    assert_eq!(refusal(mark("msg_1").await), Reason::MessageNotFound);
}

#[tokio::test]
async fn moderators_pin_up_to_fifty_messages() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), guest("Bob"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    let mut sent = Vec::new();
    for n in 0..51 {
        sent.push(svc.say(&ada, &room, "x", &n.to_string()).await.unwrap().id);
    }
    assert_eq!(refusal(pin(&svc, &bob, &room, &sent[0]).await), Reason::PermissionMissing);
    for id in &sent[..50] {
        world.clock.advance(std::time::Duration::from_secs(1));
        pin(&svc, &ada, &room, id).await.unwrap();
    }
    pin(&svc, &ada, &room, &sent[0]).await.expect("it is pinned already");
    assert_eq!(refusal(pin(&svc, &ada, &room, &sent[50]).await), Reason::ChatListFull);
    let request = UnpinMessageRequest { room: room.clone(), message_id: sent[49].clone() };
    svc.chat().unpin_message(ada.request(request)).await.unwrap();
    delete(&svc, &ada, &room, &sent[48]).await.unwrap();
    let request = ListPinsRequest { room: room.clone() };
    let pins = svc.chat().list_pins(bob.request(request)).await.unwrap().into_inner().messages;
    assert_eq!((pins.len(), &pins[0].id, pins[0].pinned), (48, &sent[47], true), "last pinned first");
}

/// Whoever missed changes reads them, and has then what those have who missed none.
#[tokio::test]
async fn a_client_that_was_away_catches_up_exactly() {
    let world = World::start().await;
    let svc = world.instance().await;
    let mut reader = svc.read("test").await;
    let (ada, bob) = (user("Ada"), guest("Bob"));
    let room = svc.create(&ada).await.id;
    let before = svc.say(&ada, &room, "before", "0").await.unwrap();
    let doomed = svc.say(&ada, &room, "doomed", "1").await.unwrap();
    let known = list(&svc, &ada, &room).await.revision;
    assert_eq!(known, 2);
    svc.join(&bob, &room).await.unwrap();
    edit(&svc, &ada, &room, &before.id, "edited").await.unwrap();
    react(&svc, &bob, &room, &before.id, "👍").await.unwrap();
    delete(&svc, &ada, &room, &doomed.id).await.unwrap();
    let after = svc.say(&bob, &room, "after", "2").await.unwrap();
    pin(&svc, &ada, &room, &after.id).await.unwrap();

    let missed = changes(&svc, &bob, &room, known).await;
    assert_eq!((missed.revision, missed.has_more, missed.restart), (8, false, false));
    let now = list(&svc, &bob, &room).await;
    let told: Vec<_> =
        missed.changes.iter().map(|change| (change.revision, change.kind.clone().unwrap())).collect();
    assert_eq!(
        told.iter().map(|(revision, _)| *revision).collect::<Vec<_>>(),
        [3, 4, 6, 7],
        "each message once, at its first change"
    );
    assert!(matches!(&told[0].1, Change::Sent(line) if line.r#type() == MessageType::System));
    assert_eq!(told[1].1, Change::Updated(now.messages.iter().find(|m| m.id == before.id).unwrap().clone()));
    assert!(
        matches!(&told[2].1, Change::Deleted(deleted) if deleted.message_id == doomed.id && deleted.deleted_by == ada.id())
    );
    assert_eq!(told[3].1, Change::Sent(now.messages.iter().find(|m| m.id == after.id).unwrap().clone()));
    assert_eq!(changes(&svc, &bob, &room, 8).await.changes, []);
    assert!(changes(&svc, &bob, &room, 9).await.restart, "the database is older than the client");

    // The events of those who missed nothing have every revision, in order.
    for revision in 1..=8 {
        assert_eq!(next_change(&mut reader).await.revision, revision);
    }
}

#[tokio::test]
async fn many_missed_changes_come_in_pages_and_too_many_are_a_new_start() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    for n in 0..401 {
        svc.say(&ada, &room, "x", &n.to_string()).await.unwrap();
    }
    let (mut after, mut seen, mut pages) = (0, 0, 0);
    loop {
        let page = changes(&svc, &ada, &room, after).await;
        (after, seen, pages) = (page.revision, seen + page.changes.len(), pages + 1);
        if !page.has_more {
            break;
        }
    }
    assert_eq!((after, seen, pages), (401, 401, 3));
    let pool = world.postgres.pool("room-svc", &room_svc::MIGRATIONS).await.unwrap();
    sqlx::query("UPDATE room.chats SET revision = 1402").execute(&pool).await.unwrap();
    assert!(changes(&svc, &ada, &room, 401).await.restart);
    assert!(!changes(&svc, &ada, &room, 402).await.restart);
}

#[tokio::test]
async fn a_page_lies_around_a_message_or_before_it() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    let mut sent = Vec::new();
    for n in 0..9 {
        sent.push(svc.say(&ada, &room, &n.to_string(), &n.to_string()).await.unwrap().id);
    }
    let page = async |around: usize, size: i32, before: bool| {
        let id = sent[around].clone();
        let (around_message_id, before_message_id) =
            if before { (String::new(), id) } else { (id, String::new()) };
        let request = ListMessagesRequest {
            room: room.clone(),
            page_size: size,
            around_message_id,
            before_message_id,
            ..Default::default()
        };
        let page = svc.chat().list_messages(ada.request(request)).await.unwrap().into_inner();
        let texts: String = page.messages.iter().map(|message| message.text.as_str()).collect();
        (texts, !page.next_page_token.is_empty())
    };
    assert_eq!(page(4, 5, false).await, ("23456".into(), true));
    assert_eq!(page(8, 3, false).await, ("678".into(), true));
    assert_eq!(page(0, 3, false).await, ("01".into(), false));
    assert_eq!(page(3, 2, true).await, ("12".into(), true));
    assert_eq!(page(2, 9, true).await, ("01".into(), false));
}
