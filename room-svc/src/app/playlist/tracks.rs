//! Subtitles and further audio of items.

use ids::{ItemId, TrackId};
use proto::room::v1::{Permission, Track, room_event::Kind};

use super::change_of;
use crate::{
    app::App,
    domain::{Caller, RoomKey},
    error::{Error, Result},
    store::items,
};

/// Tracks of one item at most.
const MOST_TRACKS: usize = 32;

impl App {
    /// Attaches a track to an item. A track that the item has already stays as it is.
    pub(crate) async fn attach_track(
        &self,
        caller: &Caller,
        room: &RoomKey,
        item: ItemId,
        track: Track,
    ) -> Result<Track> {
        let mut unit = self.open(room, caller).await?;
        unit.need(Permission::AddMedia)?;
        let mut found = unit.item(item).await?;
        if let Some(known) = found.tracks.iter().find(|known| known.id == track.id) {
            return Ok(known.clone());
        }
        if found.tracks.len() >= MOST_TRACKS {
            return Err(Error::TooManyTracks(MOST_TRACKS));
        }
        let track = Track { added_by: caller.id.to_string(), ..track };
        found.tracks.push(track.clone());
        items::set_tracks(&mut unit, &found).await?;
        unit.playlist_changed(Kind::ItemUpdated, change_of(item, None)).await?;
        Ok(track)
    }

    /// Detaches a track, for those who may remove any item, and for the person who added the track or the item.
    pub(crate) async fn remove_track(
        &self,
        caller: &Caller,
        room: &RoomKey,
        item: ItemId,
        track: &str,
    ) -> Result<()> {
        let mut unit = self.open(room, caller).await?;
        unit.member()?;
        let mut found = unit.item(item).await?;
        let unknown = || Error::TrackNotFound(track.to_owned());
        let id: TrackId = track.parse().map_err(|_| unknown())?;
        let at = found.tracks.iter().position(|track| track.id == id.to_string()).ok_or_else(unknown)?;
        let is_theirs = found.tracks[at].added_by == caller.id.to_string();
        if !is_theirs || unit.need(Permission::EditOwnMedia).is_err() {
            unit.need_for(&found, Permission::RemoveMedia)?;
        }
        found.tracks.remove(at);
        items::set_tracks(&mut unit, &found).await?;
        unit.playlist_changed(Kind::ItemUpdated, change_of(item, None)).await
    }
}
