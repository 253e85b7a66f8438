//! A power cut loses nothing that was acknowledged.

use e2e::{Guest, Shape, System, messages_of_people};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_killed_system_keeps_what_it_acknowledged() -> anyhow::Result<()> {
    // The test sends more messages than the limit for one person.
    let mut system = System::start_with(Shape::One, &[("LIMITS__CHAT", "unlimited")])?;
    let mia = Guest::arrive(system.url(), "Mia").await?;
    let room = mia.make_room().await?;
    let mut socket = mia.enter(&room).await?;
    let item = mia.add_test_film(&room).await?;
    socket
        .next("the chosen film", |f| {
            f.get("event").filter(|e| e["state"]["itemId"] == item.as_str()).map(drop)
        })
        .await?;
    for n in 0..20 {
        mia.ok(
            Method::POST,
            &format!("/api/rooms/{room}/chat"),
            json!({"text": format!("message {n}"), "clientMessageId": format!("m{n}")}),
        )
        .await?;
    }
    socket.command(json!({"seek": {"positionUs": "42000000"}})).await?.expect("accepted");
    // Pipelined commands: the kill comes while some of them are not acknowledged yet.
    for n in 0..20 {
        let id = format!("pipelined-{n}");
        let seek = json!({"id": id, "seek": {"positionUs": format!("{}", 50_000_000 + n * 1_000_000)}});
        socket.send(json!({"id": id, "command": seek})).await?;
    }
    let seek = socket
        .next("an acknowledgement", |f| (f["id"] == "pipelined-9").then(|| f["ack"]["event"].clone()))
        .await?;

    system.kill_and_restart()?;

    let mia = mia.at(system.url());
    let state =
        mia.ok(Method::GET, &format!("/api/rooms/{room}/playback"), Value::Null).await?["state"].clone();
    assert_eq!(state["itemId"], seek["state"]["itemId"]);
    let seq = |state: &Value| state["seq"].as_str().unwrap_or_default().parse::<i64>().unwrap_or_default();
    assert!(seq(&state) >= seq(&seek["state"]), "the sequence continues");
    // Each later seek goes further, so the position is that of the acknowledged one or a later one.
    let position = |state: &Value| {
        state["anchorMediaUs"].as_str().unwrap_or_default().parse::<i64>().unwrap_or_default()
    };
    assert!(position(&state) >= position(&seek["state"]), "{state}");
    let history = mia.ok(Method::GET, &format!("/api/rooms/{room}/chat?pageSize=100"), Value::Null).await?;
    assert_eq!(messages_of_people(&history).count(), 20);
    // The changes of the chat: none is lost or doubled, and they have the order of the messages.
    let path = format!("/api/rooms/{room}/chat/changes?afterRevision=0");
    let changes = mia.ok(Method::GET, &path, Value::Null).await?["changes"].clone();
    let texts = changes.as_array().into_iter().flatten().filter_map(|change| change["sent"]["text"].as_str());
    assert_eq!(texts.collect::<Vec<_>>(), (0..20).map(|n| format!("message {n}")).collect::<Vec<_>>());
    let mut socket = mia.enter(&room).await?;
    socket.command(json!({"play": {}})).await?.expect("the room goes on");
    Ok(())
}
