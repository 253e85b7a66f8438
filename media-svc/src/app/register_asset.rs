//! Finds or makes the asset of a source.

use chrono::TimeDelta;
use ids::AssetId;
use prost::Message as _;
use proto::room::v1::Source;

use super::{App, uploads::tell_of_asset};
use crate::{
    domain::{Asset, MEASURE, MEASURED_FOR, State, is_measurable},
    error::Result,
    store::{
        assets::{self, Registered},
        jobs,
    },
};

impl App {
    /// The asset of a source that is about to be added to a playlist. Queues a job that measures it, unless its length is
    /// known and fresh. Failed assets get new attempts.
    pub(crate) async fn register_asset(&self, source: &Source) -> Result<Asset> {
        let now = self.clock.now();
        let mut tx = pg::begin(&self.pool).await?;
        let Registered { asset, measured_at } = assets::register(&mut tx, source, now).await?;
        let fresh = TimeDelta::from_std(MEASURED_FOR).unwrap_or(TimeDelta::MAX);
        let is_fresh = asset.state == State::Measured && measured_at.is_some_and(|at| now - at < fresh);
        if is_measurable(source) && !is_fresh {
            let what = Source { kind: source.kind.clone(), format: source.format, ..Source::default() };
            if !jobs::add(&mut tx, MEASURE, asset.id, &what.encode_to_vec(), now).await? {
                tracing::warn!(asset = %asset.id, "the queue of jobs is full; the asset is not measured now");
            }
            if asset.state == State::Failed {
                assets::reopen(&mut tx, asset.id).await?;
            }
        }
        tx.commit().await?;
        Ok(asset)
    }

    /// Race: a job may measure the asset after [`App::register_asset`] read it and before room-svc had the item. Such an
    /// item missed the update, so room-svc is told again.
    pub(crate) async fn tell_if_measured_since(&self, seen: Asset) -> Result<()> {
        let current = assets::get(&self.pool, seen.id).await?;
        if current.is_none_or(|current| current.duration_us == seen.duration_us) {
            return Ok(());
        }
        self.tell(seen.id).await
    }

    /// Has room-svc told of an asset.
    pub(crate) async fn tell(&self, asset: AssetId) -> Result<()> {
        let mut tx = pg::begin(&self.pool).await?;
        tell_of_asset(&mut tx, asset, self.clock.now()).await?;
        tx.commit().await?;
        self.outbox.committed();
        Ok(())
    }
}
