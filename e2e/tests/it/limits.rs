//! Limits on people: excess calls of one person are refused, and the others notice nothing.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use e2e::{Guest, RoomSocket, Shape, System, messages_of_people};
use futures::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

crate::in_both_shapes!(
    a_flood_of_chat_is_refused_while_others_go_on,
    sign_ins_from_four_networks_do_not_block_a_fifth,
    rooms_of_one_person_are_limited,
);

/// Attempts to open a socket, and messages that each open socket sends at once.
const SOCKETS: usize = 20;
const MESSAGES: usize = 60;

/// Cases A2 and A12: one guest, 20 sockets, chat as fast as it goes.
#[expect(clippy::disallowed_methods, reason = "how many messages may be stored depends on how long it took")]
async fn a_flood_of_chat_is_refused_while_others_go_on(shape: Shape) -> anyhow::Result<()> {
    let system = System::start(shape)?;
    let leo = Guest::arrive(system.url(), "Leo").await?;
    let room = leo.make_room().await?;
    let (mallory, mia) =
        (Guest::arrive(system.url(), "Mallory").await?, Guest::arrive(system.url(), "Mia").await?);
    mallory.join(&room).await?;
    mia.join(&room).await?;
    let (mut leo_socket, mut mia_socket) = (leo.enter(&room).await?, mia.enter(&room).await?);
    leo.add_test_film(&room).await?;
    leo_socket.event().await?;

    let started = Instant::now();
    let mut sockets = Vec::new();
    for _ in 0..SOCKETS {
        let ticket = mallory.ticket(&room).await?;
        // The gateway refuses some of them before they open.
        let Ok(mut socket) = RoomSocket::open(system.url(), &room, &ticket).await else { continue };
        socket.send(json!({"id": "hello", "hello": {"protocolVersion": 1}})).await?;
        let answer =
            socket.next("an answer", |frame| (frame["id"] == "hello").then(|| frame.clone())).await?;
        if answer["welcome"].is_object() {
            sockets.push(socket);
        } else {
            assert_eq!(answer["rejected"]["reason"], "TOO_MANY_CONNECTIONS", "{answer}");
        }
    }
    assert_eq!(sockets.len(), 8);

    let flood = tokio::spawn(join_all(
        sockets.into_iter().enumerate().map(|(n, socket)| flood(n, socket, room.clone())),
    ));
    for position in 1..=5 {
        let seek = json!({"seek": {"positionUs": (position * 1_000_000).to_string()}});
        let acked = leo_socket.command(seek).await?.expect("accepted");
        mia_socket
            .next("Leo's command", |frame| (frame["event"]["seq"] == acked["seq"]).then_some(()))
            .await?;
    }
    let mut stored = 0;
    for outcome in flood.await? {
        stored += outcome?;
    }
    let history = mia.ok(Method::GET, &format!("/api/rooms/{room}/chat?pageSize=100"), Value::Null).await?;
    assert_eq!(messages_of_people(&history).count(), stored);
    let allowed = 10 + usize::try_from(started.elapsed().as_secs())? / 2 + 1;
    assert!((1..=allowed).contains(&stored), "{stored} of {} were stored", 8 * MESSAGES);
    Ok(())
}

/// Sends the messages, then reads the answers. Returns how many messages were stored.
async fn flood(number: usize, mut socket: RoomSocket, room: String) -> anyhow::Result<usize> {
    for n in 0..MESSAGES {
        let id = format!("flood-{number}-{n}");
        socket.chat(&room, &id, "flood").await?;
    }
    let mut stored = 0;
    for _ in 0..MESSAGES {
        let answer = socket
            .next("an answer", |frame| {
                frame.get("ack").or(frame.get("rejected")).is_some().then(|| frame.clone())
            })
            .await?;
        if answer["ack"].is_object() {
            stored += 1;
            continue;
        }
        let rejected = &answer["rejected"];
        assert_eq!(
            (&rejected["reason"], &rejected["metadata"]["limit"]),
            (&json!("RATE_LIMITED"), &json!("chat"))
        );
    }
    Ok(stored)
}

/// Case A5.
async fn sign_ins_from_four_networks_do_not_block_a_fifth(shape: Shape) -> anyhow::Result<()> {
    let system = System::start_with(shape, &[("GATEWAY__TRUSTED_PROXIES", r#"["127.0.0.0/8"]"#)])?;
    let http = e2e::http().build()?;
    let base = system.url().to_owned();
    let post = move |path: &'static str, network: u8, name: String| {
        let request =
            http.post(format!("{base}{path}")).header("x-forwarded-for", format!("198.51.{network}.1"));
        request.json(&json!({"username": name, "password": "correct horse battery"})).send()
    };
    assert_eq!(post("/api/auth/register", 5, "ada".into()).await?.status(), StatusCode::OK);

    let done = Arc::new(AtomicBool::new(false));
    let floods: Vec<_> = (0..100_u8)
        .map(|n| {
            let (post, done) = (post.clone(), done.clone());
            tokio::spawn(async move {
                let mut count = 0;
                while !done.load(Ordering::Relaxed) {
                    let _ = post("/api/auth/login", 1 + n % 4, format!("unknown_{n}_{count}")).await;
                    count += 1;
                }
            })
        })
        .collect();
    let mut signed_in = Vec::new();
    for _ in 0..5 {
        signed_in.push(post("/api/auth/login", 5, "ada".into()).await?.status());
    }
    done.store(true, Ordering::Relaxed);
    for flood in floods {
        flood.await?;
    }
    assert_eq!(signed_in, [StatusCode::OK; 5]);
    Ok(())
}

async fn rooms_of_one_person_are_limited(shape: Shape) -> anyhow::Result<()> {
    let system = System::start(shape)?;
    let mia = Guest::arrive(system.url(), "Mia").await?;
    for _ in 0..5 {
        mia.make_room().await?;
    }
    let (status, body) = mia.call(Method::POST, "/api/rooms", json!({})).await?;
    let error = &body["error"];
    assert_eq!(
        (status, &error["details"][0]["metadata"]["limit"]),
        (StatusCode::TOO_MANY_REQUESTS, &json!("rooms"))
    );
    assert!(error["message"].as_str().unwrap().ends_with("; try again in 12 minutes"), "{error}");
    Guest::arrive(system.url(), "Leo").await?.make_room().await?;
    Ok(())
}
