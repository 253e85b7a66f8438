//! Changes of a room's settings, as the field mask of a request names them.

use proto::room::v1::{PlaybackPolicy, UpdateRoomRequest};

use super::Room;
use crate::error::{Error, Result};

/// What a mask of `UpdateRoom` may name.
const PATHS: &str = "name, policy, policy.wait, policy.wait_limit_ms, policy.quorum_percent, policy.hand_over, \
                     policy.delegate_id or policy.stop_at_end";

/// The room after a request. Without a mask the request changes every field that has a value; a policy is one value.
pub(crate) fn updated(room: &Room, request: &UpdateRoomRequest) -> Result<Room> {
    let (mut name, mut policy) = (room.name.clone(), PlaybackPolicy::from(room.policy.clone()));
    let new = request.policy.clone().unwrap_or_default();
    let mask = request.update_mask.as_ref().map_or(&[][..], |mask| mask.paths.as_slice());
    if mask.is_empty() {
        if !request.name.trim().is_empty() {
            request.name.trim().clone_into(&mut name);
        }
        if request.policy.is_some() {
            policy = new.clone();
        }
    }
    for path in mask {
        match path.as_str() {
            "name" if request.name.trim().is_empty() => {
                return Err(Error::Field { field: "name", what: "must have a character that is no space" });
            }
            "name" => request.name.trim().clone_into(&mut name),
            "policy" => policy.clone_from(&new),
            "policy.wait" => policy.wait = new.wait,
            "policy.wait_limit_ms" => policy.wait_limit_ms = new.wait_limit_ms,
            "policy.quorum_percent" => policy.quorum_percent = new.quorum_percent,
            "policy.hand_over" => policy.hand_over = new.hand_over,
            "policy.delegate_id" => policy.delegate_id.clone_from(&new.delegate_id),
            "policy.stop_at_end" => policy.stop_at_end = new.stop_at_end,
            unknown => return Err(Error::MaskPath { path: unknown.to_owned(), known: PATHS }),
        }
    }
    Ok(Room { name, policy: policy.into(), ..room.clone() })
}
