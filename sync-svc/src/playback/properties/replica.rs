//! A replica, as far as it decides: what it saw last, reduce, append, and again when another was first.

use std::sync::Arc;

use bytes::Bytes;
use proptest::prelude::*;
use prost::Message as _;
use proto::sync::v1::PlaybackEvent;
use state::{Append, Outcome, RoomLog};

use super::{ROOM, failed};
use crate::playback::{Input, Room, reduce, tests::PARAMS};

#[derive(Default)]
pub(super) struct Replica {
    last: Option<(u64, Arc<Room>)>,
}

pub(super) struct Done {
    /// What was appended.
    pub(super) events: Vec<PlaybackEvent>,
    /// What its sender is told.
    pub(super) answer: Option<PlaybackEvent>,
}

impl Replica {
    /// `None`: refused.
    pub(super) async fn apply(
        &mut self,
        log: &dyn RoomLog,
        input: &Input,
        now_us: i64,
        keep: usize,
    ) -> Result<Option<Done>, TestCaseError> {
        let key = match input {
            Input::Command { command, by, .. } => Some(format!("{by}:{}", command.id)),
            _ => None,
        };
        loop {
            let (version, room, certain) = match self.last.take() {
                Some((version, room)) => (version, room, false),
                None => match log.load(ROOM).await.map_err(failed)? {
                    Some(record) => {
                        (record.version, Arc::new(Room::decode(&record.state).map_err(failed)?), true)
                    }
                    None => (0, Arc::new(Room::fresh(now_us)), true),
                },
            };
            let step = match reduce(&room, input, now_us, PARAMS) {
                Ok(step) if step.changed => step,
                _ if !certain => continue,
                Ok(_) => return Ok(Some(Done { events: Vec::new(), answer: None })),
                Err(_) => return answered(log, key.as_deref()).await,
            };
            let events: Vec<Bytes> = step.events.iter().map(|event| event.encode_to_vec().into()).collect();
            let append = Append {
                expected_version: version,
                state: step.room.encode(),
                first_seq: step.room.playback.seq.cast_unsigned() + 1 - events.len() as u64,
                idempotency: key.clone().map(|key| (key, events.last().cloned().unwrap_or_default())),
                events,
                notices: Vec::new(),
                keep,
            };
            match log.append(ROOM, append).await.map_err(failed)? {
                Outcome::Appended(version) => {
                    self.last = Some((version, Arc::new(step.room)));
                    let answer = step.events.last().cloned();
                    return Ok(Some(Done { events: step.events, answer }));
                }
                Outcome::Conflict => {}
                Outcome::Duplicate(answer) => return again(&answer),
            }
        }
    }
}

/// A command that was carried out may well be refused when it comes again.
async fn answered(log: &dyn RoomLog, key: Option<&str>) -> Result<Option<Done>, TestCaseError> {
    let Some(key) = key else { return Ok(None) };
    match log.answered(ROOM, key).await.map_err(failed)? {
        Some(answer) => again(&answer),
        None => Ok(None),
    }
}

fn again(answer: &Bytes) -> Result<Option<Done>, TestCaseError> {
    let answer = Some(PlaybackEvent::decode(answer.clone()).map_err(failed)?);
    Ok(Some(Done { events: Vec::new(), answer }))
}
