//! Tells room-svc what a room begins to play and where it leaves an item, for the history and to go on there later. Best
//! effort: a stopped process forgets what it had not told yet.

use ids::{PlayId, RoomId};
use proto::room::v1::{RecordPlayRequest, history_service_client::HistoryServiceClient};
use rpc::Context;
use tokio::sync::{Mutex, mpsc};

use super::App;
use crate::{
    error::Result,
    playback::{Room, position_us},
};

/// Visits that wait to be told; further ones are forgotten.
const MOST_WAITING: usize = 10_000;
/// An item that begins to play this close to its beginning plays anew.
const NEAR_START_US: i64 = 1_000_000;

/// The queue of what is to be told.
pub(crate) struct Visits {
    sender: mpsc::Sender<RecordPlayRequest>,
    receiver: Mutex<mpsc::Receiver<RecordPlayRequest>>,
}

impl Default for Visits {
    fn default() -> Self {
        let (sender, receiver) = mpsc::channel(MOST_WAITING);
        Self { sender, receiver: Mutex::new(receiver) }
    }
}

impl Visits {
    /// Notes what a step of a room changed about what it plays.
    pub(super) fn note(&self, room: RoomId, before: &Room, after: &Room, now_us: i64) {
        let Some(visit) = visit(room, before, after, now_us) else { return };
        if self.sender.try_send(visit).is_err() {
            tracing::warn!(%room, "too much is waiting to be told to room-svc; the history of this room has a gap");
        }
    }

    /// The next that is to be told.
    pub(crate) async fn next(&self) -> Option<RecordPlayRequest> {
        self.receiver.lock().await.recv().await
    }
}

fn visit(room: RoomId, before: &Room, after: &Room, now_us: i64) -> Option<RecordPlayRequest> {
    let (old, new) = (&before.playback, &after.playback);
    let changes_item = old.item_id != new.item_id;
    let starts = new.playing && !old.playing && new.anchor_media_us < NEAR_START_US;
    let began = !new.item_id.is_empty() && new.playing && (changes_item || starts);
    let left = changes_item && !old.item_id.is_empty();
    (began || left).then(|| RecordPlayRequest {
        room_id: room.to_string(),
        left_item_id: if left { old.item_id.clone() } else { String::new() },
        left_at_us: if left { position_us(old, now_us) } else { 0 },
        started_item_id: if began { new.item_id.clone() } else { String::new() },
        play_id: if began { PlayId::new().to_string() } else { String::new() },
    })
}

impl App {
    /// Tells room-svc.
    pub(crate) async fn record_play(&self, visit: RecordPlayRequest) -> Result<()> {
        let mut history = HistoryServiceClient::new(self.room.clone());
        history.record_play(Context::background().request(visit)).await?;
        Ok(())
    }
}
