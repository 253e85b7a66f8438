//! Frames that are no frames of ours, or no frames at all: each is refused by name, or ends its socket with a code. The
//! sockets of others do not notice.

use axum::Router;
use futures::SinkExt as _;
use gateway::DataPlane;
use prost::Message as _;
use proto::realtime::v1::{ClientFrame, Hello, Ping, ServerFrame, client_frame, server_frame};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio_tungstenite::{
    MaybeTlsStream,
    tungstenite::{Bytes, Message, protocol::frame::coding::CloseCode},
};

use super::world::{Socket, World};

fn roomy() -> World {
    World::unlimited(DataPlane::Local(Router::new()))
}

async fn assert_alive(socket: &mut Socket, after: &str) {
    let pong = socket.ask(json!({"id": "alive", "ping": {"clientSendUs": "1"}})).await;
    assert!(pong["pong"].is_object(), "after {after}: {pong}");
}

/// Text frames that say nothing that we understand.
fn texts() -> Vec<String> {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(5_000), close.repeat(5_000));
    let ping = |value: &str| format!(r#"{{"id":"x","ping":{{"clientSendUs":{value}}}}}"#);
    let seek = |value: &str| {
        format!(r#"{{"id":"x","command":{{"id":"12345678","seek":{{"positionUs":{value}}}}}}}"#)
    };
    [
        // No JSON, or none that is an object.
        "",
        " ",
        "{",
        "}",
        "null",
        "true",
        "0",
        "\"ping\"",
        "[]",
        "[{}]",
        "{}",
        "{\"id\":\"x\"}",
        "NaN",
        "{\"id\":\"x\",}",
        "{'id':'x'}",
        "{\"id\":\"x\" \"ping\":{}}",
        "{\"id\":\"x\"}{\"id\":\"y\"}",
        "\u{feff}{\"id\":\"x\",\"bye\":{}}",
        "{\"id\":\"\\ud800\",\"ping\":{}}",
        "{\"id\":\"x\u{0}\",\"ping\":{}}",
        // Fields that are not there, or are something else.
        r#"{"id":"x","dance":{}}"#,
        r#"{"id":"x","ping":{"what":1}}"#,
        r#"{"id":5,"ping":{}}"#,
        r#"{"id":["x"],"ping":{}}"#,
        r#"{"id":"x","ping":[]}"#,
        r#"{"id":"x","ping":"now"}"#,
        r#"{"id":"x","ping":true}"#,
        r#"{"id":"x","PING":{}}"#,
        r#"{"id":"x","__proto__":{}}"#,
        // Two kinds in one frame, and none.
        r#"{"id":"x","ping":{},"bye":{}}"#,
        r#"{"id":"x","ping":null}"#,
        // Values out of their rules.
        r#"{"id":"x","observe":{"resource":"RESOURCE_EVERYTHING"}}"#,
        r#"{"id":"x","observe":{"resource":99999999999}}"#,
        r#"{"id":"x","command":{"id":"short","play":{}}}"#,
        r#"{"id":"x","command":{"id":"12345678"}}"#,
        r#"{"id":"x","command":{"id":"12345678","play":{},"pause":{}}}"#,
        r#"{"id":"x","hello":{"protocolVersion":1}}"#,
    ]
    .into_iter()
    .map(str::to_owned)
    // Numbers.
    .chain(
        [
            "NaN",
            "Infinity",
            "-Infinity",
            "1e999",
            "-1e400",
            "0x10",
            "\"0x10\"",
            "1.5",
            "\"1.5\"",
            "9223372036854775808",
            "\"99999999999999999999\"",
            "\"NaN\"",
            "\"\"",
            "{}",
        ]
        .map(ping),
    )
    .chain(["-1", "\"604800000001\"", "1e30"].map(seek))
    // W10: texts of chat messages that are no texts.
    .chain([r#"["a"]"#, r#"{"a":1}"#, "5", "true", "null", r#""\ud800""#, r#""a\udc00b""#].map(|text| {
        format!(
            r#"{{"id":"x","call":{{"method":"syncwatch.room.v1.ChatService/SendMessage","body":{{"room":"room_1","clientMessageId":"x","text":{text}}}}}}}"#
        )
    }))
    // Nesting and length.
    .chain([
        deep("[", "]"),
        deep("{\"a\":", "1}").replace("1}}", "1}"),
        format!(r#"{{"id":"x","ping":{}}}"#, deep("[", "]")),
        format!(r#"{{"id":"{}","ping":{{}}}}"#, "x".repeat(65)),
        format!(
            r#"{{"id":"x","call":{{"method":"syncwatch.room.v1.ChatService/SendMessage","body":{{"room":"room_1","clientMessageId":"x","text":"{}"}}}}}}"#,
            "x".repeat(60_000)
        ),
        format!(r#"{{"id":"x","{}":{{}}}}"#, "x".repeat(60_000)),
    ])
    .collect()
}

#[tokio::test]
async fn malformed_text_is_rejected_and_the_socket_stays_open() {
    let world = roomy();
    let address = world.serve().await;
    let mut bystander = world.enter(&address, "bob", &[]).await;
    let mut socket = world.enter(&address, "ann", &[]).await;
    let texts = texts();
    assert!(texts.len() >= 39, "{}", texts.len());
    for text in texts {
        let short: String = text.chars().take(80).collect();
        socket.0.send(Message::text(text)).await.unwrap();
        let answer = socket.hear().await;
        let rejected = &answer["rejected"];
        let reason = rejected["reason"].as_str().unwrap_or_else(|| panic!("{short}: {answer}"));
        assert!(
            matches!(reason, "FRAME_MALFORMED" | "MALFORMED_BODY" | "INVALID_FIELD" | "HELLO_EXPECTED"),
            "{short}: {answer}"
        );
        assert!(
            rejected["message"].as_str().is_some_and(|message| (5..400).contains(&message.len())),
            "{answer}"
        );
        assert_alive(&mut socket, &short).await;
    }
    assert_alive(&mut bystander, "all of them").await;
}

#[tokio::test]
async fn undecodable_bytes_are_rejected_and_the_socket_stays_open() {
    let world = roomy();
    let address = world.serve().await;
    let mut socket = world.dial(&address, "ann", "syncwatch.v1.proto").await;
    let frame = |kind| ClientFrame { id: "1".into(), kind: Some(kind) }.encode_to_vec();
    let hello = frame(client_frame::Kind::Hello(Hello { protocol_version: 1, ..Default::default() }));
    let ping = frame(client_frame::Kind::Ping(Ping { client_send_us: 7 }));
    let ask = async |socket: &mut Socket, message: Message| {
        socket.0.send(message).await.unwrap();
        match socket.next().await {
            Message::Binary(bytes) => ServerFrame::decode(bytes.as_ref()).unwrap().kind.unwrap(),
            other => panic!("{other:?}"),
        }
    };
    assert!(matches!(ask(&mut socket, Message::binary(hello)).await, server_frame::Kind::Welcome(_)));
    // A group within a group within a group.
    let nested = vec![0x0b; 5_000];
    for (what, message) in [
        ("nothing", Message::binary(vec![])),
        ("text", Message::text(r#"{"id":"1","ping":{}}"#)),
        ("garbage", Message::binary(vec![0xff; 64])),
        ("a tag that does not end", Message::binary(vec![0x80; 32])),
        ("field 0", Message::binary(vec![0x00, 0x01])),
        ("a length beyond the frame", Message::binary(vec![0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f])),
        (
            "a length of 2^63",
            Message::binary(vec![0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
        ),
        ("a text that is not UTF-8", Message::binary(vec![0x0a, 0x02, 0xc3, 0x28])),
        ("another wire type", Message::binary(vec![0x08, 0x01])),
        ("a cut frame", Message::binary(ping[..ping.len() - 1].to_vec())),
        ("a deprecated group that does not end", Message::binary(nested)),
        ("JSON in a binary frame", Message::binary(br#"{"id":"1","ping":{}}"#.to_vec())),
    ] {
        match ask(&mut socket, message).await {
            server_frame::Kind::Rejected(rejected) => {
                assert!(
                    matches!(rejected.reason.as_str(), "FRAME_MALFORMED" | "INVALID_FIELD"),
                    "{what}: {rejected:?}"
                );
            }
            other => panic!("{what}: {other:?}"),
        }
        let answer = ask(&mut socket, Message::binary(ping.clone())).await;
        assert!(matches!(answer, server_frame::Kind::Pong(_)), "after {what}: {answer:?}");
    }
}

/// A frame as it travels (RFC 6455, 5.2), masked with zeros.
fn raw(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..126 => frame.push(0x80 | u8::try_from(length).unwrap()),
        length => {
            frame.push(0x80 | 0x7e);
            frame.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}

const FIN: u8 = 0x80;
const TEXT: u8 = 1;
const CONTINUED: u8 = 0;
const CLOSE: u8 = 8;
const PING: u8 = 9;

#[tokio::test]
async fn a_protocol_violation_closes_its_own_socket_only() {
    let world = roomy();
    let address = world.serve().await;
    let mut bystander = world.enter(&address, "bob", &[]).await;
    let unmasked = [FIN | TEXT, 2, b'{', b'}'].to_vec();
    let huge = |bytes: u64| [&[FIN | TEXT, 0x80 | 0x7f][..], &bytes.to_be_bytes(), &[0; 4]].concat();
    let blank = vec![b' '; 60_000];
    let endless = [raw(TEXT, &blank), raw(CONTINUED, &blank), raw(CONTINUED, &blank)].concat();
    let protocol: &[CloseCode] = &[CloseCode::Protocol];
    let size: &[CloseCode] = &[CloseCode::Size];
    for (what, bytes, codes) in [
        ("an unmasked frame", unmasked, protocol),
        ("a reserved bit", raw(FIN | 0x40 | TEXT, b"{}"), protocol),
        ("all reserved bits", raw(0xf0 | TEXT, b"{}"), protocol),
        ("a reserved opcode", raw(FIN | 3, b"{}"), protocol),
        ("a reserved control opcode", raw(FIN | 0xb, b"{}"), protocol),
        ("a ping of 126 bytes", raw(FIN | PING, &[0; 126]), protocol),
        ("a ping in fragments", raw(PING, b"x"), protocol),
        ("a continuation of nothing", raw(FIN | CONTINUED, b"{}"), protocol),
        ("a text within a text", [raw(TEXT, b"{"), raw(FIN | TEXT, b"{}")].concat(), protocol),
        ("a text that is not UTF-8", raw(FIN | TEXT, b"{\"id\":\"\xc3\x28\"}"), &[CloseCode::Invalid]),
        ("half a character", raw(FIN | TEXT, b"{\"id\":\"\xe2\x82"), &[CloseCode::Invalid]),
        ("a length of 2^63", huge(1 << 63), &[CloseCode::Size, CloseCode::Protocol]),
        ("a length of 2^62", huge(1 << 62), size),
        ("a length of 1 GiB", huge(1 << 30), size),
        ("a message without end", endless, size),
        ("HTTP", b"GET / HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(), protocol),
    ] {
        let mut socket = world.enter(&address, "ann", &[]).await;
        let MaybeTlsStream::Plain(stream) = socket.0.get_mut() else { panic!("no TLS here") };
        stream.write_all(&bytes).await.unwrap();
        if codes == size {
            let answer = socket.hear().await;
            assert_eq!(answer["rejected"]["reason"], "FRAME_TOO_LARGE", "{what}");
        }
        let code = loop {
            match socket.next().await {
                Message::Close(Some(frame)) => break frame.code,
                Message::Text(_) => {}
                other => panic!("{what}: {other:?}"),
            }
        };
        assert!(codes.contains(&code), "{what}: {code:?}");
        assert_alive(&mut bystander, what).await;
    }
}

#[tokio::test]
async fn any_close_frame_ends_its_own_socket_only() {
    let world = roomy();
    let address = world.serve().await;
    let mut bystander = world.enter(&address, "bob", &[]).await;
    for (what, bytes) in [
        ("an empty goodbye", raw(FIN | CLOSE, b"")),
        ("half a code", raw(FIN | CLOSE, b"\x03")),
        ("a code that nobody may send", raw(FIN | CLOSE, &1005u16.to_be_bytes())),
        ("code 0", raw(FIN | CLOSE, &0u16.to_be_bytes())),
        ("code 65535", raw(FIN | CLOSE, &u16::MAX.to_be_bytes())),
        ("a reason that is not UTF-8", raw(FIN | CLOSE, b"\x03\xe8\xc3\x28")),
        ("a goodbye in the middle of a text", [raw(TEXT, b"{"), raw(FIN | CLOSE, b"")].concat()),
        ("a frame that breaks off", raw(FIN | TEXT, b"{\"id\":\"x\"")[..9].to_vec()),
    ] {
        let mut socket = world.enter(&address, "ann", &[]).await;
        let MaybeTlsStream::Plain(stream) = socket.0.get_mut() else { panic!("no TLS here") };
        stream.write_all(&bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        while let Some(Ok(message)) = futures::StreamExt::next(&mut socket.0).await {
            assert!(matches!(message, Message::Close(_)), "{what}: {message:?}");
        }
        assert_alive(&mut bystander, what).await;
    }
}

#[tokio::test]
async fn a_fragmented_message_with_pings_between_is_one_message() {
    let world = roomy();
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &[]).await;
    let MaybeTlsStream::Plain(stream) = socket.0.get_mut() else { panic!("no TLS here") };
    let parts = [
        raw(TEXT, b"{\"id\":\"f\",\"pi"),
        raw(FIN | PING, b"hello"),
        raw(CONTINUED, b""),
        raw(FIN | CONTINUED, b"ng\":{}}"),
    ];
    stream.write_all(&parts.concat()).await.unwrap();
    let mut ponged = false;
    let answer = loop {
        match futures::StreamExt::next(&mut socket.0).await.unwrap().unwrap() {
            Message::Pong(payload) => ponged |= payload == Bytes::from_static(b"hello"),
            Message::Text(text) => break text,
            _ => {}
        }
    };
    assert!(ponged && answer.contains("\"pong\""), "{answer}");
}
