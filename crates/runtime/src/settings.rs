//! Settings: the commented default file, then a file, then the environment, then flags; the last one wins.

use std::{fmt, path::Path};

use anyhow::{Context as _, bail};
use figment::{
    Figment,
    providers::{Env, Format as _, Serialized, Toml},
    value::{Dict, Value},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The reference of all settings, and their defaults.
const DEFAULTS: &str = include_str!("../../../config.default.toml");

const PREFIX: &str = "SYNCWATCH_";

/// All settings, by section. A service takes the sections that it needs.
#[derive(Debug, Clone)]
pub struct Settings(Figment);

impl Settings {
    /// Reads them; of several files, later ones win. `flags` is a table of sections, such as
    /// `{"gateway": {"listen": "…"}}`.
    pub fn load(files: &[&Path], flags: impl Serialize) -> anyhow::Result<Self> {
        let mut figment = Figment::from(Toml::string(DEFAULTS));
        for file in files {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("cannot read the settings file {}", file.display()))?;
            figment = figment.merge(Toml::string(&text));
        }
        let environment = Env::prefixed(PREFIX)
            .split("__")
            .filter(|key| !key.as_str().ends_with("_file") && key != "config");
        figment = figment.merge(environment).merge(secret_files()?).merge(Serialized::globals(flags));
        let settings = Self(figment);
        settings.refuse_unknown_sections()?;
        Ok(settings)
    }

    /// One section. An unknown key, a missing one or one of the wrong type is an error that names it and its place.
    pub fn section<T: DeserializeOwned>(&self, name: &str) -> anyhow::Result<T> {
        self.0.extract_inner(name).map_err(|error| {
            let place = error
                .metadata
                .as_ref()
                .map(|metadata| format!(" (from {})", metadata.name))
                .unwrap_or_default();
            anyhow::anyhow!("in the settings{place}, section [{name}]: {error}")
        })
    }

    fn refuse_unknown_sections(&self) -> anyhow::Result<()> {
        let all: Dict =
            self.0.extract().map_err(|error| anyhow::anyhow!("cannot read the settings: {error}"))?;
        let known: Dict =
            Figment::from(Toml::string(DEFAULTS)).extract().map_err(|error| anyhow::anyhow!("{error}"))?;
        for name in all.keys() {
            if !known.contains_key(name) {
                let names = known.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                bail!("the settings have an unknown section `{name}`; the sections are {names}");
            }
        }
        Ok(())
    }
}

/// `SYNCWATCH_RPC__TOKEN_FILE=/run/secrets/token` sets `rpc.token` to what is in the file.
fn secret_files() -> anyhow::Result<Figment> {
    let mut figment = Figment::new();
    for (key, path) in std::env::vars() {
        let Some(key) = key.strip_prefix(PREFIX).and_then(|key| key.strip_suffix("_FILE")) else { continue };
        let value = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {path}, which {PREFIX}{key}_FILE names"))?;
        // A list, such as the keys that sign tokens, is written as it would be in a settings file.
        let value = match value.trim() {
            list if list.starts_with('[') => list.parse::<Value>().unwrap_or_else(|never| match never {}),
            text => Value::from(text),
        };
        figment = figment.merge(Serialized::global(&key.to_ascii_lowercase().replace("__", "."), value));
    }
    Ok(figment)
}

/// A text that must not be seen: it shows as `…`.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its parsing is looked at")]
    struct Log {
        level: String,
        format: String,
        otlp_endpoint: String,
    }

    fn load(text: &str) -> anyhow::Result<Settings> {
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), text)?;
        Settings::load(&[file.path()], serde_json::json!({}))
    }

    #[test]
    fn the_file_wins_over_the_defaults_and_flags_over_the_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "[log]\nlevel = \"warn\"\nformat = \"json\"").unwrap();
        let settings =
            Settings::load(&[file.path()], serde_json::json!({"log": {"level": "error"}})).unwrap();
        let log: Log = settings.section("log").unwrap();
        assert_eq!((log.level.as_str(), log.format.as_str()), ("error", "json"));
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = load("[log]\nlevle = \"warn\"").unwrap().section::<Log>("log").unwrap_err().to_string();
        assert!(error.contains("levle") && error.contains("[log]"), "{error}");
    }

    #[test]
    fn an_unknown_section_is_named() {
        let error = load("[lgo]\nlevel = \"warn\"").unwrap_err().to_string();
        assert!(error.contains("lgo"), "{error}");
    }
}
