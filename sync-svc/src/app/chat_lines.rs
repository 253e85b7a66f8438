//! What happened to the playback, for the chats of the rooms. Best effort: a line that was not told before the process died
//! is lost, while the playback itself is not.

use std::collections::HashMap;

use ids::RoomId;
use parking_lot::Mutex;
use proto::{
    room::v1::{
        PlaybackLine, RecordPlaybackRequest, SystemEventKind, chat_service_client::ChatServiceClient,
    },
    sync::v1::{PlaybackChange, PlaybackEvent},
};
use rpc::Context;

use super::App;
use crate::error::Result;

/// Lines of one room between two rounds of the task that tells them. More people than that act on a room in one second
/// only when they fight over it.
const MOST_IN_ROOM: usize = 20;
/// Rooms with lines between two rounds.
const MOST_ROOMS: usize = 10_000;

/// Lines that wait to be told.
#[derive(Default)]
pub(crate) struct ChatLines(Mutex<HashMap<RoomId, Vec<PlaybackLine>>>);

impl ChatLines {
    /// Takes note of events that this replica appended. Of what one person does in a row, the last counts.
    pub(super) fn note(&self, room: RoomId, events: &[PlaybackEvent]) {
        let mut rooms = self.0.lock();
        for line in events.iter().filter_map(line_of) {
            if rooms.len() >= MOST_ROOMS && !rooms.contains_key(&room) {
                return;
            }
            let lines = rooms.entry(room).or_default();
            let replaces =
                |last: &PlaybackLine| last.subject_id == line.subject_id && is_item(last) == is_item(&line);
            if lines.last().is_some_and(replaces) {
                lines.pop();
            }
            if lines.len() < MOST_IN_ROOM {
                lines.push(line);
            }
        }
    }

    /// The lines of all rooms, which are no longer kept.
    pub(crate) fn take(&self) -> HashMap<RoomId, Vec<PlaybackLine>> {
        std::mem::take(&mut *self.0.lock())
    }
}

fn is_item(line: &PlaybackLine) -> bool {
    line.kind() == SystemEventKind::ItemStarted
}

/// The line of an event; `None`: the room did it by itself, or it is not worth one.
fn line_of(event: &PlaybackEvent) -> Option<PlaybackLine> {
    let kind = match event.change() {
        PlaybackChange::Item => SystemEventKind::ItemStarted,
        _ if event.issued_by.is_empty() => return None,
        PlaybackChange::Play => SystemEventKind::Play,
        PlaybackChange::Pause => SystemEventKind::Pause,
        PlaybackChange::Seek => SystemEventKind::Seek,
        _ => return None,
    };
    let state = event.state.clone().unwrap_or_default();
    Some(PlaybackLine {
        kind: kind.into(),
        subject_id: event.issued_by.clone(),
        position_us: state.anchor_media_us,
        item_id: state.item_id,
    })
}

impl App {
    /// Tells the lines of a room in its chat.
    pub(crate) async fn tell_in_chat(&self, room: RoomId, lines: Vec<PlaybackLine>) -> Result<()> {
        let request = RecordPlaybackRequest { room_id: room.to_string(), lines };
        ChatServiceClient::new(self.room.clone())
            .record_playback(Context::background().request(request))
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proto::sync::v1::PlaybackState;

    use super::*;

    fn event(change: PlaybackChange, by: &str, position_us: i64) -> PlaybackEvent {
        let state = PlaybackState { anchor_media_us: position_us, ..PlaybackState::default() };
        let state = Some(state);
        PlaybackEvent { change: change.into(), issued_by: by.into(), state, ..PlaybackEvent::default() }
    }

    fn told(events: &[PlaybackEvent]) -> Vec<(SystemEventKind, String, i64)> {
        let (lines, room) = (ChatLines::default(), RoomId::new());
        lines.note(room, events);
        let of_room = lines.take().remove(&room).unwrap_or_default();
        of_room.into_iter().map(|line| (line.kind(), line.subject_id.clone(), line.position_us)).collect()
    }

    #[test]
    fn of_what_one_person_does_in_a_row_the_last_is_told() {
        use PlaybackChange::{Item, Pause, Play, Seek};
        let events = [
            event(Pause, "ann", 1),
            event(Seek, "ann", 2),
            event(Seek, "ann", 3),
            event(Play, "bob", 4),
            event(Item, "bob", 0),
        ];
        assert_eq!(
            told(&events),
            [
                (SystemEventKind::Seek, "ann".into(), 3),
                (SystemEventKind::Play, "bob".into(), 4),
                (SystemEventKind::ItemStarted, "bob".into(), 0)
            ]
        );
    }

    #[test]
    fn the_room_itself_tells_only_what_begins() {
        use PlaybackChange::{End, Hold, Item, Pause, Release};
        let events = [Hold, Release, Pause, End, Item].map(|change| event(change, "", 0));
        assert_eq!(told(&events), [(SystemEventKind::ItemStarted, String::new(), 0)]);
        assert_eq!(told(&[event(PlaybackChange::Rate, "ann", 0)]), []);
    }

    #[test]
    fn a_fight_over_a_room_is_bounded() {
        let events: Vec<_> = (0..100).map(|n| event(PlaybackChange::Play, &n.to_string(), 0)).collect();
        assert_eq!(told(&events).len(), MOST_IN_ROOM);
    }
}
