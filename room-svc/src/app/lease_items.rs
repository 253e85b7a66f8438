//! Gives out items whose length is to be found out.

use chrono::TimeDelta;

use super::App;
use crate::{domain::Item, error::Result, store::durations};

impl App {
    /// Items that nobody else has, for so long. Each is given three times at most.
    pub(crate) async fn lease_unmeasured_items(&self, count: i32, lease_seconds: i32) -> Result<Vec<Item>> {
        let now = self.clock.now();
        let until = now + TimeDelta::seconds(i64::from(lease_seconds));
        durations::lease(&self.pool, count, until, now).await
    }
}
