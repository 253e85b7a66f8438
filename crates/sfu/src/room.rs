//! A room of the media server: who may be in it, their connections, and who is heard. Without I/O.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use crate::{connection::Id, speakers::Speakers};

/// A connection that a newer one of the same session replaced goes on for this time.
const REPLACED_FOR: Duration = Duration::from_secs(2);
/// Connections of one session: the one in use, and one that replaces it.
const CONNECTIONS_OF_SESSION: usize = 2;

/// The people who may be connected in a room.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roster {
    /// Version of the record that it comes from. An older one is ignored.
    pub version: u64,
    /// The people in voice.
    pub members: Vec<Member>,
    /// Whether the room should end soon, because it became a mesh or moved to another host.
    pub is_ending: bool,
}

/// A person in voice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Id of the session.
    pub session: String,
    /// Whether a moderator muted the person.
    pub is_muted: bool,
}

/// The connections of one session, in the order in which they began.
#[derive(Default)]
pub(crate) struct Seat {
    pub(crate) is_muted: bool,
    pub(crate) connections: Vec<Id>,
    /// The connection whose microphone counts: the newest that works.
    pub(crate) current: Option<Id>,
    replaced: Option<(Id, Instant)>,
}

#[derive(Default)]
pub(crate) struct Room {
    version: u64,
    pub(crate) seats: HashMap<String, Seat>,
    pub(crate) speakers: Speakers<Id>,
    /// Since when it should end.
    pub(crate) ending_since: Option<Instant>,
    /// When the roster was confirmed last.
    pub(crate) confirmed_at: Option<Instant>,
    /// The slots or the list of connected sessions changed.
    pub(crate) is_changed: bool,
    pub(crate) is_present_changed: bool,
}

impl Room {
    /// Takes a roster. Returns the connections of people who are no longer on it.
    pub(crate) fn update(&mut self, roster: Roster, now: Instant) -> Vec<Id> {
        if roster.version < self.version {
            return Vec::new();
        }
        self.version = roster.version;
        self.confirmed_at = Some(now);
        self.ending_since = if roster.is_ending { self.ending_since.or(Some(now)) } else { None };
        let mut before = std::mem::take(&mut self.seats);
        for member in roster.members {
            let mut seat = before.remove(&member.session).unwrap_or_default();
            if seat.is_muted != member.is_muted {
                seat.is_muted = member.is_muted;
                self.is_changed = true;
                if let Some(current) = seat.current {
                    self.speakers.remove(current);
                }
            }
            self.seats.insert(member.session, seat);
        }
        before.into_values().flat_map(|seat| seat.connections).collect()
    }

    /// Adds a connection. Returns one that has to go, or `None` as the error when the session is not in the room.
    pub(crate) fn add(&mut self, session: &str, connection: Id) -> Result<Option<Id>, NotOnRoster> {
        let seat = self.seats.get_mut(session).ok_or(NotOnRoster)?;
        seat.connections.push(connection);
        let excess = seat.connections.len() > CONNECTIONS_OF_SESSION;
        let current = seat.current;
        Ok(excess.then(|| seat.connections.iter().copied().find(|id| Some(*id) != current)).flatten())
    }

    /// A connection works: its microphone counts from now on.
    pub(crate) fn ready(&mut self, session: &str, connection: Id, now: Instant) {
        let Some(seat) = self.seats.get_mut(session) else { return };
        if seat.current.is_some_and(|current| current > connection) {
            return;
        }
        if let Some(before) = seat.current.replace(connection) {
            seat.replaced = Some((before, now));
            self.speakers.remove(before);
        }
        self.is_changed = true;
        self.is_present_changed = true;
    }

    /// Forgets a connection.
    pub(crate) fn remove(&mut self, session: &str, connection: Id) {
        self.is_changed |= self.speakers.remove(connection);
        let Some(seat) = self.seats.get_mut(session) else {
            self.is_present_changed = true;
            self.is_changed = true;
            return;
        };
        seat.connections.retain(|id| *id != connection);
        if seat.current == Some(connection) {
            seat.current = None;
            self.is_present_changed = true;
            self.is_changed = true;
        }
    }

    /// The connections that newer ones replaced some time ago.
    pub(crate) fn replaced(&self, now: Instant) -> Vec<Id> {
        let of_seats = self
            .seats
            .values()
            .filter_map(|seat| seat.replaced.filter(|(id, _)| seat.connections.contains(id)));
        of_seats
            .filter(|(_, since)| now.saturating_duration_since(*since) >= REPLACED_FOR)
            .map(|(id, _)| id)
            .collect()
    }

    /// The seat of a session if this connection is the one whose microphone counts, and nobody muted the person.
    pub(crate) fn may_speak(&self, session: &str, connection: Id) -> Result<(), &'static str> {
        match self.seats.get(session) {
            Some(seat) if seat.current != Some(connection) => Err("replaced"),
            Some(seat) if seat.is_muted => Err("muted"),
            Some(_) => Ok(()),
            None => Err("left"),
        }
    }

    /// The sessions that are connected.
    pub(crate) fn present(&self) -> Vec<&str> {
        self.seats
            .iter()
            .filter(|(_, seat)| seat.current.is_some())
            .map(|(session, _)| session.as_str())
            .collect()
    }

    /// Every connection in the room.
    pub(crate) fn connections(&self) -> impl Iterator<Item = (&str, &Seat, Id)> {
        self.seats
            .iter()
            .flat_map(|(session, seat)| seat.connections.iter().map(move |id| (session.as_str(), seat, *id)))
    }
}

/// The session is not in the room.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotOnRoster;

#[cfg(test)]
mod tests {
    use super::*;

    fn roster(version: u64, members: &[(&str, bool)]) -> Roster {
        let members = members
            .iter()
            .map(|(session, is_muted)| Member { session: (*session).to_owned(), is_muted: *is_muted })
            .collect();
        Roster { version, members, is_ending: false }
    }

    #[test]
    fn who_is_not_on_the_roster_is_not_connected_and_an_old_roster_changes_nothing() {
        let (mut room, now) = (Room::default(), Instant::now());
        assert_eq!(room.add("mia", 1), Err(NotOnRoster));
        assert_eq!(room.update(roster(3, &[("mia", false), ("ben", false)]), now), [] as [Id; 0]);
        assert_eq!(room.add("mia", 1), Ok(None));
        room.ready("mia", 1, now);
        assert_eq!(room.may_speak("mia", 1), Ok(()));
        assert_eq!(room.update(roster(2, &[]), now), [] as [Id; 0], "an older version");
        assert_eq!(room.update(roster(4, &[("ben", false)]), now), [1]);
        assert_eq!(room.may_speak("mia", 1), Err("left"));
    }

    #[test]
    fn a_mute_frees_the_slot_at_once() {
        let (mut room, now) = (Room::default(), Instant::now());
        room.update(roster(1, &[("mia", false)]), now);
        room.add("mia", 1).unwrap();
        room.ready("mia", 1, now);
        room.speakers.hear(1, -20.0, now);
        room.update(roster(2, &[("mia", true)]), now);
        assert_eq!((room.may_speak("mia", 1), room.speakers.slots()[0]), (Err("muted"), None));
    }

    #[test]
    fn a_new_connection_replaces_the_one_before_when_it_works() {
        let (mut room, now) = (Room::default(), Instant::now());
        room.update(roster(1, &[("mia", false)]), now);
        room.add("mia", 1).unwrap();
        room.ready("mia", 1, now);
        room.add("mia", 2).unwrap();
        assert_eq!(room.may_speak("mia", 1), Ok(()), "the new one does not work yet");
        assert_eq!(room.add("mia", 3), Ok(Some(2)), "one in use and one that comes");
        room.remove("mia", 2);
        room.ready("mia", 3, now);
        assert_eq!((room.may_speak("mia", 1), room.may_speak("mia", 3)), (Err("replaced"), Ok(())));
        assert_eq!((room.replaced(now), room.replaced(now + REPLACED_FOR)), (vec![], vec![1]));
        room.remove("mia", 1);
        assert_eq!(room.present(), ["mia"]);
        room.remove("mia", 3);
        assert_eq!(room.present(), [] as [&str; 0]);
    }
}
