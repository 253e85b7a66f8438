//! What browsers play: by the type that a host names, or by the first bytes where it names none.

use proto::room::v1::MediaFormat;

/// What can be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Mp4,
    WebM,
    Hls,
}

impl Kind {
    pub(crate) fn format(self) -> MediaFormat {
        match self {
            Self::Mp4 | Self::WebM => MediaFormat::Progressive,
            Self::Hls => MediaFormat::Hls,
        }
    }

    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::WebM => "video/webm",
            Self::Hls => "application/vnd.apple.mpegurl",
        }
    }
}

/// Why something cannot be played, and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotPlayable {
    #[error("this is a web page; paste the link of the video file itself")]
    WebPage,
    #[error(
        "this is a {0}, which browsers do not play; convert it to mp4 or webm and paste the link of that"
    )]
    Container(&'static str),
    #[error("the host says that this is `{0}`; paste the link of an mp4, a webm or an HLS playlist")]
    Other(String),
    #[error("this is neither an mp4, nor a webm, nor an HLS playlist; paste the link of one")]
    Unknown,
}

/// What a `Content-Type` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Declared {
    /// It can be played.
    Playable(Kind),
    /// Nothing that can be relied on: look at the bytes.
    Unclear,
    /// It cannot be played.
    Not(NotPlayable),
}

/// Reads a `Content-Type`.
pub(crate) fn declared(content_type: Option<&str>) -> Declared {
    let essence = content_type
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match essence.as_str() {
        "video/mp4" | "video/x-m4v" => Declared::Playable(Kind::Mp4),
        "video/webm" => Declared::Playable(Kind::WebM),
        "application/vnd.apple.mpegurl" | "application/x-mpegurl" | "audio/mpegurl" | "audio/x-mpegurl" => {
            Declared::Playable(Kind::Hls)
        }
        // `text/plain` is what servers say of an `.m3u8` that they do not know.
        ""
        | "application/octet-stream"
        | "binary/octet-stream"
        | "application/mp4"
        | "application/force-download"
        | "application/x-download"
        | "text/plain" => Declared::Unclear,
        "text/html" | "application/xhtml+xml" => Declared::Not(NotPlayable::WebPage),
        "video/quicktime" => Declared::Not(NotPlayable::Container("QuickTime file")),
        "video/x-matroska" | "video/matroska" => Declared::Not(NotPlayable::Container("Matroska file")),
        "video/x-msvideo" | "video/avi" => Declared::Not(NotPlayable::Container("AVI file")),
        "video/x-flv" => Declared::Not(NotPlayable::Container("Flash video")),
        "video/x-ms-wmv" | "video/x-ms-asf" => Declared::Not(NotPlayable::Container("Windows Media file")),
        "video/mp2t" => Declared::Not(NotPlayable::Container("transport stream")),
        "application/dash+xml" => Declared::Not(NotPlayable::Container("DASH manifest")),
        _ => Declared::Not(NotPlayable::Other(
            essence.chars().filter(char::is_ascii_graphic).take(80).collect(),
        )),
    }
}

/// Reads the first bytes of a file.
pub(crate) fn sniff(bytes: &[u8]) -> Result<Kind, NotPlayable> {
    // ISO base media file format (ISO/IEC 14496-12, 4.3): a box of type `ftyp` with the major brand.
    if let Some(brand) = bytes.get(8..12).filter(|_| bytes.get(4..8) == Some(b"ftyp")) {
        return if brand == b"qt  " { Err(NotPlayable::Container("QuickTime file")) } else { Ok(Kind::Mp4) };
    }
    // EBML (RFC 8794): the document type stands in the first header.
    if bytes.starts_with(&[0x1a, 0x45, 0xdf, 0xa3]) {
        let header = &bytes[..bytes.len().min(64)];
        let is_webm = header.windows(4).any(|window| window == b"webm");
        return if is_webm { Ok(Kind::WebM) } else { Err(NotPlayable::Container("Matroska file")) };
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if text.starts_with(b"#EXTM3U") {
        return Ok(Kind::Hls);
    }
    let page = text.trim_ascii_start();
    let starts =
        |tag: &str| page.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()));
    if starts("<!doctype html") || starts("<html") || starts("<head") {
        Err(NotPlayable::WebPage)
    } else {
        Err(NotPlayable::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn types_are_read_with_their_parameters_and_in_any_case() {
        for (value, kind) in [
            ("video/mp4", Kind::Mp4),
            ("Video/MP4; codecs=\"avc1\"", Kind::Mp4),
            ("video/webm", Kind::WebM),
            ("application/vnd.apple.mpegurl", Kind::Hls),
            ("application/x-mpegURL;charset=utf-8", Kind::Hls),
            ("audio/mpegurl", Kind::Hls),
        ] {
            assert_eq!(declared(Some(value)), Declared::Playable(kind), "{value}");
        }
        for value in [None, Some(""), Some("application/octet-stream"), Some("text/plain; charset=utf-8")] {
            assert_eq!(declared(value), Declared::Unclear, "{value:?}");
        }
        assert_eq!(declared(Some("text/html; charset=utf-8")), Declared::Not(NotPlayable::WebPage));
        assert!(matches!(declared(Some("video/quicktime")), Declared::Not(NotPlayable::Container(_))));
        assert_eq!(declared(Some("image/png")), Declared::Not(NotPlayable::Other("image/png".into())));
    }

    #[test]
    fn first_bytes_tell_what_a_file_is() {
        assert_eq!(sniff(b"\0\0\0\x20ftypisom\0\0\x02\0"), Ok(Kind::Mp4));
        assert_eq!(sniff(b"\0\0\0\x14ftypqt  "), Err(NotPlayable::Container("QuickTime file")));
        assert_eq!(sniff(b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm"), Ok(Kind::WebM));
        assert_eq!(
            sniff(b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska"),
            Err(NotPlayable::Container("Matroska file"))
        );
        assert_eq!(sniff(b"#EXTM3U\n#EXT-X-VERSION:3\n"), Ok(Kind::Hls));
        assert_eq!(sniff(b"\xef\xbb\xbf#EXTM3U\n"), Ok(Kind::Hls));
        assert_eq!(sniff(b"\n <!DOCTYPE html><html>"), Err(NotPlayable::WebPage));
        assert_eq!(sniff(b"plain text"), Err(NotPlayable::Unknown));
        assert_eq!(sniff(b""), Err(NotPlayable::Unknown));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>, value in ".*") {
            let _ = sniff(&bytes);
            let _ = declared(Some(&value));
        }
    }
}
