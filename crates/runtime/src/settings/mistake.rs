//! Mistakes in the settings. A message never repeats a text value.

use std::fmt;

use figment::error::{Actual, Kind};

/// One mistake in the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    setting: String,
    what: String,
    source: Option<String>,
}

impl Mistake {
    /// `what` follows the name of the setting: "is not a whole number".
    pub(super) fn new(setting: &str, what: impl Into<String>, source: Option<String>) -> Self {
        Self { setting: setting.to_owned(), what: what.into(), source }
    }

    /// The setting, such as `gateway.listen`.
    pub fn setting(&self) -> &str {
        &self.setting
    }

    pub(super) fn came_from(&mut self, source: Option<String>) {
        self.source = source;
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.setting, self.what)?;
        self.source.as_ref().map_or(Ok(()), |source| write!(f, " ({source})"))
    }
}

/// All mistakes, in the order of the sections.
#[derive(Debug, Default)]
pub struct Mistakes(Vec<Mistake>);

impl Mistakes {
    /// Adds a mistake.
    pub fn push(&mut self, mistake: Mistake) {
        self.0.push(mistake);
    }

    /// Adds a mistake that concerns several sections.
    pub fn add(&mut self, setting: &str, what: impl Into<String>) {
        self.0.push(Mistake::new(setting, what, None));
    }

    /// Adds the mistakes of another list.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Number of mistakes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the settings are fine.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The mistakes in order.
    pub fn iter(&self) -> impl Iterator<Item = &Mistake> {
        self.0.iter()
    }

    /// Fails with a list of the mistakes, if there are any.
    pub fn into_result(self) -> anyhow::Result<()> {
        match self.0.as_slice() {
            [] => Ok(()),
            [mistake] => anyhow::bail!("in the settings, {mistake}"),
            mistakes => {
                let list: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
                anyhow::bail!("the settings have {} mistakes:\n  {}", list.len(), list.join("\n  "))
            }
        }
    }
}

/// "is not a setting that exists; did you mean `listen`?"
pub(super) fn unknown<'a>(kind: &str, name: &str, known: impl Iterator<Item = &'a String>) -> String {
    let known: Vec<_> = known.map(String::as_str).collect();
    let nearest = known.iter().map(|known| (distance(name, known), known)).min();
    match nearest {
        Some((distance, nearest)) if distance <= 2.max(name.len() / 3) => {
            format!("is no {kind} that exists; did you mean `{nearest}`?")
        }
        _ => format!("is no {kind} that exists; there are {}", known.join(", ")),
    }
}

/// Edits from one name to the other (Levenshtein), a swap of neighbours counted as one.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=other.len()).collect()];
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let mut least = (rows[i][j] + usize::from(a != b)).min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

/// Says why a value does not fit, without the value.
pub(super) fn describe(kind: &Kind) -> String {
    match kind {
        Kind::InvalidType(actual, expected) => {
            format!("must be {}, not {}", plain(expected), name(actual))
        }
        Kind::InvalidValue(_, expected) | Kind::InvalidLength(_, expected) => {
            format!("must be {}", plain(expected))
        }
        Kind::UnknownVariant(_, known) => format!("must be one of {}", known.join(", ")),
        Kind::ISizeOutOfRange(_) | Kind::USizeOutOfRange(_) => "is too large a number".to_owned(),
        Kind::MissingField(field) => format!("lacks `{field}`"),
        Kind::Message(text) if text.contains("socket address") => {
            "must be an address and a port, such as \"127.0.0.1:8080\"".to_owned()
        }
        Kind::Message(text) if text.contains("IP address syntax") => {
            "must be a network, such as \"10.0.0.0/8\"".to_owned()
        }
        Kind::Message(text) => format!("cannot be used: {text}"),
        _ => "cannot be used".to_owned(),
    }
}

fn plain(expected: &str) -> String {
    let range = |max: u64| format!("a whole number from 0 to {max}");
    match expected {
        "u8" => range(u8::MAX.into()),
        "u16" => range(u16::MAX.into()),
        "u32" => range(u32::MAX.into()),
        "u64" | "usize" => "a whole number, 0 or more".to_owned(),
        "i32" | "i64" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a boolean" | "bool" => "true or false".to_owned(),
        "a string" | "string" | "path string" => "a text in quotes".to_owned(),
        "a sequence" => "a list, such as [\"one\", \"two\"]".to_owned(),
        "socket address" => "an address and a port, such as \"127.0.0.1:8080\"".to_owned(),
        other => other.to_owned(),
    }
}

fn name(actual: &Actual) -> &'static str {
    match actual {
        Actual::Bool(_) => "true or false",
        Actual::Unsigned(_) | Actual::Signed(_) | Actual::Float(_) => "a number",
        Actual::Char(_) | Actual::Str(_) => "a text",
        Actual::Seq => "a list",
        Actual::Map => "a table",
        _ => "this",
    }
}
