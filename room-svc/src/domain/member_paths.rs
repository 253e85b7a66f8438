//! The fields of `UpdateMember`, as its mask names them.

use proto::room::v1::UpdateMemberRequest;

use crate::error::{Error, Result};

/// One field that a request changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MemberPath {
    Role,
    CustomRole,
    Added,
    Removed,
    Mute,
}

const KNOWN: &str = "role, custom_role_id, added, removed or mute_seconds";

/// The fields that the request changes, each once, at least one.
pub(crate) fn member_paths(request: &UpdateMemberRequest) -> Result<Vec<MemberPath>> {
    let mask = request.update_mask.as_ref().map_or(&[][..], |mask| mask.paths.as_slice());
    let mut paths = Vec::new();
    for path in mask {
        let path = match path.as_str() {
            "role" => MemberPath::Role,
            "custom_role_id" => MemberPath::CustomRole,
            "added" => MemberPath::Added,
            "removed" => MemberPath::Removed,
            "mute_seconds" => MemberPath::Mute,
            unknown => return Err(Error::MaskPath { path: unknown.to_owned(), known: KNOWN.to_owned() }),
        };
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(Error::Field { field: "update_mask", what: "must name at least one field to change" });
    }
    Ok(paths)
}
