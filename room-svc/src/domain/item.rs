//! The items of a playlist, and the folders that hold them.

use chrono::{DateTime, Utc};
use ids::{AssetId, FolderId, ItemId, SubjectId};
use proto::room::v1::{self as wire, ItemPreparation, Source, Track};

use super::{Rank, timestamp};

/// What media-svc says of an asset.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AssetFacts {
    /// Length in microseconds; 0: it cannot be found out, so the length stays.
    pub(crate) duration_us: i64,
    /// How far its file is; `None`: that stays.
    pub(crate) preparation: Option<ItemPreparation>,
}

/// One entry of a playlist.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) id: ItemId,
    pub(crate) title: String,
    pub(crate) source: Source,
    /// None for an item older than assets.
    pub(crate) asset: Option<AssetId>,
    pub(crate) added_by: SubjectId,
    pub(crate) added_at: DateTime<Utc>,
    pub(crate) duration_us: i64,
    /// Position among its siblings.
    pub(crate) rank: Rank,
    /// None: the top level.
    pub(crate) folder: Option<FolderId>,
    pub(crate) note: String,
    /// Where the room left it, in microseconds; 0: at its beginning.
    pub(crate) resume_us: i64,
    /// Whether the room has begun to play it.
    pub(crate) played: bool,
    /// Subtitles and further audio.
    pub(crate) tracks: Vec<Track>,
    /// How far its file is, for uploads.
    pub(crate) preparation: Option<ItemPreparation>,
}

impl From<Item> for wire::Item {
    fn from(item: Item) -> Self {
        Self {
            id: item.id.to_string(),
            title: item.title,
            source: Some(item.source),
            added_by: item.added_by.to_string(),
            added_at: Some(timestamp(item.added_at)),
            duration_us: item.duration_us,
            asset_id: item.asset.map(|asset| asset.to_string()).unwrap_or_default(),
            rank: item.rank.to_string(),
            folder_id: item.folder.map(|folder| folder.to_string()).unwrap_or_default(),
            note: item.note,
            resume_us: item.resume_us,
            played: item.played,
            tracks: item.tracks,
            preparation: item.preparation,
        }
    }
}

/// A folder of the top level.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    pub(crate) id: FolderId,
    pub(crate) title: String,
    pub(crate) rank: Rank,
}

impl From<Folder> for wire::Folder {
    fn from(folder: Folder) -> Self {
        Self { id: folder.id.to_string(), title: folder.title, rank: folder.rank.to_string() }
    }
}
