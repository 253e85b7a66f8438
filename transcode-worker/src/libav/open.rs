//! Opens a file. libav gets its bytes from us and opens nothing by itself: no file, no address.

use ffmpeg_next::{
    Dictionary, Error as AvError,
    error::EINVAL,
    format::{self, context::Input, context::StreamIo},
};
use transcode_worker::{Error, Result, Source};

/// Formats whose files contain all their bytes. libav would open the files that a playlist or manifest names.
pub(super) const FORMATS: &str = "mov,mp4,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,mp3,wav,flac,aac";

/// Bytes that are read at once.
const BUFFER_BYTES: usize = 256 * 1024;

/// Opens a file in one of these formats. `shown` names it in errors.
pub(super) fn open(place: &str, formats: &str, shown: &str) -> Result<Input> {
    let unreadable =
        |error: &dyn std::fmt::Display| Error::Unreadable(format!("cannot read {shown}: {error}"));
    let source = Source::open(place).map_err(|error| unreadable(&error))?;
    let bytes =
        StreamIo::from_read_seek_with_capacity(source, BUFFER_BYTES).map_err(|error| unreadable(&error))?;
    let mut options = Dictionary::new();
    options.set("format_whitelist", formats);
    options.set("protocol_whitelist", "none");
    format::input_from_stream(bytes, None, Some(options)).map_err(|error| refused(shown, error))
}

fn refused(shown: &str, error: AvError) -> Error {
    match error {
        AvError::InvalidData | AvError::Eof => Error::NotMedia(format!(
            "{shown} is no media file that can be read, or it is cut short before its index"
        )),
        // libav's error for a format outside the whitelist.
        AvError::Other { errno: EINVAL } => Error::UnsupportedFormat(format!(
            "{shown} is of a kind that is not taken; use mp4, webm, Matroska, AVI, MPEG, FLV, Ogg or plain audio"
        )),
        AvError::Other { .. } => Error::Unreadable(format!("cannot read {shown}: {error}")),
        _ => Error::NotMedia(format!("libav cannot read {shown}: {error}")),
    }
}
