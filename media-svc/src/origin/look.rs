//! What a link leads to, asked as a browser would ask: one GET for the first bytes, and for an HLS playlist what a player
//! would fetch next.

use container::{
    DASH, Declared, HlsPlaylist, Kind, NotPlayable, declared, inspect_playlist, is_dash_protected, sniff,
};
use fetch::{Fetched, Want, follow};
use http::{
    StatusCode,
    header::{CONTENT_SECURITY_POLICY, X_FRAME_OPTIONS},
};
use rpc::Context;
use url::Url;

use super::Origin;
use crate::{
    domain::PageCause,
    error::{Error, Result},
};

/// Bytes read of a file to see what it is.
const SNIFFED_BYTES: usize = 4096;
/// Bytes read of a DASH manifest to see whether it is protected.
const MANIFEST_BYTES: usize = 64 * 1024;
/// Ten hours of segments of two seconds, with long names.
pub(crate) const LARGEST_PLAYLIST: usize = 4 * 1024 * 1024;

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    /// As the host names it; by its bytes where the host does not.
    pub(crate) content_type: String,
    /// Unknown when the host does not say.
    pub(crate) size_bytes: Option<u64>,
    /// The host serves parts of the file, so that people can jump in it. True for HLS, whose segments are the parts.
    pub(crate) has_ranges: bool,
    /// The host lets the page read what its player fetches by script. True for files, which need no permission.
    pub(crate) has_cors: bool,
    /// A format or codec that some browsers do not play.
    pub(crate) is_uncommon: bool,
    /// Sound without a picture.
    pub(crate) is_audio: bool,
}

impl Origin {
    /// Looks at what a link leads to, for whoever calls and for a page of this origin.
    pub(crate) async fn look(
        &self,
        context: &Context,
        link: &Url,
        page_origin: Option<&str>,
    ) -> Result<Found> {
        let _place = self.place(context, link)?;
        let late = |_| fetch::Error::late(link);
        tokio::time::timeout(self.timeout, self.look_inside(link, page_origin)).await.map_err(late)?
    }

    async fn look_inside(&self, link: &Url, page_origin: Option<&str>) -> Result<Found> {
        // Not HEAD: many hosts answer it with an error, and only an answer to a range tells whether they serve any.
        let response =
            self.client.get(link, Want { part: Some((0, SNIFFED_BYTES)), ..Want::default() }).await?;
        // An empty file has no first bytes.
        if !response.status().is_success() && response.status() != StatusCode::RANGE_NOT_SATISFIABLE {
            return Err(fetch::Error::refused(link, response.status()).into());
        }
        let mut found = self.kind_of(link, response).await?;
        if found.kind == Kind::Hls {
            self.look_at_playlist(link, page_origin, &mut found).await?;
        }
        Ok(found)
    }

    /// By the type that the host names, or by the first bytes where that says nothing.
    async fn kind_of(&self, link: &Url, response: Fetched) -> Result<Found> {
        let declared = declared(response.content_type());
        let mut found = Found {
            kind: Kind::Mp4,
            content_type: response.content_type().unwrap_or_default().to_owned(),
            size_bytes: response.size(),
            has_ranges: response.has_ranges(),
            has_cors: true,
            is_uncommon: false,
            is_audio: false,
        };
        found.kind = match declared {
            Declared::Playable(kind) if response.status().is_success() => kind,
            Declared::Not(NotPlayable::WebPage) => {
                return Err(Error::WebPage(page_cause(&response)));
            }
            Declared::Not(NotPlayable::Container(DASH)) => return Err(self.dash(link).await?),
            Declared::Not(why) => return Err(why.into()),
            Declared::Playable(_) | Declared::Unclear => {
                let cause = page_cause(&response);
                match sniff(&response.first_bytes(SNIFFED_BYTES).await?) {
                    Ok(kind) => kind,
                    Err(NotPlayable::WebPage) => return Err(Error::WebPage(cause)),
                    Err(NotPlayable::Container(DASH)) => return Err(self.dash(link).await?),
                    Err(why) => return Err(why.into()),
                }
            }
        };
        if found.content_type.is_empty() {
            found.kind.content_type().clone_into(&mut found.content_type);
        }
        found.is_audio = found.kind.is_audio();
        found.is_uncommon = found.kind.is_uncommon();
        Ok(found)
    }

    /// What a player would fetch: the playlist, the first variant that it names, and the beginning of its first segment.
    /// Scripts fetch all of them, so each has to allow that.
    async fn look_at_playlist(&self, link: &Url, page_origin: Option<&str>, found: &mut Found) -> Result<()> {
        found.has_ranges = true;
        let mut url = link.clone();
        for _ in 0..2 {
            let response = self.client.get(&url, Want { part: None, page_origin }).await?;
            if !response.status().is_success() {
                return Err(fetch::Error::refused(&url, response.status()).into());
            }
            found.has_cors &= page_origin.is_none_or(|origin| response.allows(origin));
            let base = response.url().clone();
            if response.is_compressed() {
                return Ok(());
            }
            let bytes = response.first_bytes(LARGEST_PLAYLIST).await?;
            if bytes.len() == LARGEST_PLAYLIST {
                return Ok(());
            }
            match inspect_playlist(&bytes)? {
                HlsPlaylist::Master { variant, uncommon_codec, audio_only } => {
                    found.is_uncommon |= uncommon_codec;
                    found.is_audio |= audio_only;
                    url = follow(&base, &variant)?;
                }
                HlsPlaylist::Media { segment, .. } => {
                    return self.look_at_segment(&follow(&base, &segment)?, page_origin, found).await;
                }
            }
        }
        Ok(())
    }

    async fn look_at_segment(
        &self,
        segment: &Url,
        page_origin: Option<&str>,
        found: &mut Found,
    ) -> Result<()> {
        let Some(origin) = page_origin else { return Ok(()) };
        let response = self.client.get(segment, Want { part: Some((0, 1)), page_origin }).await?;
        // One that is missing is told by the player: others may be there.
        found.has_cors &= !response.status().is_success() || response.allows(origin);
        Ok(())
    }

    /// Why a DASH manifest cannot be played.
    async fn dash(&self, link: &Url) -> Result<Error> {
        let response =
            self.client.get(link, Want { part: Some((0, MANIFEST_BYTES)), ..Want::default() }).await?;
        let manifest = response.first_bytes(MANIFEST_BYTES).await?;
        Ok(if is_dash_protected(&manifest) {
            Error::Protected(None)
        } else {
            NotPlayable::Container(DASH).into()
        })
    }
}

/// Why a page could not be framed either.
fn page_cause(response: &Fetched) -> PageCause {
    PageCause::of(response.header(X_FRAME_OPTIONS), response.header(CONTENT_SECURITY_POLICY))
}
