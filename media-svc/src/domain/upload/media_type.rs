//! The types of files that are taken, and how their first bytes look.

/// A type of file that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MediaType {
    Mp4,
    WebM,
    QuickTime,
    Matroska,
}

/// The types that are taken, as clients declare them.
pub(crate) const TYPES: [&str; 4] = ["video/mp4", "video/webm", "video/quicktime", "video/x-matroska"];

/// First bytes of an EBML document: webm and mkv.
const EBML: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];
/// First bytes that are enough to tell.
const ENOUGH: usize = 8;

impl MediaType {
    /// The type that a client declares, or that the name of the file tells where it declares none: browsers do not know mkv.
    pub(crate) fn of(declared: &str, filename: &str) -> Option<Self> {
        let plain = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match plain.as_str() {
            "video/mp4" => Some(Self::Mp4),
            "video/webm" => Some(Self::WebM),
            "video/quicktime" => Some(Self::QuickTime),
            // Registered by RFC 9559. Chromium declares it, most other software the older name.
            "video/x-matroska" | "video/matroska" => Some(Self::Matroska),
            "" | "application/octet-stream" => Self::of_extension(filename),
            _ => None,
        }
    }

    fn of_extension(filename: &str) -> Option<Self> {
        let (_, extension) = filename.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "mp4" | "m4v" => Some(Self::Mp4),
            "webm" => Some(Self::WebM),
            "mov" | "qt" => Some(Self::QuickTime),
            "mkv" => Some(Self::Matroska),
            _ => None,
        }
    }

    /// The type as it is written.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::WebM => "video/webm",
            Self::QuickTime => "video/quicktime",
            Self::Matroska => "video/x-matroska",
        }
    }

    /// Ending of a file of this type.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::WebM => "webm",
            Self::QuickTime => "mov",
            Self::Matroska => "mkv",
        }
    }

    /// Whether a file may begin like this; `None` while too few bytes are there to tell.
    pub(crate) fn fits(self, head: &[u8]) -> Option<bool> {
        if head.len() < ENOUGH {
            return None;
        }
        Some(match self {
            Self::Mp4 | Self::QuickTime => &head[4..8] == b"ftyp",
            Self::WebM | Self::Matroska => head.starts_with(&EBML),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_four_types_are_taken() {
        for declared in TYPES {
            assert_eq!(MediaType::of(declared, "").unwrap().as_str(), declared);
        }
        assert_eq!(MediaType::of("Video/MP4; codecs=avc1", "x"), Some(MediaType::Mp4));
        assert_eq!(MediaType::of("video/matroska", "x"), Some(MediaType::Matroska));
        for declared in ["video/x-msvideo", "text/html", "video/mp4x", "video"] {
            assert_eq!(MediaType::of(declared, "film.mp4"), None, "{declared}");
        }
    }

    #[test]
    fn an_undeclared_type_comes_from_the_name() {
        for (name, expected) in [
            ("a.MKV", Some(MediaType::Matroska)),
            ("a.b.mov", Some(MediaType::QuickTime)),
            ("mp4", None),
            ("film.avi", None),
            ("", None),
        ] {
            assert_eq!(MediaType::of("", name), expected, "{name}");
            assert_eq!(MediaType::of("application/octet-stream", name), expected, "{name}");
        }
    }

    #[test]
    fn first_bytes_must_fit() {
        let mp4 = b"\0\0\0\x20ftypisom";
        let odd = b"\x7f\xff\xff\xffftypqt  ";
        let ebml = b"\x1a\x45\xdf\xa3\x01\0\0\0";
        let zip = b"PK\x03\x04\x14\0\0\0";
        for media in [MediaType::Mp4, MediaType::QuickTime] {
            assert_eq!(
                [mp4.as_slice(), odd, ebml, zip].map(|head| media.fits(head).unwrap()),
                [true, true, false, false]
            );
        }
        for media in [MediaType::WebM, MediaType::Matroska] {
            assert_eq!(
                [mp4.as_slice(), ebml, zip].map(|head| media.fits(head).unwrap()),
                [false, true, false]
            );
        }
        assert_eq!(MediaType::Mp4.fits(&mp4[..7]), None);
    }
}
