//! HLS playlists (RFC 8216): whether one can be played, and how long it is.

use crate::duration::of_seconds;

/// Codecs (RFC 6381) that only some browsers play: HEVC, Dolby Vision, Dolby Digital, DTS.
const UNCOMMON_CODECS: [&str; 9] = ["hvc1", "hev1", "dvh1", "dvhe", "ac-3", "ec-3", "ac-4", "dtsc", "dtse"];
/// Audio codecs.
const SOUND_CODECS: [&str; 6] = ["mp4a", "ac-3", "ec-3", "opus", "flac", "ac-4"];

/// A playlist that can be played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HlsPlaylist {
    /// A master playlist: it names variants of the same media.
    Master {
        /// URI of the first variant.
        variant: String,
        /// A variant has a codec that only some browsers play.
        uncommon_codec: bool,
        /// No variant has a picture.
        audio_only: bool,
    },
    /// A media playlist: it names segments.
    Media {
        /// URI of the first segment.
        segment: String,
        /// Sum of the segments in microseconds; `None` where the durations are malformed or beyond a week.
        length_us: Option<i64>,
    },
}

/// Why a playlist cannot be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnplayablePlaylist {
    /// It has no `EXT-X-ENDLIST`.
    #[error(
        "this is a live stream: its playlist has no end, so the room has no common place in it; paste the link of the \
         recording when there is one"
    )]
    Live,
    /// It names no segment and no variant.
    #[error("this playlist names nothing to play; ask whoever made it for a complete one")]
    Empty,
    /// A URI is missing behind its tag, or a VOD playlist has no end.
    #[error(
        "this playlist is cut off in the middle; copy its link again, or ask whoever made it for a complete one"
    )]
    CutOff,
    /// It asks for a key of a DRM system.
    #[error("this stream is protected by DRM, so it plays in its own player only; watch it there")]
    Protected,
}

/// Reads a complete playlist.
pub fn inspect_playlist(bytes: &[u8]) -> Result<HlsPlaylist, UnplayablePlaylist> {
    let text = String::from_utf8_lossy(bytes);
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim).filter(|line| !line.is_empty());
    let (mut variants, mut segments) = (Named::default(), Named::default());
    let mut codecs = Vec::new();
    let (mut is_ended, mut is_whole, mut seconds) = (false, false, 0.0);
    for line in lines {
        let Some(tag) = line.strip_prefix('#') else {
            if !variants.take(line) {
                segments.take(line);
            }
            continue;
        };
        let (name, value) = tag.split_once(':').unwrap_or((tag, ""));
        match name {
            "EXT-X-KEY" | "EXT-X-SESSION-KEY" if is_key_protected(value) => {
                return Err(UnplayablePlaylist::Protected);
            }
            "EXT-X-STREAM-INF" => {
                variants.is_expected = true;
                codecs.push(
                    value.split("CODECS=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or(""),
                );
            }
            "EXTINF" => {
                segments.is_expected = true;
                let duration = value.split(',').next().unwrap_or_default().trim();
                seconds += duration.parse().unwrap_or(f64::NAN);
            }
            "EXT-X-ENDLIST" => is_ended = true,
            "EXT-X-PLAYLIST-TYPE" => is_whole = value.eq_ignore_ascii_case("VOD"),
            _ => {}
        }
    }
    if variants.is_expected || segments.is_expected {
        return Err(UnplayablePlaylist::CutOff);
    }
    if let Some(variant) = variants.first {
        let names = |list: &'static [&str]| {
            move |codec: &str| list.contains(&codec.split('.').next().unwrap_or(codec))
        };
        let all = || codecs.iter().flat_map(|codecs| codecs.split(',').map(str::trim));
        let audio_only = codecs.iter().all(|codecs| !codecs.is_empty()) && all().all(names(&SOUND_CODECS));
        return Ok(HlsPlaylist::Master {
            variant,
            uncommon_codec: all().any(names(&UNCOMMON_CODECS)),
            audio_only,
        });
    }
    match segments.first {
        None => Err(UnplayablePlaylist::Empty),
        Some(segment) if is_ended => Ok(HlsPlaylist::Media { segment, length_us: of_seconds(seconds) }),
        // It says that it is whole, and its end is missing.
        Some(_) if is_whole => Err(UnplayablePlaylist::CutOff),
        Some(_) => Err(UnplayablePlaylist::Live),
    }
}

/// URIs that follow a tag.
#[derive(Default)]
struct Named {
    /// The tag was there and its URI was not yet.
    is_expected: bool,
    first: Option<String>,
}

impl Named {
    fn take(&mut self, uri: &str) -> bool {
        let taken = std::mem::take(&mut self.is_expected);
        if taken {
            self.first.get_or_insert_with(|| uri.to_owned());
        }
        taken
    }
}

/// Whether a tag of an HLS playlist asks for a key of a DRM system (RFC 8216, 4.3.2.4): `attributes` is what follows
/// `#EXT-X-KEY:`. AES-128 with a key that is simply fetched is no DRM.
fn is_key_protected(attributes: &str) -> bool {
    let upper = attributes.to_ascii_uppercase();
    let method = upper.split("METHOD=").nth(1).and_then(|rest| rest.split(',').next()).unwrap_or_default();
    let format =
        upper.split("KEYFORMAT=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("IDENTITY");
    method.trim().starts_with("SAMPLE-AES") || (format != "IDENTITY" && method.trim() != "NONE")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEAD: &str = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n";

    fn read(body: &str) -> Result<HlsPlaylist, UnplayablePlaylist> {
        inspect_playlist(format!("{HEAD}{body}").as_bytes())
    }

    // Case L3.
    #[test]
    fn empty_and_truncated_playlists_are_reported() {
        use UnplayablePlaylist::{CutOff, Empty};
        assert_eq!(inspect_playlist(b"#EXTM3U\n"), Err(Empty));
        assert_eq!(read("#EXT-X-ENDLIST\n"), Err(Empty));
        assert_eq!(read("#EXTINF:4,\na.ts\n#EXTINF:4,\n"), Err(CutOff));
        assert_eq!(read("#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:4,\na.ts\n"), Err(CutOff));
        assert_eq!(read("#EXT-X-STREAM-INF:BANDWIDTH=1"), Err(CutOff));
    }

    // Case L4.
    #[test]
    fn a_playlist_without_an_end_is_live() {
        assert_eq!(read("#EXTINF:4,\na.ts\n"), Err(UnplayablePlaylist::Live));
        assert_eq!(read("#EXT-X-PLAYLIST-TYPE:EVENT\n#EXTINF:4,\na.ts\n"), Err(UnplayablePlaylist::Live));
    }

    #[test]
    fn complete_playlists_are_accepted() {
        let media = HlsPlaylist::Media { segment: "a.ts".into(), length_us: Some(4_000_000) };
        let key = "#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n";
        assert_eq!(read(&format!("{key}#EXTINF:4,\n#comment\na.ts\n#EXT-X-ENDLIST")), Ok(media.clone()));
        let bom = "\u{feff}#EXTM3U\r\n#EXTINF:4,\r\na.ts\r\n#EXT-X-ENDLIST\r\n";
        assert_eq!(inspect_playlist(bom.as_bytes()), Ok(media));
        let master = |codecs: &str| read(&format!("#EXT-X-STREAM-INF:BANDWIDTH=1{codecs}\nv.m3u8\n"));
        for (codecs, uncommon, sound) in [
            ("", false, false),
            (",CODECS=\"avc1.42c00d,mp4a.40.2\"", false, false),
            (",CODECS=\"hvc1.1.6.L93.B0,mp4a.40.2\"", true, false),
            (",CODECS=\"mp4a.40.2\"", false, true),
        ] {
            let expected =
                HlsPlaylist::Master { variant: "v.m3u8".into(), uncommon_codec: uncommon, audio_only: sound };
            assert_eq!(master(codecs), Ok(expected), "{codecs}");
        }
    }

    #[test]
    fn playlists_are_as_long_as_their_segments() {
        let length = |body: &str| match read(body) {
            Ok(HlsPlaylist::Media { length_us, .. }) => length_us,
            other => panic!("{other:?}"),
        };
        assert_eq!(length("#EXTINF:6.006,\na.ts\n#EXTINF:1.5,t\nb.ts\n#EXT-X-ENDLIST\n"), Some(7_506_000));
        for seconds in ["inf", "", "-1", "x"] {
            assert_eq!(length(&format!("#EXTINF:{seconds},\na.ts\n#EXT-X-ENDLIST\n")), None, "{seconds}");
        }
        let variants = "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI=\"i.m3u8\"\n#EXT-X-STREAM-INF:BANDWIDTH=2\nlow/a.m3u8\n\
                        #EXT-X-STREAM-INF:BANDWIDTH=3\nhigh.m3u8\n";
        assert!(matches!(read(variants), Ok(HlsPlaylist::Master { variant, .. }) if variant == "low/a.m3u8"));
    }

    #[test]
    fn keys_of_drm_systems_are_recognised() {
        let key = "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://x\"\n#EXTINF:4,\na.ts\n#EXT-X-ENDLIST\n";
        assert_eq!(read(key), Err(UnplayablePlaylist::Protected));
        let session =
            "#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES-CTR,URI=\"x\"\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv\n";
        assert_eq!(read(session), Err(UnplayablePlaylist::Protected));
    }

    #[test]
    fn keys_of_drm_systems_differ_from_plain_ones() {
        for (attributes, protected) in [
            ("METHOD=AES-128,URI=\"key.bin\"", false),
            ("METHOD=NONE", false),
            ("METHOD=AES-128,URI=\"k\",KEYFORMAT=\"identity\"", false),
            ("METHOD=SAMPLE-AES,URI=\"skd://k\"", true),
            ("METHOD=SAMPLE-AES-CTR,KEYFORMAT=\"urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed\"", true),
            ("METHOD=AES-128,URI=\"k\",KEYFORMAT=\"com.apple.streamingkeydelivery\"", true),
        ] {
            assert_eq!(is_key_protected(attributes), protected, "{attributes}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_cause_a_panic(bytes: Vec<u8>) {
            let _ = inspect_playlist(&bytes);
            let _ = inspect_playlist(&[b"#EXTM3U\n#EXTINF:".as_slice(), &bytes].concat());
        }
    }
}
