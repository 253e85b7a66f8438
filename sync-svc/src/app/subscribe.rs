//! The stream of a room: no gaps, no repetitions.

use std::{collections::VecDeque, sync::Arc};

use bytes::Bytes;
use futures::{
    Stream, StreamExt as _,
    stream::{self, BoxStream},
};
use ids::RoomId;
use prost::Message as _;
use proto::sync::v1::{SubscribeResponse, subscribe_response::Delivery as Told};
use state::Delivery;

use super::App;
use crate::error::{Error, Result};

/// A subscriber, and its position in the log.
struct Reader {
    app: Arc<App>,
    room: RoomId,
    deliveries: BoxStream<'static, Delivery>,
    /// Responses that precede the next delivery.
    ready: VecDeque<SubscribeResponse>,
    epoch: i64,
    seq: u64,
}

impl App {
    /// Streams the events after `after_seq`, or a snapshot, and then every change.
    pub(crate) async fn subscribe(
        self: &Arc<Self>,
        room: RoomId,
        after_seq: u64,
    ) -> Result<impl Stream<Item = Result<SubscribeResponse>> + use<>> {
        let name = room.to_string();
        // Before the log is read: an event that is appended meanwhile arrives twice, and not never.
        let deliveries = self.state.log.subscribe(&name).await?;
        let missed = if after_seq > 0 { self.state.log.read_after(&name, after_seq).await? } else { None };
        let mut reader =
            Reader { app: self.clone(), room, deliveries, ready: VecDeque::new(), epoch: 0, seq: after_seq };
        match missed {
            Some(missed) => {
                for (seq, event) in missed {
                    reader.event(seq, &event).await?;
                }
            }
            None => reader.snapshot().await?,
        }
        let mut stopping = self.stopping.subscribe();
        let stop = async move { stopping.wait_for(|stopping| *stopping).await.map(drop) };
        let told = stream::try_unfold(reader, |mut reader| async move {
            let next = reader.next().await?;
            Ok(next.map(|response| (response, reader)))
        });
        Ok(told.take_until(Box::pin(stop)))
    }
}

impl Reader {
    async fn next(&mut self) -> Result<Option<SubscribeResponse>> {
        loop {
            if let Some(response) = self.ready.pop_front() {
                return Ok(Some(response));
            }
            match self.deliveries.next().await {
                Some(Delivery::Event { seq, payload }) => self.event(seq, &payload).await?,
                Some(Delivery::Notice(payload)) => {
                    let response = self.decode(&payload)?;
                    self.ready.push_back(response);
                }
                Some(Delivery::Lost) => self.snapshot().await?,
                None => return Ok(None),
            }
        }
    }

    async fn event(&mut self, seq: u64, payload: &Bytes) -> Result<()> {
        let response = self.decode(payload)?;
        let epoch = match &response.delivery {
            Some(Told::Event(event)) => event.state.as_ref().map_or(0, |state| state.epoch),
            _ => 0,
        };
        // The log was lost and restored from a checkpoint, so its numbers may repeat.
        let new_log = self.epoch != 0 && epoch > self.epoch;
        if new_log || seq > self.seq + 1 {
            return self.snapshot().await;
        }
        if seq == self.seq + 1 {
            (self.epoch, self.seq) = (epoch, seq);
            self.ready.push_back(response);
        }
        Ok(())
    }

    async fn snapshot(&mut self) -> Result<()> {
        let snapshot = self.app.snapshot(self.room).await?;
        if let Some(state) = &snapshot.state {
            (self.epoch, self.seq) = (state.epoch, state.seq.cast_unsigned());
        }
        self.ready.push_back(SubscribeResponse { delivery: Some(Told::Snapshot(snapshot)) });
        Ok(())
    }

    fn decode(&self, payload: &Bytes) -> Result<SubscribeResponse> {
        SubscribeResponse::decode(payload.clone())
            .map_err(|source| Error::Record { room: self.room.to_string(), source })
    }
}
