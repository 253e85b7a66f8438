//! Learns how long items are.

use std::collections::HashMap;

use ids::ItemId;
use proto::room::v1::{ItemDuration, room_event::Kind};

use super::App;
use crate::{
    error::{Error, Result},
    store::durations,
};

/// A week, the longest that a position may be.
const LONGEST_US: i64 = 604_800_000_000;

impl App {
    /// Stores the lengths of items; 0 says that it cannot be told, and ends the attempts. Items that are gone or that
    /// were measured meanwhile are passed over.
    pub(crate) async fn record_durations(&self, lengths: &HashMap<ItemId, i64>) -> Result<()> {
        if !lengths.values().all(|length_us| (0..=LONGEST_US).contains(length_us)) {
            return Err(Error::Field {
                field: "durations.duration_us",
                what: "must be 0 to 604800000000, which is a week",
            });
        }
        let items: Vec<_> = lengths.keys().copied().collect();
        let of_rooms = durations::rooms_of(&self.pool, &items).await?;
        for of_room in of_rooms.chunk_by(|one, next| one.0 == next.0) {
            // A unit for each room: its lock puts the events in order, and two locks at once could cross.
            let mut unit = match self.open_for_service(&of_room[0].0.into()).await {
                Err(Error::RoomNotFound(_)) => continue,
                opened => opened?,
            };
            for (_, item) in of_room {
                let duration_us = lengths.get(item).copied().unwrap_or_default();
                if durations::record(&mut unit, *item, duration_us).await? && duration_us > 0 {
                    let measured = ItemDuration { item_id: item.to_string(), duration_us };
                    unit.tell(Kind::ItemMeasured(measured)).await?;
                }
            }
            unit.commit_unannounced().await?;
        }
        Ok(())
    }
}
