//! The playback and the sessions of a room as its hub knows them, for sockets that need the whole room: sync-svc is not
//! asked for each.

use std::collections::{BTreeMap, BTreeSet};

use proto::{
    realtime::v1::{Members, Quality},
    sync::v1::{
        PlaybackEvent, PlaybackState, PresenceChange, Session, SessionStatus, Snapshot, presence_change,
    },
};

/// Position in the log of a room: epoch, then seq.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) epoch: i64,
    pub(crate) seq: i64,
}

impl Position {
    pub(crate) fn of(state: Option<&PlaybackState>) -> Self {
        state.map_or_else(Self::default, |state| Self { epoch: state.epoch, seq: state.seq })
    }
}

/// How an event relates to the mirror.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// The next one.
    Next,
    /// The mirror has it.
    Old,
    /// Events between the mirror and this one are missing.
    Gap,
}

/// Sessions that one frame lists. A socket keeps a buffer of the size of the largest frame it has sent.
const PART: usize = 10;

/// Playback and presence.
#[derive(Debug, Default)]
pub(crate) struct Mirror {
    state: Option<PlaybackState>,
    sessions: BTreeMap<String, Session>,
    /// Sessions whose players reported since [`Self::take_reported`].
    reported: BTreeSet<String>,
}

impl Mirror {
    pub(crate) fn position(&self) -> Position {
        Position::of(self.state.as_ref())
    }

    pub(crate) fn state(&self) -> Option<PlaybackState> {
        self.state.clone()
    }

    /// The current item; empty: none.
    pub(crate) fn item_id(&self) -> &str {
        self.state.as_ref().map_or("", |state| &state.item_id)
    }

    pub(crate) fn replace(&mut self, snapshot: Snapshot) {
        self.state = snapshot.state;
        self.sessions = snapshot.sessions.into_iter().map(|session| (session.id.clone(), session)).collect();
    }

    pub(crate) fn event(&mut self, event: &PlaybackEvent) -> News {
        let (known, new) = (self.position(), Position::of(event.state.as_ref()));
        if new <= known {
            return News::Old;
        }
        if new.epoch == known.epoch && new.seq > known.seq + 1 {
            return News::Gap;
        }
        self.state.clone_from(&event.state);
        News::Next
    }

    pub(crate) fn presence(&mut self, change: &PresenceChange) {
        match &change.kind {
            Some(presence_change::Kind::Upserted(session)) => {
                self.sessions.insert(session.id.clone(), session.clone());
            }
            Some(presence_change::Kind::RemovedSessionId(id)) => {
                self.sessions.remove(id);
            }
            None => {}
        }
    }

    pub(crate) fn has(&self, session_id: &str) -> bool {
        self.sessions.contains_key(session_id)
    }

    /// Takes the report of a session's player.
    pub(crate) fn status(&mut self, SessionStatus { session_id, status }: SessionStatus) {
        if let Some(session) = self.sessions.get_mut(&session_id) {
            session.status = status;
            self.reported.insert(session_id);
        }
    }

    /// The reports since the last call.
    pub(crate) fn take_reported(&mut self) -> Quality {
        let reported = std::mem::take(&mut self.reported);
        Quality { sessions: reported.iter().filter_map(|id| self.sessions.get(id)).map(status_of).collect() }
    }

    /// The last report of every player.
    pub(crate) fn quality(&self) -> Quality {
        Quality { sessions: self.sessions.values().map(status_of).collect() }
    }

    /// The sessions, in parts. There is at least one part, which may be empty.
    pub(crate) fn members(&self) -> Vec<Members> {
        let sessions: Vec<_> = self.sessions.values().cloned().collect();
        if sessions.is_empty() {
            return vec![Members::default()];
        }
        let parts = sessions.chunks(PART).enumerate();
        parts.map(|(part, sessions)| Members { sessions: sessions.to_vec(), continued: part > 0 }).collect()
    }

    /// The playback now.
    pub(crate) fn snapshot(&self, server_time_us: i64) -> Snapshot {
        Snapshot { state: self.state.clone(), sessions: Vec::new(), server_time_us }
    }
}

fn status_of(session: &Session) -> SessionStatus {
    SessionStatus { session_id: session.id.clone(), status: session.status.clone() }
}

#[cfg(test)]
mod tests {
    use proto::sync::v1::PlayerStatus;

    use super::*;

    fn event(epoch: i64, seq: i64) -> PlaybackEvent {
        PlaybackEvent {
            seq,
            state: Some(PlaybackState { epoch, seq, ..Default::default() }),
            ..Default::default()
        }
    }

    #[test]
    fn events_count_once_and_in_order() {
        let mut mirror = Mirror::default();
        mirror.replace(Snapshot { state: event(1, 4).state, ..Default::default() });
        assert_eq!(mirror.event(&event(1, 4)), News::Old);
        assert_eq!(mirror.event(&event(1, 6)), News::Gap);
        assert_eq!(mirror.event(&event(1, 5)), News::Next);
        assert_eq!(mirror.event(&event(2, 2)), News::Next, "an epoch numbers its events as it finds them");
        assert_eq!(
            mirror.event(&event(1, 6)),
            News::Old,
            "what an epoch says is over when the next has begun"
        );
    }

    #[test]
    fn a_large_room_is_sent_in_parts() {
        let mut mirror = Mirror::default();
        assert_eq!(mirror.members(), [Members::default()]);
        let sessions: Vec<_> =
            (0..25).map(|number| Session { id: format!("{number:02}"), ..Default::default() }).collect();
        mirror.replace(Snapshot { sessions: sessions.clone(), ..Default::default() });
        let parts = mirror.members();
        assert_eq!(parts.iter().map(|part| part.continued).collect::<Vec<_>>(), [false, true, true]);
        assert_eq!(parts.into_iter().flat_map(|part| part.sessions).collect::<Vec<_>>(), sessions);
    }

    #[test]
    fn a_player_status_is_sent_once() {
        let mut mirror = Mirror::default();
        let session = Session { id: "a".into(), ..Default::default() };
        mirror.replace(Snapshot { sessions: vec![session], ..Default::default() });
        let status =
            |id: &str| SessionStatus { session_id: id.into(), status: Some(PlayerStatus::default()) };
        mirror.status(status("a"));
        mirror.status(status("nobody"));
        assert_eq!(mirror.take_reported().sessions, [status("a")]);
        assert_eq!(mirror.take_reported().sessions, []);
        assert_eq!(mirror.quality().sessions, [status("a")]);
    }
}
