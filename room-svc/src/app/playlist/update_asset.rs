//! Stores what is known of an asset with the items that play it, and says which assets items play.

use ids::AssetId;
use proto::room::v1::{ItemDuration, room_event::Kind};

use crate::{
    app::App,
    domain::AssetFacts,
    error::{Error, Result},
    store::assets,
};

impl App {
    /// Gives every item of the asset these facts, and tells each room of its items that changed. Idempotent.
    pub(crate) async fn update_asset(&self, asset: AssetId, facts: &AssetFacts) -> Result<()> {
        loop {
            let items = assets::outdated_items(&self.pool, asset, facts).await?;
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
                    if let Some(duration_us) = assets::set_facts(&mut unit, *item, facts).await? {
                        let (item_id, preparation) = (item.to_string(), facts.preparation.clone());
                        events.push(Kind::ItemMeasured(ItemDuration { item_id, duration_us, preparation }));
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

    /// Those of the assets that a playlist has: of any open room, or of one with this member where one is named.
    pub(crate) async fn list_assets_in_use(&self, of: &[AssetId], member_id: &str) -> Result<Vec<AssetId>> {
        let member_id = Some(member_id).filter(|id| !id.is_empty());
        assets::in_use(&self.pool, of, member_id).await
    }
}
