//! Something new on a room's playlist.

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

/// What to add, and where.
pub(crate) struct NewItem {
    pub(crate) room: String,
    pub(crate) from: From,
    /// Empty: made of the link.
    pub(crate) title: String,
    pub(crate) request_id: String,
    /// Also when its host refuses our check.
    pub(crate) add_anyway: bool,
}

impl App {
    /// Adds an item. Who may not is told before any host is asked.
    pub(crate) async fn add_item(&self, context: &Context, new: NewItem) -> Result<Item> {
        let access = self.access(context, &new.room).await?;
        if !access.permissions().any(|permission| permission == Permission::AddMedia) {
            return Err(Error::PermissionMissing(Permission::AddMedia));
        }
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
        };
        let title = Some(clean(&new.title)).filter(|title| !title.is_empty()).unwrap_or(made_title);
        let request =
            AppendItemRequest { room: new.room, title, source: Some(source), request_id: new.request_id };
        let reply = self.playlist().append_item(context.request(request)).await?.into_inner();
        self.added.notify_one();
        reply.item.ok_or_else(|| anyhow::anyhow!("room-svc appended an item and did not say which").into())
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
