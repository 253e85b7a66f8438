//! The kinds of media that browsers play.

/// A kind of file that browsers play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An mp4 file with pictures.
    Mp4,
    /// A webm file with pictures.
    WebM,
    /// An HLS playlist (RFC 8216).
    Hls,
    /// MPEG audio layer III.
    Mp3,
    /// An mp4 file with sound only.
    M4a,
    /// A webm file with sound only.
    WebA,
    /// Opus, Vorbis or FLAC in Ogg.
    Ogg,
    /// FLAC (RFC 9639).
    Flac,
    /// WAVE in RIFF.
    Wav,
}

impl Kind {
    /// Whether it is sound without a picture.
    pub fn is_audio(self) -> bool {
        !matches!(self, Self::Mp4 | Self::WebM | Self::Hls)
    }

    /// Whether a widely used browser does not play it: Safari before 18.4 has no Ogg.
    pub fn is_uncommon(self) -> bool {
        matches!(self, Self::Ogg)
    }

    /// Guesses the kind by the extension of the file name.
    pub fn of_extension(extension: &str) -> Option<Self> {
        Some(match extension.to_ascii_lowercase().as_str() {
            "mp4" | "m4v" => Self::Mp4,
            "webm" => Self::WebM,
            "m3u8" => Self::Hls,
            "mp3" => Self::Mp3,
            "m4a" | "m4b" => Self::M4a,
            "weba" => Self::WebA,
            "ogg" | "oga" | "opus" => Self::Ogg,
            "flac" => Self::Flac,
            "wav" => Self::Wav,
            _ => return None,
        })
    }

    /// The media type by which hosts serve it.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::WebM => "video/webm",
            Self::Hls => "application/vnd.apple.mpegurl",
            Self::Mp3 => "audio/mpeg",
            Self::M4a => "audio/mp4",
            Self::WebA => "audio/webm",
            Self::Ogg => "audio/ogg",
            Self::Flac => "audio/flac",
            Self::Wav => "audio/wav",
        }
    }
}
