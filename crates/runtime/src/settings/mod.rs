//! Settings: the commented default file, then files, then the environment, then flags. Later sources win.
//!
//! The default file is also the list of all keys and their types. A section is read and checked by its
//! [`Section`], at the start of a service and by `syncwatch config validate`, which lists every mistake of all sections.
//! No message repeats a text value: it could be a secret, or a secret in the wrong place.

mod check;
mod layers;
mod mistake;
mod secret;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use figment::{
    Figment,
    value::{Dict, Value},
};
use serde::{Serialize, de::DeserializeOwned};

pub use check::{Check, Section, ensure_valid};
pub use mistake::{Mistake, Mistakes};
pub use secret::Secret;

use layers::Layer;

/// All settings, by section. A service takes the sections that it needs.
#[derive(Debug, Clone)]
pub struct Settings {
    merged: Figment,
    defaults: Dict,
}

impl Settings {
    /// Reads them; of several files, later ones win. `flags` is a table of sections, such as
    /// `{"gateway": {"listen": "…"}}`. Fails with every mistake that shows without looking into a section.
    pub fn load(files: &[&Path], flags: impl Serialize) -> anyhow::Result<Self> {
        let (settings, mistakes) = Self::read(files, flags)?;
        mistakes.into_result()?;
        Ok(settings)
    }

    /// The same, with the mistakes for a caller that lists them. Values that cannot be read are left out.
    pub fn read(files: &[&Path], flags: impl Serialize) -> anyhow::Result<(Self, Mistakes)> {
        Self::read_with(files, std::env::vars_os(), flags)
    }

    fn read_with(
        files: &[&Path],
        environment: impl IntoIterator<Item = (std::ffi::OsString, std::ffi::OsString)>,
        flags: impl Serialize,
    ) -> anyhow::Result<(Self, Mistakes)> {
        let defaults = layers::defaults()?;
        let mut mistakes = Mistakes::default();
        let mut merged = Figment::from(Layer::new(layers::DEFAULTS_NAME, defaults.clone()));
        for file in files {
            merged = merged.merge(layers::file(file, &mut mistakes));
        }
        for layer in layers::environment(environment, &defaults, &mut mistakes) {
            merged = merged.merge(layer);
        }
        merged = merged.merge(layers::flags(flags)?);
        let settings = Self { merged, defaults };
        settings.check_sections(&mut mistakes);
        Ok((settings, mistakes))
    }

    /// A section, or a single setting such as `gateway.listen`, without the rules of the section. For settings that are used before
    /// the section can be checked; services use [`Settings::checked`].
    pub fn section<T: DeserializeOwned>(&self, name: &str) -> anyhow::Result<T> {
        self.merged.extract_inner(name).map_err(|error| {
            let setting = if error.path.is_empty() { name.to_owned() } else { error.path.join(".") };
            let what = mistake::describe(&error.kind);
            anyhow::anyhow!("{}", Mistake::new(&setting, what, self.source_of(&setting)))
        })
    }

    /// A section that keeps its rules. Fails with every mistake in it.
    pub fn checked<T: Section>(&self) -> anyhow::Result<T> {
        let mut mistakes = Mistakes::default();
        let section = self.check::<T>(false, &mut mistakes);
        mistakes.into_result()?;
        section.ok_or_else(|| anyhow::anyhow!("section [{}] of the settings cannot be read", T::NAME))
    }

    /// Reads a section and adds all its mistakes. `strict` also refuses what is unsafe in production. Returns the section
    /// with the default in place of each setting that cannot be read.
    pub fn check<T: Section>(&self, strict: bool, mistakes: &mut Mistakes) -> Option<T> {
        let before = mistakes.len();
        let section = self.read_section::<T>(mistakes)?;
        let mut check = Check::new(T::NAME, strict);
        section.validate(&mut check);
        for mut mistake in check.into_mistakes() {
            // Where a value could not be read, the default was checked in its place.
            if !mistakes.iter().skip(before).any(|earlier| earlier.setting() == mistake.setting()) {
                mistake.came_from(self.source_of(mistake.setting()));
                mistakes.push(mistake);
            }
        }
        Some(section)
    }

    /// The names of all sections.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.defaults.keys().map(String::as_str)
    }

    /// Reads a section, with one mistake for each setting of a wrong type. Such a setting is reset to its default, and the
    /// section is read again.
    fn read_section<T: Section>(&self, mistakes: &mut Mistakes) -> Option<T> {
        let defaults = self.defaults.get(T::NAME).and_then(Value::as_dict).cloned().unwrap_or_default();
        let mut values = match self.merged.find_value(T::NAME) {
            Ok(Value::Dict(_, values)) => values,
            _ => defaults.clone(),
        };
        values.retain(|key, _| defaults.contains_key(key));
        let mut removed: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        loop {
            let error = match Value::from(values.clone()).deserialize::<T>() {
                Ok(section) => return Some(section),
                Err(error) => error,
            };
            let key = error.path.first().cloned().unwrap_or_default();
            let setting = format!("{}.{key}", T::NAME);
            let source = self.source_of(&setting);
            let Some(value) = values.get_mut(&key) else {
                // The default file lacks a field. This is a defect of ours, which a test finds.
                let what = format!("section [{}]: {}", T::NAME, mistake::describe(&error.kind));
                mistakes.push(Mistake::new(T::NAME, what, None));
                return None;
            };
            let is_default = defaults.get(&key) == Some(&*value);
            match (error.path.get(1).and_then(|index| index.parse::<usize>().ok()), &mut *value) {
                // One entry of a list is wrong; the others are still to be read.
                (Some(index), Value::Array(_, entries)) if index < entries.len() => {
                    entries.remove(index);
                    let removed: &mut BTreeSet<usize> = removed.entry(key.clone()).or_default();
                    // Its index in the file, where the removed entries before it count too.
                    let place =
                        removed.iter().fold(index, |place, before| place + usize::from(*before <= place));
                    removed.insert(place);
                    let entry = format!("{setting}[{place}]");
                    mistakes.push(Mistake::new(&entry, mistake::describe(&error.kind), source));
                }
                _ if is_default => {
                    mistakes.push(Mistake::new(&setting, mistake::describe(&error.kind), source));
                    return None;
                }
                _ => {
                    if let Some(default) = defaults.get(&key) {
                        *value = default.clone();
                    }
                    mistakes.push(Mistake::new(&setting, mistake::describe(&error.kind), source));
                }
            }
        }
    }

    /// Adds a mistake for each unknown section and key, with the nearest known one.
    fn check_sections(&self, mistakes: &mut Mistakes) {
        let merged: Dict = self.merged.extract().unwrap_or_default();
        for (name, section) in merged {
            let Some(known) = self.defaults.get(&name).and_then(Value::as_dict) else {
                let what = match section {
                    Value::Dict(..) => mistake::unknown("section", &name, self.defaults.keys()),
                    _ => "stands outside every section; a key belongs below a line such as [gateway]"
                        .to_owned(),
                };
                mistakes.push(Mistake::new(&name, what, self.source_of(&name)));
                continue;
            };
            let Value::Dict(_, values) = section else {
                let what = format!("is a section; write its keys below a line [{name}]");
                mistakes.push(Mistake::new(&name, what, self.source_of(&name)));
                continue;
            };
            for key in values.keys().filter(|key| !known.contains_key(*key)) {
                let setting = format!("{name}.{key}");
                let source = self.source_of(&setting);
                mistakes.push(Mistake::new(&setting, mistake::unknown("setting", key, known.keys()), source));
            }
        }
    }

    /// The file or the variable that a setting comes from. None for a default.
    fn source_of(&self, setting: &str) -> Option<String> {
        let setting = setting.split('[').next().unwrap_or(setting);
        let name = self.merged.find_metadata(setting)?.name.to_string();
        (name != layers::DEFAULTS_NAME).then_some(name)
    }
}

#[cfg(test)]
mod tests;
