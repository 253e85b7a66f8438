//! Subtitles and further audio of items.

use ids::TrackId;
use proto::{
    media::v1::{SubtitlesToRead, add_track_request::From, subtitles_to_read},
    room::v1::{
        AttachTrackRequest, GetItemRequest, Permission, Track, TrackKind, source,
        track_service_client::TrackServiceClient,
    },
};
use rpc::Context;

use super::App;
use crate::{
    domain::{
        Share, clean, parse_link, share_of,
        subtitles::{self, Decoded, LARGEST_FILE, Subtitles},
        title_of,
    },
    error::{Error, Result},
    store,
};

/// Largest text that is stored, in bytes: escapes and UTF-8 may need more than the file did.
const LARGEST_TEXT: usize = 3 * 1024 * 1024;
/// Longest label in characters, as in the contract.
const LONGEST_LABEL: usize = 80;

/// A track to add, and where.
pub(crate) struct NewTrack {
    pub(crate) room: String,
    pub(crate) item_id: String,
    pub(crate) from: From,
    /// Empty: the service makes one.
    pub(crate) label: String,
    pub(crate) language: String,
    pub(crate) forced: bool,
}

/// Subtitles that were read.
pub(crate) struct Read {
    pub(crate) subtitles: Subtitles,
    pub(crate) encoding: &'static str,
    /// Made of the link; empty for a file.
    title: String,
}

impl App {
    /// Adds subtitles or audio to an item. Checks the permission before it asks any host. Returns the track, and what could
    /// not be read of the subtitles.
    pub(crate) async fn add_track(&self, context: &Context, new: NewTrack) -> Result<(Track, Option<Read>)> {
        let access = self.access(context, &new.room).await?;
        if !access.permissions().any(|permission| permission == Permission::AddMedia) {
            return Err(Error::PermissionMissing(Permission::AddMedia));
        }
        let id = TrackId::new();
        let track =
            Track { id: id.to_string(), language: new.language, forced: new.forced, ..Track::default() };
        let (track, title, read) = match new.from {
            From::Subtitles(from) => {
                let read = self.read_subtitles(context, &from).await?;
                let vtt = read.subtitles.vtt();
                if vtt.len() > LARGEST_TEXT {
                    return Err(Error::SubtitlesTooLarge(LARGEST_FILE));
                }
                store::subtitles::insert(&self.pool, id, &vtt, self.clock.now()).await?;
                let track = Track { kind: TrackKind::Subtitles.into(), ..track };
                (track, read.title.clone(), Some(read))
            }
            From::AudioUrl(link) => {
                let checked = self.check_source(context, &link, "").await?;
                let Some(source::Kind::Direct(direct)) =
                    checked.source.kind.filter(|_| checked.source.audio_only)
                else {
                    return Err(Error::NotAudio);
                };
                (Track { kind: TrackKind::Audio.into(), url: direct.url, ..track }, checked.title, None)
            }
        };
        let label = labelled(&clean(&new.label), &track, &title);
        let request = AttachTrackRequest {
            room: new.room,
            item_id: new.item_id,
            track: Some(Track { label, ..track }),
        };
        let attached =
            TrackServiceClient::new(self.room.clone()).attach_track(context.request(request)).await;
        match attached {
            Ok(reply) => Ok((reply.into_inner().track.unwrap_or_default(), read)),
            Err(status) => {
                if read.is_some() {
                    store::subtitles::delete(&self.pool, id).await?;
                }
                Err(status.into())
            }
        }
    }

    /// Reads subtitles from a link or a file. Stores nothing.
    pub(crate) async fn read_subtitles(&self, context: &Context, from: &SubtitlesToRead) -> Result<Read> {
        let (bytes, title) = match &from.from {
            Some(subtitles_to_read::From::Url(pasted)) => {
                let link = parse_link(pasted)?.url;
                let link = match share_of(&link) {
                    Some(Share::NoDirectForm(refusal)) => return Err(refusal.into()),
                    Some(Share::Direct(url)) => url,
                    None => link,
                };
                (self.origin.file(context, &link, LARGEST_FILE + 1).await?, title_of(&link))
            }
            Some(subtitles_to_read::From::File(bytes)) => (bytes.clone(), String::new()),
            // The contract requires one of them.
            None => (Vec::new(), String::new()),
        };
        if bytes.len() > LARGEST_FILE {
            return Err(Error::SubtitlesTooLarge(LARGEST_FILE));
        }
        let Decoded { text, encoding } = subtitles::decode(&bytes, &from.encoding)?;
        Ok(Read { subtitles: Subtitles::read(&text)?, encoding, title })
    }

    /// The text of subtitles, to members only.
    pub(crate) async fn get_subtitles(
        &self,
        context: &Context,
        room: &str,
        item_id: &str,
        track_id: &str,
    ) -> Result<String> {
        let access = self.access(context, room).await?;
        let room_id = access.room.map(|room| room.id).unwrap_or_default();
        let wanted = GetItemRequest { room_id, item_id: item_id.to_owned() };
        let item =
            self.playlist().get_item(context.request(wanted)).await?.into_inner().item.unwrap_or_default();
        let unknown = || Error::TrackNotFound(track_id.to_owned());
        let has_track = |track: &Track| track.id == track_id && track.kind() == TrackKind::Subtitles;
        let id = item.tracks.iter().find(|track| has_track(track)).and_then(|track| track.id.parse().ok());
        let vtt = store::subtitles::read(&self.pool, id.ok_or_else(unknown)?, self.clock.now()).await?;
        vtt.ok_or_else(unknown)
    }
}

/// A label for the menu: what was given, or the language, or a title, or the kind.
fn labelled(given: &str, track: &Track, title: &str) -> String {
    let kind = if track.kind() == TrackKind::Audio { "Audio" } else { "Subtitles" };
    let label = [given, &track.language, title, kind].into_iter().find(|label| !label.is_empty());
    label.unwrap_or(kind).chars().take(LONGEST_LABEL).collect()
}
