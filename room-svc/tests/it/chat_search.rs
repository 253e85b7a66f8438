//! Search in the chat.

use proto::room::v1::{
    DeleteMessageRequest, EditMessageRequest, SearchMessagesRequest, SearchMessagesResponse,
};
use room_svc::MIGRATIONS;
use rpc::Reason;

use crate::world::{Instance, Outcome, Person, World, fields_at_fault, guest, refusal, user};

async fn search(
    svc: &Instance,
    who: &Person,
    request: SearchMessagesRequest,
) -> Outcome<SearchMessagesResponse> {
    svc.chat().search_messages(who.request(request)).await.map(tonic::Response::into_inner)
}

async fn found(svc: &Instance, who: &Person, room: &str, query: &str) -> Vec<String> {
    let request = SearchMessagesRequest { room: room.into(), query: query.into(), ..Default::default() };
    let response = search(svc, who, request).await.unwrap();
    response.messages.into_iter().map(|message| message.text).collect()
}

#[tokio::test]
async fn messages_are_found_in_every_script() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    let texts = [
        "Müller says: great MOVIE",
        "我们今天看电影吧",
        "影子",
        "この映画はすごい",
        "한국 영화 추천",
        "ดูหนังกันไหม",
        "it's at 1:23",
    ];
    for text in texts {
        svc.say(&ada, &room, text, text).await.unwrap();
    }
    let other = svc.create(&ada).await.id;
    svc.say(&ada, &other, "a movie elsewhere", "1").await.unwrap();
    for (query, index) in [
        ("movie", 0),
        ("muller mov", 0),
        ("ＧＲＥＡＴ", 0),
        ("电影", 1),
        ("看电影吧", 1),
        ("映画は", 3),
        ("영화", 4),
        ("หนัง", 5),
        ("1:23", 6),
    ] {
        assert_eq!(found(&svc, &ada, &room, query).await, [texts[index]], "{query}");
    }
    assert_eq!(found(&svc, &ada, &room, "影").await, ["影子", "我们今天看电影吧"], "newest first");
    for nothing in ["mov ", "今看", "movie muller xyz", "elsewhere"] {
        assert_eq!(found(&svc, &ada, &room, nothing).await, Vec::<String>::new(), "{nothing}");
    }
    let request =
        SearchMessagesRequest { room: room.clone(), query: "' & | ! 👍".into(), ..Default::default() };
    assert_eq!(fields_at_fault(search(&svc, &ada, request).await), ["query"]);
    let request = SearchMessagesRequest { room: room.clone(), query: "x".into(), ..Default::default() };
    assert_eq!(refusal(search(&svc, &user("Mallory"), request).await), Reason::NotAMember);
}

#[tokio::test]
async fn all_messages_of_a_person_are_found_without_a_word() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), guest("Bob"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    let mut sent = Vec::new();
    for n in 0..5 {
        sent.push(svc.say(&bob, &room, &format!("👍 {n}"), &n.to_string()).await.unwrap().id);
        svc.say(&ada, &room, "popcorn", &n.to_string()).await.unwrap();
    }
    let elsewhere = svc.create(&bob).await.id;
    svc.say(&bob, &elsewhere, "another room", "1").await.unwrap();
    let delete = DeleteMessageRequest { room: room.clone(), message_id: sent[3].clone() };
    svc.chat().delete_message(ada.request(delete)).await.unwrap();

    let of_bob = |query: &str, page_token: &str| SearchMessagesRequest {
        room: room.clone(),
        query: query.into(),
        author_id: bob.id(),
        page_size: 3,
        page_token: page_token.into(),
    };
    let texts = |page: &SearchMessagesResponse| {
        page.messages.iter().map(|message| message.text.clone()).collect::<Vec<_>>().join(",")
    };
    let first = search(&svc, &ada, of_bob("", "")).await.unwrap();
    assert_eq!(texts(&first), "👍 4,👍 2,👍 1", "a deleted message has nothing to find");
    let second = search(&svc, &ada, of_bob(" ", &first.next_page_token)).await.unwrap();
    assert_eq!((texts(&second).as_str(), second.next_page_token.as_str()), ("👍 0", ""));

    let everything = SearchMessagesRequest { room: room.clone(), ..Default::default() };
    assert_eq!(fields_at_fault(search(&svc, &ada, everything).await), ["query"]);
    assert_eq!(fields_at_fault(search(&svc, &ada, of_bob("👍", "")).await), ["query"]);

    // The index answers in its order, also where the room has many messages of others.
    let pool = world.postgres.pool("room-svc", &MIGRATIONS).await.unwrap();
    for statement in [
        "INSERT INTO room.messages (room_id, id, author_id, author_name, text, sent_at, position_us, client_message_id)
         SELECT m.room_id, gen_random_uuid(), 'user_' || n % 100, 'x', 'x', now(), 0, n::text
         FROM generate_series(1, 20000) n, (SELECT room_id FROM room.messages LIMIT 1) m",
        "ANALYZE room.messages",
    ] {
        sqlx::query(statement).execute(&pool).await.unwrap();
    }
    let plan: Vec<String> = sqlx::query_scalar(
        "EXPLAIN (COSTS off) SELECT * FROM room.messages WHERE room_id = (SELECT room_id FROM room.messages LIMIT 1)
         AND author_id = 'user_7' AND id < 'ffffffff-ffff-ffff-ffff-ffffffffffff' AND deleted_at IS NULL
         ORDER BY id DESC LIMIT 20",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let plan = plan.join("\n");
    assert!(plan.contains("Index Scan Backward using messages_author") && !plan.contains("Sort"), "{plan}");
}

#[tokio::test]
async fn search_follows_edits_and_deletes_and_has_pages() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), guest("Bob"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    let mut sent = Vec::new();
    for n in 0..5 {
        let who = if n == 2 { &bob } else { &ada };
        sent.push(svc.say(who, &room, &format!("popcorn {n}"), &n.to_string()).await.unwrap().id);
    }
    let request = |page_token: &str| SearchMessagesRequest {
        room: room.clone(),
        query: "popcorn".into(),
        page_size: 3,
        page_token: page_token.into(),
        ..Default::default()
    };
    let texts = |page: &SearchMessagesResponse| {
        page.messages.iter().map(|message| message.text.clone()).collect::<Vec<_>>().join(",")
    };
    let first = search(&svc, &ada, request("")).await.unwrap();
    assert_eq!(texts(&first), "popcorn 4,popcorn 3,popcorn 2");
    let second = search(&svc, &ada, request(&first.next_page_token)).await.unwrap();
    assert_eq!((texts(&second).as_str(), second.next_page_token.as_str()), ("popcorn 1,popcorn 0", ""));
    let of_bob = SearchMessagesRequest { author_id: bob.id(), ..request("") };
    assert_eq!(texts(&search(&svc, &ada, of_bob).await.unwrap()), "popcorn 2");

    let edit = EditMessageRequest {
        room: room.clone(),
        message_id: sent[4].clone(),
        text: "nachos".into(),
        ..Default::default()
    };
    svc.chat().edit_message(ada.request(edit)).await.unwrap();
    let delete = DeleteMessageRequest { room: room.clone(), message_id: sent[3].clone() };
    svc.chat().delete_message(ada.request(delete)).await.unwrap();
    assert_eq!(found(&svc, &ada, &room, "popcorn").await, ["popcorn 2", "popcorn 1", "popcorn 0"]);
    assert_eq!(found(&svc, &ada, &room, "nachos").await, ["nachos"]);
}
