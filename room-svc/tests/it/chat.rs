use futures::future::join_all;
use proto::room::v1::{ChatMessage, ListMessagesRequest, ListMessagesResponse, SendMessageRequest};
use rpc::Reason;

use crate::world::{Instance, Outcome, Person, World, fields_at_fault, guest, refusal, user};

async fn list(svc: &Instance, who: &Person, request: ListMessagesRequest) -> Outcome<ListMessagesResponse> {
    svc.chat().list_messages(who.request(request)).await.map(tonic::Response::into_inner)
}

fn texts(messages: &[ChatMessage]) -> String {
    messages.iter().map(|message| message.text.as_str()).collect()
}

#[tokio::test]
async fn history_can_be_read_backwards_and_forwards() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    let mut sent = Vec::new();
    for text in ["a", "b", "c", "d", "e"] {
        sent.push(svc.say(&ada, &room, text, text).await.unwrap());
    }
    let page = |page_token: &str, after: &str| ListMessagesRequest {
        room: room.clone(),
        page_size: 2,
        page_token: page_token.into(),
        after_message_id: after.into(),
        ..Default::default()
    };
    let newest = list(&svc, &ada, page("", "")).await.unwrap();
    assert_eq!(newest.messages, sent[3..]);
    svc.say(&ada, &room, "f", "f").await.unwrap();
    let older = list(&svc, &ada, page(&newest.next_page_token, "")).await.unwrap();
    assert_eq!(texts(&older.messages), "bc", "what is said meanwhile moves no page");
    let oldest = list(&svc, &ada, page(&older.next_page_token, "")).await.unwrap();
    assert_eq!((texts(&oldest.messages).as_str(), oldest.next_page_token.as_str()), ("a", ""));

    let missed = list(&svc, &ada, page("", &sent[1].id)).await.unwrap();
    assert_eq!((texts(&missed.messages).as_str(), missed.next_page_token.as_str()), ("cd", ""));
    let rest = list(&svc, &ada, page("", &missed.messages[1].id)).await.unwrap();
    assert_eq!(texts(&rest.messages), "ef");
    assert_eq!(list(&svc, &ada, page("", &rest.messages[1].id)).await.unwrap().messages, []);

    assert_eq!(refusal(list(&svc, &ada, page("garbage", "")).await), Reason::PageTokenInvalid);
    assert_eq!(fields_at_fault(list(&svc, &ada, page("", "garbage")).await), ["after_message_id"]);
    let both = page(&newest.next_page_token, &sent[1].id);
    assert_eq!(fields_at_fault(list(&svc, &ada, both).await), ["after_message_id"]);
}

#[tokio::test]
async fn a_retried_message_is_stored_once_with_all_its_fields() {
    let world = World::start().await;
    let svc = world.instance().await;
    let bob = guest("Bob");
    let room = svc.create(&user("Ada")).await.id;
    svc.join(&bob, &room).await.unwrap();
    let item = svc.append(&bob, &room, "film", "").await.unwrap().id;
    let request = SendMessageRequest {
        room: room.clone(),
        text: "  look\nat this \t".into(),
        client_message_id: "1".into(),
        item_id: item.clone(),
        position_us: 42,
        ..Default::default()
    };
    let send = async |request: SendMessageRequest| {
        svc.chat().send_message(bob.request(request)).await.map(|reply| reply.into_inner().message.unwrap())
    };
    let outcomes = join_all((0..6).map(|_| send(request.clone()))).await;
    let first = outcomes[0].as_ref().unwrap().clone();
    assert!(outcomes.iter().all(|message| message.as_ref().unwrap() == &first));
    assert_eq!(
        (first.text.as_str(), first.item_id.as_str(), first.position_us),
        ("look\nat this", item.as_str(), 42)
    );
    assert_eq!((first.author_id.clone(), first.author_name.as_str()), (bob.id(), "Bob"));
    let history =
        list(&svc, &bob, ListMessagesRequest { room: room.clone(), ..Default::default() }).await.unwrap();
    assert_eq!(history.messages.last(), Some(&first));

    let other_text = SendMessageRequest { text: "something else".into(), ..request.clone() };
    assert_eq!(refusal(send(other_text).await), Reason::RequestIdReused);
    let other_item = SendMessageRequest { item_id: "film".into(), client_message_id: "2".into(), ..request };
    assert_eq!(fields_at_fault(send(other_item).await), ["item_id"]);
}

#[tokio::test]
async fn empty_and_invalid_messages_are_rejected_by_field() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    for text in
        [String::new(), " \n\t ".into(), "\u{200b}\u{2060}".into(), "\u{202e}abc".into(), "bell\u{7}".into()]
    {
        assert_eq!(fields_at_fault(svc.say(&ada, &room, &text, "1").await), ["text"]);
    }
    for text in ["x".repeat(1001), "👍🏽".repeat(501), "x".repeat(10_000)] {
        assert_eq!(refusal(svc.say(&ada, &room, &text, "1").await), Reason::MessageTooLong);
    }
    let composed = svc.say(&ada, &room, &"e\u{301}".repeat(1000), "2").await.unwrap();
    assert_eq!(composed.text, "é".repeat(1000), "the unit is the scalar value after NFC");
    assert_eq!(fields_at_fault(svc.say(&ada, &room, "hello", "").await), ["client_message_id"]);
    svc.say(&ada, &room, "hello", "1").await.expect("a refused message uses up no id");
}

#[tokio::test]
async fn only_members_read_and_send_messages() {
    let world = World::start().await;
    let svc = world.instance().await;
    let room = svc.create(&user("Ada")).await.id;
    let mallory = user("Mallory");
    assert_eq!(refusal(svc.say(&mallory, &room, "hello", "1").await), Reason::NotAMember);
    let request = ListMessagesRequest { room, ..Default::default() };
    assert_eq!(refusal(list(&svc, &mallory, request).await), Reason::NotAMember);
}

#[tokio::test]
async fn a_message_keeps_the_author_name_of_its_time() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    svc.say(&ada, &room, "1", "1").await.unwrap();
    let renamed = ada.renamed("Countess");
    svc.join(&renamed, &room).await.unwrap();
    svc.say(&renamed, &room, "2", "2").await.unwrap();
    let history =
        list(&svc, &ada, ListMessagesRequest { room, ..Default::default() }).await.unwrap().messages;
    assert_eq!(
        history.iter().map(|message| message.author_name.as_str()).collect::<Vec<_>>(),
        ["Ada", "Countess"]
    );
}

#[tokio::test]
async fn message_ids_increase_in_commit_order_across_replicas() {
    let world = World::start().await;
    let (here, there) = (world.instance().await, world.instance().await);
    let ada = user("Ada");
    let room = here.create(&ada).await.id;
    // As if the clock of the replica that took the last one were a century ahead.
    let pool = world.postgres.pool("room-svc", &room_svc::MIGRATIONS).await.unwrap();
    let first = here.say(&ada, &room, "first", "0").await.unwrap();
    sqlx::query("UPDATE room.messages SET id = '04000000-0000-7000-8000-000000000000'")
        .execute(&pool)
        .await
        .unwrap();
    let mut last = first.id;
    for n in 1..5 {
        let svc = if n % 2 == 0 { &here } else { &there };
        let next = svc.say(&ada, &room, "next", &n.to_string()).await.unwrap().id;
        assert!(next > last, "{next} after {last}");
        last = next;
    }
    let ids = (10..30).map(|n| n.to_string()).collect::<Vec<_>>();
    join_all(ids.iter().map(|id| {
        if id.len() % 2 == 0 { here.say(&ada, &room, id, id) } else { there.say(&ada, &room, id, id) }
    }))
    .await;
    let history =
        list(&here, &ada, ListMessagesRequest { room, page_size: 200, ..Default::default() }).await.unwrap();
    assert_eq!(history.messages.len(), 25);
    assert!(history.messages.is_sorted_by(|a, b| a.id < b.id));
}
