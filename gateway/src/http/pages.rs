//! The pages of the web client. They are one HTML file with routing in the browser; this module adds the tags for programs
//! that run no scripts, such as link previews.

use std::sync::{Arc, LazyLock};

use http::{HeaderMap, Uri, header::HOST};
use ids::RoomCode;

use super::preview::{Preview, Previews};
use crate::address::Origin;

/// The paths of the client's pages, in the notation of its router. A test of the client compares them with its routes.
const PATHS: &str = include_str!("../../../web/src/app/paths.json");
static PAGES: LazyLock<Vec<String>> = LazyLock::new(|| serde_json::from_str(PATHS).unwrap_or_default());

/// The text in the HTML file that the tags replace.
const BEGIN: &str = "<!-- preview -->";
const END: &str = "<!-- /preview -->";

/// Invites are below this path.
const INVITES: &str = "/r/";
const IMAGE: &str = "/og.jpg";
const DESCRIPTION: &str = "Watch the same video at the same moment, wherever you are.";

/// Fills the HTML file. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Pages {
    previews: Arc<Previews>,
    /// `https://watch.example.org`, when it is configured.
    public_origin: Option<Arc<str>>,
}

impl Pages {
    pub(crate) fn new(previews: Previews, public_origin: Option<String>) -> Self {
        Self { previews: Arc::new(previews), public_origin: public_origin.map(Arc::from) }
    }

    /// The HTML file for the page at this address.
    pub(crate) async fn render(
        &self,
        html: &str,
        uri: &Uri,
        headers: &HeaderMap,
        origin: Option<Origin>,
    ) -> String {
        let Some((before, rest)) = html.split_once(BEGIN) else { return html.to_owned() };
        let Some((_, after)) = rest.split_once(END) else { return html.to_owned() };
        let preview = match invited_to(uri.path()) {
            Some(code) => self.previews.of(&code).await,
            None => None,
        };
        let base = match &self.public_origin {
            Some(origin) => Some(origin.to_string()),
            None => base_of(uri, headers, origin.is_some_and(|origin| origin.is_https)),
        };
        let tags = tags(preview.as_ref(), uri.path().starts_with(INVITES), base.as_deref(), uri.path());
        format!("{before}{tags}{after}")
    }
}

/// Whether the client has a page at this path.
pub(crate) fn is_page(path: &str) -> bool {
    PAGES.iter().any(|page| matches(page, path))
}

fn matches(page: &str, path: &str) -> bool {
    let segments = |path: &str| path.trim_matches('/').split('/').map(str::to_owned).collect::<Vec<_>>();
    let (page, path) = (segments(page), segments(path));
    let is_same = |(page, path): (&String, &String)| {
        if page.starts_with(':') { !path.is_empty() } else { page == path }
    };
    page.len() == path.len() && page.iter().zip(&path).all(is_same)
}

/// The room that an invite leads to: `/r/abcd2345`.
fn invited_to(path: &str) -> Option<RoomCode> {
    path.strip_prefix(INVITES)?.trim_end_matches('/').parse().ok()
}

/// The address of this server as the request names it. Previews need absolute URLs.
fn base_of(uri: &Uri, headers: &HeaderMap, is_https: bool) -> Option<String> {
    // HTTP/2 has the host in the URI.
    let host = match headers.get(HOST) {
        Some(host) => host.to_str().ok()?,
        None => uri.authority()?.as_str(),
    };
    let is_host = |host: &str| {
        (1..=255).contains(&host.len())
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
    };
    let scheme = if is_https { "https" } else { "http" };
    is_host(host).then(|| format!("{scheme}://{host}"))
}

/// The tags of the Open Graph protocol (<https://ogp.me>), which chat programs read.
fn tags(preview: Option<&Preview>, is_invite: bool, base: Option<&str>, path: &str) -> String {
    let title = match preview {
        Some(preview) => format!("{} · SyncWatch", preview.room_name),
        None if is_invite => "Join the room · SyncWatch".to_owned(),
        None => "SyncWatch".to_owned(),
    };
    let description = match preview.map(|preview| preview.item_title.as_str()) {
        Some("") | None => DESCRIPTION.to_owned(),
        Some(film) => format!("{film}. {DESCRIPTION}"),
    };
    let mut tags = vec![
        ("name", "description", description.clone()),
        ("property", "og:site_name", "SyncWatch".to_owned()),
        ("property", "og:type", "website".to_owned()),
        ("property", "og:title", title),
        ("property", "og:description", description),
    ];
    if let Some(base) = base {
        tags.extend([
            ("property", "og:url", format!("{base}{path}")),
            ("property", "og:image", format!("{base}{IMAGE}")),
            ("property", "og:image:width", "1200".to_owned()),
            ("property", "og:image:height", "630".to_owned()),
            ("name", "twitter:card", "summary_large_image".to_owned()),
        ]);
    }
    let tags = tags
        .iter()
        .map(|(kind, name, value)| format!("<meta {kind}=\"{name}\" content=\"{}\" />", escaped(value)));
    tags.collect::<Vec<_>>().join("\n    ")
}

/// Escapes text for an attribute in double quotes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_pages_is_readable() {
        assert!(PAGES.len() > 2, "web/src/app/paths.json is a list of paths");
        for path in ["/", "/sign-in", "/sign-in/", "/r/abcd2345", "/r/abcd2345/", "/r/anything"] {
            assert!(is_page(path), "{path}");
        }
        for path in ["/r", "/r/", "/r/a/b", "/metrics", "/livez", "/sign-in/x", "/index.html", "/admin"] {
            assert!(!is_page(path), "{path}");
        }
    }

    #[test]
    fn text_of_people_is_escaped() {
        let preview = Preview { room_name: "\"><script>'&".into(), item_title: "<b>".into() };
        let tags = tags(Some(&preview), true, Some("https://watch.example.org"), "/r/abcd2345");
        assert!(tags.contains("content=\"&quot;&gt;&lt;script&gt;&#39;&amp; · SyncWatch\""), "{tags}");
        assert!(tags.contains("content=\"&lt;b&gt;. Watch"), "{tags}");
        assert!(!tags.contains("<script") && !tags.contains("<b>"), "{tags}");
    }

    #[test]
    fn an_invalid_host_is_not_echoed() {
        let base = |host: &'static str| {
            let headers = HeaderMap::from_iter([(HOST, host.parse().unwrap())]);
            base_of(&Uri::from_static("/"), &headers, true)
        };
        assert_eq!(base("watch.example.org:8443").as_deref(), Some("https://watch.example.org:8443"));
        assert_eq!(base("[2001:db8::1]:80").as_deref(), Some("https://[2001:db8::1]:80"));
        for host in ["", "a/b", "a\"b", "a b", "a<b", "user@host", "a?b", "a#b"] {
            assert_eq!(base(host), None, "{host}");
        }
    }
}
