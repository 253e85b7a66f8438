//! Who may use whom (ARCHITECTURE.md, "Layers"), held against the workspace as it is.

use cargo_metadata::{DependencyKind, MetadataCommand};

const SERVICES: [&str; 6] = ["auth-svc", "room-svc", "sync-svc", "media-svc", "transcode-worker", "gateway"];
const SHARED: [&str; 9] = ["ids", "proto", "rpc", "runtime", "pg", "state", "blob", "edge", "testkit"];

#[test]
fn no_crate_uses_what_is_above_it() {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    for package in &metadata.packages {
        let name = package.name.as_str();
        for dependency in package.dependencies.iter().filter(|d| d.path.is_some()) {
            let (used, kind) = (dependency.name.as_str(), dependency.kind);
            if SHARED.contains(&name) {
                assert!(SHARED.contains(&used), "{name} is shared and may not use {used}");
            }
            if SERVICES.contains(&name) {
                assert!(
                    !SERVICES.contains(&used),
                    "{name} may not use {used}: services meet through the contract"
                );
            }
            if used == "testkit" {
                assert_eq!(kind, DependencyKind::Development, "{name} may use testkit in tests only");
            }
            if name == "ids" {
                assert_eq!(kind, DependencyKind::Development, "ids uses nothing of ours");
            }
            assert!(used != "syncwatch" && used != "bench", "nothing uses {used}, but {name} does");
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
