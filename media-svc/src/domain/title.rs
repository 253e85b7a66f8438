//! Derives a title from a link.

use container::Kind;
use percent_encoding::percent_decode_str;
use url::Url;

/// Limit of the contract, in characters.
const MAX_LENGTH: usize = 200;

/// Generic file names. The folder says more about the film.
const GENERIC: [&str; 24] = [
    "index",
    "master",
    "playlist",
    "manifest",
    "video",
    "stream",
    "prog index",
    "main",
    "chunklist",
    "hls",
    "dash",
    "vod",
    "media",
    "file",
    "files",
    "download",
    "output",
    "out",
    "raw",
    "original",
    "audio",
    "720p",
    "1080p",
    "480p",
];

/// The last path segment that is not generic, in readable form; host and path when all are generic.
pub(crate) fn title_of(url: &Url) -> String {
    let segments = url.path_segments().into_iter().flatten().rev();
    let mut names =
        segments.map(|segment| readable(without_extension(&percent_decode_str(segment).decode_utf8_lossy())));
    names.find(|name| says_something(name)).unwrap_or_else(|| {
        let path = percent_decode_str(url.path().trim_end_matches('/')).decode_utf8_lossy();
        let title = clean(&format!("{}{path}", url.host_str().unwrap_or("film")));
        if title.is_empty() { "film".to_owned() } else { title }
    })
}

/// False for a generic name, a single letter, and a short number such as a bitrate.
fn says_something(name: &str) -> bool {
    let is_number = name.len() <= 5 && name.chars().all(|c| c.is_ascii_digit());
    name.chars().count() > 1 && !is_number && !GENERIC.contains(&name.to_lowercase().as_str())
}

/// Removes the characters that the contract rejects in a title: control characters and bidirectional overrides.
pub(crate) fn clean(text: &str) -> String {
    let refused = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let plain: String = text.chars().map(|c| if refused(c) { ' ' } else { c }).collect();
    let words: Vec<_> = plain.split_whitespace().collect();
    let bounded: String = words.join(" ").chars().take(MAX_LENGTH).collect();
    bounded.trim_end().to_owned()
}

fn without_extension(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, extension))
            if extension.eq_ignore_ascii_case("m3u") || Kind::of_extension(extension).is_some() =>
        {
            stem
        }
        _ => name,
    }
}

fn readable(name: &str) -> String {
    clean(&name.replace(['_', '+'], " "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn title(url: &str) -> String {
        title_of(&url.parse().unwrap())
    }

    // Case L11.
    #[test]
    fn a_file_name_becomes_a_readable_title() {
        for (url, expected) in [
            ("https://example.org/films/Big_Buck_Bunny.mp4", "Big Buck Bunny"),
            ("https://example.org/Der%20Himmel%20%C3%BCber%20Berlin.webm?token=x", "Der Himmel über Berlin"),
            ("https://example.org/films/metropolis/master.m3u8", "metropolis"),
            ("https://example.org/films/metropolis/hls/1080p/index.m3u8", "metropolis"),
            ("https://example.org/music/01_-_Prelude.mp3", "01 - Prelude"),
            ("https://example.org/index.m3u8", "example.org/index.m3u8"),
            ("http://127.0.0.1:9000/master.m3u8", "127.0.0.1/master.m3u8"),
            ("https://example.org/vod/2/720p/master.m3u8", "example.org/vod/2/720p/master.m3u8"),
            ("https://example.org/", "example.org"),
            ("https://example.org/video.1080p", "video.1080p"),
            ("https://example.org/%E2%80%AEgnp.mp4", "gnp"),
            ("https://example.org/a%00%0Ab%FF.mp4", "a b\u{fffd}"),
        ] {
            assert_eq!(title(url), expected, "{url}");
        }
    }

    proptest! {
        #[test]
        fn every_title_is_valid_by_the_contract(path in "\\PC{0,300}", text in ".*") {
            let mut url: Url = "https://example.org".parse().unwrap();
            url.set_path(&path);
            let title = title_of(&url);
            prop_assert!((1..=200).contains(&title.chars().count()));
            for title in [title, clean(&text)] {
                prop_assert!(title.chars().count() <= 200);
                prop_assert!(!title.chars().any(char::is_control));
                prop_assert_eq!(clean(&title), title);
            }
        }
    }
}
