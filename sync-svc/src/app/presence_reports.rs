//! Tells room-svc who is in rooms and what plays there: on change, in batches, and again while somebody is in a room, so that
//! a replica that dies leaves no people behind.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use ids::RoomId;
use parking_lot::Mutex;
use proto::room::v1::{PresenceReport, ReportPresenceRequest, live_service_client::LiveServiceClient};
use rpc::Context;

use super::{App, rooms::Known};
use crate::{error::Result, playback::Params};

/// A room is reported this long after its last report, though nothing changed. room-svc forgets it after 90 seconds.
const AGAIN_AFTER_US: i64 = 30_000_000;
/// Shortest time between two reports of a room. A larger room has a longer one, since a report lists everyone in it.
const SPACING_US: i64 = 250_000;
const SPACING_PER_PERSON_US: i64 = 1_000;
/// Rooms in one report, as in the contract, and people.
const MOST_ROOMS: usize = 100;
const MOST_PEOPLE: usize = 20_000;
/// How often due reports are looked for.
pub(crate) const REPORT_EVERY: Duration = Duration::from_millis(250);

/// Rooms to report. Bounded by the rooms in memory.
#[derive(Default)]
pub(crate) struct Reports(Mutex<HashMap<RoomId, Reported>>);

#[derive(Default)]
struct Reported {
    /// What is still to be reported.
    pending: Option<Known>,
    /// Not before this time.
    not_before_us: i64,
    at_us: i64,
}

impl Reports {
    /// Reports a room soon.
    pub(super) fn mark(&self, room: RoomId, known: Known) {
        let mut rooms = self.0.lock();
        let reported = rooms.entry(room).or_default();
        (reported.pending, reported.not_before_us) = (Some(known), 0);
    }

    /// Reports the rooms in use again whose last report is old, and forgets the others.
    pub(crate) fn refresh(&self, in_use: &[(RoomId, Known)], now_us: i64) {
        let mut rooms = self.0.lock();
        for (room, known) in in_use {
            let reported = rooms.entry(*room).or_default();
            let is_due = reported.pending.is_some() && reported.not_before_us <= now_us;
            if !is_due && reported.at_us + AGAIN_AFTER_US <= now_us {
                (reported.pending, reported.not_before_us) = (Some(known.clone()), 0);
            }
        }
        let in_use: HashSet<_> = in_use.iter().map(|(room, _)| *room).collect();
        rooms.retain(|room, reported| reported.pending.is_some() || in_use.contains(room));
    }

    /// A batch of due rooms. A room whose owner will count as missing is due again then: no step of the room may tell it.
    fn take_due(&self, now_us: i64, params: Params) -> Vec<(RoomId, Known)> {
        let (mut batch, mut people) = (Vec::new(), 0);
        for (room, reported) in self.0.lock().iter_mut() {
            let Some(known) = &reported.pending else { continue };
            let size = known.room.seats.len();
            let spacing_us = SPACING_US + SPACING_PER_PERSON_US * i64::try_from(size).unwrap_or_default();
            if now_us < (reported.at_us + spacing_us).max(reported.not_before_us) {
                continue;
            }
            if batch.len() == MOST_ROOMS || (people + size > MOST_PEOPLE && !batch.is_empty()) {
                break;
            }
            people += size;
            reported.at_us = now_us;
            let Some(known) = reported.pending.take() else { continue };
            if let Some(missing_us) = known.room.owner_missing_us(params).filter(|due_us| now_us < *due_us) {
                (reported.pending, reported.not_before_us) = (Some(known.clone()), missing_us);
            }
            batch.push((*room, known));
        }
        batch
    }

    /// The report failed; newer states stay.
    fn put_back(&self, batch: Vec<(RoomId, Known)>) {
        let mut rooms = self.0.lock();
        for (room, known) in batch {
            let reported = rooms.entry(room).or_default();
            reported.pending.get_or_insert(known);
            reported.not_before_us = 0;
        }
    }
}

impl App {
    /// Reports the rooms that are due.
    pub(crate) async fn report_presence(&self) -> Result<()> {
        loop {
            let now_us = self.clock.now_us();
            let batch = self.reports.take_due(now_us, self.params);
            if batch.is_empty() {
                return Ok(());
            }
            let rooms = batch.iter().map(|(room, known)| report(*room, known, now_us, self.params)).collect();
            let request = Context::background().request(ReportPresenceRequest { rooms });
            if let Err(status) = LiveServiceClient::new(self.room.clone()).report_presence(request).await {
                self.reports.put_back(batch);
                return Err(status.into());
            }
        }
    }
}

fn report(id: RoomId, known: &Known, now_us: i64, params: Params) -> PresenceReport {
    let (room, playback) = (&known.room, &known.room.playback);
    PresenceReport {
        room_id: id.to_string(),
        epoch: playback.epoch,
        version: known.version.cast_signed(),
        subject_ids: room.subjects(),
        item_id: playback.item_id.clone(),
        playing: playback.playing && playback.hold.is_none(),
        position_us: room.position_us(now_us),
        position_at: Some(timestamp(now_us)),
        rate: playback.rate,
        owner_away: room.owner_is_missing(now_us, params),
        waiting: playback.hold.is_some(),
    }
}

fn timestamp(at_us: i64) -> prost_types::Timestamp {
    let nanos = i32::try_from(at_us.rem_euclid(1_000_000) * 1000).unwrap_or_default();
    prost_types::Timestamp { seconds: at_us.div_euclid(1_000_000), nanos }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proto::{room::v1::Member, sync::v1::Session};

    use super::*;
    use crate::playback::{Input, Room, RoomSettings, reduce};

    const PARAMS: Params = Params { hold_limit_us: 0, owner_away_us: 15_000_000, disconnect_us: 15_000_000 };

    fn known(version: u64) -> Known {
        Known { version, room: Arc::new(Room::fresh(0)) }
    }

    fn versions(reports: &Reports, now_us: i64) -> Vec<u64> {
        reports.take_due(now_us, PARAMS).into_iter().map(|(_, known)| known.version).collect()
    }

    #[test]
    fn changes_in_quick_succession_are_reported_as_one_and_at_a_distance() {
        let (reports, room) = (Reports::default(), RoomId::new());
        reports.mark(room, known(1));
        reports.mark(room, known(2));
        assert_eq!(versions(&reports, SPACING_US), [2]);
        reports.mark(room, known(3));
        assert_eq!(versions(&reports, 2 * SPACING_US - 1), [0; 0]);
        assert_eq!(versions(&reports, 2 * SPACING_US), [3]);
    }

    /// Row 4.1.2-6: lists say `OWNER_AWAY` 15 seconds after the last sign of the owner, whatever the policy of the room. Here
    /// nobody can inherit it, so no step of the room happens then.
    #[test]
    fn a_room_is_reported_again_when_its_owner_counts_as_missing() {
        let mut room = Room::fresh(0);
        for input in [
            Input::Settings { settings: owned_by("user_owner"), instead_of: None },
            join("owner"),
            Input::Leave { session_id: "owner".into(), silent_us: 0 },
            join("late"),
        ] {
            room = reduce(&room, &input, SPACING_US, PARAMS).unwrap().room;
        }
        let (reports, id) = (Reports::default(), RoomId::new());
        let known = Known { version: 5, room: Arc::new(room) };
        reports.mark(id, known.clone());
        let is_away = |now_us| {
            let due = reports.take_due(now_us, PARAMS);
            due.iter()
                .map(|(room, known)| report(*room, known, now_us, PARAMS).owner_away)
                .collect::<Vec<_>>()
        };
        assert_eq!(is_away(2 * SPACING_US), [false]);
        let missing_us = SPACING_US + PARAMS.owner_away_us;
        assert_eq!(is_away(missing_us - 1), [] as [bool; 0]);
        assert_eq!(is_away(missing_us), [true]);
        assert_eq!(is_away(missing_us + SPACING_US), [] as [bool; 0], "once");
        // An absence that is long in coming does not keep the room from being reported in between.
        let patient = Params { owner_away_us: 3_600_000_000, ..PARAMS };
        reports.mark(id, known.clone());
        assert_eq!(reports.take_due(AGAIN_AFTER_US, patient).len(), 1);
        reports.refresh(&[(id, known)], 2 * AGAIN_AFTER_US);
        assert_eq!(reports.take_due(2 * AGAIN_AFTER_US, patient).len(), 1);
    }

    fn owned_by(owner: &str) -> RoomSettings {
        RoomSettings { owner_id: owner.into(), ..RoomSettings::default() }
    }

    fn join(id: &str) -> Input {
        let member = Some(Member { subject_id: format!("user_{id}"), ..Member::default() });
        let session = Session { id: id.into(), gateway_id: "gateway".into(), member, ..Session::default() };
        Input::Join { session, gone: vec![] }
    }

    #[test]
    fn a_failed_report_comes_again_unless_there_is_a_newer_one() {
        let (reports, [a, b]) = (Reports::default(), [(); 2].map(|()| RoomId::new()));
        reports.mark(a, known(1));
        reports.mark(b, known(1));
        let batch = reports.take_due(SPACING_US, PARAMS);
        reports.mark(b, known(2));
        reports.put_back(batch);
        let mut versions = versions(&reports, 2 * SPACING_US);
        versions.sort_unstable();
        assert_eq!(versions, [1, 2]);
    }

    #[test]
    fn a_room_in_use_is_reported_again_and_one_out_of_use_is_forgotten() {
        let (reports, room) = (Reports::default(), RoomId::new());
        let in_use = [(room, known(7))];
        reports.refresh(&in_use, AGAIN_AFTER_US);
        assert_eq!(versions(&reports, AGAIN_AFTER_US), [7]);
        reports.refresh(&in_use, 2 * AGAIN_AFTER_US - 1);
        assert_eq!(versions(&reports, 2 * AGAIN_AFTER_US - 1), [0; 0]);
        reports.refresh(&in_use, 2 * AGAIN_AFTER_US);
        assert_eq!(versions(&reports, 2 * AGAIN_AFTER_US), [7]);
        reports.refresh(&[], 2 * AGAIN_AFTER_US);
        assert!(reports.0.lock().is_empty());
    }

    #[test]
    fn a_batch_is_as_large_as_the_contract_allows() {
        let reports = Reports::default();
        for _ in 0..=MOST_ROOMS {
            reports.mark(RoomId::new(), known(1));
        }
        assert_eq!(versions(&reports, SPACING_US).len(), MOST_ROOMS);
        assert_eq!(versions(&reports, SPACING_US).len(), 1);
    }
}
