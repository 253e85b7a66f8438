//! HLS: a playlist (RFC 8216) that has ended is as long as its segments together.

use m3u8_rs::{Playlist as Parsed, parse_playlist_res};

use super::of_seconds;

/// What a playlist tells of the length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Playlist {
    /// That another one does: the first of several that play the same.
    Of(String),
    /// So many microseconds; `None`: it goes on, or is none.
    Length(Option<i64>),
}

/// Reads a playlist.
pub(crate) fn read_playlist(bytes: &[u8]) -> Playlist {
    match parse_playlist_res(bytes) {
        Ok(Parsed::MasterPlaylist(master)) => {
            let first = master.variants.into_iter().find(|variant| !variant.is_i_frame);
            first.map_or(Playlist::Length(None), |variant| Playlist::Of(variant.uri))
        }
        Ok(Parsed::MediaPlaylist(media)) if media.end_list => {
            let seconds = media.segments.iter().map(|segment| f64::from(segment.duration)).sum();
            Playlist::Length(of_seconds(seconds))
        }
        Ok(Parsed::MediaPlaylist(_)) | Err(_) => Playlist::Length(None),
    }
}
