//! The plans that were read last.

use std::sync::Arc;

use parking_lot::Mutex;
use prost::Message as _;
use proto::{PLAN_OBJECT, transcode::v1::Plan};

use crate::{refusal::Refusal, router::DataPlane};

/// Plans that are kept: films that are watched at the same time.
const KEPT: usize = 128;
/// How long a plan is kept, in seconds: a deleted film is gone that soon.
const KEPT_FOR_S: i64 = 60;
/// A plan of a film of the greatest length is far smaller.
const LARGEST: usize = 4 << 20;

/// The plans that were read last, the newest at the end.
#[derive(Default)]
pub(super) struct Plans(Mutex<Vec<Kept>>);

struct Kept {
    asset: String,
    generation: i32,
    plan: Arc<Plan>,
    until_s: i64,
}

impl Plans {
    /// The plan of a generation of an asset.
    pub(super) async fn get(
        &self,
        data_plane: &DataPlane,
        asset: &str,
        generation: i32,
    ) -> Result<Arc<Plan>, Refusal> {
        let now_s = data_plane.clock.now().timestamp();
        if let Some(plan) = self.kept(asset, generation, now_s) {
            return Ok(plan);
        }
        let name = Plan { asset_id: asset.to_owned(), generation, ..Plan::default() }.key(PLAN_OBJECT);
        let key = name.parse().map_err(|_| Refusal::NoSuchPath)?;
        let object = data_plane.blobs.get(&key).await?;
        let bytes =
            blob::collect(object.body, LARGEST).await.map_err(|error| Refusal::Failed(error.into()))?;
        let plan = Plan::decode(bytes.as_slice()).map_err(|error| Refusal::Failed(error.into()))?;
        let plan = Arc::new(plan);
        self.keep(Kept {
            asset: asset.to_owned(),
            generation,
            plan: plan.clone(),
            until_s: now_s + KEPT_FOR_S,
        });
        Ok(plan)
    }

    fn kept(&self, asset: &str, generation: i32, now_s: i64) -> Option<Arc<Plan>> {
        let mut all = self.0.lock();
        let index = all.iter().position(|kept| kept.generation == generation && kept.asset == asset)?;
        let kept = all.remove(index);
        let plan = (kept.until_s > now_s).then(|| kept.plan.clone())?;
        all.push(kept);
        Some(plan)
    }

    fn keep(&self, new: Kept) {
        let mut all = self.0.lock();
        // Race: another request may have read it too.
        all.retain(|kept| kept.generation != new.generation || kept.asset != new.asset);
        if all.len() >= KEPT {
            all.remove(0);
        }
        all.push(new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(asset: &str, until_s: i64) -> Kept {
        Kept { asset: asset.into(), generation: 1, plan: Arc::default(), until_s }
    }

    #[test]
    fn the_plans_that_were_used_last_are_kept() {
        let plans = Plans::default();
        for number in 0..KEPT {
            plans.keep(kept(&number.to_string(), 10));
        }
        assert!(plans.kept("0", 1, 0).is_some());
        plans.keep(kept("new", 10));
        assert!(plans.kept("0", 1, 0).is_some() && plans.kept("1", 1, 0).is_none());
        assert!(plans.kept("new", 2, 0).is_none(), "another generation");
        assert!(plans.kept("new", 1, 10).is_none(), "its time is over");
        assert_eq!(plans.0.lock().len(), KEPT - 1);
    }
}
