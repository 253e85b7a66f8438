//! Returns where an item's bytes are.

use std::time::Duration;

use edge::Claims;
use proto::room::v1::{EmbedSource, GetItemRequest, MediaFormat, source};
use rpc::Context;

use super::{
    App,
    transcode::{media_failed, not_ready},
};
use crate::{
    domain::{page_of, upload::Upload},
    error::Result,
    store::uploads,
};

/// When a client may ask again for an upload that cannot be played yet.
const NOT_PLAYABLE_YET: Duration = Duration::from_secs(2);

/// Where an item's bytes are.
pub(crate) struct Playback {
    pub(crate) url: String,
    pub(crate) format: MediaFormat,
    /// Unix time in seconds.
    pub(crate) expires_at_s: Option<i64>,
    /// The video that the official player of its service plays.
    pub(crate) embed: Option<EmbedSource>,
}

fn subject(context: &Context) -> String {
    context.identity.as_ref().map(|identity| identity.subject_id.clone()).unwrap_or_default()
}

impl App {
    /// The signed path of the multivariant playlist of an upload for the caller, and when it expires in Unix seconds. Fails with
    /// `MEDIA_NOT_READY` before there is a plan, and with `MEDIA_FAILED` when there will be none. Whether the caller may see the upload
    /// is checked before.
    pub(crate) fn manifest(&self, context: &Context, upload: &Upload) -> Result<(String, i64)> {
        self.manifest_in("", context, upload)
    }

    fn manifest_in(&self, room_id: &str, context: &Context, upload: &Upload) -> Result<(String, i64)> {
        if upload.has_failed() {
            return Err(media_failed(&upload.failure_message).into());
        }
        let Some(asset) = upload.asset.filter(|_| upload.playable) else {
            return Err(not_ready(NOT_PLAYABLE_YET).into());
        };
        let expires_at_s = Claims::expiry(self.clock.now().timestamp(), self.link_lifetime);
        let (asset_id, subject_id) = (asset.to_string(), subject(context));
        let what = (asset_id.as_str(), upload.generation);
        let url = media_edge::hls::manifest_path(&self.signer, what, (room_id, &subject_id), expires_at_s);
        Ok((url, expires_at_s))
    }

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
                    subject_id: subject(context),
                    expires_at_s: Claims::expiry(now_s, self.link_lifetime),
                };
                Ok(Playback {
                    url: self.signer.sign(&claims),
                    format,
                    expires_at_s: Some(claims.expires_at_s),
                    embed: None,
                })
            }
            Some(source::Kind::Upload(upload)) => {
                let upload = match upload.upload_id.parse() {
                    Ok(id) => uploads::get(&self.pool, id).await?,
                    Err(_) => None,
                };
                let upload = upload.ok_or_else(|| media_failed(""))?;
                let (url, expires_at_s) = self.manifest_in(&room_id, context, &upload)?;
                Ok(Playback { url, format: MediaFormat::Hls, expires_at_s: Some(expires_at_s), embed: None })
            }
            None => {
                Err(anyhow::anyhow!("item {item_id} has a source of a kind that this version does not know")
                    .into())
            }
        }
    }
}
