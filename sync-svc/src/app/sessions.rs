//! Sessions: they join, report, and leave, or are lost with their gateway.

use std::{collections::HashSet, time::Duration};

use bytes::Bytes;
use ids::RoomId;
use proto::sync::v1::{
    JoinSessionResponse, PlayerStatus, Session, SessionStatus, Snapshot, subscribe_response::Delivery,
};

use super::{App, apply::encode};
use crate::{
    error::{Error, Result},
    playback::{Input, person},
};

fn lease(gateway_id: &str) -> String {
    format!("gateway:{gateway_id}")
}

impl App {
    pub(crate) async fn heartbeat(&self, gateway_id: &str) -> Result<()> {
        let lasts = self.presence.disconnect_timeout;
        Ok(self.state.keys.put(&lease(gateway_id), Bytes::new(), lasts).await?)
    }

    /// Adds a session and returns the room with it. `most` bounds the sessions of one person in the room; 0: no bound.
    ///
    /// The count precedes the join, so two gateways may both succeed at once. Each gateway keeps to the bound itself, so a
    /// person has at most that many sessions per gateway.
    pub(crate) async fn join_session(
        &self,
        room: RoomId,
        session: Session,
        most: i32,
    ) -> Result<JoinSessionResponse> {
        // The gateway is alive, even before its first heartbeat.
        self.heartbeat(&session.gateway_id).await?;
        let known = self.current(room).await?;
        let gateways = known.room.seats.iter().map(|seat| seat.session().gateway_id.clone()).collect();
        let gone = self.gone(gateways).await?;
        let others = known.room.seats.iter().map(|seat| seat.session());
        let others = others.filter(|other| {
            other.id != session.id && person(other) == person(&session) && !gone.contains(&other.gateway_id)
        });
        let most = usize::try_from(most).unwrap_or_default();
        if most > 0 && others.count() >= most {
            return Err(Error::TooManyConnections(most));
        }
        self.apply(room, &Input::Join { session, gone }, None).await?;
        let seconds = |duration: Duration| i32::try_from(duration.as_secs()).unwrap_or(i32::MAX);
        Ok(JoinSessionResponse {
            snapshot: Some(self.snapshot(room).await?),
            heartbeat_interval_seconds: seconds(self.presence.heartbeat_interval),
            disconnect_timeout_seconds: seconds(self.presence.disconnect_timeout),
        })
    }

    pub(crate) async fn leave_session(&self, room: RoomId, session_id: String, silent_ms: i64) -> Result<()> {
        self.tallies.forget(&session_id);
        let leave = Input::Leave { session_id, silent_us: silent_ms.saturating_mul(1000) };
        self.apply(room, &leave, None).await?;
        Ok(())
    }

    /// Forwards a report to those who observe players, and applies it to the room.
    pub(crate) async fn report_player(
        &self,
        room: RoomId,
        session_id: String,
        status: PlayerStatus,
    ) -> Result<()> {
        let report = Input::Report { session_id: session_id.clone(), status: status.clone() };
        self.apply(room, &report, None).await?;
        self.tallies.record(room, &session_id, &status, self.clock.now_us());
        let told = encode(Delivery::Status(SessionStatus { session_id, status: Some(status) }));
        Ok(self.state.log.notify(&room.to_string(), told).await?)
    }

    /// The room now, as subscribers get it.
    pub(crate) async fn snapshot(&self, room: RoomId) -> Result<Snapshot> {
        let known = self.current(room).await?;
        Ok(known.room.snapshot(self.clock.now_us()))
    }

    /// Those of the gateways that have no lease.
    pub(crate) async fn gone(&self, gateways: HashSet<String>) -> Result<Vec<String>> {
        let mut gone = Vec::new();
        for gateway in gateways {
            if self.state.keys.get(&lease(&gateway)).await?.is_none() {
                gone.push(gateway);
            }
        }
        Ok(gone)
    }
}
