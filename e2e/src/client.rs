//! A client that knows only HTTP and WebSocket, as docs/protocol.md describes them.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use anyhow::{Context as _, bail};
use futures::{SinkExt as _, StreamExt as _};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{ClientRequestBuilder, Message},
};

/// No answer within this time is a failure; a bound for a broken system, not a measure of a working one.
const PATIENCE: Duration = Duration::from_secs(20);

/// A plain HTTP client, to be finished with `build`.
pub fn http() -> reqwest::ClientBuilder {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
}

/// A status and a JSON body.
pub type Reply = (StatusCode, Value);

/// A person with a token, talking to a system; without an account unless they registered one.
#[derive(Clone)]
pub struct Guest {
    base: String,
    http: reqwest::Client,
    token: String,
    /// The `guest_…` id.
    pub id: String,
}

impl Guest {
    /// Asks for a guest token under a name.
    pub async fn arrive(base: &str, name: &str) -> anyhow::Result<Self> {
        let http = http().build()?;
        Self { base: base.to_owned(), http, token: String::new(), id: String::new() }.another(name).await
    }

    /// Makes an account. The token is that of the account.
    pub async fn register(base: &str, username: &str, password: &str) -> anyhow::Result<Self> {
        let nobody =
            Self { base: base.to_owned(), http: http().build()?, token: String::new(), id: String::new() };
        let account = json!({"username": username, "password": password});
        let session = nobody.ok(Method::POST, "/api/auth/register", account).await?;
        nobody.holding(&session)
    }

    /// Someone else, behind the same HTTP client.
    pub async fn another(&self, name: &str) -> anyhow::Result<Self> {
        let guest = Self { token: String::new(), id: String::new(), ..self.clone() };
        let session = guest.ok(Method::POST, "/api/auth/guest", json!({"displayName": name})).await?;
        guest.holding(&session)
    }

    /// With the token of a session.
    fn holding(self, session: &Value) -> anyhow::Result<Self> {
        let text = |path: &str| session.pointer(path).and_then(Value::as_str).map(str::to_owned);
        let token = text("/session/accessToken").context("no token")?;
        let id = text("/session/identity/subjectId").context("no id")?;
        Ok(Self { token, id, ..self })
    }

    /// The system that they talk to.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Their access token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The same person, talking to a system that has moved.
    #[must_use]
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// One call; `Value::Null` sends no body.
    pub async fn call(&self, method: Method, path: &str, body: Value) -> anyhow::Result<Reply> {
        let what = format!("{method} {path}");
        let mut request = self.http.request(method, format!("{}{path}", self.base)).timeout(PATIENCE);
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.with_context(|| what.clone())?;
        let status = response.status();
        let text = response.text().await.with_context(|| format!("{what}: {status}"))?;
        // What is no JSON is shown as it is when somebody complains of it.
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    /// One call that must succeed.
    pub async fn ok(&self, method: Method, path: &str, body: Value) -> anyhow::Result<Value> {
        let (status, body) = self.call(method, path, body).await?;
        anyhow::ensure!(status.is_success(), "{path}: {status} {body}");
        Ok(body)
    }

    /// One call that must be refused; gives the status and the reason.
    pub async fn refused(&self, method: Method, path: &str, body: Value) -> anyhow::Result<(u16, String)> {
        let (status, body) = self.call(method, path, body).await?;
        anyhow::ensure!(status.is_client_error(), "{path} was not refused: {status} {body}");
        let details = body["error"]["details"].as_array().context("no details")?;
        let reason = details.iter().find_map(|detail| detail["reason"].as_str()).context("no reason")?;
        anyhow::ensure!(
            body["error"]["message"].as_str().is_some_and(|text| !text.is_empty()),
            "no message: {body}"
        );
        anyhow::ensure!(
            body["error"]["requestId"].as_str().is_some_and(|id| id.len() == 32),
            "no request id: {body}"
        );
        Ok((status.as_u16(), reason.to_owned()))
    }

    /// One request to the data plane, which goes by the link alone; `range` is the value of the header.
    pub async fn fetch(&self, link: &str, range: Option<&str>) -> anyhow::Result<(u16, Vec<u8>)> {
        let mut request = self.http.get(format!("{}{link}", self.base)).timeout(PATIENCE);
        if let Some(range) = range {
            request = request.header(reqwest::header::RANGE, range);
        }
        let response = request.send().await?;
        Ok((response.status().as_u16(), response.bytes().await?.into()))
    }

    /// Makes a room; gives its code.
    pub async fn make_room(&self) -> anyhow::Result<String> {
        let room = self.ok(Method::POST, "/api/rooms", json!({})).await?;
        Ok(room["room"]["code"].as_str().context("no code")?.to_owned())
    }

    /// Joins a room.
    pub async fn join(&self, room: &str) -> anyhow::Result<()> {
        self.ok(Method::POST, &format!("/api/rooms/{room}/join"), json!({})).await.map(drop)
    }

    /// Puts the film that comes with the product on a room's playlist; gives the item's id.
    pub async fn add_test_film(&self, room: &str) -> anyhow::Result<String> {
        let item =
            self.ok(Method::POST, &format!("/api/rooms/{room}/playlist"), json!({"testFilm": true})).await?;
        Ok(item["item"]["id"].as_str().context("no item")?.to_owned())
    }

    /// A ticket for a room's WebSocket.
    pub async fn ticket(&self, room: &str) -> anyhow::Result<String> {
        let ticket = self.ok(Method::POST, &format!("/api/rooms/{room}/ticket"), json!({})).await?;
        Ok(ticket["ticket"].as_str().context("no ticket")?.to_owned())
    }

    /// Opens a room's WebSocket with a fresh ticket and says hello.
    pub async fn enter(&self, room: &str) -> anyhow::Result<RoomSocket> {
        let ticket = self.ticket(room).await?;
        let mut socket = RoomSocket::open(&self.base, room, &ticket).await?;
        socket.hello(json!({"protocolVersion": 1, "observe": ["RESOURCE_MEMBERS", "RESOURCE_PLAYLIST", "RESOURCE_CHAT"]})).await?;
        Ok(socket)
    }
}

/// A room's WebSocket.
pub struct RoomSocket {
    socket: WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>,
    /// The `welcome` that it began with.
    pub welcome: Value,
}

impl RoomSocket {
    /// Opens it, before any frame.
    pub async fn open(base: &str, room: &str, ticket: &str) -> anyhow::Result<Self> {
        let url = format!("{}/ws/rooms/{room}?ticket={ticket}", base.replacen("http", "ws", 1));
        let request = ClientRequestBuilder::new(url.parse()?).with_sub_protocol("syncwatch.v1.json");
        let (socket, _) = tokio::time::timeout(PATIENCE, tokio_tungstenite::connect_async(request)).await??;
        Ok(Self { socket, welcome: Value::Null })
    }

    /// Says hello and waits for the welcome.
    pub async fn hello(&mut self, hello: Value) -> anyhow::Result<()> {
        self.send(json!({"id": "hello", "hello": hello})).await?;
        self.welcome = self.next("a welcome", |frame| frame.get("welcome").cloned()).await?;
        Ok(())
    }

    /// Sends a frame.
    pub async fn send(&mut self, frame: Value) -> anyhow::Result<()> {
        self.send_text(frame.to_string()).await
    }

    /// Sends any text.
    pub async fn send_text(&mut self, text: String) -> anyhow::Result<()> {
        Ok(self.socket.send(Message::text(text)).await?)
    }

    /// The next text, whatever it is; nothing at the end.
    pub async fn next_text(&mut self) -> anyhow::Result<Option<String>> {
        while let Some(message) = self.socket.next().await {
            if let Message::Text(text) = message? {
                return Ok(Some(text.as_str().to_owned()));
            }
        }
        Ok(None)
    }

    /// The next frame for which `pick` has an answer; others are passed over.
    pub async fn next<T>(
        &mut self,
        what: &str,
        mut pick: impl FnMut(&Value) -> Option<T>,
    ) -> anyhow::Result<T> {
        let search = async {
            while let Some(message) = self.socket.next().await {
                if let Message::Text(text) = message?
                    && let Some(found) = pick(&serde_json::from_str(&text)?)
                {
                    return Ok(found);
                }
            }
            bail!("the socket closed")
        };
        tokio::time::timeout(PATIENCE, search)
            .await
            .with_context(|| format!("{what} did not come"))?
            .with_context(|| format!("waiting for {what}"))
    }

    /// Sends a command such as `{"play": {}}` and waits for its answer: the acknowledged event, or the rejection.
    pub async fn command(&mut self, action: Value) -> anyhow::Result<Result<Value, Value>> {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let id = format!("command-{}-{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        let mut command = action;
        command["id"] = id.as_str().into();
        self.send(json!({"id": id, "command": command})).await?;
        self.next("an answer to a command", |frame| {
            if frame["id"] != id.as_str() {
                return None;
            }
            frame
                .get("ack")
                .map(|ack| Ok(ack["event"].clone()))
                .or_else(|| frame.get("rejected").map(|rejected| Err(rejected.clone())))
        })
        .await
    }

    /// Calls an RPC such as `ChatService/SendMessage` of room-svc, without waiting for its answer.
    pub async fn call(&mut self, id: &str, method: &str, body: Value) -> anyhow::Result<()> {
        let method = format!("syncwatch.room.v1.{method}");
        self.send(json!({"id": id, "call": {"method": method, "body": body}})).await
    }

    /// Says something in the chat of a room, without waiting for the answer.
    pub async fn chat(&mut self, room: &str, id: &str, text: &str) -> anyhow::Result<()> {
        let body = json!({"room": room, "clientMessageId": id, "text": text});
        self.call(id, "ChatService/SendMessage", body).await
    }

    /// The next playback event.
    pub async fn event(&mut self) -> anyhow::Result<Value> {
        self.next("a playback event", |frame| frame.get("event").cloned()).await
    }

    /// Waits for the end, and gives the close code.
    pub async fn closed(&mut self) -> anyhow::Result<Option<u16>> {
        let end = async {
            while let Some(message) = self.socket.next().await {
                if let Ok(Message::Close(frame)) = message {
                    return frame.map(|frame| u16::from(frame.code));
                }
            }
            None
        };
        tokio::time::timeout(PATIENCE, end).await.context("the socket stayed open")
    }
}

/// The messages of a page of the chat that people sent, without those of the room itself.
pub fn messages_of_people(page: &Value) -> impl Iterator<Item = &Value> {
    let all = page["messages"].as_array().into_iter().flatten();
    all.filter(|message| message["type"] == "MESSAGE_TYPE_USER")
}
