//! SubRip and WebVTT: blocks of a line with times, and text. Times begin a block, not an empty line: files lack those, or have
//! them inside a text.

use super::{Cue, Format, Subtitles, markup::Markup, time};

/// Settings of a WebVTT cue that are kept: where it stands.
const SETTINGS: [&str; 5] = ["line", "position", "align", "size", "vertical"];

/// A block that is being read.
struct Block<'a> {
    /// The number of its line with times, from 1.
    line: usize,
    start_ms: u64,
    end_ms: u64,
    settings: &'a str,
    text: Vec<&'a str>,
}

pub(super) fn read(into: &mut Subtitles, text: &str) {
    let is_vtt = into.format == Format::Vtt;
    let mut block: Option<Block<'_>> = None;
    // A block of WebVTT that is no cue ends with an empty line.
    let mut skipping = is_vtt;
    for (number, line) in (1..).zip(text.lines()) {
        if skipping {
            skipping = !line.trim().is_empty() && !line.contains("-->");
            if skipping || line.trim().is_empty() {
                continue;
            }
        }
        if let Some((start, end, settings)) = time::range(line) {
            finish(into, block.take(), true);
            match (start, end) {
                (Some(start_ms), Some(end_ms)) => {
                    block = Some(Block { line: number, start_ms, end_ms, settings, text: Vec::new() });
                }
                _ => into.problem(number, "the times of this line cannot be read"),
            }
        } else if is_vtt
            && is_skipped(line)
            && block.as_ref().is_none_or(|block| block.text.last() == Some(&""))
        {
            finish(into, block.take(), false);
            skipping = true;
        } else if let Some(block) = &mut block {
            block.text.push(line.trim());
        }
    }
    finish(into, block, false);
}

fn is_skipped(line: &str) -> bool {
    ["NOTE", "STYLE", "REGION"].iter().any(|word| line.split_whitespace().next() == Some(word))
}

/// `has_next`: the lines of the next block follow, the first of which may be its number.
fn finish(into: &mut Subtitles, block: Option<Block<'_>>, has_next: bool) {
    let Some(mut block) = block else { return };
    let is_number = |line: &&str| !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit());
    if has_next && block.text.last().is_some_and(is_number) {
        block.text.pop();
    } else if has_next
        && into.format == Format::Vtt
        && block.text.len() > 1
        && block.text[block.text.len() - 2].is_empty()
    {
        // The name of the next cue.
        block.text.pop();
    }
    let lines: Vec<_> = block.text.iter().filter(|line| !line.is_empty()).copied().collect();
    let text = Markup::of_tags(&lines.join("\n"));
    let settings = if into.format == Format::Vtt { kept(block.settings) } else { text.settings() };
    let cue = Cue { start_ms: block.start_ms, end_ms: block.end_ms, settings, text: text.written() };
    into.add(block.line, cue);
}

/// The settings that say where a cue stands.
fn kept(settings: &str) -> String {
    let is_kept = |setting: &&str| {
        setting.split_once(':').is_some_and(|(name, value)| {
            let is_plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"%.,-".contains(&byte));
            SETTINGS.contains(&name) && !value.is_empty() && value.len() <= 20 && is_plain
        })
    };
    settings.split_whitespace().filter(is_kept).collect::<Vec<_>>().join(" ")
}
