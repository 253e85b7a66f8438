//! The table of required rows (`docs/conformance.tsv`): each ticked row names a test or a file that exists.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

#[test]
fn every_ticked_row_names_a_place_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned();
    let table = fs::read_to_string(root.join("docs/conformance.tsv")).unwrap();
    let (mut ids, mut wrong) = (HashSet::new(), Vec::new());
    for (number, line) in table.lines().enumerate() {
        let fault = match line.split('\t').collect::<Vec<_>>()[..] {
            [id, _, _] if !ids.insert(id) => Some("the id stands twice".to_owned()),
            [_, "Y", place] => missing(&root, place),
            [_, "replaced" | "no", reason] if !reason.is_empty() => None,
            _ => Some("a row is: id, tab, Y or replaced or no, tab, a place or a reason".to_owned()),
        };
        wrong.extend(fault.map(|fault| format!("line {}: {line}: {fault}", number + 1)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The fault of a place, which is `path/to/file`, or `path/to/file::name` for a name in it.
fn missing(root: &Path, place: &str) -> Option<String> {
    let (file, name) = place.split_once("::").map_or((place, None), |(file, name)| (file, Some(name)));
    let path: PathBuf = root.join(file);
    if file.is_empty() || !path.exists() {
        return Some(format!("there is no {file}"));
    }
    let name = name?;
    let text = fs::read_to_string(path).unwrap_or_default();
    (!text.contains(name)).then(|| format!("{file} has no {name}"))
}
