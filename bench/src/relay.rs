//! A stateless relay: a process that forwards each command to every WebSocket of its only room. It decides, checks and
//! stores nothing, so its CPU time is the cost of the connections alone.

use std::{
    io::Write as _,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use anyhow::Context as _;
use e2e::RoomSocket;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    sync::broadcast,
};
use tokio_tungstenite::{
    accept_hdr_async,
    tungstenite::{
        Message, Utf8Bytes,
        handshake::server::{ErrorResponse, Request, Response},
    },
};

/// Pads an event to the size of a real one.
const PADDING: usize = 300;

/// The relay as a process of its own.
pub(crate) struct Relay {
    process: Child,
    url: String,
}

impl Relay {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("--relay-server")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut address = String::new();
        let output = process.stdout.take().context("the relay has no output")?;
        BufReader::new(output).read_line(&mut address).await?;
        Ok(Self { process, url: format!("http://{}", address.trim()) })
    }

    pub(crate) fn pid(&self) -> anyhow::Result<u32> {
        self.process.id().context("the relay has ended")
    }

    pub(crate) async fn room(&self, members: usize) -> anyhow::Result<Vec<RoomSocket>> {
        let mut sockets = Vec::new();
        for _ in 0..members {
            let mut socket = RoomSocket::open(&self.url, "any", "none").await?;
            socket.hello(json!({})).await?;
            sockets.push(socket);
        }
        Ok(sockets)
    }
}

/// Runs the relay.
pub(crate) async fn serve() -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    writeln!(std::io::stdout().lock(), "{}", listener.local_addr()?)?;
    let events = broadcast::Sender::new(1024);
    let count = Arc::new(AtomicUsize::new(0));
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let number = count.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(member(stream, number, events.clone()));
    }
}

async fn member(
    stream: TcpStream,
    number: usize,
    events: broadcast::Sender<Utf8Bytes>,
) -> anyhow::Result<()> {
    #[expect(clippy::result_large_err, reason = "the signature is the library's")]
    let subprotocol = |request: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
        let name = "sec-websocket-protocol";
        if let Some(asked) = request.headers().get(name) {
            response.headers_mut().insert(name, asked.clone());
        }
        Ok(response)
    };
    let mut socket = accept_hdr_async(stream, subprotocol).await?;
    let mut heard = events.subscribe();
    loop {
        tokio::select! {
            message = socket.next() => match message.transpose()? {
                Some(Message::Text(text)) => match answer(&text, number)? {
                    Answer::Welcome(welcome) => socket.send(Message::text(welcome)).await?,
                    Answer::Event(event) => drop(events.send(event.into())),
                },
                Some(_) => {}
                None => return Ok(()),
            },
            event = heard.recv() => socket.send(Message::Text(event?)).await?,
        }
    }
}

enum Answer {
    Welcome(String),
    Event(String),
}

fn answer(text: &str, number: usize) -> anyhow::Result<Answer> {
    let frame: Value = serde_json::from_str(text)?;
    Ok(match frame.get("command") {
        Some(command) => {
            let event = json!({"commandId": command["id"], "padding": "x".repeat(PADDING)});
            Answer::Event(json!({"event": event}).to_string())
        }
        None => Answer::Welcome(json!({"welcome": {"sessionId": format!("relay-{number}")}}).to_string()),
    })
}
