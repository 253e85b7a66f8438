//! Stores the length of an asset with the items that play it.

use ids::AssetId;
use proto::room::v1::{ItemDuration, room_event::Kind};

use crate::{
    app::App,
    error::{Error, Result},
    store::assets,
};

impl App {
    /// Gives every item of the asset this length, and tells each room of its items that changed. Idempotent. 0 is no length.
    pub(crate) async fn update_asset(&self, asset: AssetId, duration_us: i64) -> Result<()> {
        if duration_us == 0 {
            return Ok(());
        }
        loop {
            let items = assets::outdated_items(&self.pool, asset, duration_us).await?;
            if items.is_empty() {
                return Ok(());
            }
            for of_room in items.chunk_by(|one, next| one.0 == next.0) {
                // A unit for each room: its lock puts the events in order, and two locks at once could deadlock.
                let mut unit = match self.open_for_service(&of_room[0].0.into()).await {
                    Err(Error::RoomNotFound(_)) => continue,
                    opened => opened?,
                };
                let mut events = Vec::new();
                for (_, item) in of_room {
                    if assets::set_duration(&mut unit, *item, duration_us).await? {
                        let item_id = item.to_string();
                        events.push(Kind::ItemMeasured(ItemDuration { item_id, duration_us }));
                    }
                }
                let Some(last) = events.pop() else { continue };
                for event in events {
                    unit.tell(event).await?;
                }
                unit.commit(last).await?;
            }
        }
    }
}
