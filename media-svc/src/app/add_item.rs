//! Adds an item to a playlist.

use proto::{
    media::v1::add_item_request::From,
    room::v1::{
        AppendItemRequest, Item, MediaFormat, Permission, Source, SyncLevel, SyncPrecision, TestFilmSource,
        source,
    },
};
use rpc::Context;

use super::App;
use crate::{
    domain::clean,
    error::{Error, Result},
    film,
};

/// What to add.
pub(crate) struct NewItem {
    pub(crate) from: From,
    /// Empty: the service makes one of the link.
    pub(crate) title: String,
    pub(crate) request_id: String,
    /// Adds the link also when its host refuses our check.
    pub(crate) add_anyway: bool,
}

/// An item whose link was checked.
pub(crate) struct CheckedItem {
    source: Source,
    title: String,
    request_id: String,
}

impl App {
    /// Adds an item. Checks the permission before it asks any host.
    pub(crate) async fn add_item(&self, context: &Context, room: String, new: NewItem) -> Result<Item> {
        let access = self.access(context, &room).await?;
        if !access.permissions().any(|permission| permission == Permission::AddMedia) {
            return Err(Error::PermissionMissing(Permission::AddMedia));
        }
        let checked = self.check_item(context, new).await?;
        self.append_item(context, room, checked).await
    }

    /// Checks the link of an item, if it is one.
    pub(super) async fn check_item(&self, context: &Context, new: NewItem) -> Result<CheckedItem> {
        let (source, made_title) = match new.from {
            From::Url(link) => {
                let checked = if new.add_anyway {
                    self.check_or_trust(context, &link).await?
                } else {
                    self.check_source(context, &link, "").await?
                };
                (checked.source, checked.title)
            }
            From::TestFilm(_) => (test_film(), film::TITLE.to_owned()),
            From::UploadId(id) => self.uploads.to_add(context, &id).await?,
        };
        let title = Some(clean(&new.title)).filter(|title| !title.is_empty()).unwrap_or(made_title);
        Ok(CheckedItem { source, title, request_id: new.request_id })
    }

    /// Appends a checked item to a playlist. Asks no host.
    pub(super) async fn append_item(
        &self,
        context: &Context,
        room: String,
        checked: CheckedItem,
    ) -> Result<Item> {
        let CheckedItem { source, title, request_id } = checked;
        let is_upload = matches!(source.kind, Some(source::Kind::Upload(_)));
        let asset = self.register_asset(&source).await?;
        self.added.notify_one();
        let preparation = if is_upload { self.uploads.preparation(asset.id).await? } else { None };
        let request = AppendItemRequest {
            preparation,
            room,
            title,
            source: Some(source),
            request_id,
            asset_id: asset.id.to_string(),
            duration_us: asset.duration_us,
            ..AppendItemRequest::default()
        };
        let item = self.playlist().append_item(context.request(request)).await?.into_inner().item;
        let told =
            if is_upload { self.tell(asset.id).await } else { self.tell_if_measured_since(asset).await };
        if let Err(error) = told {
            tracing::warn!(asset = %asset.id, %error, "an item was added and may show no length");
        }
        item.ok_or_else(|| anyhow::anyhow!("room-svc appended an item and did not return it").into())
    }
}

fn test_film() -> Source {
    Source {
        kind: Some(source::Kind::TestFilm(TestFilmSource {})),
        format: MediaFormat::Progressive.into(),
        sync_level: SyncLevel::Full.into(),
        sync_precision: SyncPrecision::High.into(),
        ..Source::default()
    }
}
