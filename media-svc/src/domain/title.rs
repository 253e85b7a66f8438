//! A title made of a link.

use percent_encoding::percent_decode_str;
use url::Url;

/// As the contract bounds it, in characters.
const MAX_LENGTH: usize = 200;

/// Names that say nothing of a film; the folder says more.
const GENERIC: [&str; 8] =
    ["index", "master", "playlist", "manifest", "video", "stream", "prog_index", "main"];

/// The last part of the path that says something, as people would write it; the host where there is none.
pub(crate) fn title_of(url: &Url) -> String {
    let segments = url.path_segments().into_iter().flatten().rev().take(2);
    let names =
        segments.map(|segment| readable(without_extension(&percent_decode_str(segment).decode_utf8_lossy())));
    names
        .into_iter()
        .find(|name| !name.is_empty() && !GENERIC.contains(&name.to_lowercase().as_str()))
        .unwrap_or_else(|| clean(url.host_str().unwrap_or("film")))
}

/// Takes out what the contract refuses in a title: control characters and those that turn the direction of writing.
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
            if ["mp4", "m4v", "webm", "m3u8", "m3u"].contains(&extension.to_ascii_lowercase().as_str()) =>
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

    #[test]
    fn a_title_reads_like_one() {
        for (url, expected) in [
            ("https://example.org/films/Big_Buck_Bunny.mp4", "Big Buck Bunny"),
            ("https://example.org/Der%20Himmel%20%C3%BCber%20Berlin.webm?token=x", "Der Himmel über Berlin"),
            ("https://example.org/films/metropolis/master.m3u8", "metropolis"),
            ("https://example.org/index.m3u8", "example.org"),
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
        fn every_title_is_one_that_the_contract_takes(path in "\\PC{0,300}", text in ".*") {
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
