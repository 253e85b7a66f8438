//! A log as simple as can be, whose deliveries can get lost.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard},
};

use bytes::Bytes;
use futures::{StreamExt as _, channel::mpsc, stream::BoxStream};
use state::{Append, Delivery, Outcome, Record, Result, RoomLog};

/// The log of one room.
#[derive(Default)]
pub(super) struct ModelLog(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    record: Option<Record>,
    events: Vec<(u64, Bytes)>,
    answers: HashMap<String, Bytes>,
    listeners: Vec<mpsc::UnboundedSender<Delivery>>,
    loses: bool,
}

impl ModelLog {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    /// From here on what is delivered arrives nowhere.
    pub(super) fn lose_what_comes(&self) {
        self.lock().loses = true;
    }

    pub(super) fn deliver_again(&self) {
        self.lock().loses = false;
    }

    /// The loss is noticed: everyone who listens is told.
    pub(super) fn admit_loss(&self) {
        self.lock().deliver(&Delivery::Lost);
    }
}

impl Inner {
    fn deliver(&mut self, delivery: &Delivery) {
        if !self.loses {
            self.listeners.retain(|listener| listener.unbounded_send(delivery.clone()).is_ok());
        }
    }
}

#[async_trait::async_trait]
impl RoomLog for ModelLog {
    async fn load(&self, _: &str) -> Result<Option<Record>> {
        Ok(self.lock().record.clone())
    }

    async fn append(&self, _: &str, step: Append) -> Result<Outcome> {
        let mut inner = self.lock();
        if let Some(answer) = step.idempotency.as_ref().and_then(|(key, _)| inner.answers.get(key)) {
            return Ok(Outcome::Duplicate(answer.clone()));
        }
        let (version, last_seq) =
            inner.record.as_ref().map_or((0, None), |record| (record.version, Some(record.last_seq)));
        if step.expected_version != version {
            return Ok(Outcome::Conflict);
        }
        assert!(last_seq.is_none_or(|last_seq| step.first_seq == last_seq + 1), "a gap in the log");
        let last_seq = step.first_seq + step.events.len() as u64 - 1;
        inner.record = Some(Record { version: version + 1, last_seq, state: step.state });
        inner.answers.extend(step.idempotency);
        for notice in step.notices {
            inner.deliver(&Delivery::Notice(notice));
        }
        for (seq, payload) in (step.first_seq..).zip(step.events) {
            inner.events.push((seq, payload.clone()));
            inner.deliver(&Delivery::Event { seq, payload });
        }
        let gone = inner.events.len().saturating_sub(step.keep);
        inner.events.drain(..gone);
        Ok(Outcome::Appended(version + 1))
    }

    async fn answered(&self, _: &str, key: &str) -> Result<Option<Bytes>> {
        Ok(self.lock().answers.get(key).cloned())
    }

    async fn notify(&self, _: &str, notice: Bytes) -> Result<()> {
        self.lock().deliver(&Delivery::Notice(notice));
        Ok(())
    }

    async fn read_after(&self, _: &str, seq: u64) -> Result<Option<Vec<(u64, Bytes)>>> {
        let inner = self.lock();
        let Some(last_seq) = inner.record.as_ref().map(|record| record.last_seq) else { return Ok(None) };
        let first_kept = inner.events.first().map_or(last_seq + 1, |(first, _)| *first);
        let reaches = seq <= last_seq && seq + 1 >= first_kept;
        Ok(reaches.then(|| inner.events.iter().filter(|(of, _)| *of > seq).cloned().collect()))
    }

    async fn subscribe(&self, _: &str) -> Result<BoxStream<'static, Delivery>> {
        let (sender, receiver) = mpsc::unbounded();
        self.lock().listeners.push(sender);
        Ok(receiver.boxed())
    }

    async fn remove(&self, _: &str, _: u64) -> Result<bool> {
        Ok(false)
    }

    fn outlives_process(&self) -> bool {
        true
    }
}
