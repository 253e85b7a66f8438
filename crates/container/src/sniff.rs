//! Detects the kind of a file by the type that its host names, or by its first bytes where the host names none.

use crate::Kind;

/// Name of a DASH manifest in [`NotPlayable::Container`]. Callers read such a manifest to see whether it is protected.
pub const DASH: &str = "DASH manifest";

/// Why a file cannot be played, and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPlayable {
    /// A page of HTML.
    #[error("this is a web page; paste the link of the video file itself")]
    WebPage,
    /// A container that browsers do not play, by its name.
    #[error(
        "this is a {0}, which browsers do not play; convert it to mp4 or webm and paste the link of that"
    )]
    Container(&'static str),
    /// Another type that the host names, such as an image.
    #[error("the host says that this is `{0}`; paste the link of a video (mp4, webm, HLS) or sound file")]
    Other(String),
    /// No type, and bytes of no known kind.
    #[error("this is not a video (mp4, webm, HLS) or sound file that browsers play; paste the link of one")]
    Unknown,
}

/// What a `Content-Type` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Declared {
    /// It can be played.
    Playable(Kind),
    /// It says nothing reliable: look at the bytes.
    Unclear,
    /// It cannot be played.
    Not(NotPlayable),
}

/// Reads a `Content-Type`.
pub fn declared(content_type: Option<&str>) -> Declared {
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
        "audio/mpeg" | "audio/mp3" | "audio/x-mp3" => Declared::Playable(Kind::Mp3),
        "audio/mp4" | "audio/x-m4a" | "audio/m4a" => Declared::Playable(Kind::M4a),
        "audio/webm" => Declared::Playable(Kind::WebA),
        "audio/ogg" | "audio/opus" | "application/ogg" => Declared::Playable(Kind::Ogg),
        "audio/flac" | "audio/x-flac" => Declared::Playable(Kind::Flac),
        "audio/wav" | "audio/x-wav" | "audio/wave" | "audio/vnd.wave" => Declared::Playable(Kind::Wav),
        // Servers that do not know `.m3u8` say `text/plain`.
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
        "application/dash+xml" => Declared::Not(NotPlayable::Container(DASH)),
        _ => Declared::Not(NotPlayable::Other(
            essence.chars().filter(char::is_ascii_graphic).take(80).collect(),
        )),
    }
}

/// Reads the first bytes of a file.
pub fn sniff(bytes: &[u8]) -> Result<Kind, NotPlayable> {
    // ISO base media file format (ISO/IEC 14496-12, 4.3): a box of type `ftyp` with the major brand.
    if let Some(brand) = bytes.get(8..12).filter(|_| bytes.get(4..8) == Some(b"ftyp")) {
        return match brand {
            b"qt  " => Err(NotPlayable::Container("QuickTime file")),
            b"M4A " | b"M4B " => Ok(Kind::M4a),
            _ => Ok(Kind::Mp4),
        };
    }
    if let Some(kind) = sniff_sound(bytes) {
        return Ok(kind);
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
    } else if bytes.starts_with(b"OggS") {
        Err(NotPlayable::Container("Ogg video"))
    } else if starts("<mpd") || (starts("<?xml") && page.windows(4).any(|window| window == b"<MPD")) {
        Err(NotPlayable::Container(DASH))
    } else {
        Err(NotPlayable::Unknown)
    }
}

fn sniff_sound(bytes: &[u8]) -> Option<Kind> {
    let has = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    match bytes {
        [b'I', b'D', b'3', ..] => Some(Kind::Mp3),
        // A frame of layer III (ISO/IEC 11172-3, 2.4.1.3) with a bitrate and a sample rate.
        [0xff, second, third, ..]
            if second & 0xe6 == 0xe2 && second & 0x18 != 0x08 && third >> 4 < 15 && third & 0x0c != 0x0c =>
        {
            Some(Kind::Mp3)
        }
        [b'f', b'L', b'a', b'C', ..] => Some(Kind::Flac),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => Some(Kind::Wav),
        [b'O', b'g', b'g', b'S', ..] if has(b"theora") => None,
        [b'O', b'g', b'g', b'S', ..] if has(b"OpusHead") || has(b"\x01vorbis") || has(b"\x7fFLAC") => {
            Some(Kind::Ogg)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page() -> NotPlayable {
        NotPlayable::WebPage
    }

    // Case L10.
    #[test]
    fn audio_is_recognised_by_its_first_bytes() {
        for (bytes, kind) in [
            (&b"ID3\x04\0\0\0\0\0\0"[..], Kind::Mp3),
            (&[0xff, 0xfb, 0x90, 0x64], Kind::Mp3),
            (b"\0\0\0\x1cftypM4A \0\0\x02\0", Kind::M4a),
            (b"fLaC\0\0\0\x22", Kind::Flac),
            (b"RIFF\x24\0\0\0WAVEfmt ", Kind::Wav),
            (b"OggS\0\x02........................OpusHead", Kind::Ogg),
        ] {
            assert_eq!(sniff(bytes), Ok(kind), "{kind:?}");
        }
        // ADTS, and bytes that only look like a frame.
        assert_eq!(sniff(&[0xff, 0xf1, 0x50, 0x80]), Err(NotPlayable::Unknown));
        assert_eq!(sniff(&[0xff, 0xfb, 0xff, 0xff]), Err(NotPlayable::Unknown));
    }

    #[test]
    fn media_types_are_read_with_parameters_and_in_any_case() {
        for (value, kind) in [
            ("video/mp4", Kind::Mp4),
            ("Video/MP4; codecs=\"avc1\"", Kind::Mp4),
            ("video/webm", Kind::WebM),
            ("application/vnd.apple.mpegurl", Kind::Hls),
            ("application/x-mpegURL;charset=utf-8", Kind::Hls),
            ("audio/mpegurl", Kind::Hls),
            ("audio/mpeg", Kind::Mp3),
            ("audio/x-m4a", Kind::M4a),
            ("audio/ogg; codecs=opus", Kind::Ogg),
            ("audio/flac", Kind::Flac),
            ("audio/x-wav", Kind::Wav),
        ] {
            assert_eq!(declared(Some(value)), Declared::Playable(kind), "{value}");
        }
        for value in [None, Some(""), Some("application/octet-stream"), Some("text/plain; charset=utf-8")] {
            assert_eq!(declared(value), Declared::Unclear, "{value:?}");
        }
        assert_eq!(declared(Some("text/html; charset=utf-8")), Declared::Not(page()));
        assert!(matches!(declared(Some("video/quicktime")), Declared::Not(NotPlayable::Container(_))));
        assert_eq!(declared(Some("image/png")), Declared::Not(NotPlayable::Other("image/png".into())));
    }

    #[test]
    fn a_file_type_is_recognised_by_its_first_bytes() {
        assert_eq!(sniff(b"\0\0\0\x20ftypisom\0\0\x02\0"), Ok(Kind::Mp4));
        assert_eq!(sniff(b"\0\0\0\x14ftypqt  "), Err(NotPlayable::Container("QuickTime file")));
        assert_eq!(sniff(b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm"), Ok(Kind::WebM));
        assert_eq!(
            sniff(b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska"),
            Err(NotPlayable::Container("Matroska file"))
        );
        assert_eq!(sniff(b"#EXTM3U\n#EXT-X-VERSION:3\n"), Ok(Kind::Hls));
        assert_eq!(sniff(b"\xef\xbb\xbf#EXTM3U\n"), Ok(Kind::Hls));
        assert_eq!(sniff(b"\n <!DOCTYPE html><html>"), Err(page()));
        assert_eq!(sniff(b"<?xml version=\"1.0\"?><MPD>"), Err(NotPlayable::Container(DASH)));
        assert_eq!(sniff(b"plain text"), Err(NotPlayable::Unknown));
        assert_eq!(sniff(b""), Err(NotPlayable::Unknown));
    }

    proptest! {
        #[test]
        fn no_bytes_cause_a_panic(bytes: Vec<u8>, value in ".*") {
            let _ = sniff(&bytes);
            let _ = declared(Some(&value));
        }
    }
}
