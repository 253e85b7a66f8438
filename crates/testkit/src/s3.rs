//! An S3 server in this process (s3s), which checks signatures and checksums, behind a front that can misbehave.

use std::{path::PathBuf, sync::Arc};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    response::Response,
};
use futures::{StreamExt as _, stream};
use http::{Request, StatusCode, header::CONTENT_LENGTH, request::Parts};
use s3s::{auth::SimpleAuth, service::S3Service};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// Id of the access key.
pub const S3_ACCESS_KEY: &str = "the-access-key";
/// Secret of the access key.
pub const S3_SECRET_KEY: &str = "hunter2-hunter2-hunter2";

/// Name of the bucket.
pub const S3_BUCKET: &str = "media";

/// How the front treats a request.
pub enum StoreFault {
    /// Answers in the server's place.
    Answer(StatusCode, &'static str),
    /// Carries the request out and answers this nevertheless.
    LoseAnswer(StatusCode, &'static str),
    /// Breaks the connection after so many bytes of the body.
    Cut(usize),
}

/// Decides about each request; None: as usual.
type Faults = Arc<dyn Fn(&Parts) -> Option<StoreFault> + Send + Sync>;

/// A server with one empty bucket.
pub struct S3Server {
    /// Its base URL.
    pub endpoint: String,
    requests: watch::Receiver<Vec<String>>,
    serving: JoinHandle<()>,
    root: tempfile::TempDir,
}

impl S3Server {
    /// One that never fails.
    pub async fn start() -> Self {
        Self::with(|_| None).await
    }

    /// One whose front asks about each request how to fail.
    pub async fn with(faults: impl Fn(&Parts) -> Option<StoreFault> + Send + Sync + 'static) -> Self {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join(S3_BUCKET)).unwrap();
        let mut builder = s3s::service::S3ServiceBuilder::new(s3s_fs::FileSystem::new(root.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(S3_ACCESS_KEY, S3_SECRET_KEY));
        let (log, requests) = watch::channel(Vec::new());
        let front = Front {
            service: builder.build(),
            root: root.path().to_owned(),
            faults: Arc::new(faults),
            log: Arc::new(log),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass_on).with_state(front);
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { endpoint, requests, serving, root }
    }

    /// The file of an object.
    pub fn file(&self, key: &str) -> PathBuf {
        self.bucket().join(key)
    }

    /// The folder of all objects.
    pub fn bucket(&self) -> PathBuf {
        self.root.path().join(S3_BUCKET)
    }

    /// Method and URL of each request whose text has this in it.
    pub fn requests(&self, with: &str) -> Vec<String> {
        self.requests.borrow().iter().filter(|request| request.contains(with)).cloned().collect()
    }

    /// Waits for a request.
    pub async fn awaits(&self, with: &[&str]) {
        let is_there =
            |log: &Vec<String>| log.iter().any(|request| with.iter().all(|text| request.contains(text)));
        self.requests.clone().wait_for(is_there).await.unwrap();
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

#[derive(Clone)]
struct Front {
    service: S3Service,
    root: PathBuf,
    faults: Faults,
    log: Arc<watch::Sender<Vec<String>>>,
}

async fn pass_on(State(front): State<Front>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    front.log.send_modify(|log| log.push(format!("{} {} {:?}", parts.method, parts.uri, parts.headers)));
    let fault = (front.faults)(&parts);
    if let Some(StoreFault::Answer(status, text)) = fault {
        // Read whole, as a server does: an early answer would break the connection.
        let _ = axum::body::to_bytes(body, usize::MAX).await;
        return answer(status, text);
    }
    // The folder of a key is no object, though this server says so.
    let is_key = parts.uri.path().matches('/').count() > 1;
    if is_key
        && parts.uri.query().is_none_or(|query| query.starts_with("x-id"))
        && front.root.join(&parts.uri.path()[1..]).is_dir()
    {
        return answer(StatusCode::NOT_FOUND, "<Error><Code>NoSuchKey</Code></Error>");
    }
    let request = Request::from_parts(parts, s3s::Body::http_body_unsync(body));
    let response = front.service.call(request).await.unwrap().map(Body::new);
    match fault {
        Some(StoreFault::LoseAnswer(status, text)) => {
            let _ = axum::body::to_bytes(response.into_body(), usize::MAX).await;
            answer(status, text)
        }
        Some(StoreFault::Cut(bytes)) => cut(response, bytes).await,
        _ => response,
    }
}

fn answer(status: StatusCode, text: &'static str) -> Response {
    Response::builder().status(status).body(Body::from(text)).unwrap()
}

async fn cut(response: Response, bytes: usize) -> Response {
    let (mut parts, body) = response.into_parts();
    let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    // The length stays as it was announced.
    parts.headers.insert(CONTENT_LENGTH, whole.len().into());
    let broken = Err(std::io::Error::other("the line went dead"));
    let body = stream::iter([Ok::<Bytes, _>(whole.slice(..bytes)), broken]);
    // Otherwise the head of the answer would be lost with the connection.
    let slowly = body.then(|chunk| async {
        tokio::task::yield_now().await;
        chunk
    });
    Response::from_parts(parts, Body::from_stream(slowly))
}
