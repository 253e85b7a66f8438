//! What people paste, and the link in it. The one place that repairs links: clients send the text as it is.

use url::{Host, Url};

/// As the contract bounds it; writing a link out in full may make it longer.
const MAX_LENGTH: usize = 2048;

/// Brackets and quotes that mails and chats put around a link.
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

/// Punctuation that ends the sentence around a link and not the link.
const TRAILING: [char; 13] = ['.', ',', ';', ':', '!', '?', '…', '>', '"', '\'', '’', '”', '»'];

/// A file name alone is not a host, although it looks like one.
const FILE_EXTENSIONS: [&str; 13] =
    ["mp4", "m4v", "mkv", "mov", "avi", "webm", "m3u8", "mp3", "m4a", "ogg", "opus", "flac", "wav"];

/// Why a link cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidLink {
    #[error("this is not a link; paste the whole address, such as https://example.org/film.mp4")]
    Malformed,
    #[error("only http and https links can be played, and this one begins with `{0}:`; paste an https link")]
    Scheme(String),
    #[error(
        "the link contains a user name or a password, which everybody in the room would see; paste a link without them"
    )]
    Credentials,
    #[error("the link is longer than {MAX_LENGTH} characters when it is written out; paste a shorter one")]
    TooLong,
}

/// A link, and the part of it that is for players and not for its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// Without its fragment.
    pub(crate) url: Url,
    /// What stood behind `#`.
    pub(crate) fragment: String,
}

/// Reads what was pasted: drops the brackets, quotes and punctuation around a link and adds a missing scheme. Odd notations
/// of an address (`0x7f.1`, `2130706433`) come out as the address (WHATWG URL, 3.5).
pub(crate) fn parse_link(pasted: &str) -> Result<Link, InvalidLink> {
    let text = unwrapped(pasted);
    let mut url = match scheme_missing(text) {
        Some(address) => with_scheme(address)?,
        None => Url::parse(text).map_err(|_| InvalidLink::Malformed)?,
    };
    check(&url)?;
    let fragment = url.fragment().unwrap_or_default().to_owned();
    url.set_fragment(None);
    if url.as_str().len() > MAX_LENGTH { Err(InvalidLink::TooLong) } else { Ok(Link { url, fragment }) }
}

/// Where a host sends us on to.
pub(crate) fn parse_redirect(from: &Url, location: &str) -> Result<Url, InvalidLink> {
    let url = from.join(location).map_err(|_| InvalidLink::Malformed)?;
    check(&url)?;
    Ok(url)
}

/// The text without what a mail or a sentence put around it.
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
        // Brackets belong to the link where they come in pairs, as in addresses of encyclopedias.
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

/// Without white space, and without the invisible characters that come along with a copy.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    })
}

/// The text behind a scheme that is not there; `None` where there is one.
fn scheme_missing(text: &str) -> Option<&str> {
    if let Some(address) = text.strip_prefix("//") {
        return Some(address);
    }
    let Some((scheme, rest)) = text.split_once(':') else { return Some(text) };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    // `example.org:8080/film.mp4`: what follows is a port.
    let port = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    if is_scheme && !is_port { None } else { Some(text) }
}

fn with_scheme(address: &str) -> Result<Url, InvalidLink> {
    let url = Url::parse(&format!("https://{address}")).map_err(|_| InvalidLink::Malformed)?;
    match url.host() {
        // Nobody has a certificate for these.
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => {}
        Some(Host::Domain("localhost")) => {}
        Some(Host::Domain(name)) => {
            let top = name.rsplit_once('.').map(|(_, top)| top).ok_or(InvalidLink::Malformed)?;
            let is_file_name = url.path() == "/" && FILE_EXTENSIONS.contains(&top);
            return if is_file_name { Err(InvalidLink::Malformed) } else { Ok(url) };
        }
        None => return Err(InvalidLink::Malformed),
    }
    // `2130706433` is an address to a browser, and a number to people.
    if !address.contains(['.', '/', ':', '[']) && !address.starts_with("localhost") {
        return Err(InvalidLink::Malformed);
    }
    Url::parse(&format!("http://{address}")).map_err(|_| InvalidLink::Malformed)
}

fn check(url: &Url) -> Result<(), InvalidLink> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(InvalidLink::Scheme(url.scheme().chars().take(32).collect()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(InvalidLink::Credentials);
    }
    if url.has_host() { Ok(()) } else { Err(InvalidLink::Malformed) }
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
    fn links_are_taken_as_people_paste_them() {
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
    fn addresses_in_odd_notations_come_out_as_addresses() {
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
    fn what_is_no_link_is_told_apart() {
        for (text, error) in [
            ("", InvalidLink::Malformed),
            ("film.mp4", InvalidLink::Malformed),
            ("hello", InvalidLink::Malformed),
            ("what a film", InvalidLink::Malformed),
            ("42", InvalidLink::Malformed),
            ("<>", InvalidLink::Malformed),
            ("https://", InvalidLink::Malformed),
            ("file:///etc/passwd", InvalidLink::Scheme("file".into())),
            ("javascript:alert(1)", InvalidLink::Scheme("javascript".into())),
            ("ftp://example.org/x.mp4", InvalidLink::Scheme("ftp".into())),
            ("https://me:secret@example.org/x.mp4", InvalidLink::Credentials),
            ("https://me@example.org/x.mp4", InvalidLink::Credentials),
            ("me@example.org/x.mp4", InvalidLink::Credentials),
            (&format!("https://example.org/{}", "ä".repeat(400)), InvalidLink::TooLong),
        ] {
            assert_eq!(read(text), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_read_is_read_again(text in "\\PC{0,60}") {
            if let Ok(link) = parse_link(&text) {
                let again = parse_link(link.url.as_str());
                prop_assert!(again.is_ok(), "{}", link.url);
            }
        }
    }
}
