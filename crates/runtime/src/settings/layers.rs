//! The sources of settings, one layer each.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    os::unix::ffi::{OsStrExt as _, OsStringExt as _},
    path::Path,
};

use anyhow::Context as _;
use figment::{
    Figment, Metadata, Profile, Provider,
    providers::Serialized,
    value::{Dict, Map, Value},
};
use serde::Serialize;

use super::mistake::{Mistake, Mistakes};

/// The reference of all settings with their defaults.
const DEFAULTS: &str = include_str!("../../../../config.default.toml");

pub(super) const DEFAULTS_NAME: &str = "the defaults";

const PREFIX: &str = "SYNCWATCH_";

/// Variables of ours that are not settings.
const NO_SETTINGS: [&str; 1] = ["CONFIG"];

/// Settings of one source.
pub(super) struct Layer {
    name: String,
    sections: Dict,
}

impl Layer {
    pub(super) fn new(name: impl Into<String>, sections: Dict) -> Self {
        Self { name: name.into(), sections }
    }
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.name.clone())
    }

    fn data(&self) -> figment::Result<Map<Profile, Dict>> {
        Ok(Profile::Default.collect(self.sections.clone()))
    }
}

pub(super) fn defaults() -> anyhow::Result<Dict> {
    parse(DEFAULTS).ok().context("the default settings are not TOML")
}

/// Reads a settings file. A file that cannot be read is a mistake and sets nothing.
pub(super) fn file(path: &Path, mistakes: &mut Mistakes) -> Layer {
    let name = path.display().to_string();
    let sections = match std::fs::read(path).map(String::from_utf8) {
        Err(error) => Err(format!("cannot be read: {error}")),
        Ok(Err(error)) => Err(format!("is not UTF-8, from byte {} on", error.utf8_error().valid_up_to())),
        Ok(Ok(text)) => parse(text.trim_start_matches('\u{FEFF}')).map_err(|error| {
            // `toml`'s full message repeats the line, which may hold a secret.
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            format!("is not TOML in line {}: {}", before.matches('\n').count() + 1, error.message())
        }),
    };
    let sections = sections.unwrap_or_else(|what| {
        mistakes.push(Mistake::new(&format!("the file {name}"), what, None));
        Dict::new()
    });
    Layer::new(name, sections)
}

fn parse(text: &str) -> Result<Dict, toml::de::Error> {
    toml::from_str(text)
}

pub(super) fn flags(flags: impl Serialize) -> anyhow::Result<Layer> {
    let sections = Figment::from(Serialized::defaults(flags)).extract::<Dict>();
    Ok(Layer::new("a flag of the command", sections.map_err(|error| anyhow::anyhow!("{error}"))?))
}

/// `SYNCWATCH_GATEWAY__LISTEN=…` sets `gateway.listen`, `SYNCWATCH_RPC__TOKEN_FILE=/run/secrets/token` sets `rpc.token` to
/// the content of the file. Variables of other programs are not read: they may hold anything (case S7).
pub(super) fn environment(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
    defaults: &Dict,
    mistakes: &mut Mistakes,
) -> Vec<Layer> {
    let mut layers = Vec::new();
    let mut set = BTreeSet::new();
    let ours = variables.into_iter().filter(|(name, _)| name.as_bytes().starts_with(PREFIX.as_bytes()));
    for (name, value) in ours.collect::<std::collections::BTreeMap<_, _>>() {
        let variable = name.to_string_lossy().into_owned();
        match one(&variable, value, defaults) {
            Ok(None) => {}
            Ok(Some((key, value))) => {
                if !set.insert(key.clone()) {
                    mistakes.push(Mistake::new(&key, "is set by two variables; keep one", Some(variable)));
                } else if let Some(sections) = nest(&key, value) {
                    layers.push(Layer::new(variable, sections));
                }
            }
            Err(what) => mistakes.push(Mistake::new(&variable, what, None)),
        }
    }
    layers
}

fn one(variable: &str, value: OsString, defaults: &Dict) -> Result<Option<(String, Value)>, String> {
    let name = variable.strip_prefix(PREFIX).unwrap_or_default();
    if NO_SETTINGS.contains(&name) {
        return Ok(None);
    }
    let key = name.to_ascii_lowercase().replace("__", ".");
    if !key.contains('.') || key.split('.').any(str::is_empty) {
        return Err("names no setting; write SYNCWATCH_SECTION__KEY".to_owned());
    }
    let is_known = |key: &str| find(defaults, key).is_some();
    let (key, text) = match key.strip_suffix("_file").filter(|_| !is_known(&key)) {
        Some(key) => (key.to_owned(), secret_file(Path::new(&value))?),
        None => (key, String::from_utf8(value.into_vec()).map_err(|_| "is not UTF-8".to_owned())?),
    };
    let value = match find(defaults, &key) {
        // A password of digits stays a text.
        Some(Value::String(..)) => Value::from(text),
        _ => text.parse::<Value>().unwrap_or_else(|never| match never {}),
    };
    Ok(Some((key, value)))
}

/// Reads a secret without the line end that editors add, and without the byte-order mark of Windows.
fn secret_file(path: &Path) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("names {}: {error}", path.display()))?;
    let text =
        String::from_utf8(bytes).map_err(|_| format!("names {}, which is not UTF-8", path.display()))?;
    Ok(text.trim_start_matches('\u{FEFF}').trim_end_matches(['\r', '\n']).to_owned())
}

fn find<'a>(sections: &'a Dict, key: &str) -> Option<&'a Value> {
    let (section, key) = key.split_once('.')?;
    sections.get(section)?.as_dict()?.get(key)
}

fn nest(key: &str, value: Value) -> Option<Dict> {
    let (section, key) = key.split_once('.')?;
    Some(Dict::from([(section.to_owned(), Value::from(Dict::from([(key.to_owned(), value)])))]))
}
