//! The comments of the contract, which are the API documentation.

use std::collections::HashMap;

use prost_reflect::{DescriptorPool, FileDescriptor};

/// Comments by file and place.
pub(super) type Comments = HashMap<(String, Vec<i32>), String>;

pub(super) fn all(pool: &DescriptorPool) -> Comments {
    let mut all = Comments::new();
    for file in pool.files() {
        let locations = file.file_descriptor_proto().source_code_info.iter().flat_map(|info| &info.location);
        for location in locations {
            if let Some(text) = &location.leading_comments {
                let text = text.lines().map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned();
                all.insert((file.name().to_owned(), location.path.clone()), text);
            }
        }
    }
    all
}

/// The comment above what stands at `path` in a file; empty when there is none.
pub(super) fn comment<'a>(comments: &'a Comments, file: &FileDescriptor, path: &[i32]) -> &'a str {
    comments.get(&(file.name().to_owned(), path.to_vec())).map_or("", String::as_str)
}
