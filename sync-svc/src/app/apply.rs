//! One step of a room: load, reduce, append; and again after a lost race.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use ids::RoomId;
use prost::Message as _;
use proto::sync::v1::{SubscribeResponse, subscribe_response::Delivery};
use rand::Rng as _;
use state::{Append, Outcome};

use super::{App, access::Access, checkpoints::Ticket, quality::record_hold, rooms::Known};
use crate::{
    error::{Error, Result},
    playback::{Input, Rejection, Room, Step, owner_due_us, reduce, wake_again_us, wake_us},
    store::room_states::{self, Checkpoint},
};

/// Attempts of a step; with two replicas that race without a pause all fail once in 65,000 steps.
const ATTEMPTS: u32 = 16;
/// Attempts without a pause. Later ones back off, so that many replicas do not race in lockstep.
const EAGER_ATTEMPTS: u32 = 4;

/// The outcome of an input.
#[derive(Debug)]
pub(crate) enum Done {
    /// The room changed. Has the last event as subscribers get it, empty if there was none, and the ticket of the
    /// checkpoint for callers that need the change to survive this process.
    Changed { last_event: Bytes, saved: Ticket },
    /// There was nothing to store.
    Unchanged,
    /// The input was applied before; this is the answer of that time.
    Duplicate(Bytes),
}

impl App {
    /// Applies an input. A `key` makes it idempotent for an hour.
    pub(crate) async fn apply(&self, id: RoomId, input: &Input, key: Option<&str>) -> Result<Done> {
        self.apply_by(id, input, key, None).await
    }

    /// As [`App::apply`], for a person whose `access` admits the input. Fails with [`Error::AccessChanged`] when an event has
    /// changed it by the time the step would be stored: the decision at that time counts.
    pub(crate) async fn apply_by(
        &self,
        id: RoomId,
        input: &Input,
        key: Option<&str>,
        access: Option<&Access>,
    ) -> Result<Done> {
        let room = id.to_string();
        let shared = self.state.log.outlives_process();
        let entry = self.rooms.entry(id, self.clock.now_us());
        let mut last = entry.last.lock().await;
        for attempt in 0..ATTEMPTS {
            if attempt > EAGER_ATTEMPTS {
                let pause_us = rand::thread_rng().gen_range(0..(1000 << attempt.min(8)));
                tokio::time::sleep(Duration::from_micros(pause_us)).await;
            }
            let (known, certain) = match last.take() {
                Some(known) => (known, !shared),
                None => (self.load(id, &room).await?, true),
            };
            let now_us = self.clock.now_us();
            let step = match reduce(&known.room, input, now_us, self.params) {
                // Another replica may have moved the room on since this one saw it.
                Err(_) if !certain => continue,
                Err(rejection) => {
                    *last = Some(known);
                    return self.rejected(&room, key, rejection).await;
                }
                Ok(step) if step.changed => step,
                Ok(_) if !certain && !may_be_dropped(input, &known.room) => continue,
                Ok(_) => {
                    *last = Some(known);
                    return Ok(Done::Unchanged);
                }
            };
            if access.is_some_and(|access| self.access_changed_since(access)) {
                *last = Some(known);
                return Err(Error::AccessChanged);
            }
            let append = self.append_of(&step, known.version, key);
            let last_event = append.events.last().cloned().unwrap_or_default();
            match self.state.log.append(&room, append).await? {
                Outcome::Appended(version) => {
                    let (epoch, record) = (step.room.playback.epoch, step.room.checkpoint());
                    let saved =
                        self.checkpoints.mark(id, Checkpoint { epoch, version, record, seen_at_us: now_us });
                    self.timers.set(id, wake_us(&step.room));
                    self.absences.expect(id, owner_due_us(&step.room, self.params));
                    record_hold(&known.room, &step.room, now_us);
                    self.chat_lines.note(id, &step.events);
                    let is_news = !step.events.is_empty() || !step.notices.is_empty();
                    self.visits.note(id, &known.room, &step.room, now_us);
                    let known = Known { version, room: Arc::new(step.room) };
                    if is_news {
                        self.reports.mark(id, known.clone());
                    }
                    *last = Some(known);
                    return Ok(Done::Changed { last_event, saved });
                }
                Outcome::Conflict => tracing::debug!(%room, attempt, "lost a race against another replica"),
                Outcome::Duplicate(answer) => {
                    *last = Some(known);
                    return Ok(Done::Duplicate(answer));
                }
            }
        }
        Err(Error::Contended)
    }

    /// Waits until a change survives this process: it does at once on a shared log, and with its checkpoint otherwise.
    pub(crate) async fn survives(&self, saved: Ticket) -> Result<()> {
        if self.state.log.outlives_process() { Ok(()) } else { self.checkpoints.kept(saved).await }
    }

    /// A repeated command may well be rejected by the state that it caused; its sender gets the first answer.
    async fn rejected(&self, room: &str, key: Option<&str>, rejection: Rejection) -> Result<Done> {
        if let Some(key) = key
            && let Some(answer) = self.state.log.answered(room, key).await?
        {
            return Ok(Done::Duplicate(answer));
        }
        Err(rejection.into())
    }

    fn append_of(&self, step: &Step, expected_version: u64, key: Option<&str>) -> Append {
        let events: Vec<_> = step.events.iter().map(|event| encode(Delivery::Event(event.clone()))).collect();
        let last_seq = step.room.playback.seq.cast_unsigned();
        Append {
            expected_version,
            state: step.room.encode(),
            first_seq: last_seq + 1 - events.len() as u64,
            idempotency: key.map(|key| (key.to_owned(), events.last().cloned().unwrap_or_default())),
            events,
            notices: step.notices.iter().map(|notice| encode(Delivery::Presence(notice.clone()))).collect(),
            keep: self.log_length,
        }
    }

    /// The room now.
    pub(crate) async fn current(&self, id: RoomId) -> Result<Known> {
        let room = id.to_string();
        if self.state.log.outlives_process() {
            return self.load(id, &room).await;
        }
        let entry = self.rooms.entry(id, self.clock.now_us());
        let mut last = entry.last.lock().await;
        if last.is_none() {
            *last = Some(self.load(id, &room).await?);
        }
        last.clone().ok_or(Error::Contended)
    }

    /// Loads the room from its log, or restores it from its checkpoint, or starts with a fresh one.
    pub(crate) async fn load(&self, id: RoomId, name: &str) -> Result<Known> {
        let unreadable = |source| Error::Record { room: name.to_owned(), source };
        if let Some(record) = self.state.log.load(name).await? {
            let room = Room::decode(&record.state).map_err(unreadable)?;
            if let Some(at_us) = wake_again_us(&room, self.clock.now_us()) {
                self.timers.set_no_later(id, at_us);
            }
            self.absences.expect(id, owner_due_us(&room, self.params));
            return Ok(Known { version: record.version, room: Arc::new(room) });
        }
        let now_us = self.clock.now_us();
        let room = match room_states::load(&self.pool, id).await? {
            Some((record, seen_at_us)) => {
                tracing::info!(room = name, "restoring a room from its checkpoint");
                Room::restored(&record, seen_at_us, now_us).map_err(unreadable)?
            }
            None => Room::fresh(now_us),
        };
        Ok(Known { version: 0, room: Arc::new(room) })
    }
}

/// Player reports go stale at once, so a no-op need not be re-checked against the newest state, unless the player has
/// applied events that this replica has not seen.
fn may_be_dropped(input: &Input, seen: &Room) -> bool {
    matches!(input, Input::Report { status, .. } if status.applied_seq <= seen.playback.seq)
}

/// A delivery as subscribers get it. Encoded once for all of them.
pub(crate) fn encode(delivery: Delivery) -> Bytes {
    SubscribeResponse { delivery: Some(delivery) }.encode_to_vec().into()
}
