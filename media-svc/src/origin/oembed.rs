//! Title and picture of a video of a service, from its official oEmbed endpoint (oembed.com). They are optional: when a
//! service does not answer, the title is derived from the link. `docs/metadata.md` explains this to users.

use std::time::Duration;

use fetch::Want;
use proto::room::v1::{EmbedService, EmbedSource};
use rpc::Context;
use serde::Deserialize;
use url::Url;

use super::Origin;
use crate::domain::{clean, is_within, page_of};

/// Short, because a user waits for the dialog and the title is optional.
const PATIENCE: Duration = Duration::from_secs(3);
/// Limit of a response in bytes. Real ones have about 1 KB.
const LARGEST_ANSWER: usize = 64 * 1024;
/// Hosts of the services' pictures. The gateway's content security policy allows the same ones.
const PICTURE_HOSTS: [&str; 3] = ["ytimg.com", "vimeocdn.com", "dmcdn.net"];

/// Metadata of a video.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Metadata {
    /// Empty when the service returns none.
    pub(crate) title: String,
    /// Empty when the service returns none.
    pub(crate) picture_url: String,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    title: String,
    #[serde(default)]
    thumbnail_url: String,
}

impl Origin {
    /// Asks the service of a video, or the server at `base` in its place.
    pub(crate) async fn metadata(
        &self,
        context: &Context,
        embed: &EmbedSource,
        base: Option<&Url>,
    ) -> Metadata {
        let Some(question) = question(embed, base) else { return Metadata::default() };
        let Ok(_place) = self.place(context, &question) else { return Metadata::default() };
        let patience = PATIENCE.min(self.timeout);
        let Ok(Some(answer)) = tokio::time::timeout(patience, self.answer(&question)).await else {
            tracing::debug!(service = embed.service().as_str_name(), "a service tells no title of a video");
            return Metadata::default();
        };
        Metadata {
            title: clean(&answer.title),
            picture_url: Some(answer.thumbnail_url).filter(|url| is_picture(url)).unwrap_or_default(),
        }
    }

    async fn answer(&self, question: &Url) -> Option<Answer> {
        let response = self.client.get(question, Want::default()).await.ok()?;
        if response.status().is_client_error() || response.status().is_server_error() {
            return None;
        }
        let bytes = response.first_bytes(LARGEST_ANSWER).await.ok()?;
        serde_json::from_slice(&bytes).ok()
    }
}

/// The endpoints as the services document them.
fn question(embed: &EmbedSource, base: Option<&Url>) -> Option<Url> {
    let (endpoint, name) = match embed.service() {
        EmbedService::Youtube => ("https://www.youtube.com/oembed", "youtube"),
        EmbedService::Vimeo => ("https://vimeo.com/api/oembed.json", "vimeo"),
        EmbedService::Dailymotion => ("https://www.dailymotion.com/services/oembed", "dailymotion"),
        EmbedService::Unspecified => return None,
    };
    let mut url = match base {
        Some(base) => {
            let mut url = base.clone();
            url.path_segments_mut().ok()?.pop_if_empty().push(name);
            url
        }
        None => endpoint.parse().ok()?,
    };
    url.query_pairs_mut().append_pair("url", &page_of(embed)).append_pair("format", "json");
    Some(url)
}

fn is_picture(url: &str) -> bool {
    let within = |host: &str| PICTURE_HOSTS.iter().any(|domain| is_within(host, domain));
    url.len() <= 2048
        && Url::parse(url).is_ok_and(|url| url.scheme() == "https" && url.host_str().is_some_and(within))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oembed_requests_follow_the_documentation() {
        let embed = |service: EmbedService, id: &str| EmbedSource {
            service: service.into(),
            video_id: id.into(),
            hash: String::new(),
        };
        let youtube = embed(EmbedService::Youtube, "dQw4w9WgXcQ");
        assert_eq!(
            question(&youtube, None).unwrap().as_str(),
            "https://www.youtube.com/oembed?url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3DdQw4w9WgXcQ&format=json"
        );
        let base = "http://cache.example.org/oembed/".parse().unwrap();
        assert!(
            question(&youtube, Some(&base))
                .unwrap()
                .as_str()
                .starts_with("http://cache.example.org/oembed/youtube?url=")
        );
    }

    #[test]
    fn thumbnails_come_from_hosts_of_the_services_only() {
        for (url, good) in [
            ("https://i.ytimg.com/vi/dQw4w9WgXcQ/hqdefault.jpg", true),
            ("https://i.vimeocdn.com/video/1-d_640", true),
            ("https://s1.dmcdn.net/v/abc/x240", true),
            ("http://i.ytimg.com/x.jpg", false),
            ("https://evilytimg.com/x.jpg", false),
            ("https://example.org/x.jpg", false),
            ("javascript:alert(1)", false),
            ("", false),
        ] {
            assert_eq!(is_picture(url), good, "{url}");
        }
    }
}
