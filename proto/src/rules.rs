//! What the generated checks call. Each rule adds one violation that names the field and says what would be right.

use std::{fmt, ops::RangeInclusive, sync::LazyLock};

use regex::Regex;

/// A compiled pattern of the contract.
pub type Pattern = LazyLock<Regex>;

/// Which fields are wrong, and how, in the order of the contract.
#[derive(Debug, Default)]
pub struct Violations(pub Vec<(String, String)>);

/// Where a message or a field stands in a request. Spelt out only when there is something to say about it.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    parent: Option<&'a At<'a>>,
    name: &'static str,
    index: Option<usize>,
}

impl<'a> At<'a> {
    /// The request itself.
    pub const ROOT: Self = Self { parent: None, name: "", index: None };

    /// A field of the message here.
    #[must_use]
    pub fn field(&'a self, name: &'static str) -> Self {
        Self { parent: Some(self), name, index: None }
    }

    /// One entry of a list of the message here.
    #[must_use]
    pub fn element(&'a self, name: &'static str, index: usize) -> Self {
        Self { parent: Some(self), name, index: Some(index) }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent.filter(|parent| !parent.name.is_empty()) {
            write!(f, "{parent}.")?;
        }
        f.write_str(self.name)?;
        self.index.map_or(Ok(()), |index| write!(f, "[{index}]"))
    }
}

/// A message that knows the rules of its fields.
pub trait Checked {
    /// Adds what is wrong with this message, which stands at `at` in the request.
    fn check_into(&self, at: At<'_>, out: &mut Violations);

    /// What is wrong with this message.
    fn check(&self) -> Result<(), Violations> {
        let mut out = Violations::default();
        self.check_into(At::ROOT, &mut out);
        if out.0.is_empty() { Ok(()) } else { Err(out) }
    }
}

macro_rules! pattern {
    ($pattern:literal) => {
        std::sync::LazyLock::new(|| regex::Regex::new($pattern).expect("a pattern of the contract compiles"))
    };
}
pub(crate) use pattern;

impl Violations {
    fn add(&mut self, at: At<'_>, what: impl Into<String>) {
        self.0.push((at.to_string(), what.into()));
    }
}

pub(crate) fn required(set: bool, at: At<'_>, out: &mut Violations) {
    if !set {
        out.add(at, "must be set");
    }
}

pub(crate) fn length(length: usize, min: Option<u64>, max: Option<u64>, at: At<'_>, out: &mut Violations) {
    between(length, min, max, "characters", at, out);
}

pub(crate) fn count(count: usize, min: Option<u64>, max: Option<u64>, at: At<'_>, out: &mut Violations) {
    between(count, min, max, "entries", at, out);
}

fn between(actual: usize, min: Option<u64>, max: Option<u64>, what: &str, at: At<'_>, out: &mut Violations) {
    if min.is_some_and(|min| (actual as u64) < min) {
        out.add(at, format!("must have at least {} {what}", min.unwrap_or_default()));
    } else if max.is_some_and(|max| actual as u64 > max) {
        out.add(at, format!("must have at most {} {what}, not {actual}", max.unwrap_or_default()));
    }
}

pub(crate) fn matches(value: &str, pattern: &Pattern, at: At<'_>, out: &mut Violations) {
    if !pattern.is_match(value) {
        out.add(at, format!("has characters that it may not have; it must match {}", pattern.as_str()));
    }
}

/// PostgreSQL takes no U+0000, and the other control characters only confuse whoever reads the text.
pub(crate) fn no_control_characters(value: &str, at: At<'_>, out: &mut Violations) {
    if let Some(found) = value.chars().find(|c| c.is_control()) {
        out.add(at, format!("must not contain control characters, such as U+{:04X}", u32::from(found)));
    }
}

pub(crate) fn range(value: f64, range: RangeInclusive<f64>, at: At<'_>, out: &mut Violations) {
    // NaN is in no range.
    if !range.contains(&value) {
        out.add(at, format!("must be a number from {} to {}", range.start(), range.end()));
    }
}

pub(crate) fn one_of(value: i32, known: &[i32], at: At<'_>, out: &mut Violations) {
    if !known.contains(&value) {
        out.add(at, "is not a value of this version");
    }
}
