//! Names of files.

use super::MediaType;
use crate::domain::clean;

/// Longest name in characters.
const MAX_LENGTH: usize = 200;

/// The name of a file without folders and without characters that hide what it says; a name made of the type where nothing is
/// left.
pub(crate) fn clean_filename(sent: &str, media: MediaType) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = clean(last.trim_matches('.'));
    let name: String = name.chars().take(MAX_LENGTH).collect();
    if name.is_empty() { format!("film.{}", media.extension()) } else { name }
}

/// A title for people: the name without its ending.
pub(crate) fn title_of_file(filename: &str) -> String {
    let stem = filename.rsplit_once('.').map_or(filename, |(stem, _)| stem);
    let title = clean(&stem.replace('_', " "));
    if title.is_empty() { clean(filename) } else { title }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_has_no_folders_and_hides_nothing() {
        for (sent, expected) in [
            ("Film é.mkv", "Film é.mkv"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ada\\film.mp4", "film.mp4"),
            ("a\r\nSet-Cookie: x.mp4", "a Set-Cookie: x.mp4"),
            ("\u{202e}4pm.exe", "4pm.exe"),
            ("", "film.mp4"),
            ("...", "film.mp4"),
            ("a/", "film.mp4"),
        ] {
            assert_eq!(clean_filename(sent, MediaType::Mp4), expected, "{sent:?}");
        }
    }

    #[test]
    fn a_title_is_readable() {
        assert_eq!(title_of_file("Big_Buck_Bunny.mp4"), "Big Buck Bunny");
        assert_eq!(title_of_file("_.mp4"), "_.mp4");
        assert_eq!(title_of_file("a.b.c"), "a.b");
    }

    proptest! {
        #[test]
        fn every_name_is_short_and_plain(sent in ".{0,400}") {
            let name = clean_filename(&sent, MediaType::Mp4);
            prop_assert!((1..=200).contains(&name.chars().count()));
            prop_assert!(!name.contains(['/', '\\']) && !name.chars().any(char::is_control));
            prop_assert!((1..=200).contains(&title_of_file(&name).chars().count()));
        }
    }
}
