//! Finds the link in a pasted text. The one place that repairs links: clients send the text as it is.

use fetch::{InvalidUrl, check_url};
use url::{Host, Url};

/// Limit of the contract. A link may grow beyond it when its scheme and escapes are added.
const MAX_LENGTH: usize = 2048;

/// Brackets and quotes that mails and chats put around links.
const WRAPPERS: [(char, char); 11] = [
    ('<', '>'),
    ('"', '"'),
    ('\'', '\''),
    ('`', '`'),
    ('(', ')'),
    ('[', ']'),
    ('“', '”'),
    ('„', '“'),
    ('‘', '’'),
    ('«', '»'),
    ('»', '«'),
];

/// Punctuation that ends the sentence, not the link.
const TRAILING: [char; 13] = ['.', ',', ';', ':', '!', '?', '…', '>', '"', '\'', '’', '”', '»'];

/// Extensions that tell a bare file name from a host name.
const FILE_EXTENSIONS: [&str; 13] =
    ["mp4", "m4v", "mkv", "mov", "avi", "webm", "m3u8", "mp3", "m4a", "ogg", "opus", "flac", "wav"];

/// Why a link cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidLink {
    #[error(transparent)]
    Url(#[from] InvalidUrl),
    #[error("the link is longer than {MAX_LENGTH} characters when it is written out; paste a shorter one")]
    TooLong,
}

/// A link and its fragment, which is for players and not for the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// The link without its fragment.
    pub(crate) url: Url,
    /// The text behind `#`.
    pub(crate) fragment: String,
}

/// Reads a pasted text: drops the brackets, quotes and punctuation around the link and adds a missing scheme. Odd notations
/// of an address (`0x7f.1`, `2130706433`) become the address (WHATWG URL, 3.5).
pub(crate) fn parse_link(pasted: &str) -> Result<Link, InvalidLink> {
    let text = unwrapped(pasted);
    let mut url = match scheme_missing(text) {
        Some(address) => with_scheme(address)?,
        None => Url::parse(text).map_err(|_| InvalidUrl::Malformed)?,
    };
    check_url(&url)?;
    let fragment = url.fragment().unwrap_or_default().to_owned();
    url.set_fragment(None);
    if url.as_str().len() > MAX_LENGTH { Err(InvalidLink::TooLong) } else { Ok(Link { url, fragment }) }
}

/// Strips the brackets, quotes and punctuation around a link.
fn unwrapped(pasted: &str) -> &str {
    let mut text = trimmed(pasted);
    loop {
        let before = text;
        for (open, close) in WRAPPERS {
            if let Some(inner) = text.strip_prefix(open) {
                text = trimmed(inner.strip_suffix(close).unwrap_or(inner));
            }
        }
        // RFC 3986, appendix C.
        text = text.strip_prefix("URL:").unwrap_or(text);
        text = trimmed(text.trim_end_matches(TRAILING));
        // Brackets in pairs belong to the link, as in URLs of encyclopedias.
        for (open, close) in [('(', ')'), ('[', ']')] {
            if text.ends_with(close) && text.matches(close).count() > text.matches(open).count() {
                text = &text[..text.len() - close.len_utf8()];
            }
        }
        if text == before {
            return text;
        }
    }
}

/// Strips white space and the invisible characters that copying adds.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    })
}

/// The text of a link without a scheme; `None` when it has one.
fn scheme_missing(text: &str) -> Option<&str> {
    if let Some(address) = text.strip_prefix("//") {
        return Some(address);
    }
    let Some((scheme, rest)) = text.split_once(':') else { return Some(text) };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    // `example.org:8080/film.mp4`: the number is a port.
    let port = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    if is_scheme && !is_port { None } else { Some(text) }
}

fn with_scheme(address: &str) -> Result<Url, InvalidUrl> {
    let url = Url::parse(&format!("https://{address}")).map_err(|_| InvalidUrl::Malformed)?;
    match url.host() {
        // Hosts without a name rarely have a certificate.
        Some(Host::Ipv4(_) | Host::Ipv6(_) | Host::Domain("localhost")) => {}
        Some(Host::Domain(name)) => {
            let top = name.rsplit_once('.').map(|(_, top)| top).ok_or(InvalidUrl::Malformed)?;
            let is_file_name = url.path() == "/" && FILE_EXTENSIONS.contains(&top);
            return if is_file_name { Err(InvalidUrl::Malformed) } else { Ok(url) };
        }
        None => return Err(InvalidUrl::Malformed),
    }
    // A browser takes `2130706433` for an address; people mean a number.
    if !address.contains(['.', '/', ':', '[']) && !address.starts_with("localhost") {
        return Err(InvalidUrl::Malformed);
    }
    Url::parse(&format!("http://{address}")).map_err(|_| InvalidUrl::Malformed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<String, InvalidLink> {
        parse_link(text).map(|link| link.url.into())
    }

    // Case L1.
    #[test]
    fn pasted_links_are_repaired() {
        let film = "https://example.org/film.mp4";
        for text in [
            "example.org/film.mp4",
            "//example.org/film.mp4",
            "<https://example.org/film.mp4>",
            "<URL:https://example.org/film.mp4>",
            "\"https://example.org/film.mp4\"",
            "“example.org/film.mp4”.",
            "'https://example.org/film.mp4',",
            "(https://example.org/film.mp4).",
            "https://example.org/film.mp4)",
            "  https://example.org/film.mp4\r\n",
            "\u{feff}https://example.org/film.mp4\u{200b}",
            "https://example.org/\n film.mp4".replace("\n ", "\n").as_str(),
            "`https://example.org/film.mp4`",
            "https://example.org/film.mp4;",
            "HTTPS://EXAMPLE.ORG/film.mp4",
        ] {
            assert_eq!(read(text).as_deref(), Ok(film), "{text:?}");
        }
        for (text, link) in [
            ("youtube.com/watch?v=dQw4w9WgXcQ", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
            ("example.org:8080/film.mp4", "https://example.org:8080/film.mp4"),
            ("192.168.1.20:8000/film.mp4", "http://192.168.1.20:8000/film.mp4"),
            ("localhost:8000/film.mp4", "http://localhost:8000/film.mp4"),
            (
                "https://en.example.org/wiki/Film_(1922)/x.mp4?a=(b)",
                "https://en.example.org/wiki/Film_(1922)/x.mp4?a=(b)",
            ),
            (" https://example.org/a b.mp4#t=10\n", "https://example.org/a%20b.mp4"),
            ("HTTP://EXAMPLE.ORG:80/x", "http://example.org/x"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(link), "{text:?}");
        }
        assert_eq!(parse_link("example.org/a.mp4#t=10").unwrap().fragment, "t=10");
    }

    #[test]
    fn addresses_in_odd_notations_are_recognised() {
        for text in [
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://0x7f.1/",
            "http://127.1/",
            "127.1/film.mp4",
            "http://１２７.0.0.1/",
        ] {
            assert_eq!(
                parse_link(text).unwrap().url.host(),
                Some(url::Host::Ipv4(std::net::Ipv4Addr::LOCALHOST)),
                "{text}"
            );
        }
    }

    #[test]
    fn text_that_is_not_a_link_is_rejected() {
        for (text, error) in [
            ("", InvalidLink::Url(InvalidUrl::Malformed)),
            ("film.mp4", InvalidLink::Url(InvalidUrl::Malformed)),
            ("hello", InvalidLink::Url(InvalidUrl::Malformed)),
            ("what a film", InvalidLink::Url(InvalidUrl::Malformed)),
            ("42", InvalidLink::Url(InvalidUrl::Malformed)),
            ("<>", InvalidLink::Url(InvalidUrl::Malformed)),
            ("https://", InvalidLink::Url(InvalidUrl::Malformed)),
            ("file:///etc/passwd", InvalidLink::Url(InvalidUrl::Scheme("file".into()))),
            ("javascript:alert(1)", InvalidLink::Url(InvalidUrl::Scheme("javascript".into()))),
            ("ftp://example.org/x.mp4", InvalidLink::Url(InvalidUrl::Scheme("ftp".into()))),
            ("https://me:secret@example.org/x.mp4", InvalidLink::Url(InvalidUrl::Credentials)),
            ("https://me@example.org/x.mp4", InvalidLink::Url(InvalidUrl::Credentials)),
            ("me@example.org/x.mp4", InvalidLink::Url(InvalidUrl::Credentials)),
            (&format!("https://example.org/{}", "ä".repeat(400)), InvalidLink::TooLong),
        ] {
            assert_eq!(read(text), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_link_round_trips_through_its_text(text in "\\PC{0,60}") {
            if let Ok(link) = parse_link(&text) {
                let again = parse_link(link.url.as_str());
                prop_assert!(again.is_ok(), "{}", link.url);
            }
        }
    }
}
