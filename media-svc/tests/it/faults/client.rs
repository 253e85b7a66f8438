//! A client that sends a film until all of it is there, whatever happens.

use std::time::Duration;

use anyhow::{Context as _, bail};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures::{Stream, stream};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use rpc::ClaimedKind;
use testkit::tokens;

use super::{plan::Plan, stage::Stage, system::System};
use crate::uploads_client::PATH;

/// Bytes that are sent at once.
const CHUNK: usize = 16 * 1024;
/// A bound for a broken system, not a measure of a working one.
const PATIENCE: Duration = Duration::from_secs(20);

/// A person who sends a film.
pub(super) struct Sender<'a> {
    system: &'a System,
    http: reqwest::Client,
    token: String,
    is_ietf: bool,
    piece: Option<usize>,
    /// The replica that is asked next.
    replica: usize,
}

/// A film that was sent.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) id: ids::UploadId,
    /// Most bytes that one interruption cost.
    pub(super) most_again: usize,
}

impl<'a> Sender<'a> {
    pub(super) fn new(system: &'a System, plan: &Plan, person: &str) -> anyhow::Result<Self> {
        Ok(Self {
            system,
            // A connection that was kept may lead to a process that is dead.
            http: reqwest::Client::builder().pool_max_idle_per_host(0).timeout(PATIENCE).build()?,
            token: tokens::token(person, ClaimedKind::User, "Ada"),
            is_ietf: plan.is_ietf,
            piece: plan.piece,
            replica: usize::try_from(plan.seed % 2)?,
        })
    }

    /// Sends a film.
    pub(super) async fn send(&mut self, film: &Bytes, name: &str, kind: &str) -> anyhow::Result<Sent> {
        let path = self.begin(film.len(), name, kind).await?;
        let (mut sent, mut acknowledged, mut most_again) = (0, 0, 0);
        loop {
            let Some(offset) = self.offset(&path).await? else { continue };
            anyhow::ensure!(
                offset >= acknowledged,
                "{acknowledged} bytes were acknowledged, {offset} are there"
            );
            most_again = most_again.max(sent - offset.min(sent));
            if offset == film.len() {
                let id = path.rsplit('/').next().unwrap_or_default().parse()?;
                return Ok(Sent { id, most_again });
            }
            let end = self.piece.map_or(film.len(), |piece| film.len().min(offset + piece));
            let (answer, reached) =
                self.append(&path, film.slice(offset..end), offset, end == film.len()).await;
            sent = sent.max(reached);
            match answer {
                Ok(answer) if answer.status() == StatusCode::NO_CONTENT => acknowledged = end,
                Ok(answer) if is_final(answer.status()) => bail!("{}", told(answer).await),
                _ => self.turn_away().await,
            }
        }
    }

    /// Goes to the other replica. All that was killed comes back first, so that nobody asks without end.
    async fn turn_away(&mut self) {
        self.replica = 1 - self.replica;
        self.system.mended().await;
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.system.http[self.replica]);
        let request = self.http.request(method, url).bearer_auth(&self.token);
        if self.is_ietf { request } else { request.header("tus-resumable", "1.0.0") }
    }

    /// Begins an upload. Returns its path.
    async fn begin(&mut self, size: usize, name: &str, kind: &str) -> anyhow::Result<String> {
        loop {
            let request = self.request(Method::POST, PATH).header("upload-length", size);
            let request = if self.is_ietf {
                let disposition = format!("attachment; filename=\"{name}\"");
                request
                    .header("upload-complete", "?0")
                    .header("content-type", kind)
                    .header("content-disposition", disposition)
                    .header("content-length", 0)
            } else {
                let [name, kind] = [name, kind].map(|text| BASE64_STANDARD.encode(text));
                request.header("upload-metadata", format!("filename {name},filetype {kind}"))
            };
            match request.send().await {
                Ok(answer) if answer.status() == StatusCode::CREATED => {
                    let location = answer.headers().get("location").context("no Location")?;
                    return Ok(location.to_str()?.to_owned());
                }
                Ok(answer) if answer.status().is_client_error() => bail!("{}", told(answer).await),
                _ => self.turn_away().await,
            }
        }
    }

    /// How many bytes are there; `None`: nobody knows at the moment.
    async fn offset(&mut self, path: &str) -> anyhow::Result<Option<usize>> {
        match self.request(Method::HEAD, path).send().await {
            Ok(answer) if answer.status().is_success() => {
                let offset = answer.headers().get("upload-offset").context("no Upload-Offset")?;
                Ok(Some(offset.to_str()?.parse()?))
            }
            Ok(answer) if is_final(answer.status()) => bail!("the upload is gone: {}", answer.status()),
            _ => {
                self.turn_away().await;
                Ok(None)
            }
        }
    }

    /// Appends bytes. Returns how far they went too.
    async fn append(
        &self,
        path: &str,
        bytes: Bytes,
        offset: usize,
        ends: bool,
    ) -> (reqwest::Result<Response>, usize) {
        let reached = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(offset));
        let request = self
            .request(Method::PATCH, path)
            .header("upload-offset", offset)
            .header("content-length", bytes.len());
        let request = if self.is_ietf {
            let complete = if ends { "?1" } else { "?0" };
            request.header("upload-complete", complete).header("content-type", "application/partial-upload")
        } else {
            request.header("content-type", "application/offset+octet-stream")
        };
        let body = body(self.system.stage.clone(), bytes, offset, reached.clone());
        let answer = request.body(reqwest::Body::wrap_stream(body)).send().await;
        (answer, reached.load(std::sync::atomic::Ordering::Relaxed))
    }
}

/// The bytes as a body that tells the stage how far it is, and breaks where the client leaves.
fn body(
    stage: Stage,
    bytes: Bytes,
    offset: usize,
    reached: std::sync::Arc<std::sync::atomic::AtomicUsize>,
) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
    stream::unfold(Some(0), move |at| {
        let (stage, bytes, reached) = (stage.clone(), bytes.clone(), reached.clone());
        async move {
            let at = at.filter(|at| *at < bytes.len())?;
            let end = bytes.len().min(at + CHUNK);
            if stage.sent(offset + end) {
                return Some((Err(std::io::Error::other("the client leaves")), None));
            }
            reached.store(offset + end, std::sync::atomic::Ordering::Relaxed);
            Some((Ok(bytes.slice(at..end)), Some(end)))
        }
    })
}

/// Whether a client gives up for good.
fn is_final(status: StatusCode) -> bool {
    status.is_client_error() && !matches!(status.as_u16(), 408 | 409 | 423 | 429)
}

async fn told(answer: Response) -> String {
    let status = answer.status();
    format!("{status}: {}", answer.text().await.unwrap_or_default())
}
