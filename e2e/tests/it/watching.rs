//! What people do: meet in a room, choose a film, watch it together, chat.

use std::collections::HashSet;

use e2e::{Guest, Shape, System, messages_of_people};
use reqwest::Method;
use serde_json::{Value, json};

crate::in_both_shapes!(
    two_guests_see_the_same_playback,
    chat_reaches_everyone_and_stays,
    a_late_client_gets_what_it_missed,
    the_film_is_served_in_ranges_to_members_only,
    accounts_sign_up_and_in_with_cookies,
);

async fn two_guests_see_the_same_playback(shape: Shape) -> anyhow::Result<()> {
    let system = System::start(shape)?;
    let mia = Guest::arrive(system.url(), "Mia").await?;
    let room = mia.make_room().await?;
    let mut mia_socket = mia.enter(&room).await?;
    let item = mia.add_test_film(&room).await?;
    let chosen = mia_socket
        .next("the chosen film", |f| {
            f.get("event").filter(|e| e["state"]["itemId"] == item.as_str()).cloned()
        })
        .await?;
    assert_eq!(chosen["state"]["playing"], Value::Null, "a chosen film waits until someone plays it");

    let leo = Guest::arrive(system.url(), "Leo").await?;
    leo.join(&room.to_uppercase()).await?;
    let mut leo_socket = leo.enter(&room).await?;
    let snapshot = &leo_socket.welcome["snapshot"];
    for what in ["itemId", "playing", "anchorMediaUs", "epoch"] {
        assert_eq!(snapshot["state"][what], chosen["state"][what], "a newcomer starts from the same state");
    }
    let mut there = HashSet::new();
    leo_socket
        .next("both", |f| {
            let all = f["resource"]["snapshot"]["sessions"].as_array().into_iter().flatten();
            let came = &f["resource"]["change"]["upserted"];
            there.extend(all.chain([came]).filter_map(|session| session["id"].as_str()).map(str::to_owned));
            (there.len() == 2).then_some(())
        })
        .await?;
    mia_socket
        .next("Leo", |f| {
            f["resource"]["change"]["upserted"]["member"]["displayName"]
                .as_str()
                .filter(|n| *n == "Leo")
                .map(drop)
        })
        .await?;

    for (action, change) in [
        (json!({"play": {}}), "PLAY"),
        (json!({"seek": {"positionUs": "30000000"}}), "SEEK"),
        (json!({"pause": {}}), "PAUSE"),
    ] {
        let acked = leo_socket.command(action).await?.expect("accepted");
        let seq = acked["seq"].clone();
        assert_eq!(acked["change"], format!("PLAYBACK_CHANGE_{change}"));
        let seen =
            mia_socket.next("the event", |f| f.get("event").filter(|e| e["seq"] == seq).cloned()).await?;
        assert_eq!(seen, acked, "everyone gets the same event");
    }
    let state = mia.ok(Method::GET, &format!("/api/rooms/{room}/playback"), Value::Null).await?;
    assert_eq!(state["state"]["itemId"], item.as_str());

    let conflict = leo_socket.command(json!({"expectedSeq": "1", "play": {}})).await?.expect_err("stale");
    assert_eq!(conflict["reason"], "STALE_SEQUENCE");
    assert_eq!(conflict["state"]["seq"], state["state"]["seq"], "a conflict carries the state");
    Ok(())
}

async fn chat_reaches_everyone_and_stays(shape: Shape) -> anyhow::Result<()> {
    let system = System::start(shape)?;
    let mia = Guest::arrive(system.url(), "Mia").await?;
    let room = mia.make_room().await?;
    let leo = Guest::arrive(system.url(), "Leo").await?;
    leo.join(&room).await?;
    let (mut mia_socket, mut leo_socket) = (mia.enter(&room).await?, leo.enter(&room).await?);
    for _ in 0..2 {
        // Twice with the same id, as a client does whose answer was lost.
        mia_socket.chat(&room, "message-1", "hello 🎬").await?;
        mia_socket
            .next("an ack", |f| {
                (f["id"] == "message-1")
                    .then(|| f["ack"]["body"]["message"]["text"].as_str() == Some("hello 🎬"))
            })
            .await?;
    }
    let heard = leo_socket
        .next("the message", |f| {
            let update = &f["resource"];
            let sent = &update["change"]["sent"];
            (sent["type"] == "MESSAGE_TYPE_USER").then(|| sent.clone())
        })
        .await?;
    assert_eq!((heard["text"].as_str(), heard["authorName"].as_str()), (Some("hello 🎬"), Some("Mia")));
    leo.ok(Method::POST, &format!("/api/rooms/{room}/chat"), json!({"text": "hi", "clientMessageId": "m2"}))
        .await?;
    let history = mia.ok(Method::GET, &format!("/api/rooms/{room}/chat"), Value::Null).await?;
    let texts: Vec<_> = messages_of_people(&history).map(|m| m["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["hello 🎬", "hi"]);
    Ok(())
}

async fn a_late_client_gets_what_it_missed(shape: Shape) -> anyhow::Result<()> {
    let system = System::start(shape)?;
    let mia = Guest::arrive(system.url(), "Mia").await?;
    let room = mia.make_room().await?;
    let mut socket = mia.enter(&room).await?;
    mia.add_test_film(&room).await?;
    let last = socket.event().await?;
    drop(socket);

    let mut other = mia.enter(&room).await?;
    for position in 1..=3 {
        other
            .command(json!({"seek": {"positionUs": (position * 1_000_000).to_string()}}))
            .await?
            .expect("accepted");
    }
    let ticket = mia.ticket(&room).await?;
    let mut back = e2e::RoomSocket::open(system.url(), &room, &ticket).await?;
    back.hello(json!({"protocolVersion": 1, "lastSeq": last["seq"], "epoch": last["state"]["epoch"]}))
        .await?;
    let missed = back.welcome["missed"].as_array().unwrap();
    let first: i64 = last["seq"].as_str().unwrap().parse()?;
    let seqs: Vec<i64> = missed.iter().map(|e| e["seq"].as_str().unwrap().parse().unwrap()).collect();
    let expected: Vec<i64> = (first + 1..).take(seqs.len()).collect();
    assert_eq!(seqs, expected, "without a gap");
    // The film's length may have become known meanwhile.
    let seeks = missed.iter().filter(|e| e["change"] == "PLAYBACK_CHANGE_SEEK").count();
    assert_eq!(seeks, 3, "exactly what was missed");
    Ok(())
}

async fn the_film_is_served_in_ranges_to_members_only(shape: Shape) -> anyhow::Result<()> {
    let system = System::start(shape)?;
    let mia = Guest::arrive(system.url(), "Mia").await?;
    let room = mia.make_room().await?;
    let item = mia.add_test_film(&room).await?;
    let path = format!("/api/rooms/{room}/playlist/{item}/playback");
    let info = mia.ok(Method::GET, &path, Value::Null).await?;
    let link = info["url"].as_str().unwrap_or_else(|| panic!("no link: {info}"));

    let (status, part) = mia.fetch(link, Some("bytes=0-1023")).await?;
    assert_eq!((status, part.len()), (206, 1024), "{}", String::from_utf8_lossy(&part));
    let (status, refusal) = mia.fetch(&link.replace("sig=", "sig=x"), None).await?;
    assert_eq!(status, 403, "{}", String::from_utf8_lossy(&refusal));

    let stranger = Guest::arrive(system.url(), "Stranger").await?;
    assert_eq!(stranger.refused(Method::GET, &path, Value::Null).await?, (403, "NOT_A_MEMBER".to_owned()));
    Ok(())
}

async fn accounts_sign_up_and_in_with_cookies(shape: Shape) -> anyhow::Result<()> {
    let system = System::start(shape)?;
    let browser = e2e::http().cookie_store(true).build()?;
    let post = |path: &str, body: Value| {
        browser
            .post(format!("{}/api/auth/{path}", system.url()))
            .header("x-syncwatch-tokens", "cookie")
            .json(&body)
            .send()
    };
    let name_and_password = json!({"username": "mia", "password": "correct horse battery"});
    let up: Value = post("register", name_and_password.clone()).await?.error_for_status()?.json().await?;
    assert!(
        up["session"].get("refreshToken").is_none(),
        "the refresh token is in the cookie, not in the body"
    );
    post("login", name_and_password).await?.error_for_status()?;
    let fresh: Value = post("refresh", json!({})).await?.error_for_status()?.json().await?;
    let token = fresh["session"]["accessToken"].as_str().unwrap();
    let me: Value =
        browser.get(format!("{}/api/auth/me", system.url())).bearer_auth(token).send().await?.json().await?;
    assert_eq!(me["username"], "mia");
    post("logout", json!({})).await?.error_for_status()?;
    assert_eq!(post("refresh", json!({})).await?.status(), 401);
    assert_eq!(post("login", json!({"username": "mia", "password": "wrong"})).await?.status(), 401);
    Ok(())
}
