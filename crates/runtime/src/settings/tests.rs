use std::{ffi::OsString, os::unix::ffi::OsStringExt as _};

use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize)]
struct Log {
    level: String,
    format: String,
}

#[derive(Debug, Deserialize)]
struct Postgres {
    password: Secret,
    max_connections: u32,
}

impl Section for Postgres {
    const NAME: &'static str = "postgres";

    fn validate(&self, check: &mut Check) {
        check.range("max_connections", &self.max_connections, &(1..=1000));
    }
}

fn file(text: impl AsRef<[u8]>) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

/// The settings with these variables, and the mistakes.
fn environment(variables: &[(&str, &[u8])]) -> (Settings, Vec<String>) {
    let variables = variables.iter().map(|(name, value)| {
        (OsString::from_vec(name.as_bytes().to_vec()), OsString::from_vec(value.to_vec()))
    });
    let (settings, mistakes) = Settings::read_with(&[], variables, serde_json::json!({})).unwrap();
    (settings, mistakes.iter().map(ToString::to_string).collect())
}

#[test]
fn the_file_wins_over_the_defaults_and_flags_over_the_file() {
    let file = file("[log]\nlevel = \"warn\"\nformat = \"json\"");
    let settings = Settings::load(&[file.path()], serde_json::json!({"log": {"level": "error"}})).unwrap();
    let log: Log = settings.section("log").unwrap();
    assert_eq!((log.level.as_str(), log.format.as_str()), ("error", "json"));
}

#[test]
fn an_unknown_name_is_rejected_with_the_known_ones() {
    let file = file("listen = 1\n[log]\nlevle = \"warn\"\n[redsi]\nx = 1\n[rpc]\nsomething_else = 1");
    let error = Settings::load(&[file.path()], serde_json::json!({})).unwrap_err().to_string();
    for part in [
        "listen stands outside every section",
        "log.levle is no setting that exists; did you mean `level`?",
        "redsi is no section that exists; did you mean `redis`?",
        "rpc.something_else is no setting that exists; there are token",
        &file.path().display().to_string(),
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_no_line_of_it_is_shown() {
    let broken = file("[rpc]\ntoken = \"hunter2\n");
    let binary = file(b"[rpc]\ntoken = \"\xff\"");
    let files = [broken.path(), binary.path(), Path::new("/does/not/exist.toml")];
    let error = Settings::load(&files, serde_json::json!({})).unwrap_err().to_string();
    for part in
        ["is not TOML in line 2", "is not UTF-8, from byte 15 on", "/does/not/exist.toml cannot be read"]
    {
        assert!(error.contains(part), "{part}: {error}");
    }
    assert!(!error.contains("hunter2"), "{error}");
}

// Case S7.
#[test]
fn foreign_variables_are_ignored_and_invalid_ones_of_ours_are_named() {
    let (_, mistakes) =
        environment(&[("FOO", b"\xff"), ("FO\u{fffd}O", b"x"), ("SYNCWATCH_CONFIG", b"\xff")]);
    assert_eq!(mistakes, Vec::<String>::new());
    let (_, mistakes) = environment(&[
        ("SYNCWATCH_LOG__LEVEL", b"inf\xff"),
        ("SYNCWATCH_LOGLEVEL", b"info"),
        ("SYNCWATCH_RPC__TOKEN_FILE", b"/does/not/exist"),
        ("SYNCWATCH_POSTGRES__USER", b"a"),
        ("SYNCWATCH_POSTGRES__USER_FILE", file("b").path().as_os_str().as_encoded_bytes()),
    ]);
    assert_eq!(mistakes.len(), 4, "{mistakes:?}");
    assert!(mistakes.concat().contains("SYNCWATCH_LOG__LEVEL is not UTF-8"), "{mistakes:?}");
    assert!(mistakes.concat().contains("SYNCWATCH_LOGLEVEL names no setting"), "{mistakes:?}");
    assert!(mistakes.concat().contains("SYNCWATCH_RPC__TOKEN_FILE names /does/not/exist"), "{mistakes:?}");
}

// Case O15.
#[test]
fn a_secret_file_loses_only_its_line_ends() {
    for (content, secret) in [
        (&b"p#a/s?s%w@rd\r\n"[..], "p#a/s?s%w@rd"),
        (b"\xef\xbb\xbf 12345 \n\n", " 12345 "),
        (b"[no list", "[no list"),
    ] {
        let file = file(content);
        let path = file.path().as_os_str().as_encoded_bytes();
        let (settings, mistakes) = environment(&[("SYNCWATCH_POSTGRES__PASSWORD_FILE", path)]);
        assert_eq!(mistakes, Vec::<String>::new());
        assert_eq!(settings.checked::<Postgres>().unwrap().password.expose(), secret);
    }
    let (settings, _) = environment(&[("SYNCWATCH_POSTGRES__PASSWORD", b"0123")]);
    assert_eq!(settings.checked::<Postgres>().unwrap().password.expose(), "0123", "digits stay a text");
    let (settings, _) = environment(&[("SYNCWATCH_POSTGRES__MAX_CONNECTIONS", b"9")]);
    assert_eq!(settings.checked::<Postgres>().unwrap().max_connections, 9);
}

#[test]
fn a_section_lists_all_mistakes_with_source_and_without_values() {
    let file = file("[postgres]\npassword = 4711\nmax_connections = 4712");
    let (settings, _) = Settings::read(&[file.path()], serde_json::json!({})).unwrap();
    let error = settings.checked::<Postgres>().unwrap_err().to_string();
    assert!(error.contains("2 mistakes") && error.contains(&file.path().display().to_string()), "{error}");
    assert!(error.contains("postgres.password must be a text in quotes, not a number"), "{error}");
    assert!(error.contains("postgres.max_connections is 4712; it must be 1 to 1000"), "{error}");
    assert!(!error.contains("4711"), "{error}");
    let error = settings.section::<Secret>("postgres.password").unwrap_err().to_string();
    assert!(error.contains("postgres.password") && !error.contains("4711"), "{error}");
}
