//! Links to videos that only the official player of their service may play. The link alone tells the video: media-svc sends no
//! request for it, and the player tells whether the video is private or deleted.

use std::fmt;

use proto::room::v1::{EmbedService, EmbedSource};
use url::Url;

use super::is_within;

/// A page of a service that is no video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    Playlist,
    Channel,
    Clip,
    LiveEvent,
    OnDemand,
    /// The id is too short or too long.
    BrokenId,
    Other,
}

/// Why a link of one of the services cannot be played, and what to do instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoVideo {
    pub(crate) service: EmbedService,
    pub(crate) page: Page,
}

impl std::error::Error for NoVideo {}

impl fmt::Display for NoVideo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = service_name(self.service);
        match self.page {
            Page::Playlist => write!(
                f,
                "this is a playlist at {name}, and a room plays one video at a time; open a video of it and paste the \
                 link of that"
            ),
            Page::Channel => write!(
                f,
                "this is the page of a channel at {name}; open one of its videos and paste the link of that"
            ),
            Page::Clip => {
                write!(f, "this is a clip at {name}; paste the link of the whole video that it was cut from")
            }
            Page::LiveEvent => write!(
                f,
                "this is a live event at {name}, whose player other sites cannot control; paste the link of its \
                 recording when there is one"
            ),
            Page::OnDemand => write!(
                f,
                "this is a film for sale or rent at {name}, which plays only for people who paid; paste the link of a \
                 video that everybody may watch"
            ),
            Page::BrokenId => write!(
                f,
                "this {name} link names no video, a part of it may be missing; copy it again from the address bar or \
                 from `Share`"
            ),
            Page::Other => {
                write!(f, "this is a page of {name}, not a video; open the video and paste the link of that")
            }
        }
    }
}

/// Reads a link of a service; `None` when the link belongs to none of them. [`super::start_of_video`] reads its start
/// time.
pub(crate) fn embed_of(url: &Url) -> Option<Result<EmbedSource, NoVideo>> {
    let host = url.host_str()?;
    let within = |domain: &str| is_within(host, domain);
    let path: Vec<&str> = url.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).collect();
    let (service, found) = if within("youtu.be") {
        (EmbedService::Youtube, path.first().map_or(Err(Page::Other), |id| youtube_id(id)))
    } else if within("youtube.com") || within("youtube-nocookie.com") {
        (EmbedService::Youtube, youtube(url, &path, Depth::Link))
    } else if within("vimeo.com") {
        if is_vimeo_file(host, &path) {
            return None;
        }
        (EmbedService::Vimeo, vimeo(url, &path))
    } else if within("dai.ly") {
        (EmbedService::Dailymotion, path.first().map_or(Err(Page::Other), |id| dailymotion_id(id)))
    } else if within("dailymotion.com") {
        if path.first() == Some(&"cdn") {
            return None;
        }
        (EmbedService::Dailymotion, dailymotion(url, &path))
    } else {
        return None;
    };
    let named = |(video_id, hash)| EmbedSource { service: service.into(), video_id, hash };
    Some(found.map(named).map_err(|page| NoVideo { service, page }))
}

/// Whether a link names a live stream. Only links of YouTube do, and they still do so for the recording.
pub(crate) fn is_live(url: &Url, service: EmbedService) -> bool {
    let first = url.path_segments().and_then(|mut path| path.next());
    service == EmbedService::Youtube && first == Some("live")
}

/// The canonical page of a video at its service.
pub(crate) fn page_of(embed: &EmbedSource) -> String {
    let EmbedSource { video_id, hash, .. } = embed;
    match embed.service() {
        EmbedService::Youtube => format!("https://www.youtube.com/watch?v={video_id}"),
        EmbedService::Vimeo if hash.is_empty() => format!("https://vimeo.com/{video_id}"),
        EmbedService::Vimeo => format!("https://vimeo.com/{video_id}/{hash}"),
        EmbedService::Dailymotion => format!("https://www.dailymotion.com/video/{video_id}"),
        EmbedService::Unspecified => String::new(),
    }
}

/// Title of a video whose service returned none.
pub(crate) fn embed_title(embed: &EmbedSource) -> String {
    format!("{} {}", service_name(embed.service()), embed.video_id)
}

pub(crate) fn service_name(service: EmbedService) -> &'static str {
    match service {
        EmbedService::Youtube => "YouTube",
        EmbedService::Vimeo => "Vimeo",
        EmbedService::Dailymotion => "Dailymotion",
        EmbedService::Unspecified => "a service",
    }
}

type Named = Result<(String, String), Page>;

/// Unwraps a link inside another one, once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    Link,
    Wrapped,
}

fn youtube(url: &Url, path: &[&str], depth: Depth) -> Named {
    match path {
        ["playlist" | "show", ..] | ["embed", "videoseries"] => Err(Page::Playlist),
        ["channel" | "c" | "user", ..] | ["embed", "live_stream"] => Err(Page::Channel),
        ["watch", id] | ["shorts" | "live" | "embed" | "v" | "e", id, ..] => youtube_id(id),
        ["watch"] => match (query(url, "v"), query(url, "list")) {
            (Some(id), _) => youtube_id(&id),
            (None, Some(_)) => Err(Page::Playlist),
            (None, None) => Err(Page::BrokenId),
        },
        // Mails and old apps wrap links like this.
        ["attribution_link"] if depth == Depth::Link => query(url, "u")
            .and_then(|wrapped| url.join(&wrapped).ok())
            .filter(|wrapped| wrapped.host_str() == url.host_str())
            .map_or(Err(Page::Other), |wrapped| {
                let path: Vec<&str> = wrapped.path_segments().into_iter().flatten().collect();
                youtube(&wrapped, &path, Depth::Wrapped)
            }),
        ["clip", ..] => Err(Page::Clip),
        [handle, ..] if handle.starts_with('@') => Err(Page::Channel),
        _ => Err(Page::Other),
    }
}

fn youtube_id(id: &str) -> Named {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    // Some apps append parameters with `&` although no `?` precedes them.
    let id = id.split(['&', '?']).next().unwrap_or_default();
    if id.len() == 11 && id.chars().all(plain) {
        Ok((id.to_owned(), String::new()))
    } else {
        Err(Page::BrokenId)
    }
}

/// Links to files, which paying owners get, are handled like any other link to a file.
fn is_vimeo_file(host: &str, path: &[&str]) -> bool {
    host == "player.vimeo.com"
        && matches!(path.first(), Some(&("external" | "progressive_redirect" | "play")))
}

fn vimeo(url: &Url, path: &[&str]) -> Named {
    let hash = query(url, "h").filter(|hash| is_vimeo_hash(hash)).unwrap_or_default();
    let numbered = |id: &str, hash: &str| match id {
        id if is_number(id) => Ok((id.to_owned(), hash.to_owned())),
        _ => Err(Page::BrokenId),
    };
    match path {
        ["event", ..] => Err(Page::LiveEvent),
        ["ondemand", ..] => Err(Page::OnDemand),
        ["video" | "videos", id]
        | ["channels", _, id]
        | ["groups", _, "videos", id]
        | ["album" | "showcase", _, "video", id]
        | ["manage", "videos", id] => numbered(id, &hash),
        ["video" | "videos", id, own, ..] | ["manage", "videos", id, own, ..] => {
            numbered(id, if is_vimeo_hash(own) { own } else { &hash })
        }
        ["channels" | "groups", ..] => Err(Page::Channel),
        ["album" | "showcase", ..] => Err(Page::Playlist),
        [id] if is_number(id) => numbered(id, &hash),
        [id, own, ..] if is_number(id) => numbered(id, if is_vimeo_hash(own) { own } else { &hash }),
        []
        | [
            "watch" | "categories" | "features" | "search" | "blog" | "help" | "upgrade" | "log_in" | "join",
            ..,
        ] => Err(Page::Other),
        _ => Err(Page::Channel),
    }
}

fn is_number(id: &str) -> bool {
    (1..=12).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_vimeo_hash(text: &str) -> bool {
    (8..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn dailymotion(url: &Url, path: &[&str]) -> Named {
    match path {
        ["video" | "swf", id] | ["embed" | "swf", "video", id] => dailymotion_id(id),
        // The public `player.html`, or `player/<player id>.html` of one site.
        ["player.html"] | ["player", _] => match (query(url, "video"), query(url, "playlist")) {
            (Some(id), _) => dailymotion_id(&id),
            (None, Some(_)) => Err(Page::Playlist),
            (None, None) => Err(Page::BrokenId),
        },
        ["playlist", ..] | ["embed", "playlist", ..] => Err(Page::Playlist),
        ["video" | "embed" | "player", ..] => Err(Page::BrokenId),
        [] | [_, "topic" | "search", ..] | ["search" | "topic" | "signin" | "library" | "feed", ..] => {
            Err(Page::Other)
        }
        // `/fr` and such are start pages.
        [language] if language.len() == 2 => Err(Page::Other),
        _ => Err(Page::Channel),
    }
}

/// Ids are `x…` for public and `k…` for private videos. Old links append the title.
fn dailymotion_id(text: &str) -> Named {
    let id = text.split('_').next().unwrap_or_default();
    let is_id = (4..=32).contains(&id.len())
        && id.starts_with(['x', 'k'])
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_id { Ok((id.to_owned(), String::new())) } else { Err(Page::BrokenId) }
}

fn query(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(key, value)| key == name && !value.is_empty())
        .map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests;
