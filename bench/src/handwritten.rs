//! The lowest cost of a call over HTTP with this stack: an axum handler written by hand that does the same as
//! `GET /api/clock` and nothing else. It verifies a bearer token once, remembers it, and writes a small JSON body.

use std::{
    collections::HashMap,
    io::Write as _,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Context as _;
use axum::{
    Json, Router,
    extract::{Query, State},
    routing::get,
};
use http::{HeaderMap, StatusCode, header::AUTHORIZATION};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::TcpListener,
    process::{Child, Command},
};

struct Keys {
    key: DecodingKey,
    /// Expiry of each verified token, in Unix seconds.
    verified: Mutex<HashMap<String, u64>>,
}

#[derive(Deserialize)]
struct Claims {
    exp: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    #[serde(default)]
    client_send_us: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "as the contract names them")]
struct Reply {
    client_send_us: String,
    server_receive_us: String,
    server_send_us: String,
}

/// Serves the handler. `public_key` is the Ed25519 key that verifies tokens (base64url).
pub(crate) async fn serve(public_key: &str) -> anyhow::Result<()> {
    let key = DecodingKey::from_ed_components(public_key)?;
    let router = Router::new()
        .route("/api/clock", get(clock))
        .with_state(Arc::new(Keys { key, verified: Mutex::default() }));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    writeln!(std::io::stdout().lock(), "{}", listener.local_addr()?)?;
    Ok(axum::serve(listener, router).await?)
}

async fn clock(
    State(keys): State<Arc<Keys>>,
    Query(request): Query<Request>,
    headers: HeaderMap,
) -> Result<Json<Reply>, StatusCode> {
    let received = now();
    let token = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    keys.admit(token.ok_or(StatusCode::UNAUTHORIZED)?, received.as_secs()).ok_or(StatusCode::UNAUTHORIZED)?;
    Ok(Json(Reply {
        client_send_us: request.client_send_us,
        server_receive_us: received.as_micros().to_string(),
        server_send_us: now().as_micros().to_string(),
    }))
}

impl Keys {
    fn admit(&self, token: &str, now_s: u64) -> Option<()> {
        let verified = || self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        if verified().get(token).is_some_and(|end| now_s < *end) {
            return Some(());
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_aud = false;
        let end = jsonwebtoken::decode::<Claims>(token, &self.key, &validation).ok()?.claims.exp;
        verified().insert(token.to_owned(), end);
        Some(())
    }
}

fn now() -> std::time::Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// The handler in a process of its own, which ends when this is dropped.
pub(crate) struct Handwritten {
    process: Child,
    /// `127.0.0.1:PORT`.
    pub(crate) address: String,
}

impl Handwritten {
    pub(crate) async fn start(public_key: &str) -> anyhow::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["--handwritten-server", public_key])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut address = String::new();
        let output = process.stdout.take().context("the handler has no output")?;
        BufReader::new(output).read_line(&mut address).await?;
        Ok(Self { process, address: address.trim().to_owned() })
    }

    pub(crate) fn pid(&self) -> anyhow::Result<u32> {
        self.process.id().context("the handler has ended")
    }
}
