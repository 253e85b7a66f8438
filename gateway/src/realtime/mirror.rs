//! A room as its hub knows it: what sockets are given that start anew, without asking sync-svc for each.

use std::collections::BTreeMap;

use proto::{
    realtime::v1::Members,
    sync::v1::{PlaybackEvent, PlaybackState, PresenceChange, Session, Snapshot, presence_change},
};

/// Where a room's playback stands: epoch, then seq.
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

/// What an event is to what is known.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// The next one.
    Next,
    /// Known already.
    Old,
    /// There must have been others before it.
    Gap,
}

/// Playback and presence.
#[derive(Debug, Default)]
pub(crate) struct Mirror {
    state: Option<PlaybackState>,
    sessions: BTreeMap<String, Session>,
}

impl Mirror {
    pub(crate) fn position(&self) -> Position {
        Position::of(self.state.as_ref())
    }

    pub(crate) fn state(&self) -> Option<PlaybackState> {
        self.state.clone()
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

    pub(crate) fn members(&self) -> Members {
        Members { sessions: self.sessions.values().cloned().collect() }
    }

    pub(crate) fn snapshot(&self, server_time_us: i64) -> Snapshot {
        Snapshot {
            state: self.state.clone(),
            sessions: self.sessions.values().cloned().collect(),
            server_time_us,
        }
    }
}

#[cfg(test)]
mod tests {
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
}
