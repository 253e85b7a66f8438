//! Returns where an item's bytes are.

use edge::Claims;
use proto::room::v1::{EmbedSource, GetItemRequest, MediaFormat, source};
use rpc::Context;

use super::App;
use crate::{domain::page_of, error::Result};

/// Where an item's bytes are.
pub(crate) struct Playback {
    pub(crate) url: String,
    pub(crate) format: MediaFormat,
    /// Unix time in seconds.
    pub(crate) expires_at_s: Option<i64>,
    /// The video that the official player of its service plays.
    pub(crate) embed: Option<EmbedSource>,
}

impl App {
    /// Returns where an item's bytes are, to members only.
    pub(crate) async fn get_playback_info(
        &self,
        context: &Context,
        room: &str,
        item_id: &str,
    ) -> Result<Playback> {
        let access = self.access(context, room).await?;
        let room_id = access.room.map(|room| room.id).unwrap_or_default();
        let wanted = GetItemRequest { room_id: room_id.clone(), item_id: item_id.to_owned() };
        let reply = self.playlist().get_item(context.request(wanted)).await?.into_inner();
        let item = reply.item.unwrap_or_default();
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
                    path: media_edge::film::PATH.to_owned(),
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
