//! What the room itself says in its chat, and which of it becomes one message.

use chrono::{DateTime, TimeDelta, Utc};
use proto::room::v1::{Person, SystemEvent, SystemEventKind as Kind};

/// People who join, leave or add items within this time after the first of them share a message.
const PEOPLE_WITHIN: TimeDelta = TimeDelta::minutes(5);
/// What one person does to the playback within this time shares a message, which shows the last of it.
const CONTROL_WITHIN: TimeDelta = TimeDelta::minutes(1);
/// Names that a message lists; it counts the others.
const NAMED: usize = 10;

/// Something that happened in the room.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    pub(crate) kind: Kind,
    /// The person concerned; `None`: the room itself.
    pub(crate) person: Option<Person>,
    pub(crate) position_us: i64,
    pub(crate) item_id: String,
    pub(crate) item_title: String,
}

impl Line {
    /// The event of a message of its own.
    pub(crate) fn event(self) -> SystemEvent {
        SystemEvent {
            kind: self.kind.into(),
            people_count: i32::from(self.person.is_some()),
            people: self.person.into_iter().collect(),
            count: 1,
            position_us: self.position_us,
            item_title: self.item_title,
            item_id: self.item_id,
        }
    }

    /// The event of the newest message of the chat with this one added to it. `None`: the two do not belong together.
    pub(crate) fn added_to(
        self,
        last: &SystemEvent,
        sent_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Option<SystemEvent> {
        let age = now - sent_at;
        let same_person = last.people.first().map(|person| &person.subject_id)
            == self.person.as_ref().map(|person| &person.subject_id);
        let belongs = match (last.kind(), self.kind) {
            (Kind::Join, Kind::Join)
            | (Kind::Leave, Kind::Leave)
            | (Kind::ItemAdded, Kind::ItemAdded)
            | (Kind::ItemRemoved, Kind::ItemRemoved) => age < PEOPLE_WITHIN,
            (Kind::Play | Kind::Pause | Kind::Seek, Kind::Play | Kind::Pause | Kind::Seek)
            | (Kind::ItemStarted, Kind::ItemStarted) => age < CONTROL_WITHIN && same_person,
            _ => false,
        };
        if !belongs {
            return None;
        }
        let mut event = SystemEvent { count: last.count.saturating_add(1), ..self.event() };
        let newcomer = event.people.pop();
        event.people.clone_from(&last.people);
        event.people_count = last.people_count;
        if let Some(person) = newcomer
            && event.people.iter().all(|known| known.subject_id != person.subject_id)
        {
            event.people_count = event.people_count.saturating_add(1);
            if event.people.len() < NAMED {
                event.people.push(person);
            }
        }
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kind: Kind, who: &str) -> Line {
        let person = Person { subject_id: format!("user_{who}"), display_name: who.to_owned() };
        Line { kind, person: Some(person), ..Line::default() }
    }

    fn after(seconds: i64, line: Line, last: &SystemEvent) -> Option<SystemEvent> {
        let sent_at = DateTime::<Utc>::UNIX_EPOCH;
        line.added_to(last, sent_at, sent_at + TimeDelta::seconds(seconds))
    }

    #[test]
    fn a_class_that_joins_is_one_message_with_ten_names() {
        let mut event = line(Kind::Join, "0").event();
        for n in 1..1000 {
            event = after(n / 10, line(Kind::Join, &n.to_string()), &event).unwrap();
        }
        assert_eq!((event.people.len(), event.people_count, event.count), (10, 1000, 1000));
        assert!(after(300, line(Kind::Join, "late"), &event).is_none());
        assert!(after(1, line(Kind::Leave, "0"), &event).is_none());
    }

    // W2: a person who comes and goes is not listed twice.
    #[test]
    fn a_person_is_named_once() {
        let event = after(1, line(Kind::Join, "Ann"), &line(Kind::Join, "Ann").event()).unwrap();
        assert_eq!((event.people.len(), event.people_count, event.count), (1, 1, 2));
    }

    #[test]
    fn controls_of_one_person_show_the_last() {
        let paused = line(Kind::Pause, "Ann").event();
        let seek = Line { position_us: 42, ..line(Kind::Seek, "Ann") };
        let event = after(59, seek.clone(), &paused).unwrap();
        assert_eq!((event.kind(), event.position_us, event.count), (Kind::Seek, 42, 2));
        assert!(after(60, seek, &paused).is_none());
        assert!(after(1, line(Kind::Play, "Bob"), &paused).is_none(), "who did it stays true");
    }
}
