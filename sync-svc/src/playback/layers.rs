//! Holds that the stack of `playback` has no upward arrows.

use std::{fs, path::Path};

/// From the bottom to the top. A file may import what is named before it, never what is named after it.
const LAYERS: [&str; 18] = [
    "model/motion",
    "model/seat",
    "model/room",
    "model/mod",
    "draft",
    "rules/waiting",
    "rules/skip",
    "rules/people",
    "rules/hold",
    "rules/auto_start",
    "rules/stall",
    "rules/seek",
    "rules/item",
    "rules/reported_end",
    "rules/end",
    "rules/owner",
    "inputs",
    "mod",
];

#[test]
fn no_file_imports_a_layer_above_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/playback");
    let mut checked = 0;
    for (layer, name) in LAYERS.iter().enumerate().filter(|(_, name)| **name != "inputs") {
        let text = fs::read_to_string(root.join(format!("{name}.rs"))).unwrap();
        let above: Vec<_> = LAYERS[layer + 1..]
            .iter()
            .map(|above| above.trim_end_matches("/mod").rsplit('/').next().unwrap_or_default())
            // The files of `model` share its types; `mod` is no name that can be imported.
            .filter(|above| *above != "mod" && !(*above == "model" && name.starts_with("model/")))
            .collect();
        for statement in text.split(";\n") {
            let import = statement.lines().skip_while(|line| !is_import(line)).collect::<String>();
            for word in import.split(|c: char| !c.is_alphanumeric() && c != '_') {
                assert!(!above.contains(&word), "{name}.rs imports `{word}`, which stands above it");
            }
            checked += usize::from(!import.is_empty());
        }
    }
    assert!(checked > 20, "the imports are found");
}

fn is_import(line: &str) -> bool {
    line.starts_with("use ") || line.starts_with("pub(crate) use ")
}
