//! The building blocks for the rules of a section. The rules themselves stand beside the section's type.

use std::{collections::HashSet, fmt::Display, net::SocketAddr, ops::RangeInclusive};

use serde::de::DeserializeOwned;

use super::mistake::{Mistake, Mistakes};
use crate::Secret;

/// A section of the settings: its name, its shape and its rules.
pub trait Section: DeserializeOwned {
    /// Name of the section, such as `gateway`.
    const NAME: &'static str;

    /// Reports each value that cannot work, and with [`Check::strict`] each that is unsafe in production.
    fn validate(&self, check: &mut Check);
}

/// Fails with every mistake in a section, also in one that a test has made.
pub fn ensure_valid<T: Section>(section: &T) -> anyhow::Result<()> {
    let mut check = Check::new(T::NAME, false);
    section.validate(&mut check);
    let mut mistakes = Mistakes::default();
    check.into_mistakes().into_iter().for_each(|mistake| mistakes.push(mistake));
    mistakes.into_result()
}

/// Collects the mistakes of one section.
#[derive(Debug)]
pub struct Check {
    section: &'static str,
    strict: bool,
    mistakes: Vec<Mistake>,
}

/// Minimum number of characters of a secret: 32 of base64 are 192 bits.
const SECRET_LENGTH: usize = 32;
/// Minimum number of different characters. Random texts have more, words and patterns fewer.
const SECRET_VARIETY: usize = 10;

impl Check {
    pub(super) fn new(section: &'static str, strict: bool) -> Self {
        Self { section, strict, mistakes: Vec::new() }
    }

    pub(super) fn into_mistakes(self) -> Vec<Mistake> {
        self.mistakes
    }

    /// Whether the settings are for production.
    pub fn strict(&self) -> bool {
        self.strict
    }

    /// Reports a mistake. `what` follows the name of the setting and holds no text value: "is 0; nobody could use the server".
    pub fn fault(&mut self, key: &str, what: impl Into<String>) {
        self.mistakes.push(Mistake::new(&format!("{}.{key}", self.section), what, None));
    }

    /// Reports the error of the code that uses the setting. Its message may begin with the setting's name.
    pub fn outcome<T>(&mut self, key: &str, outcome: anyhow::Result<T>) {
        if let Err(error) = outcome {
            let text = error.to_string();
            let name = format!("{}.{key}", self.section);
            self.fault(key, text.strip_prefix(&name).map_or(text.as_str(), str::trim_start).to_owned());
        }
    }

    /// Requires a number within bounds.
    pub fn range<N: PartialOrd + Display>(&mut self, key: &str, value: &N, range: &RangeInclusive<N>) {
        if !range.contains(value) {
            self.fault(key, format!("is {value}; it must be {} to {}", range.start(), range.end()));
        }
    }

    /// Requires the listeners of a process to have different addresses. Port 0 stands for a free port.
    pub fn listeners(&mut self, listeners: &[(&str, SocketAddr)]) {
        for (index, (key, address)) in listeners.iter().enumerate() {
            let earlier = listeners.iter().take(index).find(|(_, earlier)| earlier == address);
            if let Some((earlier, _)) = earlier.filter(|_| address.port() != 0) {
                self.fault(key, format!("is the same address as {earlier}"));
            }
        }
    }

    /// Requires a URL with one of these schemes and a host. The message does not repeat it, since it may hold a password.
    pub fn url(&mut self, key: &str, text: &str, schemes: &[&str]) {
        let parsed =
            url::Url::parse(text).ok().filter(|url| url.has_host() && schemes.contains(&url.scheme()));
        if parsed.is_none() {
            self.fault(key, format!("is not a URL that begins with {}://", schemes.join(":// or ")));
        }
    }

    /// With `strict`, requires a secret that is set, long and irregular. `how` says how to make one.
    pub fn secret(&mut self, key: &str, secret: &Secret, how: &str) {
        if !self.strict {
            return;
        }
        let text = secret.expose();
        if text.is_empty() {
            self.fault(key, format!("is empty; {how}, best in a file that its …_FILE variable names"));
        } else if text.chars().count() < SECRET_LENGTH
            || text.chars().collect::<HashSet<_>>().len() < SECRET_VARIETY
        {
            self.fault(key, format!("is too short or too regular for a secret; {how}"));
        }
    }
}
