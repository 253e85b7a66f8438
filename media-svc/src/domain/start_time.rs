//! Start times in links.

use url::Url;

/// A week: the largest position.
const LONGEST_US: f64 = 604_800e6;

/// Start time of a file in microseconds, from a media fragment (W3C Media Fragments URI 1.0, 4.2.1). Query parameters are
/// the host's own and are ignored.
pub(crate) fn start_of_file(fragment: &str) -> Option<i64> {
    named(fragment.split('&'), &["t"])
}

/// Start time of a video of a service in microseconds: `t=90`, `t=1m30s`, `start=10`, `time_continue=10`, in the query, in
/// the fragment, or behind `&` in the path as some apps write it.
pub(crate) fn start_of_video(url: &Url, fragment: &str) -> Option<i64> {
    let parts = url.as_str().split(['?', '&']).skip(1).chain(fragment.split('&'));
    named(parts, &["t", "start", "time_continue"])
}

fn named<'a>(mut parts: impl Iterator<Item = &'a str>, names: &[&str]) -> Option<i64> {
    parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        time(value).filter(|_| names.contains(&name))
    })
}

/// Parses `90`, `90.5`, `90s`, `1h2m3s`, `1:30` and `1:02:03`, with an optional `npt:` prefix and an end behind a comma. 0 is no
/// start time.
fn time(text: &str) -> Option<i64> {
    let text = text.strip_prefix("npt:").unwrap_or(text);
    let text = text.split(',').next()?;
    let seconds = if text.contains(':') { clock(text) } else { units(text) }?;
    let us = (seconds * 1e6).round();
    #[expect(clippy::cast_possible_truncation, reason = "it is within a week, and whole")]
    (1.0..=LONGEST_US).contains(&us).then_some(us as i64)
}

fn clock(text: &str) -> Option<f64> {
    let parts: Vec<_> = text.split(':').collect();
    if parts.len() > 3 {
        return None;
    }
    parts.iter().try_fold(0.0, |seconds, part| Some(seconds * 60.0 + number(part)?))
}

fn units(text: &str) -> Option<f64> {
    let (mut rest, mut seconds) = (text, 0.0);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let value = number(&rest[..end])?;
        let mut unit = rest[end..].chars();
        seconds += value
            * match unit.next().map(|unit| unit.to_ascii_lowercase()) {
                Some('h') => 3600.0,
                Some('m') => 60.0,
                Some('s') | None => 1.0,
                Some(_) => return None,
            };
        rest = unit.as_str();
    }
    Some(seconds)
}

/// Parses digits with an optional fraction. Other floats (`inf`, `1e9`) are no times.
fn number(text: &str) -> Option<f64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // Case L2.
    #[test]
    fn times_are_read_in_the_forms_of_people_and_apps() {
        for (text, us) in [
            ("90", 90_000_000),
            ("90s", 90_000_000),
            ("1m30s", 90_000_000),
            ("1M30S", 90_000_000),
            ("1h2m3s", 3_723_000_000),
            ("1h", 3_600_000_000),
            ("10.5", 10_500_000),
            ("1:30", 90_000_000),
            ("01:02:03.5", 3_723_500_000),
            ("npt:10", 10_000_000),
            ("10,20", 10_000_000),
        ] {
            assert_eq!(time(text), Some(us), "{text}");
        }
        for text in
            ["", "0", "x", "1x", "inf", "1e3", "-5", "1:2:3:4", "999999999999", ".", "s", "smpte:0:0:1"]
        {
            assert_eq!(time(text), None, "{text}");
        }
    }

    // Case L2.
    #[test]
    fn start_times_are_read_from_links() {
        for (link, us) in [
            ("https://youtu.be/dQw4w9WgXcQ?t=90", 90_000_000),
            ("https://youtu.be/dQw4w9WgXcQ&t=90", 90_000_000),
            ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=1m30s", 90_000_000),
            ("https://www.youtube.com/embed/dQw4w9WgXcQ?start=10", 10_000_000),
            ("https://www.youtube.com/watch?v=dQw4w9WgXcQ#t=30", 30_000_000),
            ("https://www.dailymotion.com/video/x84sh87?start=30", 30_000_000),
            ("https://vimeo.com/76979871#t=1m2s", 62_000_000),
        ] {
            let mut url: Url = link.parse().unwrap();
            let fragment = url.fragment().unwrap_or_default().to_owned();
            url.set_fragment(None);
            assert_eq!(start_of_video(&url, &fragment), Some(us), "{link}");
        }
        assert_eq!(start_of_file("t=10"), Some(10_000_000));
        assert_eq!(start_of_file("xywh=1,2,3,4&t=10,20"), Some(10_000_000));
        assert_eq!(start_of_file("chapter-2"), None);
    }

    proptest! {
        #[test]
        fn a_start_is_within_a_week(text in "[0-9hms:.,]{0,20}|.*") {
            if let Some(us) = time(&text) {
                prop_assert!((1..=604_800_000_000).contains(&us));
            }
        }
    }
}
