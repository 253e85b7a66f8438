//! Reads playlists of films by the letter of RFC 8216: what a player might forgive is an error here.

mod master;
mod media;

use std::collections::BTreeMap;

pub use master::{Master, Rendition, Variant, master};
pub use media::{MediaPlaylist, media};

type Result<T, E = String> = std::result::Result<T, E>;

/// A line that means something (4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line<'a> {
    /// Name without `#EXT`, and what is behind the colon.
    Tag(&'a str, &'a str),
    Uri(&'a str),
}

/// The lines behind the first one, and the version. `known` are the tags that may be there.
fn lines<'a>(text: &'a str, known: &[&str]) -> Result<(Vec<Line<'a>>, u32)> {
    let rest = text.strip_prefix("#EXTM3U\n").ok_or("4.3.1.1: it does not begin with EXTM3U")?;
    ensure(!text.contains(|c: char| c.is_control() && c != '\n'), "4.1: it has control characters")?;
    let meaning =
        rest.lines().filter(|line| !line.is_empty() && (!line.starts_with('#') || line.starts_with("#EXT")));
    let lines = meaning.map(|line| {
        let Some(tag) = line.strip_prefix("#EXT") else {
            ensure(line.trim() == line, "4.1: a URI has white space")?;
            return Ok(Line::Uri(line));
        };
        let (name, value) = tag.split_once(':').unwrap_or((tag, ""));
        ensure(known.contains(&name), &format!("there is no tag EXT{name} here"))?;
        Ok(Line::Tag(name, value))
    });
    let lines = lines.collect::<Result<Vec<_>>>()?;
    let version = number(once(&lines, "-X-VERSION")?.unwrap_or("1"))?;
    Ok((lines, version))
}

/// The value of a tag that may be there once.
fn once<'a>(lines: &[Line<'a>], wanted: &str) -> Result<Option<&'a str>> {
    let mut values = lines.iter().filter_map(|line| match line {
        Line::Tag(name, value) if *name == wanted => Some(*value),
        _ => None,
    });
    let first = values.next();
    ensure(values.next().is_none(), &format!("EXT{wanted} stands twice"))?;
    Ok(first)
}

/// An attribute list (4.2): names with their values, quoted ones without the quotes.
fn attributes(text: &str) -> Result<BTreeMap<&str, Value<'_>>> {
    let (mut rest, mut found) = (text, BTreeMap::new());
    while !rest.is_empty() {
        let (name, behind) = rest.split_once('=').ok_or("4.2: an attribute has no value")?;
        let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
        ensure(!name.is_empty() && name.chars().all(is_name), &format!("4.2: {name} is no name"))?;
        let (value, behind) = if let Some(quoted) = behind.strip_prefix('"') {
            let (text, behind) = quoted.split_once('"').ok_or("4.2: a quoted string has no end")?;
            (Value { text, is_quoted: true }, behind)
        } else {
            let (text, behind) = behind.split_at(behind.find(',').unwrap_or(behind.len()));
            (Value { text, is_quoted: false }, behind)
        };
        ensure(!value.text.is_empty(), &format!("4.2: {name} is empty"))?;
        ensure(found.insert(name, value).is_none(), &format!("4.2: {name} stands twice"))?;
        rest = match behind.strip_prefix(',') {
            Some(more) if !more.is_empty() => more,
            None if behind.is_empty() => "",
            _ => return Err(format!("4.2: there is something behind {name}")),
        };
    }
    Ok(found)
}

#[derive(Debug, Clone, Copy)]
struct Value<'a> {
    text: &'a str,
    is_quoted: bool,
}

/// The value of a quoted attribute, and of one that is not.
fn quoted<'a>(attributes: &BTreeMap<&str, Value<'a>>, name: &str) -> Result<Option<&'a str>> {
    value(attributes, name, true)
}

fn plain<'a>(attributes: &BTreeMap<&str, Value<'a>>, name: &str) -> Result<Option<&'a str>> {
    value(attributes, name, false)
}

fn value<'a>(attributes: &BTreeMap<&str, Value<'a>>, name: &str, is_quoted: bool) -> Result<Option<&'a str>> {
    let Some(value) = attributes.get(name) else { return Ok(None) };
    ensure(value.is_quoted == is_quoted, &format!("4.2: the quotes of {name}"))?;
    Ok(Some(value.text))
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T> {
    let is_plain = text.chars().all(|c| c.is_ascii_digit() || c == '.');
    text.parse().ok().filter(|_| is_plain).ok_or_else(|| format!("4.2: {text} is no number"))
}

fn ensure(holds: bool, rule: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(rule.to_owned()) }
}
