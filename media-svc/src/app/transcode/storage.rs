//! How much storage uploads use.

use crate::{
    app::App,
    error::Result,
    store::upload_progress::{self, Owner},
};

/// People that are named.
const OWNERS: i64 = 20;

/// Storage of all uploads, in bytes.
pub(crate) struct Storage {
    pub(crate) original_bytes: i64,
    pub(crate) prepared_bytes: i64,
    pub(crate) uploads: i64,
    /// Those who use most.
    pub(crate) owners: Vec<Owner>,
}

impl App {
    /// The storage of uploads, and who uses most of it.
    pub(crate) async fn storage(&self) -> Result<Storage> {
        let (original_bytes, prepared_bytes, uploads) = upload_progress::sums(&self.pool).await?;
        let owners = upload_progress::largest_owners(&self.pool, OWNERS).await?;
        Ok(Storage { original_bytes, prepared_bytes, uploads, owners })
    }
}
