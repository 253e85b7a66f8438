//! Bad input gets one clear error, with its own reason.

use e2e::{Guest, RoomSocket, Shape, System};
use reqwest::Method;
use serde_json::{Value, json};

crate::in_both_shapes!(
    bad_calls_get_their_own_reason,
    bad_tickets_open_no_socket,
    bad_frames_get_their_own_reason,
    control_characters_name_their_field
);

async fn bad_calls_get_their_own_reason(shape: Shape) -> anyhow::Result<()> {
    // Refused calls count for the limit too.
    let system = System::start_with(shape, &[("LIMITS__ROOMS", "unlimited")])?;
    let mia = Guest::arrive(system.url(), "Mia").await?;
    let room = mia.make_room().await?;
    let playlist = format!("/api/rooms/{room}/playlist");
    let post = |path: &str, body: Value| {
        let (mia, path) = (mia.clone(), path.to_owned());
        async move { mia.refused(Method::POST, &path, body).await }
    };
    let is = |status: u16, reason: &str| (status, reason.to_owned());
    assert_eq!(post("/api/rooms", json!({"nmae": "x"})).await?, is(400, "MALFORMED_BODY"));
    assert_eq!(post("/api/rooms", json!({"name": 7})).await?, is(400, "MALFORMED_BODY"));
    assert_eq!(post("/api/rooms", json!({"name": "x".repeat(10_000)})).await?, is(400, "INVALID_FIELD"));
    assert_eq!(post("/api/rooms", json!({"name": "bell \u{7}"})).await?, is(400, "INVALID_FIELD"));
    assert_eq!(
        post("/api/auth/guest", json!({"displayName": "x".repeat(10_000)})).await?,
        is(400, "INVALID_FIELD")
    );
    assert_eq!(post("/api/rooms", json!({"name": "x".repeat(100_000)})).await?, is(413, "BODY_TOO_LARGE"));
    assert_eq!(post("/api/rooms/zzzzzzzz/join", json!({})).await?, is(404, "ROOM_NOT_FOUND"));
    assert_eq!(post("/api/nothing", json!({})).await?, is(404, "NO_SUCH_ROUTE"));
    assert_eq!(mia.refused(Method::PUT, "/api/rooms", json!({})).await?, is(405, "METHOD_NOT_ALLOWED"));
    assert_eq!(
        post(&playlist, json!({"url": "ftp://example.org/film.mp4"})).await?,
        is(400, "SOURCE_SCHEME_UNSUPPORTED")
    );
    for private in [
        "http://127.0.0.1/a.mp4",
        "http://[::1]/a.mp4",
        "http://10.0.0.1/a.mp4",
        "http://169.254.169.254/latest",
        "http://2130706433/a.mp4",
        "http://localhost/a.mp4",
    ] {
        assert_eq!(
            post(&playlist, json!({"url": private})).await?,
            is(400, "SOURCE_PRIVATE_ADDRESS"),
            "{private}"
        );
    }
    let bound = Guest::arrive(system.url(), "Bound").await?;
    let (_, session) = bound
        .call(Method::POST, "/api/auth/guest", json!({"roomId": "room_00000000000000000000000000"}))
        .await?;
    let token = session["session"]["accessToken"].as_str().unwrap().to_owned();
    let response = e2e::http()
        .build()?
        .post(format!("{}/api/rooms/{room}/join", system.url()))
        .bearer_auth(token)
        .json(&json!({}))
        .send()
        .await?;
    let body: Value = response.json().await?;
    assert!(body.to_string().contains("TOKEN_FOR_ANOTHER_ROOM"), "{body}");
    Ok(())
}

async fn bad_tickets_open_no_socket(shape: Shape) -> anyhow::Result<()> {
    let system = System::start(shape)?;
    let mia = Guest::arrive(system.url(), "Mia").await?;
    let (room, other) = (mia.make_room().await?, mia.make_room().await?);
    let ticket = mia.ticket(&room).await?;
    assert!(RoomSocket::open(system.url(), &other, &ticket).await.is_err(), "a ticket for another room");
    let ticket = mia.ticket(&room).await?;
    RoomSocket::open(system.url(), &room, &ticket).await?;
    assert!(RoomSocket::open(system.url(), &room, &ticket).await.is_err(), "a ticket that was used");
    assert!(RoomSocket::open(system.url(), &room, "made-up").await.is_err(), "a ticket that never was");
    Ok(())
}

async fn bad_frames_get_their_own_reason(shape: Shape) -> anyhow::Result<()> {
    let system = System::start(shape)?;
    let mia = Guest::arrive(system.url(), "Mia").await?;
    let room = mia.make_room().await?;
    let mut socket = mia.enter(&room).await?;
    let rejected =
        |frame: &Value| frame.get("rejected").map(|r| r["reason"].as_str().unwrap_or_default().to_owned());
    for (text, reason) in [
        ("{not json", "FRAME_MALFORMED"),
        (r#"{"id":"a","command":{"id":"12345678","seek":{"positionUs":"-5"}}}"#, "INVALID_FIELD"),
        (r#"{"id":"b","command":{"id":"12345678","setRate":{"rate":"NaN"}}}"#, "INVALID_FIELD"),
        (r#"{"id":"c","command":{"id":"12345678"}}"#, "INVALID_FIELD"),
        (r#"{"id":"d","surprise":{}}"#, "FRAME_MALFORMED"),
        (r#"{"id":"e","command":{"id":"12345678","play":{}}}"#, "NO_ITEM"),
        (r#"{"id":"f","hello":{"protocolVersion":1}}"#, "HELLO_EXPECTED"),
    ] {
        socket.send_text(text.to_owned()).await?;
        assert_eq!(socket.next("a rejection", rejected).await?, reason, "{text}");
    }
    socket.send_text(format!(r#"{{"id":"{}"}}"#, "x".repeat(100_000))).await?;
    assert_eq!(socket.closed().await?, Some(1009), "an oversized frame closes the socket");

    let ticket = mia.ticket(&room).await?;
    let mut early = RoomSocket::open(system.url(), &room, &ticket).await?;
    early.send(json!({"id": "x", "command": {"id": "12345678", "play": {}}})).await?;
    assert_eq!(early.next("a rejection", rejected).await?, "HELLO_EXPECTED");
    Ok(())
}

// Case A8: PostgreSQL cannot store U+0000.
async fn control_characters_name_their_field(shape: Shape) -> anyhow::Result<()> {
    let system = System::start(shape)?;
    let mia = Guest::arrive(system.url(), "Mia").await?;
    let room = mia.make_room().await?;
    let is = |status: u16, reason: &str| (status, reason.to_owned());
    for (path, body) in [
        ("/api/auth/login", json!({"username": "a\0b", "password": "correct horse"})),
        ("/api/auth/opaque/login/start", json!({"username": "a\u{1}b", "startLoginRequest": "abc"})),
        ("/api/auth/guest", json!({"displayName": "Mia", "roomId": "\0"})),
        ("/api/auth/refresh", json!({"refreshToken": "\0"})),
    ] {
        assert_eq!(
            mia.refused(Method::POST, path, body.clone()).await?,
            is(400, "INVALID_FIELD"),
            "{path} {body}"
        );
    }
    let (_, answer) =
        mia.call(Method::POST, "/api/auth/login", json!({"username": "a\0b", "password": "x"})).await?;
    assert!(answer["error"].to_string().contains("username"), "{answer}");
    for path in
        ["/api/rooms/a%00b", "/api/rooms?pageToken=%00", &format!("/api/rooms/{room}/chat?pageToken=%00")]
    {
        assert_eq!(mia.refused(Method::GET, path, Value::Null).await?, is(400, "INVALID_FIELD"), "{path}");
    }
    let path = format!("/api/rooms/{room}/transfer");
    assert_eq!(
        mia.refused(Method::POST, &path, json!({"subjectId": "a\0b"})).await?,
        is(400, "INVALID_FIELD")
    );
    let (path, policy) = (format!("/api/rooms/{room}"), json!({"policy": {"delegateIds": ["a\0b"]}}));
    assert_eq!(mia.refused(Method::PATCH, &path, policy).await?, is(400, "INVALID_FIELD"));
    // Half of a surrogate pair is not text.
    let lone = e2e::http()
        .build()?
        .post(format!("{}/api/auth/login", system.url()))
        .header("content-type", "application/json")
        .body(r#"{"username": "a\ud800b", "password": "x"}"#)
        .send()
        .await?;
    assert_eq!(lone.status().as_u16(), 400);
    assert!(lone.text().await?.contains("MALFORMED_BODY"));

    let mut socket = mia.enter(&room).await?;
    let rejected =
        |frame: &Value| frame.get("rejected").map(|r| r["reason"].as_str().unwrap_or_default().to_owned());
    let chat = |id: &str, body: Value| {
        let method = "syncwatch.room.v1.ChatService/SendMessage";
        let mut call =
            json!({"id": id, "call": {"method": method, "body": {"room": room, "clientMessageId": id}}});
        call["call"]["body"]
            .as_object_mut()
            .expect("an object")
            .extend(body.as_object().cloned().unwrap_or_default());
        call
    };
    for frame in [
        chat("a", json!({"text": "a\0b"})),
        chat("b", json!({"text": "x", "itemId": "\0"})),
        json!({"id": "c", "command": {"id": "12345678\0", "play": {}}}),
    ] {
        socket.send(frame.clone()).await?;
        assert_eq!(socket.next("a rejection", rejected).await?, "INVALID_FIELD", "{frame}");
    }
    Ok(())
}
