//! The comments of the contract. They are its documentation.

use std::{collections::HashMap, sync::LazyLock};

use prost_reflect::FileDescriptor;

type Comments = HashMap<(String, Vec<i32>), String>;

static COMMENTS: LazyLock<Comments> = LazyLock::new(|| {
    let mut all = Comments::new();
    for file in proto::POOL.files() {
        let locations = file.file_descriptor_proto().source_code_info.iter().flat_map(|info| &info.location);
        for location in locations {
            if let Some(text) = &location.leading_comments {
                let text = text.lines().map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned();
                all.insert((file.name().to_owned(), location.path.clone()), text);
            }
        }
    }
    all
});

/// The comment above what stands at `path` in a file; empty when there is none.
pub(super) fn comment(file: &FileDescriptor, path: &[i32]) -> &'static str {
    COMMENTS.get(&(file.name().to_owned(), path.to_vec())).map_or("", String::as_str)
}
