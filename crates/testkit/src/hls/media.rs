//! Media playlists (RFC 8216, 4.3.2 and 4.3.3).

use super::{Line, Result, attributes, ensure, lines, number, once, quoted};

const TAGS: [&str; 8] = [
    "-X-VERSION",
    "-X-TARGETDURATION",
    "-X-MEDIA-SEQUENCE",
    "-X-PLAYLIST-TYPE",
    "-X-INDEPENDENT-SEGMENTS",
    "-X-MAP",
    "INF",
    "-X-ENDLIST",
];

/// A playlist of a whole film.
#[derive(Debug, Clone, PartialEq)]
pub struct MediaPlaylist {
    /// In seconds.
    pub target: u32,
    /// URI of the init segment; none in subtitles.
    pub init: Option<String>,
    /// URI and length in seconds of each segment.
    pub segments: Vec<(String, f64)>,
    /// Each segment can be decoded alone.
    pub independent: bool,
}

/// Reads the playlist of a whole film without a discontinuity. The error names the broken rule.
pub fn media(text: &str) -> Result<MediaPlaylist> {
    let (lines, version) = lines(text, &TAGS)?;
    let target = number(once(&lines, "-X-TARGETDURATION")?.ok_or("4.3.3.1: there is no target duration")?)?;
    let sequence = once(&lines, "-X-MEDIA-SEQUENCE")?;
    ensure(sequence.is_none_or(|first| first == "0"), "a film begins with segment 0")?;
    ensure(once(&lines, "-X-PLAYLIST-TYPE")? == Some("VOD"), "4.3.3.5: a film is of the type VOD")?;
    ensure(lines.last() == Some(&Line::Tag("-X-ENDLIST", "")), "4.3.3.4: it does not end with ENDLIST")?;
    once(&lines, "-X-ENDLIST")?;
    let independent = once(&lines, "-X-INDEPENDENT-SEGMENTS")?.is_some();
    let map = once(&lines, "-X-MAP")?.map(attributes).transpose()?;
    let init = match &map {
        Some(map) => Some(quoted(map, "URI")?.ok_or("4.3.2.5: a map without a URI")?.to_owned()),
        None => None,
    };
    ensure(init.is_none() || version >= 6, "7: a map outside of I-frame playlists needs version 6")?;
    let first =
        lines.iter().position(|line| matches!(line, Line::Tag("INF", _))).ok_or("there is no segment")?;
    let is_before_segments = |line: &Line<'_>| !matches!(line, Line::Uri(_) | Line::Tag("INF", _));
    ensure(lines.iter().take(first).all(is_before_segments), "4.3.2.1: a URI without EXTINF")?;
    let segments = segments(&lines[first..lines.len() - 1], version)?;
    for (uri, seconds) in &segments {
        ensure(
            seconds.round() <= f64::from(target),
            &format!("4.3.3.1: {uri} is longer than the target duration"),
        )?;
    }
    Ok(MediaPlaylist { target, init, segments, independent })
}

fn segments(lines: &[Line<'_>], version: u32) -> Result<Vec<(String, f64)>> {
    let mut segments = Vec::new();
    for pair in lines.chunks(2) {
        let [Line::Tag("INF", value), Line::Uri(uri)] = pair else {
            return Err("4.3.2.1: EXTINF and URI do not alternate".to_owned());
        };
        let (seconds, _title) = value.split_once(',').ok_or("4.3.2.1: EXTINF without a comma")?;
        ensure(version >= 3 || !seconds.contains('.'), "7: fractions of seconds need version 3")?;
        let seconds: f64 = number(seconds)?;
        ensure(seconds > 0.0, "a segment without a length")?;
        segments.push(((*uri).to_owned(), seconds));
    }
    Ok(segments)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n\
        #EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP:URI=\"i.mp4\"\n#EXTINF:2.5,\n0.m4s\n#EXTINF:6.4,\n1.m4s\n#EXT-X-ENDLIST\n";

    #[test]
    fn a_good_one_is_read() {
        let playlist = media(GOOD).unwrap();
        assert_eq!(
            (playlist.target, playlist.init.as_deref(), playlist.independent),
            (6, Some("i.mp4"), true)
        );
        assert_eq!(playlist.segments, [("0.m4s".to_owned(), 2.5), ("1.m4s".to_owned(), 6.4)]);
    }

    #[test]
    fn each_broken_rule_is_named() {
        for (good, bad, rule) in [
            ("#EXTM3U\n", "", "4.3.1.1"),
            ("VERSION:7", "VERSION:5", "version 6"),
            ("#EXT-X-VERSION:7\n", "#EXT-X-VERSION:7\n#EXT-X-VERSION:7\n", "twice"),
            ("#EXT-X-TARGETDURATION:6\n", "", "target duration"),
            ("TARGETDURATION:6", "TARGETDURATION:5", "1.m4s is longer"),
            ("TARGETDURATION:6", "TARGETDURATION:-6", "no number"),
            ("SEQUENCE:0", "SEQUENCE:1", "segment 0"),
            ("TYPE:VOD", "TYPE:EVENT", "VOD"),
            ("URI=\"i.mp4\"", "URI=i.mp4", "quotes"),
            ("URI=\"i.mp4\"", "", "without a URI"),
            ("#EXTINF:6.4,\n", "", "alternate"),
            ("#EXTINF:6.4,\n", "#EXT-X-DISCONTINUITY\n#EXTINF:6.4,\n", "EXT-X-DISCONTINUITY"),
            ("2.5,", "2.5", "comma"),
            ("2.5,", "0,", "without a length"),
            ("#EXT-X-ENDLIST\n", "", "ENDLIST"),
            ("0.m4s", "0.m4s ", "white space"),
        ] {
            let text = GOOD.replacen(good, bad, 1);
            assert_ne!(text, GOOD, "{good}");
            let broken = media(&text).unwrap_err();
            assert!(broken.contains(rule), "{bad:?} instead of {good:?}: {broken}");
        }
    }
}
