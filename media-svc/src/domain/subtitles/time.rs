//! Times in subtitles, as they are written in the wild: with a comma or a point, with fewer digits, without hours or
//! milliseconds.

/// Largest number of hours.
const MOST_HOURS: u64 = 999;

/// Milliseconds of `1:02:03,456`, `02:03.4`, `00:00:07`; `None`: no time.
pub(super) fn read(text: &str) -> Option<u64> {
    let text = text.trim();
    let (clock, fraction) = match text.split_once([',', '.']) {
        Some((clock, fraction)) => (clock, fraction.trim()),
        None => (text, ""),
    };
    let mut seconds = 0_u64;
    let parts: Vec<_> = clock.split(':').map(str::trim).collect();
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    for part in &parts {
        let value = number(part, 4)?;
        seconds = seconds * 60 + value;
    }
    if seconds > MOST_HOURS * 3600 {
        return None;
    }
    // `7,5` is half a second, and so is `7,500`.
    let millis = match fraction.len() {
        0 => 0,
        digits @ 1..=3 => number(fraction, 3)? * [100, 10, 1][digits - 1],
        _ => number(fraction.get(..3)?, 3)?,
    };
    Some(seconds * 1000 + millis)
}

fn number(text: &str, most_digits: usize) -> Option<u64> {
    let is_number =
        !text.is_empty() && text.len() <= most_digits && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// A time as WebVTT writes it.
pub(super) fn written(ms: u64) -> String {
    let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    format!("{hours:02}:{minutes:02}:{seconds:02}.{:03}", ms % 1000)
}

/// Start, end and the rest of a line `start --> end rest`; `None`: no such line. An arrow between words is text.
pub(super) fn range(line: &str) -> Option<(Option<u64>, Option<u64>, &str)> {
    let (start, rest) = line.split_once("-->")?;
    let rest = rest.trim_start();
    // The end is everything up to the settings, which begin with a letter.
    let end = rest.find(|c: char| c.is_alphabetic() || c == '{').unwrap_or(rest.len());
    let (end, settings) = rest.split_at(end);
    let (start_ms, end_ms) = (read(start), read(end));
    let is_range =
        start_ms.is_some() || end_ms.is_some() || start.trim().starts_with(|c: char| c.is_ascii_digit());
    is_range.then(|| (start_ms, end_ms, settings.trim()))
}
