//! Where the bytes of an item are.

use proto::room::v1::{EmbedSource, ListItemsRequest, MediaFormat, source};
use rpc::Context;

use super::App;
use crate::{
    domain::{Claims, page_of},
    error::{Error, Result},
    film,
};

/// Where the bytes are.
pub(crate) struct Playback {
    pub(crate) url: String,
    pub(crate) format: MediaFormat,
    /// In Unix seconds.
    pub(crate) expires_at_s: Option<i64>,
    /// What the official player of a service has to play.
    pub(crate) embed: Option<EmbedSource>,
}

impl App {
    /// Tells a member where the bytes of an item are.
    pub(crate) async fn get_playback_info(
        &self,
        context: &Context,
        room: &str,
        item_id: &str,
    ) -> Result<Playback> {
        let access = self.access(context, room).await?;
        let room_id = access.room.map(|room| room.id).unwrap_or_default();
        let list = ListItemsRequest { room: room_id.clone() };
        let items = self.playlist().list_items(context.request(list)).await?.into_inner().items;
        let item = items
            .into_iter()
            .find(|item| item.id == item_id)
            .ok_or_else(|| Error::ItemNotFound(item_id.to_owned()))?;
        let source = item.source.unwrap_or_default();
        let format = source.format();
        match source.kind {
            Some(source::Kind::Direct(direct)) => {
                Ok(Playback { url: direct.url, format, expires_at_s: None, embed: None })
            }
            Some(source::Kind::Embed(embed)) => {
                Ok(Playback { url: page_of(&embed), format, expires_at_s: None, embed: Some(embed) })
            }
            Some(source::Kind::TestFilm(_)) => {
                let now_s = self.clock.now().timestamp();
                let claims = Claims {
                    path: film::PATH.to_owned(),
                    room_id,
                    subject_id: context
                        .identity
                        .as_ref()
                        .map(|identity| identity.subject_id.clone())
                        .unwrap_or_default(),
                    expires_at_s: Claims::expiry(now_s, self.link_lifetime),
                };
                Ok(Playback {
                    url: self.signer.sign(&claims),
                    format,
                    expires_at_s: Some(claims.expires_at_s),
                    embed: None,
                })
            }
            None => {
                Err(anyhow::anyhow!("item {item_id} has a source of a kind that this version does not know")
                    .into())
            }
        }
    }
}
