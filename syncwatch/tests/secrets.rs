//! Row 001-21: whatever is wrong with a setting that holds a secret, no output holds its value.
#![allow(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    path::Path,
    process::{Command, Output},
};

/// Part of every value that must not be seen.
const MARK: &str = "Zq7hunter2";

/// Nothing listens there.
const NOWHERE: &str = "127.0.0.1:1";

/// The command, with all that it can log.
fn syncwatch() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_syncwatch"));
    command.env("SYNCWATCH_LOG__LEVEL", "trace");
    command
}

/// Refuses to go on after a run that succeeded or said the mark, and gives what it said.
fn complaint(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let said = String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
    assert!(!status.success(), "{said}");
    assert!(!said.contains(MARK), "{said}");
    said
}

/// Section and key of every setting of the default file that is a text or a list of texts.
fn texts() -> Vec<(String, String, toml::Value)> {
    let defaults: toml::Table = toml::from_str(include_str!("../../config.default.toml")).unwrap();
    let mut texts = Vec::new();
    for (section, keys) in defaults {
        for (key, default) in keys.as_table().unwrap().clone() {
            let mark = format!("{MARK} \u{7f} {section} {key}");
            match default {
                toml::Value::String(_) => texts.push((section.clone(), key, mark.into())),
                toml::Value::Array(_) => texts.push((section.clone(), key, vec![mark].into())),
                _ => {}
            }
        }
    }
    texts
}

fn write(path: &Path, settings: &[(&str, &str, toml::Value)]) {
    let mut table = toml::Table::new();
    for (section, key, value) in settings {
        let section = table.entry(*section).or_insert_with(|| toml::Table::new().into());
        section.as_table_mut().unwrap().insert((*key).to_owned(), value.clone());
    }
    std::fs::write(path, toml::to_string(&table).unwrap()).unwrap();
}

#[test]
fn values_of_wrong_settings_are_not_shown() {
    let dir = tempfile::tempdir().unwrap();
    let texts = texts();
    let file = dir.path().join("settings.toml");
    let settings: Vec<_> =
        texts.iter().map(|(section, key, value)| (section.as_str(), key.as_str(), value.clone())).collect();
    write(&file, &settings);
    let validate = ["config", "validate", "--strict"];
    let said = complaint(syncwatch().args(validate).arg("--config").arg(&file));
    for secret in [
        "auth.opaque_setup",
        "auth.signing_keys[0]",
        "media.link_secret",
        "rpc.token",
        "postgres.url",
        "redis.url",
    ] {
        assert!(said.contains(secret), "{secret}: {said}");
    }

    let (mut variables, mut files) = (syncwatch(), syncwatch());
    for (section, key, value) in &texts {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let name = format!("SYNCWATCH_{}__{}", section.to_ascii_uppercase(), key.to_ascii_uppercase());
        let path = dir.path().join(format!("{section}.{key}"));
        std::fs::write(&path, &text).unwrap();
        if name != "SYNCWATCH_LOG__LEVEL" {
            variables.env(&name, &text);
            files.env(format!("{name}_FILE"), path);
        }
    }
    complaint(variables.args(validate));
    complaint(files.args(validate));
}

#[test]
fn no_secret_is_shown_when_a_server_is_unreachable() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("settings.toml");
    let postgres = format!("postgres://user:{MARK}@{NOWHERE}/db");
    let redis = format!("redis://user:{MARK}@{NOWHERE}");

    write(&file, &[("postgres", "url", postgres.clone().into())]);
    complaint(syncwatch().arg("migrate").arg("--config").arg(&file));
    let (host, port) = NOWHERE.split_once(':').unwrap();
    write(
        &file,
        &[
            ("postgres", "host", host.into()),
            ("postgres", "port", port.parse::<i64>().unwrap().into()),
            ("postgres", "password", MARK.into()),
        ],
    );
    complaint(syncwatch().arg("migrate").arg("--config").arg(&file));

    let data = dir.path().join("data");
    let up = ["up", "--listen", "127.0.0.1:0", "--data-dir", data.to_str().unwrap()];
    complaint(syncwatch().args(up).args(["--database-url", &postgres]));
    complaint(syncwatch().args(up).args(["--database-url", &postgres, "--redis-url", &redis]));
    write(
        &file,
        &[
            ("redis", "host", host.into()),
            ("redis", "port", port.parse::<i64>().unwrap().into()),
            ("redis", "password", MARK.into()),
        ],
    );
    complaint(syncwatch().args(up).args(["--database-url", &postgres]).arg("--config").arg(&file));
}
