//! Adds items to the playlist.

use std::collections::HashMap;

use ids::{AssetId, FolderId, ItemId};
use proto::room::v1::{ItemPreparation, Permission, PlaylistChange, Source, room_event::Kind};

use super::{change_of, ends};
use crate::{
    app::{App, request_id, unit::Unit},
    domain::{Caller, Item, RoomKey, visible},
    error::{Error, Result},
    store::items,
};

/// An item to add.
pub(crate) struct NewItem<'a> {
    pub(crate) title: String,
    pub(crate) source: Source,
    pub(crate) asset: Option<AssetId>,
    /// Length of the asset in microseconds; 0 while unknown.
    pub(crate) duration_us: i64,
    pub(crate) note: String,
    /// How far its file is, for uploads.
    pub(crate) preparation: Option<ItemPreparation>,
    /// Made by the client; empty: none.
    pub(crate) request_id: &'a str,
}

/// What came of a request to add items.
pub(crate) struct Appended {
    /// The first items of the request, as many as fit.
    pub(crate) items: Vec<Item>,
    /// Why the others were not added.
    pub(crate) refused: Option<Error>,
}

impl App {
    /// Adds a source to the end of the playlist or of a folder. A repeated request of the same person returns the same item.
    pub(crate) async fn append_item(
        &self,
        caller: &Caller,
        room: &RoomKey,
        folder: Option<FolderId>,
        new: NewItem<'_>,
    ) -> Result<Item> {
        let appended = self.append_items(caller, room, folder, vec![new]).await?;
        match appended.items.into_iter().next() {
            Some(item) => Ok(item),
            None => Err(appended.refused.unwrap_or(Error::PlaylistFull(self.max_items))),
        }
    }

    /// Adds sources to the end of the playlist in one step, all or none.
    pub(crate) async fn append_all(
        &self,
        caller: &Caller,
        room: &RoomKey,
        new: Vec<NewItem<'_>>,
    ) -> Result<Vec<Item>> {
        Ok(self.append(caller, room, None, new, true).await?.items)
    }

    /// Adds sources in one step, as many as fit.
    pub(crate) async fn append_items(
        &self,
        caller: &Caller,
        room: &RoomKey,
        folder: Option<FolderId>,
        new: Vec<NewItem<'_>>,
    ) -> Result<Appended> {
        self.append(caller, room, folder, new, false).await
    }

    async fn append(
        &self,
        caller: &Caller,
        room: &RoomKey,
        folder: Option<FolderId>,
        new: Vec<NewItem<'_>>,
        all_or_none: bool,
    ) -> Result<Appended> {
        let mut unit = self.open(room, caller).await?;
        unit.need(Permission::AddMedia)?;
        let id = unit.room_id();
        let requests: Vec<_> = new.iter().filter_map(|new| request_id(new.request_id)).collect();
        let known = items::added_by(unit.db(), id, caller.id, &requests).await?;
        let mut known: HashMap<_, _> = known.into_iter().collect();
        let fresh = new.iter().filter(|new| !known.contains_key(new.request_id)).count();
        let (room_for, refusal) = unit.room_for(self.max_items).await?;
        if fresh > room_for && all_or_none {
            return Err(refusal);
        }
        let refused = Some(refusal).filter(|_| fresh > room_for);

        let mut places = ends(&unit.places().await?, folder, fresh.min(room_for))?.into_iter();
        let (mut items, mut added) = (Vec::new(), Vec::new());
        for new in new {
            let request = request_id(new.request_id);
            if let Some(item) = request.and_then(|request| known.get(request)) {
                items.push(item.clone());
                continue;
            }
            let Some(place) = places.next() else { break };
            let item = Item {
                id: ItemId::new(),
                title: visible("title", &new.title)?.to_owned(),
                source: new.source,
                asset: new.asset,
                added_by: caller.id,
                added_at: unit.now(),
                duration_us: new.duration_us,
                rank: place.rank,
                folder,
                note: new.note.trim().to_owned(),
                resume_us: 0,
                played: false,
                tracks: Vec::new(),
                preparation: new.preparation,
            };
            if let Some(request) = request {
                known.insert(request.to_owned(), item.clone());
            }
            added.push((item.clone(), request));
            items.push(item);
        }
        unit.added(&added).await?;
        Ok(Appended { items, refused })
    }
}

impl Unit<'_> {
    /// How many items the caller may add, and what refuses more.
    async fn room_for(&mut self, max_items: usize) -> Result<(usize, Error)> {
        let (room, caller) = (self.room_id(), self.member()?.subject_id);
        let (all, theirs) = items::count(self.db(), room, caller).await?;
        let left = max_items.saturating_sub(all);
        let member = self.member()?;
        let most = usize::try_from(self.room().queue().max_items_per_person).unwrap_or_default();
        // Whoever arranges the whole playlist has no bound of their own.
        let is_bound = most > 0
            && [Permission::RemoveMedia, Permission::ReorderPlaylist]
                .iter()
                .any(|may| member.need(*may).is_err());
        if is_bound && most.saturating_sub(theirs) < left {
            return Ok((most.saturating_sub(theirs), Error::PersonItemsFull(most)));
        }
        Ok((left, Error::PlaylistFull(max_items)))
    }

    /// Stores new items, announces them and commits.
    async fn added(mut self, added: &[(Item, Option<&str>)]) -> Result<()> {
        let Some((first, _)) = added.first() else { return Ok(()) };
        items::insert(&mut self, added).await?;
        let change = PlaylistChange { start_us: first.source.start_us, ..change_of(first.id, None) };
        if added.len() == 1 {
            return self.playlist_changed(Kind::ItemAdded, change).await;
        }
        // Both events tell of the one change that `playlist_replaced` counts.
        let version = self.room().playlist_version + 1;
        self.tell(Kind::ItemAdded(PlaylistChange { version, ..change })).await?;
        self.playlist_replaced().await
    }
}
