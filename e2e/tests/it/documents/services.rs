//! The README of each service names its RPCs, its tables and its settings, and no others.

use std::collections::BTreeSet;

use super::{read, tree};

/// A service, its package of the contract and its schema of the database.
const SERVICES: [(&str, &str, &str); 5] = [
    ("auth-svc", "syncwatch.auth.v1", "auth"),
    ("room-svc", "syncwatch.room.v1", "room"),
    ("sync-svc", "syncwatch.sync.v1", "sync"),
    ("media-svc", "syncwatch.media.v1", "media"),
    ("voice-svc", "syncwatch.voice.v1", "voice"),
];

#[test]
fn a_readme_names_every_rpc_of_its_service_and_no_other() {
    let known: BTreeSet<String> = proto::POOL
        .services()
        .flat_map(|service| {
            let methods: Vec<_> = service.methods().map(|method| method.name().to_owned()).collect();
            methods.into_iter().chain([service.name().to_owned()])
        })
        .chain(proto::POOL.all_messages().map(|message| message.name().to_owned()))
        .collect();
    let mut wrong = Vec::new();
    for (service, package, _) in SERVICES {
        let readme = read(&format!("{service}/README.md"));
        let named = names(&readme);
        for rpc in proto::POOL
            .services()
            .filter(|rpcs| rpcs.package_name() == package)
            .flat_map(|rpcs| rpcs.methods().collect::<Vec<_>>())
        {
            if !named.contains(rpc.name()) {
                wrong.push(format!("{service}/README.md does not name {}", rpc.name()));
            }
        }
        let unknown = names(section(&readme, "RPCs"))
            .into_iter()
            .filter(|name| is_type_name(name) && !known.contains(*name));
        wrong.extend(
            unknown.map(|name| format!("{service}/README.md names {name}, which the contract does not have")),
        );
    }
    let gateway = read("gateway/README.md");
    let unknown = names(section(&gateway, "Calls"))
        .into_iter()
        .filter(|name| is_type_name(name) && !known.contains(*name));
    wrong.extend(
        unknown.map(|name| format!("gateway/README.md names {name}, which the contract does not have")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_readme_names_every_table_of_its_service() {
    let mut wrong = Vec::new();
    for (service, _, schema) in SERVICES {
        let readme = read(&format!("{service}/README.md"));
        let named = names(&readme);
        for table in tables(service, schema) {
            let full = format!("{schema}.{table}");
            if !named.contains(table.as_str()) && !named.contains(full.as_str()) {
                wrong.push(format!("{service}/README.md does not name the table {full}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_readme_names_settings_that_exist() {
    let defaults = read("config.default.toml");
    let keys: BTreeSet<_> =
        defaults.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key).collect();
    let mut wrong = Vec::new();
    for service in SERVICES.map(|(service, ..)| service).into_iter().chain(["gateway"]) {
        let readme = read(&format!("{service}/README.md"));
        let settings = section(&readme, "Settings");
        if !readme.contains("config.default.toml") {
            wrong.push(format!("{service}/README.md does not say where the defaults are"));
        }
        for name in names(settings) {
            let key = name.rsplit('.').next().unwrap_or(name);
            let is_key = key.contains('_') && key.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            if is_key && !keys.contains(key) {
                wrong.push(format!("{service}/README.md names the setting {name}, which does not exist"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The tables that the migrations of a service leave behind.
fn tables(service: &str, schema: &str) -> BTreeSet<String> {
    let folder = format!("{service}/migrations/");
    let mut tables = BTreeSet::new();
    for file in tree().iter().filter(|file| file.starts_with(&folder)) {
        let text = read(file).replace("IF NOT EXISTS ", "").replace("IF EXISTS ", "");
        for statement in text.split(';') {
            let words: Vec<_> = statement
                .split(|c: char| c.is_whitespace() || c == '(')
                .filter(|word| !word.is_empty())
                .collect();
            let own = |at: usize| words.get(at)?.strip_prefix(&format!("{schema}.")).map(str::to_owned);
            for (at, pair) in words.windows(2).enumerate() {
                match pair {
                    ["CREATE", "TABLE"] => tables.extend(own(at + 2)),
                    ["DROP", "TABLE"] => tables.retain(|table| Some(table) != own(at + 2).as_ref()),
                    _ => {}
                }
            }
        }
    }
    tables
}

/// What stands between backticks.
fn names(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The text below a heading that begins with these words, up to the next heading.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let below = page.split_once(&format!("\n## {heading}")).map_or("", |(_, below)| below);
    below.split_once("\n## ").map_or(below, |(section, _)| section)
}

/// `GetRoom`, but not `Retry`.
fn is_type_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
        && name.chars().filter(char::is_ascii_uppercase).count() > 1
        && name.chars().any(|c| c.is_ascii_lowercase())
}
