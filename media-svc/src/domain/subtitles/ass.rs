//! Advanced SubStation Alpha, and its predecessor SSA: lines `Dialogue:` whose fields the line `Format:` names.

use std::collections::HashMap;

use super::{Cue, Subtitles, markup::Markup, time};

/// Fields of the events, by the names that the format knows, where a file does not name them.
const EVENTS: &str = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Styles,
    Events,
    Other,
}

pub(super) fn read(into: &mut Subtitles, text: &str) {
    let mut section = Section::Other;
    let (mut style_fields, mut event_fields) = (Vec::new(), fields(EVENTS));
    let mut alignments = HashMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.starts_with('[') {
            section = match line.to_ascii_lowercase().as_str() {
                "[v4+ styles]" | "[v4 styles]" => Section::Styles,
                "[events]" => Section::Events,
                _ => Section::Other,
            };
            continue;
        }
        let Some((kind, rest)) = line.split_once(':') else { continue };
        match (section, kind.trim()) {
            (Section::Styles, "Format") => style_fields = fields(rest),
            (Section::Styles, "Style") => {
                let values: Vec<_> = rest.split(',').map(str::trim).collect();
                let value = |name: &str| field(&style_fields, name).and_then(|at| values.get(at).copied());
                if let (Some(name), Some(alignment)) = (value("name"), value("alignment")) {
                    alignments.insert(name.to_owned(), alignment.parse().unwrap_or_default());
                }
            }
            (Section::Events, "Format") => event_fields = fields(rest),
            (Section::Events, "Dialogue") => match dialogue(rest, &event_fields, &alignments) {
                Some(cue) => into.add(number, cue),
                None => into.problem(number, "the times of this line cannot be read"),
            },
            _ => {}
        }
    }
}

fn fields(line: &str) -> Vec<String> {
    line.split(',').map(|name| name.trim().to_ascii_lowercase()).collect()
}

fn field(fields: &[String], name: &str) -> Option<usize> {
    fields.iter().position(|field| field == name)
}

fn dialogue(line: &str, fields: &[String], alignments: &HashMap<String, u8>) -> Option<Cue> {
    // The text is the last field, and may hold commas.
    let values: Vec<_> = line.splitn(fields.len(), ',').collect();
    let value = |name: &str| field(fields, name).and_then(|at| values.get(at).copied());
    let (start_ms, end_ms) = (time::read(value("start")?)?, time::read(value("end")?)?);
    let style = value("style").unwrap_or_default().trim().trim_start_matches('*');
    let mut text = Markup::of_overrides(value("text")?);
    text.align_unless_set(alignments.get(style).copied().unwrap_or_default());
    Some(Cue { start_ms, end_ms, settings: text.settings(), text: text.written() })
}
