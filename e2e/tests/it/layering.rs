//! Which crate and which module may use which (ARCHITECTURE.md, "Layers"), held against the workspace as it is.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// From the lowest to the highest: a crate uses crates of lower layers only, or of its own where that is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    /// `crates/ids`.
    Ids,
    /// `proto`.
    Contract,
    /// `crates/`, which may use one another.
    Shared,
    /// Half of a service, kept apart so that it can run alone.
    Part,
    /// One of our programs that others call.
    Service,
    /// `syncwatch`.
    Command,
    /// Measures and tests the programs from outside.
    Tool,
}

fn layer(package: &Package) -> Layer {
    match package.name.as_str() {
        "ids" => Layer::Ids,
        "proto" => Layer::Contract,
        "media-edge" => Layer::Part,
        "auth-svc" | "room-svc" | "sync-svc" | "media-svc" | "transcode-worker" | "voice-svc" | "gateway" => {
            Layer::Service
        }
        "syncwatch" => Layer::Command,
        "bench" | "e2e" => Layer::Tool,
        _ if package.manifest_path.as_str().contains("/crates/") => Layer::Shared,
        name => panic!("{name} has no layer: add it here and to ARCHITECTURE.md"),
    }
}

#[test]
fn no_crate_uses_one_of_its_own_layer_or_above() {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    let of = |name: &str| metadata.packages.iter().find(|package| package.name.as_str() == name).map(layer);
    for package in &metadata.packages {
        let (name, own) = (package.name.as_str(), layer(package));
        for dependency in package.dependencies.iter().filter(|dependency| dependency.path.is_some()) {
            let (used, is_test) = (dependency.name.as_str(), dependency.kind == DependencyKind::Development);
            let other = of(used).unwrap();
            let may = other < own || (own == other && matches!(own, Layer::Shared | Layer::Tool));
            // The contract and the ids are tested with what reads them.
            let is_shared_test = is_test && own < Layer::Shared && other <= Layer::Shared;
            assert!(may || is_shared_test, "{name} ({own:?}) may not use {used} ({other:?})");
            assert!(is_test || used != "testkit", "{name} may use testkit in tests only");
        }
    }
}

#[test]
fn pure_crates_do_no_io() {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    for pure in
        metadata.packages.iter().filter(|package| ["ids", "container"].contains(&package.name.as_str()))
    {
        for dependency in
            pure.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal)
        {
            let used = dependency.name.as_str();
            assert!(!IO.contains(&used), "{} is pure and may not use {used}", pure.name);
        }
    }
}

#[test]
fn only_one_tls_and_no_c_crypto() {
    let metadata = MetadataCommand::new().exec().unwrap();
    for banned in ["aws-lc-rs", "openssl-sys", "native-tls"] {
        assert!(
            metadata.packages.iter().all(|package| package.name.as_str() != banned),
            "{banned} is in the tree"
        );
    }
}

/// Crates that reach out of the process.
const IO: [&str; 7] = ["axum", "hyper", "redis", "reqwest", "sqlx", "tokio", "tonic"];

/// A folder of a service, and the folders beside it that its files may not use. `error` is open to all.
const MODULES: [(&str, &[&str]); 7] = [
    ("domain", &["app", "config", "grpc", "http", "store", "tasks"]),
    ("playback", &["app", "config", "grpc", "http", "store", "tasks"]),
    ("store", &["app", "config", "grpc", "http", "tasks"]),
    ("app", &["grpc", "http", "tasks"]),
    ("tasks", &["grpc", "http"]),
    ("grpc", &["http", "store", "tasks"]),
    ("http", &["grpc", "store", "tasks"]),
];

/// The same for the gateway. HTTP and WebSocket stand beside each other, on the one way to call an RPC (`api`).
const GATEWAY_MODULES: [(&str, &[&str]); 6] = [
    ("json", &["contract", "limits", "api", "http", "realtime"]),
    ("contract", &["limits", "api", "http", "realtime"]),
    ("limits", &["api", "http", "realtime"]),
    ("api", &["http", "realtime"]),
    ("http", &["realtime"]),
    ("realtime", &["http"]),
];

#[test]
fn no_module_of_a_service_uses_one_above_it() {
    let mut checked = BTreeSet::new();
    for (service, modules) in [
        ("auth-svc", &MODULES[..]),
        ("room-svc", &MODULES[..]),
        ("sync-svc", &MODULES[..]),
        ("media-svc", &MODULES[..]),
        ("voice-svc", &MODULES[..]),
        ("gateway", &GATEWAY_MODULES[..]),
    ] {
        for (module, above) in modules {
            for file in rust_files(&repository().join(service).join("src"), module) {
                let used = modules_used(&fs::read_to_string(&file).unwrap());
                let wrong: Vec<_> = above.iter().filter(|name| used.contains(**name)).collect();
                assert!(wrong.is_empty(), "{} is in `{module}` and may not use {wrong:?}", file.display());
                checked.insert((service, module));
            }
        }
    }
    assert!(checked.len() >= 21, "folders were renamed: {checked:?}");
}

#[test]
fn rules_reach_nothing_outside() {
    for service in ["auth-svc", "room-svc", "sync-svc", "media-svc", "voice-svc"] {
        for module in ["domain", "playback"] {
            for file in rust_files(&repository().join(service).join("src"), module) {
                let text = fs::read_to_string(&file).unwrap();
                let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                for line in code {
                    let used = IO.iter().find(|name| line.contains(&format!("{name}::")));
                    assert_eq!(used, None, "{} is pure: {line}", file.display());
                }
            }
        }
    }
}

/// A test double of another service's trait would have to change with each new RPC; `testkit::Fake` does not.
#[test]
fn only_services_implement_their_contract() {
    let root = repository();
    for (service, packages) in [
        ("auth-svc", &["proto::auth"] as &[&str]),
        ("room-svc", &["proto::room"]),
        ("sync-svc", &["proto::sync"]),
        ("media-svc", &["proto::media", "proto::transcode"]),
        ("voice-svc", &["proto::voice"]),
        ("gateway", &[]),
        ("syncwatch", &[]),
        ("transcode-worker", &[]),
        ("media-edge", &[]),
        ("bench", &[]),
        ("crates", &[]),
    ] {
        for file in rust_files(&root, service) {
            let text = fs::read_to_string(&file).unwrap();
            let is_test = file.components().any(|part| part.as_os_str() == "tests");
            let implements = text.contains("_service_server::") && text.contains(" proto::");
            assert!(
                !implements || (!is_test && packages.iter().any(|package| text.contains(package))),
                "{} implements a service of the contract; use testkit::Fake",
                file.display()
            );
        }
    }
}

#[test]
fn imports_are_found_in_any_form() {
    let text = "use crate::{app::{self, grpc}, store::rooms, error};\nfn f() { crate::tasks::run(); }";
    assert_eq!(modules_used(text), ["app", "error", "store", "tasks"].map(str::to_owned).into());
}

/// The modules that a file names as `crate::module`.
fn modules_used(text: &str) -> BTreeSet<String> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut used = BTreeSet::new();
    for after in text.split("crate::").skip(1) {
        let Some(list) = after.strip_prefix('{') else {
            used.insert(after.chars().take_while(|c| is_name(*c)).collect());
            continue;
        };
        // The names directly within the braces; those of inner braces belong to a module that was named already.
        let (mut depth, mut name, mut is_first) = (0, String::new(), true);
        for c in list.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => is_first = true,
                c if depth == 0 && is_first && is_name(c) => name.push(c),
                c if c.is_whitespace() => {}
                _ => is_first = false,
            }
            let is_in_name = is_first && is_name(c);
            if !is_in_name && !name.is_empty() {
                used.insert(std::mem::take(&mut name));
            }
        }
        if !name.is_empty() {
            used.insert(name);
        }
    }
    used
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// The Rust files of a module: `module.rs` and whatever is in the folder `module`.
fn rust_files(parent: &Path, module: &str) -> Vec<PathBuf> {
    let mut found: Vec<_> =
        [parent.join(format!("{module}.rs"))].into_iter().filter(|file| file.is_file()).collect();
    let mut folders = vec![parent.join(module)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}
