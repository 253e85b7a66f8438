//! What a pasted link must be before anything is asked of its host.

use url::Url;

/// As the contract bounds it; writing a link out in full may make it longer.
const MAX_LENGTH: usize = 2048;

/// Why a link is none that could be played.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidLink {
    #[error("this is no link; paste the whole of it, beginning with https://")]
    Malformed,
    #[error("only http and https links can be played, and this one begins with `{0}:`")]
    Scheme(String),
    #[error(
        "links with a user name or a password are not taken, since everybody in the room would see them; paste one without"
    )]
    Credentials,
    #[error("the link is longer than {MAX_LENGTH} characters when it is written out; paste a shorter one")]
    TooLong,
}

/// Reads a link. Odd notations of an address (`0x7f.1`, `2130706433`) come out as the address (WHATWG URL, 3.5).
pub(crate) fn parse_link(text: &str) -> Result<Url, InvalidLink> {
    let mut url = Url::parse(text.trim()).map_err(|_| InvalidLink::Malformed)?;
    check(&url)?;
    // It is for browsers, and no part of what is asked for.
    url.set_fragment(None);
    if url.as_str().len() > MAX_LENGTH { Err(InvalidLink::TooLong) } else { Ok(url) }
}

/// Where a host sends us on to.
pub(crate) fn parse_redirect(from: &Url, location: &str) -> Result<Url, InvalidLink> {
    let url = from.join(location).map_err(|_| InvalidLink::Malformed)?;
    check(&url)?;
    Ok(url)
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
    use super::*;

    #[test]
    fn links_are_taken_as_people_paste_them() {
        assert_eq!(
            parse_link(" https://example.org/a b.mp4#t=10\n").unwrap().as_str(),
            "https://example.org/a%20b.mp4"
        );
        assert_eq!(parse_link("HTTP://EXAMPLE.ORG:80/x").unwrap().as_str(), "http://example.org/x");
    }

    #[test]
    fn addresses_in_odd_notations_come_out_as_addresses() {
        for text in [
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://0x7f.1/",
            "http://127.1/",
            "http://１２７.0.0.1/",
        ] {
            assert_eq!(
                parse_link(text).unwrap().host(),
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
            ("https://", InvalidLink::Malformed),
            ("file:///etc/passwd", InvalidLink::Scheme("file".into())),
            ("javascript:alert(1)", InvalidLink::Scheme("javascript".into())),
            ("ftp://example.org/x.mp4", InvalidLink::Scheme("ftp".into())),
            ("https://me:secret@example.org/x.mp4", InvalidLink::Credentials),
            ("https://me@example.org/x.mp4", InvalidLink::Credentials),
            (&format!("https://example.org/{}", "ä".repeat(400)), InvalidLink::TooLong),
        ] {
            assert_eq!(parse_link(text), Err(error), "{text}");
        }
    }
}
