//! The listener on 127.0.0.1 from which children read files, and to which they write what they make. Both have a URL with a
//! random secret, good as long as its task runs.

use std::{collections::HashMap, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    response::{IntoResponse as _, Response},
    routing::get,
};
use bytes::Bytes;
use edge::{Part, part};
use futures::StreamExt as _;
use http::{
    HeaderMap, HeaderName, Method, StatusCode,
    header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, RANGE},
};
use parking_lot::Mutex;
use runtime::Tasks;
use tokio::{net::TcpListener, sync::mpsc};

use super::OriginalFile;

/// Chunks of an output that wait to be read. A chunk has 64 KiB at most.
const SINK_CHUNKS: usize = 16;

/// RFC 7240: a reader that does not want to wait for bytes.
const PREFER: HeaderName = HeaderName::from_static("prefer");

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct Listener {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    files: Mutex<HashMap<String, Arc<OriginalFile>>>,
    sinks: Mutex<HashMap<String, mpsc::Sender<Bytes>>>,
}

impl Listener {
    /// Listens on a free port of 127.0.0.1.
    pub(crate) fn start(tasks: &mut Tasks) -> anyhow::Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let shared = Arc::new(Shared::default());
        let router = Router::new()
            .route("/in/{secret}", get(read))
            .route("/out/{secret}/{name}", axum::routing::post(write))
            .with_state(shared.clone());
        let address = listener.local_addr()?;
        tasks.serve_http("loopback listener", TcpListener::from_std(listener)?, router)?;
        Ok(Self { address, shared })
    }

    /// Serves a file until the returned value is dropped.
    pub(crate) fn serve(&self, file: Arc<OriginalFile>) -> Served {
        let secret = secret();
        self.shared.files.lock().insert(secret.clone(), file);
        Served { url: format!("http://{}/in/{secret}", self.address), secret, shared: self.shared.clone() }
    }

    /// Takes what a child writes, until the returned value is dropped.
    pub(crate) fn sink(&self, name: &str) -> Sink {
        let secret = secret();
        let (send, receive) = mpsc::channel(SINK_CHUNKS);
        self.shared.sinks.lock().insert(secret.clone(), send);
        let url = format!("http://{}/out/{secret}/{name}", self.address);
        Sink { url, bytes: receive, secret, shared: self.shared.clone() }
    }
}

fn secret() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// A file with a URL.
pub(crate) struct Served {
    pub(crate) url: String,
    secret: String,
    shared: Arc<Shared>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.shared.files.lock().remove(&self.secret);
    }
}

/// An output with a URL.
pub(crate) struct Sink {
    pub(crate) url: String,
    bytes: mpsc::Receiver<Bytes>,
    secret: String,
    shared: Arc<Shared>,
}

impl Drop for Sink {
    fn drop(&mut self) {
        drop(self.closer());
    }
}

impl Sink {
    /// The next bytes. `None`: the child has closed the output.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        self.bytes.recv().await
    }

    /// Ends the output when it is dropped and the child has not opened it until then.
    pub(crate) fn closer(&self) -> Closer {
        Closer { secret: self.secret.clone(), shared: self.shared.clone() }
    }
}

/// Ends an output that nobody has opened.
pub(crate) struct Closer {
    secret: String,
    shared: Arc<Shared>,
}

impl Drop for Closer {
    fn drop(&mut self) {
        self.shared.sinks.lock().remove(&self.secret);
    }
}

/// A child writes an output once.
async fn write(
    State(shared): State<Arc<Shared>>,
    Path((secret, _)): Path<(String, String)>,
    body: Body,
) -> StatusCode {
    let Some(send) = shared.sinks.lock().remove(&secret) else { return StatusCode::NOT_FOUND };
    let mut body = body.into_data_stream();
    while let Some(Ok(bytes)) = body.next().await {
        if send.send(bytes).await.is_err() {
            return StatusCode::GONE;
        }
    }
    StatusCode::OK
}

async fn read(
    State(shared): State<Arc<Shared>>,
    Path(secret): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let file = shared.files.lock().get(&secret).cloned();
    let Some(file) = file else { return StatusCode::NOT_FOUND.into_response() };
    let Ok(size) = file.size().await else { return StatusCode::GONE.into_response() };
    let range = headers.get(RANGE).and_then(|range| range.to_str().ok()).filter(|_| method == Method::GET);
    let (status, first, end) = match part(range, size) {
        Part::Whole => (StatusCode::OK, 0, size),
        Part::Bytes { first, last } => (StatusCode::PARTIAL_CONTENT, first, last + 1),
        Part::Unsatisfiable => {
            let range = [(CONTENT_RANGE, format!("bytes */{size}"))];
            return (StatusCode::RANGE_NOT_SATISFIABLE, range).into_response();
        }
    };
    if headers.get(PREFER).is_some_and(|value| value == "wait=0") && !file.has(first) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let body = if method == Method::GET { Body::from_stream(file.read(first, end)) } else { Body::empty() };
    let mut response =
        (status, [(ACCEPT_RANGES, "bytes"), (CONTENT_LENGTH, &*(end - first).to_string())], body)
            .into_response();
    if status == StatusCode::PARTIAL_CONTENT
        && let Ok(value) = format!("bytes {first}-{}/{size}", end - 1).parse()
    {
        response.headers_mut().insert(CONTENT_RANGE, value);
    }
    response
}
