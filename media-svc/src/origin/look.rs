//! What a link leads to, asked as a browser would ask: one GET for the first bytes, and for an HLS playlist what a player
//! would fetch next.

use reqwest::{Response, StatusCode};
use rpc::Context;
use url::Url;

use super::{
    LATE, Origin, Want,
    answer::{allows, content_type, first_bytes, has_ranges, is_compressed, page_cause, size},
    host,
};
use crate::{
    domain::{
        DASH, Declared, HlsPlaylist, Kind, NotPlayable, declared, inspect_playlist, is_dash_protected,
        parse_redirect, sniff,
    },
    error::{Error, Result},
};

/// What is read of a file to see what it is.
const SNIFFED_BYTES: usize = 4096;
/// What is read of a DASH manifest to see whether it is protected.
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
        let late = |_| Error::Unreachable { host: host(link), why: LATE };
        tokio::time::timeout(self.timeout, self.look_inside(link, page_origin)).await.map_err(late)?
    }

    async fn look_inside(&self, link: &Url, page_origin: Option<&str>) -> Result<Found> {
        // Not HEAD: many hosts answer it with an error, and only an answer to a range tells whether they serve any.
        let response = self.ask(link, Want { part: Some((0, SNIFFED_BYTES)), ..Want::default() }).await?;
        // An empty file has no first bytes.
        if !response.status().is_success() && response.status() != StatusCode::RANGE_NOT_SATISFIABLE {
            return Err(Error::refused(host(link), response.status().as_u16()));
        }
        let mut found = self.kind_of(link, response).await?;
        if found.kind == Kind::Hls {
            self.look_at_playlist(link, page_origin, &mut found).await?;
        }
        Ok(found)
    }

    /// By the type that the host names, or by the first bytes where that says nothing.
    async fn kind_of(&self, link: &Url, response: Response) -> Result<Found> {
        let declared = declared(content_type(&response));
        let mut found = Found {
            kind: Kind::Mp4,
            content_type: content_type(&response).unwrap_or_default().to_owned(),
            size_bytes: size(&response),
            has_ranges: has_ranges(&response),
            has_cors: true,
            is_uncommon: false,
            is_audio: false,
        };
        found.kind = match declared {
            Declared::Playable(kind) if response.status().is_success() => kind,
            Declared::Not(NotPlayable::WebPage(_)) => {
                return Err(NotPlayable::WebPage(page_cause(&response)).into());
            }
            Declared::Not(NotPlayable::Container(DASH)) => return Err(self.dash(link).await?),
            Declared::Not(why) => return Err(why.into()),
            Declared::Playable(_) | Declared::Unclear => {
                let cause = page_cause(&response);
                let broken = |error| Self::failure(link, &error);
                match sniff(&first_bytes(response, SNIFFED_BYTES).await.map_err(broken)?) {
                    Ok(kind) => kind,
                    Err(NotPlayable::WebPage(_)) => return Err(NotPlayable::WebPage(cause).into()),
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
            let response = self.ask(&url, Want { part: None, page_origin }).await?;
            if !response.status().is_success() {
                return Err(Error::refused(host(&url), response.status().as_u16()));
            }
            found.has_cors &= page_origin.is_none_or(|origin| allows(&response, origin));
            let base = response.url().clone();
            if is_compressed(&response) {
                return Ok(());
            }
            let broken = |error| Self::failure(&base, &error);
            let bytes = first_bytes(response, LARGEST_PLAYLIST).await.map_err(broken)?;
            if bytes.len() == LARGEST_PLAYLIST {
                return Ok(());
            }
            let inside = |uri: &str| {
                parse_redirect(&base, uri)
                    .map_err(|invalid| Error::InvalidRedirect { host: host(&base), invalid })
            };
            match inspect_playlist(&bytes)? {
                HlsPlaylist::Master { variant, uncommon_codec, audio_only } => {
                    found.is_uncommon |= uncommon_codec;
                    found.is_audio |= audio_only;
                    url = inside(&variant)?;
                }
                HlsPlaylist::Media { segment, .. } => {
                    return self.look_at_segment(&inside(&segment)?, page_origin, found).await;
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
        let response = self.ask(segment, Want { part: Some((0, 1)), page_origin }).await?;
        // One that is missing is told by the player: others may be there.
        found.has_cors &= !response.status().is_success() || allows(&response, origin);
        Ok(())
    }

    /// Why a DASH manifest cannot be played.
    async fn dash(&self, link: &Url) -> Result<Error> {
        let response = self.ask(link, Want { part: Some((0, MANIFEST_BYTES)), ..Want::default() }).await?;
        let broken = |error| Self::failure(link, &error);
        let manifest = first_bytes(response, MANIFEST_BYTES).await.map_err(broken)?;
        Ok(if is_dash_protected(&manifest) {
            Error::Protected(None)
        } else {
            NotPlayable::Container(DASH).into()
        })
    }
}
