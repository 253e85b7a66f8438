//! Uploads as items of playlists.

use ids::AssetId;
use prost::Message as _;
use proto::room::v1::{ItemPreparation, Source, source};
use rpc::Context;

use super::{Person, Uploads, preparation_of, source_of};
use crate::{
    domain::upload::{Kind, Refusal},
    error::Result,
    store::{assets, uploads},
};

impl Uploads {
    /// What an item of an upload plays, and its title. Its owner may add it, also while it is still being sent.
    pub(crate) async fn to_add(&self, context: &Context, id: &str) -> Result<(Source, String)> {
        let person = Person::from(context.identity()?);
        let id = id.parse().map_err(|_| Refusal::NotFound)?;
        let upload = self.of(&person, id).await?;
        if upload.kind == Kind::Partial {
            return Err(Refusal::NotFound.into());
        }
        if upload.has_failed() {
            return Err(Refusal::Failed(upload.failure_message).into());
        }
        // The sweep must not take it before it has seen the item.
        uploads::keep_until(&self.pool, id, self.unused_until(self.clock.now())).await?;
        Ok((source_of(id), upload.title))
    }

    /// How far the upload of an asset is; `None`: the asset is no upload.
    pub(crate) async fn preparation(&self, asset: AssetId) -> Result<Option<ItemPreparation>> {
        let source = assets::source(&self.pool, asset).await?;
        let source = source.and_then(|bytes| Source::decode(bytes.as_slice()).ok());
        if !matches!(source.and_then(|source| source.kind), Some(source::Kind::Upload(_))) {
            return Ok(None);
        }
        let upload = uploads::of_asset(&self.pool, asset).await?;
        Ok(Some(preparation_of(upload.as_ref())))
    }
}
