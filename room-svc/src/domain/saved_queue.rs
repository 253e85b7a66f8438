//! A playlist that a person keeps beyond a room.

use proto::room::v1 as wire;

use super::Item;

/// What is kept of a playlist.
#[derive(Debug, Clone)]
pub(crate) struct SavedQueue {
    pub(crate) name: String,
    pub(crate) items: Vec<wire::Item>,
}

impl SavedQueue {
    /// What is kept of an item: what it plays, and what people wrote. Who added it is another room's business.
    pub(crate) fn item(item: Item) -> wire::Item {
        let item = wire::Item::from(item);
        wire::Item {
            title: item.title,
            source: item.source,
            duration_us: item.duration_us,
            asset_id: item.asset_id,
            note: item.note,
            ..wire::Item::default()
        }
    }
}
