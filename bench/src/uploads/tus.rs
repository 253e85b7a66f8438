//! A client of tus that sends a file with one request behind the one that begins it.

use anyhow::{Context as _, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use e2e::Guest;
use reqwest::{Method, RequestBuilder};

/// A server of tus, and who sends to it.
#[derive(Clone)]
pub(crate) struct Tus {
    http: reqwest::Client,
    /// URL at which uploads begin.
    endpoint: String,
    token: String,
}

impl Tus {
    /// `token`: of the person; empty where the server asks for none.
    pub(crate) fn new(endpoint: String, token: &str) -> anyhow::Result<Self> {
        Ok(Self { http: e2e::http().build()?, endpoint, token: token.to_owned() })
    }

    /// A person of SyncWatch.
    pub(crate) fn of(guest: &Guest) -> anyhow::Result<Self> {
        Self::new(format!("{}/media/uploads", guest.base()), guest.token())
    }

    /// Sends a file. Returns the URL of the upload, which ends with its id.
    pub(crate) async fn send(&self, name: &str, content_type: &str, file: &Bytes) -> anyhow::Result<String> {
        let (name, content_type) = (BASE64_STANDARD.encode(name), BASE64_STANDARD.encode(content_type));
        let begin = self
            .request(Method::POST, &self.endpoint)
            .header("upload-length", file.len())
            .header("upload-metadata", format!("filename {name},filetype {content_type}"));
        let answer = begin.send().await?;
        let status = answer.status();
        let location = answer.headers().get("location").and_then(|value| value.to_str().ok());
        let url = location.map(|location| reqwest::Url::parse(&self.endpoint)?.join(location)).transpose()?;
        ensure!(status == 201, "the upload does not begin: {status} {}", answer.text().await?);
        let url = url.context("no Location")?.to_string();
        let append = self
            .request(Method::PATCH, &url)
            .header("upload-offset", 0)
            .header("content-type", "application/offset+octet-stream")
            .body(file.clone());
        let answer = append.send().await?;
        let status = answer.status();
        ensure!(status == 204, "the file is not taken: {status} {}", answer.text().await?);
        Ok(url)
    }

    pub(crate) async fn delete(&self, url: &str) -> anyhow::Result<()> {
        let status = self.request(Method::DELETE, url).send().await?.status();
        ensure!(status == 204, "an upload is not deleted: {status}");
        Ok(())
    }

    fn request(&self, method: Method, url: &str) -> RequestBuilder {
        let request = self.http.request(method, url).header("tus-resumable", "1.0.0");
        if self.token.is_empty() { request } else { request.bearer_auth(&self.token) }
    }
}

/// The id in the URL of an upload.
pub(crate) fn id_of(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or_default()
}

/// A file that begins like an mp4 and is none.
pub(crate) fn file_of(bytes: usize) -> Bytes {
    let mut file = b"\0\0\0\x18ftypisom\0\0\0\0isommp42".to_vec();
    let rest = (0_u32..).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]);
    file.extend(rest.take(bytes.saturating_sub(file.len())));
    file.into()
}
