//! The logs of rooms on Redis: a hash for the record, a stream for the tail, a key for each answer.

use std::{sync::LazyLock, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use redis::{Script, Value, streams::StreamRangeReply};

use super::Redis;
use crate::{ANSWERS_LAST, Append, Delivery, Error, Outcome, Record, Result, RoomLog};

/// A room that is not used for this long expires in Redis. The caller has a checkpoint of it.
const ROOMS_LAST: Duration = Duration::from_hours(7 * 24);

static APPEND: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("append.lua")));

static REMOVE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return 0 end redis.call('DEL', KEYS[1], KEYS[2]) return 1",
    )
});

fn record_key(room: &str) -> String {
    format!("syncwatch:{{{room}}}:record")
}

fn events_key(room: &str) -> String {
    format!("syncwatch:{{{room}}}:events")
}

fn answer_key(room: &str, key: &str) -> String {
    format!("syncwatch:{{{room}}}:answer:{key}")
}

pub(super) fn channel(room: &str) -> String {
    format!("syncwatch:{{{room}}}:deliveries")
}

fn unexpected(what: &str, room: &str) -> Error {
    Error::new(format!("Redis holds an unexpected {what} for {room}"))
}

#[async_trait]
impl RoomLog for Redis {
    async fn load(&self, room: &str) -> Result<Option<Record>> {
        let (version, last_seq, state): (Option<u64>, Option<u64>, Option<Vec<u8>>) = redis::cmd("HMGET")
            .arg(record_key(room))
            .arg(&["version", "last_seq", "state"])
            .query_async(&mut self.commands.clone())
            .await?;
        let (Some(version), Some(last_seq), Some(state)) = (version, last_seq, state) else {
            return Ok(None);
        };
        Ok(Some(Record { version, last_seq, state: state.into() }))
    }

    async fn append(&self, room: &str, step: Append) -> Result<Outcome> {
        let (key, answer) =
            step.idempotency.as_ref().map_or(("", &[][..]), |(key, answer)| (key.as_str(), &answer[..]));
        let mut call = APPEND.prepare_invoke();
        call.key(record_key(room)).key(events_key(room)).key(answer_key(room, key));
        call.arg(step.expected_version)
            .arg(&step.state[..])
            .arg(step.first_seq)
            .arg(step.keep)
            .arg(channel(room));
        call.arg(ROOMS_LAST.as_secs()).arg(ANSWERS_LAST.as_secs());
        call.arg(u8::from(step.idempotency.is_some())).arg(answer).arg(step.events.len());
        for payload in step.events.iter().chain(&step.notices) {
            call.arg(&payload[..]);
        }
        match call.invoke_async(&mut self.commands.clone()).await? {
            (0, _) => Ok(Outcome::Conflict),
            (1, Value::Int(version)) => {
                Ok(Outcome::Appended(version.try_into().map_err(|_| unexpected("version", room))?))
            }
            (2, Value::BulkString(answer)) => Ok(Outcome::Duplicate(answer.into())),
            (_, _) => Err(unexpected("reply to an append", room)),
        }
    }

    async fn answered(&self, room: &str, key: &str) -> Result<Option<Bytes>> {
        let answer: Option<Vec<u8>> =
            redis::cmd("GET").arg(answer_key(room, key)).query_async(&mut self.commands.clone()).await?;
        Ok(answer.map(Bytes::from))
    }

    async fn notify(&self, room: &str, notice: Bytes) -> Result<()> {
        let message = [b"n", &notice[..]].concat();
        redis::cmd("PUBLISH")
            .arg(channel(room))
            .arg(message)
            .query_async::<()>(&mut self.commands.clone())
            .await?;
        Ok(())
    }

    async fn read_after(&self, room: &str, seq: u64) -> Result<Option<Vec<(u64, Bytes)>>> {
        let (last_seq, events): (Option<u64>, StreamRangeReply) = redis::pipe()
            .atomic()
            .hget(record_key(room), "last_seq")
            .xrange(events_key(room), format!("({seq}-0"), "+")
            .query_async(&mut self.commands.clone())
            .await?;
        let Some(missed) = last_seq.and_then(|last| last.checked_sub(seq)) else { return Ok(None) };
        if events.ids.len() as u64 != missed {
            return Ok(None);
        }
        let events = events.ids.into_iter().map(|mut entry| {
            let seq = entry.id.split_once('-').and_then(|(seq, _)| seq.parse().ok());
            match (seq, entry.map.remove("e")) {
                (Some(seq), Some(Value::BulkString(payload))) => Ok((seq, Bytes::from(payload))),
                _ => Err(unexpected("event", room)),
            }
        });
        events.collect::<Result<_>>().map(Some)
    }

    async fn subscribe(&self, room: &str) -> Result<BoxStream<'static, Delivery>> {
        self.subscriptions.subscribe(channel(room)).await
    }

    async fn remove(&self, room: &str, version: u64) -> Result<bool> {
        let removed: u8 = REMOVE
            .key(record_key(room))
            .key(events_key(room))
            .arg(version)
            .invoke_async(&mut self.commands.clone())
            .await?;
        Ok(removed == 1)
    }

    fn outlives_process(&self) -> bool {
        true
    }
}
