//! The log of one room in memory.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use tokio::{sync::broadcast, time::Instant};

use crate::{ANSWERS_LAST, Append, Delivery, Error, Outcome, Record, Result, deliveries};

/// Number of answers kept for retries. At one command every 360 ms they last the hour; a busier room drops the
/// oldest sooner.
const MOST_ANSWERS: usize = 10_000;

#[derive(Default)]
pub(super) struct Room {
    version: u64,
    last_seq: u64,
    state: Bytes,
    events: VecDeque<(u64, Bytes)>,
    answers: HashMap<String, (Instant, Bytes)>,
    answered: VecDeque<String>,
    /// Exists while the room has subscribers.
    deliveries: Option<broadcast::Sender<Delivery>>,
}

impl Room {
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    pub(super) fn record(&self) -> Option<Record> {
        (self.version > 0).then(|| Record {
            version: self.version,
            last_seq: self.last_seq,
            state: self.state.clone(),
        })
    }

    /// The version of a new log is above `floor`.
    pub(super) fn append(&mut self, step: Append, floor: u64, now: Instant) -> Result<Outcome> {
        if let Some((key, _)) = &step.idempotency
            && let Some(answer) = self.answered(key, now)
        {
            return Ok(Outcome::Duplicate(answer));
        }
        if step.expected_version != self.version {
            return Ok(Outcome::Conflict);
        }
        if self.version > 0 && step.first_seq != self.last_seq + 1 {
            return Err(Error::new(format!(
                "event {} cannot follow event {}",
                step.first_seq, self.last_seq
            )));
        }
        self.version = if self.version == 0 { floor } else { self.version } + 1;
        self.state = step.state;
        self.last_seq = (step.first_seq + step.events.len() as u64).saturating_sub(1);
        if let Some((key, answer)) = step.idempotency {
            self.remember(key, answer, now);
        }
        let events: Vec<_> = (step.first_seq..).zip(step.events).collect();
        self.events.extend(events.iter().cloned());
        self.events.drain(..self.events.len().saturating_sub(step.keep));
        let events = events.into_iter().map(|(seq, payload)| Delivery::Event { seq, payload });
        self.deliver(step.notices.into_iter().map(Delivery::Notice).chain(events));
        Ok(Outcome::Appended(self.version))
    }

    pub(super) fn answered(&self, key: &str, now: Instant) -> Option<Bytes> {
        self.answers.get(key).filter(|(until, _)| *until > now).map(|(_, answer)| answer.clone())
    }

    fn remember(&mut self, key: String, answer: Bytes, now: Instant) {
        while let Some(oldest) = self.answered.front()
            && (self.answered.len() >= MOST_ANSWERS
                || self.answers.get(oldest).is_none_or(|(until, _)| *until <= now))
            && let Some(oldest) = self.answered.pop_front()
        {
            self.answers.remove(&oldest);
        }
        self.answered.push_back(key.clone());
        self.answers.insert(key, (now + ANSWERS_LAST, answer));
    }

    pub(super) fn read_after(&self, seq: u64) -> Option<Vec<(u64, Bytes)>> {
        if self.version == 0 || seq > self.last_seq {
            return None;
        }
        let missed = usize::try_from(self.last_seq - seq).ok()?;
        let from = self.events.len().checked_sub(missed)?;
        Some(self.events.range(from..).cloned().collect())
    }

    pub(super) fn subscribe(&mut self) -> broadcast::Receiver<Delivery> {
        self.deliveries.get_or_insert_with(deliveries::channel).subscribe()
    }

    pub(super) fn has_subscribers(&self) -> bool {
        self.deliveries.as_ref().is_some_and(|sender| sender.receiver_count() > 0)
    }

    pub(super) fn deliver(&mut self, deliveries: impl IntoIterator<Item = Delivery>) {
        let Some(sender) = &self.deliveries else { return };
        for delivery in deliveries {
            if sender.send(delivery).is_err() {
                self.deliveries = None;
                return;
            }
        }
    }

    /// Clears everything but the subscribers.
    pub(super) fn clear(&mut self) {
        *self = Self { deliveries: self.deliveries.take(), ..Self::default() };
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn keyed(version: u64, seq: u64, key: &str) -> Append {
        let idempotency = Some((key.to_owned(), "answer".into()));
        Append {
            expected_version: version,
            state: Bytes::new(),
            first_seq: seq,
            events: vec!["e".into()],
            notices: vec![],
            idempotency,
            keep: 10,
        }
    }

    #[tokio::test]
    async fn a_stored_answer_is_kept_for_an_hour() {
        let (mut room, now) = (Room::default(), Instant::now());
        room.append(keyed(0, 1, "key"), 0, now).unwrap();
        let later = |seconds| now + Duration::from_secs(seconds);
        assert!(room.answered("key", later(3599)).is_some());
        assert_eq!(room.answered("key", later(3600)), None);
        assert_eq!(room.append(keyed(1, 2, "key"), 0, later(3600)).unwrap(), Outcome::Appended(2));
        assert_eq!((room.answers.len(), room.answered.len()), (1, 1), "the old answer is gone");
    }

    #[tokio::test]
    async fn stored_answers_are_bounded() {
        let (mut room, now) = (Room::default(), Instant::now());
        for number in 0..MOST_ANSWERS as u64 + 100 {
            room.append(keyed(number, number + 1, &number.to_string()), 0, now).unwrap();
        }
        assert_eq!(room.answers.len(), MOST_ANSWERS);
        assert_eq!(room.events.len(), 10);
        assert_eq!(room.answered("0", now), None);
        assert!(room.answered("10099", now).is_some());
    }
}
