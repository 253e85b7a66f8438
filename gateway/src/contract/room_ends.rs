//! Room events after which nobody can stay in the room: the option `ends_room` on fields of
//! `syncwatch.room.v1.RoomEvent`.

use anyhow::{Context as _, ensure};
use prost_reflect::{DescriptorPool, FieldDescriptor, Value};
use proto::common::v1::{self, Reason};

use super::ROOM_EVENT;

/// A room event that ends its room.
#[derive(Debug)]
pub(crate) struct RoomEnd {
    /// Number of its field in the room event.
    pub(crate) number: u32,
    /// Reason for clients, `ROOM_CLOSED`.
    pub(crate) reason: String,
    pub(crate) message: String,
}

/// The room events of a contract that end a room.
pub(super) fn all(pool: &DescriptorPool) -> anyhow::Result<Vec<RoomEnd>> {
    let extension = pool
        .get_extension_by_name("syncwatch.common.v1.ends_room")
        .context("the contract lacks syncwatch.common.v1.ends_room")?;
    let events = pool
        .get_message_by_name(ROOM_EVENT)
        .with_context(|| format!("the contract has no message {ROOM_EVENT}"))?;
    let mut all = Vec::new();
    for field in events.fields() {
        let options = field.options();
        if options.has_extension(&extension) {
            let end = room_end(&field, &options.get_extension(&extension));
            all.push(end.with_context(|| format!("the option ends_room of {}", field.full_name()))?);
        }
    }
    Ok(all)
}

fn room_end(field: &FieldDescriptor, option: &Value) -> anyhow::Result<RoomEnd> {
    ensure!(field.containing_oneof().is_some(), "{} is no room event", field.name());
    let option = option.as_message().context("it is no message")?.transcode_to::<v1::RoomEnd>()?;
    let reason = Reason::from_str_name(&option.reason)
        .with_context(|| format!("reason: {} is unknown", option.reason))?;
    Ok(RoomEnd {
        number: field.number(),
        reason: reason.as_str_name().trim_start_matches("REASON_").to_owned(),
        message: option.message,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_product_ends_a_room_that_is_deleted_or_closed() {
        let ends = all(&proto::POOL).unwrap();
        let reasons: Vec<_> = ends.iter().map(|end| end.reason.as_str()).collect();
        assert_eq!(reasons, ["ROOM_NOT_FOUND", "ROOM_CLOSED"]);
        assert!(ends.iter().all(|end| !end.message.is_empty()));
    }
}
