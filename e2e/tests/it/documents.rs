//! Documents and code name the same things: files, RPCs, tables, settings, reasons.

mod errors;
mod rooms;
mod services;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Not ours, or made by a build.
const SKIPPED: [&str; 8] = [".git", ".cache", "target", "node_modules", "dist", "gen", "images", "data"];

/// What source files end with. Files that only a running system makes end otherwise.
const SOURCES: [&str; 15] =
    ["css", "html", "lua", "md", "mjs", "proto", "rs", "sh", "sql", "svg", "tpl", "ts", "tsv", "tsx", "yaml"];

/// The name of a WebSocket subprotocol.
const NO_FILE: &str = "syncwatch.v1.proto";

#[test]
fn every_file_that_a_document_names_exists() {
    let (files, mut wrong) = (tree(), Vec::new());
    let top: BTreeSet<_> = files.iter().filter_map(|file| file.split('/').next()).collect();
    for page in files.iter().filter(|file| ending(file) == "md" && *file != "CHANGELOG.md") {
        let text = read(page);
        for name in text.split('`').skip(1).step_by(2).filter(|name| is_file_name(name, &top)) {
            let name = name.trim_start_matches("../").trim_end_matches('/');
            let tail = format!("/{name}");
            if !files.iter().any(|file| file == name || file.ends_with(&tail)) {
                wrong.push(format!("{page} names `{name}`"));
            }
        }
        for target in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            let beside = Path::new(page).parent().unwrap().join(target);
            if !target.is_empty() && !target.contains("://") && !root().join(beside).exists() {
                wrong.push(format!("{page} links to {target}"));
            }
        }
    }
    assert!(wrong.is_empty(), "these do not exist:\n{}", wrong.join("\n"));
}

#[test]
fn every_page_that_code_names_exists() {
    let (files, mut wrong) = (tree(), Vec::new());
    let is_text = |file: &&String| SOURCES.contains(&ending(file)) || ending(file) == "toml";
    let code = files.iter().filter(is_text);
    for file in code {
        for rest in read(file).split("docs/").skip(1) {
            let name: String =
                rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_/.".contains(*c)).collect();
            let page = name.split_once(".md").map(|(page, _)| page);
            if let Some(page) = page.filter(|page| !files.contains(&format!("docs/{page}.md"))) {
                wrong.push(format!("{file} names docs/{page}.md"));
            }
        }
    }
    assert!(wrong.is_empty(), "these do not exist:\n{}", wrong.join("\n"));
}

/// A path below one of the top-level entries, or a name with the ending of a source file.
fn is_file_name(name: &str, top: &BTreeSet<&str>) -> bool {
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c));
    let below_top =
        name.trim_start_matches("../").split_once('/').is_some_and(|(first, _)| top.contains(first));
    let is_source =
        name.rsplit_once('.').is_some_and(|(stem, end)| !stem.is_empty() && SOURCES.contains(&end));
    is_plain && !name.starts_with('/') && name != NO_FILE && (below_top || is_source)
}

fn ending(file: &str) -> &str {
    file.rsplit_once('.').map_or("", |(_, ending)| ending)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap()
}

/// Every file and folder of the repository, relative to its root.
fn tree() -> BTreeSet<String> {
    let (root, mut found) = (root(), BTreeSet::new());
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if SKIPPED.iter().any(|name| path.ends_with(name)) {
                continue;
            }
            found.insert(path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned());
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            }
        }
    }
    found
}
