//! What sync-svc needs of room-svc, by its contract. The real one cannot stand here: service crates do not depend on
//! each other; the two meet in the end-to-end suite.

use std::{
    collections::{HashMap, HashSet},
    future::ready,
    sync::{Arc, Mutex, MutexGuard},
};

use futures::{Stream, stream};
use ids::RoomId;
use proto::room::v1::*;
use rpc::{Context, Reason, Service};
use testkit::{Fake, TestKeys};
use tokio::sync::watch;
use tonic::Status;

#[derive(Clone)]
pub(crate) struct Rooms(Arc<Inner>);

struct Inner {
    room: RoomId,
    pub(crate) known: Mutex<Known>,
    grown: watch::Sender<usize>,
}

#[derive(Default)]
pub(crate) struct Known {
    /// Who may only watch.
    pub(crate) viewers: HashSet<String>,
    /// Who may only watch as soon as someone asks what follows.
    pub(crate) viewer_late: Option<String>,
    pub(crate) items: Vec<String>,
    /// In microseconds; an item that is not in here has not been measured.
    pub(crate) durations: HashMap<String, i64>,
    pub(crate) policy: PlaybackPolicy,
    /// What is put at the end of the playlist as soon as someone has read it.
    pub(crate) items_late: Vec<String>,
    /// So often it cannot be read after that.
    pub(crate) late_fail: usize,
    /// So often the playlist cannot be read.
    pub(crate) items_fail: usize,
    pub(crate) acknowledged: Vec<String>,
    /// What the chat was told of the playback.
    lines: Vec<PlaybackLine>,
    pub(crate) access_asked: usize,
    /// How the room goes through its playlist.
    pub(crate) queue: QueuePolicy,
    /// When the room starts by itself, in microseconds; 0: never.
    pub(crate) auto_start_us: i64,
    /// What was told of what the room plays.
    pub(crate) plays: Vec<RecordPlayRequest>,
    /// Where the room left items, in microseconds.
    pub(crate) resumes: HashMap<String, i64>,
    /// Whose the room is.
    pub(crate) owner: String,
    /// What was asked when the owner was away.
    pub(crate) hand_overs: Vec<HandOverRoomRequest>,
    /// So often handing over fails.
    pub(crate) hand_overs_fail: usize,
    /// What was reported of the room.
    pub(crate) reports: Vec<PresenceReport>,
    /// Number of reports that fail before one succeeds.
    pub(crate) reports_fail: usize,
    events: Vec<RoomEvent>,
}

impl Rooms {
    pub(crate) fn new(room: RoomId) -> Self {
        let known = Mutex::new(Known { owner: "user_owner".into(), ..Known::default() });
        Self(Arc::new(Inner { room, known, grown: watch::Sender::new(0) }))
    }

    pub(crate) fn known(&self) -> MutexGuard<'_, Known> {
        self.0.known.lock().unwrap()
    }

    /// Something happens in the room; sync-svc is told until it acknowledges it.
    pub(crate) fn happens(&self, id: &str, kind: room_event::Kind) {
        let event = RoomEvent {
            id: id.into(),
            room_id: self.0.room.to_string(),
            kind: Some(kind),
            ..RoomEvent::default()
        };
        self.known().events.push(event);
        self.0.grown.send_modify(|count| *count += 1);
    }

    pub(crate) fn adds_item(&self, item: &str) {
        self.known().items.push(item.into());
        self.tells_of_added(item);
    }

    /// That an item was added, wherever it stands by now.
    pub(crate) fn tells_of_added(&self, item: &str) {
        self.happens(
            &format!("added-{item}"),
            room_event::Kind::ItemAdded(PlaylistChange {
                item_id: item.into(),
                version: 1,
                ..PlaylistChange::default()
            }),
        );
    }

    /// The room belongs to someone else.
    pub(crate) fn belongs_to(&self, owner: &str) {
        self.known().owner = owner.into();
        self.happens(&format!("belongs-to-{owner}"), room_event::Kind::RoomUpdated(self.as_it_is()));
    }

    /// Waits until handing over was asked for so often.
    pub(crate) async fn asked_to_hand_over(&self, times: usize) {
        let mut grown = self.0.grown.subscribe();
        let asked = async {
            while self.known().hand_overs.len() < times {
                grown.changed().await.unwrap();
            }
        };
        tokio::time::timeout(std::time::Duration::from_mins(1), asked).await.expect("it is asked for");
    }

    /// Waits for a report as expected.
    pub(crate) async fn reported(&self, is_so: impl Fn(&PresenceReport) -> bool) -> PresenceReport {
        let mut grown = self.0.grown.subscribe();
        let found = async {
            loop {
                let report = self.known().reports.iter().find(|report| is_so(report)).cloned();
                if let Some(report) = report {
                    return report;
                }
                grown.changed().await.unwrap();
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), found).await.expect("it is reported")
    }

    /// Someone may only watch from now on; returns when sync-svc has heard it.
    async fn demotes_late(&self) {
        let Some(subject_id) = self.known().viewer_late.take() else { return };
        self.known().viewers.insert(subject_id.clone());
        let member = Member { subject_id, ..Member::default() };
        self.happens("demoted", room_event::Kind::MemberChanged(member));
        self.acknowledged("demoted").await;
    }

    /// How long an item is becomes known.
    pub(crate) fn measures(&self, item: &str, duration_us: i64) {
        self.known().durations.insert(item.into(), duration_us);
        let measured = ItemDuration { item_id: item.into(), duration_us, preparation: None };
        self.happens(&format!("measured-{item}"), room_event::Kind::ItemMeasured(measured));
    }

    /// The room decides otherwise.
    pub(crate) fn decides(&self, event_id: &str, policy: PlaybackPolicy) {
        self.known().policy = policy;
        self.happens(event_id, room_event::Kind::RoomUpdated(self.as_it_is()));
    }

    /// The room starts by itself from now on.
    pub(crate) fn starts_by_itself(&self, event_id: &str, at_us: i64) {
        self.known().auto_start_us = at_us;
        self.happens(event_id, room_event::Kind::RoomUpdated(self.as_it_is()));
    }

    pub(crate) async fn acknowledged(&self, id: &str) {
        self.acknowledged_by_all(id, 1).await;
    }

    /// Waits until so many replicas acknowledged an event: here each is told of all.
    pub(crate) async fn acknowledged_by_all(&self, id: &str, replicas: usize) {
        let mut grown = self.0.grown.subscribe();
        let done = async {
            while self.known().acknowledged.iter().filter(|known| *known == id).count() < replicas {
                grown.changed().await.unwrap();
            }
        };
        tokio::time::timeout(std::time::Duration::from_mins(1), done)
            .await
            .expect("the event is acknowledged");
    }

    /// Waits until the chat was told so many lines.
    pub(crate) async fn lines(&self, count: usize) -> Vec<PlaybackLine> {
        let mut grown = self.0.grown.subscribe();
        let done = async {
            while self.known().lines.len() < count {
                grown.changed().await.unwrap();
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), done).await.expect("the chat is told");
        self.known().lines.clone()
    }

    /// This person may only watch.
    pub(crate) fn shows_only(&self, who: &Context) {
        self.known().viewers.insert(who.identity().unwrap().subject_id.clone());
    }

    fn room(&self, named: &str) -> Result<Room, Status> {
        if named != self.0.room.to_string() && named != "abcd2345" {
            return Err(rpc::Error::new(Reason::RoomNotFound, "no such room").into());
        }
        Ok(self.as_it_is())
    }

    fn as_it_is(&self) -> Room {
        let (id, known) = (self.0.room.to_string(), self.known());
        Room {
            id,
            owner_id: known.owner.clone(),
            policy: Some(known.policy.clone()),
            queue: Some(known.queue),
            auto_start: known.auto_start_us != 0,
            starts_at: Some(prost_types::Timestamp {
                seconds: known.auto_start_us / 1_000_000,
                nanos: i32::try_from(known.auto_start_us % 1_000_000 * 1000).unwrap(),
            }),
            ..Room::default()
        }
    }

    /// As sync-svc meets it.
    pub(crate) fn service(&self) -> Service {
        let (voters, played, reported) = (self.clone(), self.clone(), self.clone());
        let (accessed, got, followed, handed_over, streamed, acknowledged, recorded) = (
            self.clone(),
            self.clone(),
            self.clone(),
            self.clone(),
            self.clone(),
            self.clone(),
            self.clone(),
        );
        Fake::default()
            .on("syncwatch.room.v1.MemberService/GetAccess", move |context, request| {
                ready(accessed.get_access(&context, &request))
            })
            .on("syncwatch.room.v1.PlaylistService/GetItem", move |_, request| ready(got.get_item(&request)))
            .on("syncwatch.room.v1.PlaylistService/GetFollowingItem", move |_, request| {
                let rooms = followed.clone();
                async move {
                    rooms.demotes_late().await;
                    rooms.get_following_item(&request)
                }
            })
            .on("syncwatch.room.v1.HistoryService/RecordPlay", move |_, request: RecordPlayRequest| {
                played.known().plays.push(request);
                played.0.grown.send_modify(|count| *count += 1);
                ready(Ok(RecordPlayResponse {}))
            })
            .on("syncwatch.room.v1.VoteService/ListVoters", move |_, request| {
                ready(voters.list_voters(&request))
            })
            .on("syncwatch.room.v1.RoomService/HandOverRoom", move |_, request| {
                ready(handed_over.hand_over_room(&request))
            })
            .on("syncwatch.room.v1.LiveService/ReportPresence", move |_, request| {
                ready(reported.report_presence(request))
            })
            .on("syncwatch.room.v1.ChatService/RecordPlayback", move |_, request: RecordPlaybackRequest| {
                recorded.known().lines.extend(request.lines);
                recorded.0.grown.send_modify(|count| *count += 1);
                ready(Ok(RecordPlaybackResponse {}))
            })
            .streaming("syncwatch.room.v1.RoomEventService/StreamEvents", move |_: StreamEventsRequest| {
                streamed.stream_events()
            })
            .on(
                "syncwatch.room.v1.RoomEventService/AcknowledgeEvents",
                move |_, request: AcknowledgeEventsRequest| {
                    acknowledged.known().acknowledged.extend(request.event_ids);
                    acknowledged.0.grown.send_modify(|count| *count += 1);
                    ready(Ok(AcknowledgeEventsResponse {}))
                },
            )
            .service(TestKeys::verifier())
            .unwrap()
    }

    fn get_access(&self, context: &Context, request: &GetAccessRequest) -> Result<GetAccessResponse, Status> {
        let subject = context.identity()?.subject_id.clone();
        let room = self.room(&request.room)?;
        let mut known = self.known();
        known.access_asked += 1;
        let mut permissions = vec![Permission::SendChat.into()];
        if !known.viewers.contains(&subject) {
            let more = [
                Permission::PlayControl,
                Permission::ChangeCurrentMedia,
                Permission::React,
                Permission::Vote,
            ];
            permissions.extend(more.map(i32::from));
        }
        Ok(GetAccessResponse { room: Some(room), member: None, permissions })
    }

    /// The playlist, as one read finds it.
    fn read_items(&self, room: &str) -> Result<Vec<Item>, Status> {
        self.room(room)?;
        let mut known = self.known();
        if known.items_fail > 0 {
            known.items_fail -= 1;
            return Err(Status::internal("not now"));
        }
        let item = |id: &String| {
            let duration_us = known.durations.get(id).copied().unwrap_or_default();
            let resume_us = known.resumes.get(id).copied().unwrap_or_default();
            Item { id: id.clone(), duration_us, resume_us, ..Item::default() }
        };
        let items = known.items.iter().map(item).collect();
        let late = std::mem::take(&mut known.items_late);
        if !late.is_empty() {
            known.items_fail = known.late_fail;
        }
        known.items.extend(late);
        Ok(items)
    }

    fn get_item(&self, request: &GetItemRequest) -> Result<GetItemResponse, Status> {
        let items = self.read_items(&request.room_id)?;
        let item = items.into_iter().find(|item| item.id == request.item_id);
        let missing = || Status::from(rpc::Error::new(Reason::ItemNotFound, "no such item"));
        Ok(GetItemResponse {
            item: Some(item.ok_or_else(missing)?),
            next_item_id: self.after(&request.item_id),
        })
    }

    /// What the playlist has behind an item; empty: nothing.
    fn after(&self, item: &str) -> String {
        let known = self.known();
        known.items.iter().skip_while(|id| *id != item).nth(1).cloned().unwrap_or_default()
    }

    /// Everyone votes who does not only watch.
    fn list_voters(&self, request: &ListVotersRequest) -> Result<ListVotersResponse, Status> {
        self.room(&request.room_id)?;
        let known = self.known();
        let voters = request.subject_ids.iter().filter(|person| !known.viewers.contains(*person));
        Ok(ListVotersResponse { subject_ids: voters.cloned().collect() })
    }

    fn get_following_item(
        &self,
        request: &GetFollowingItemRequest,
    ) -> Result<GetFollowingItemResponse, Status> {
        let mut items = self.read_items(&request.room_id)?;
        if request.direction() == Direction::Previous {
            items.reverse();
        }
        let mut from_it = items.into_iter().skip_while(|item| item.id != request.item_id);
        let item = from_it.nth(1);
        let next_item_id = item.as_ref().map(|item| self.after(&item.id)).unwrap_or_default();
        Ok(GetFollowingItemResponse { item, next_item_id })
    }

    fn stream_events(&self) -> impl Stream<Item = Result<StreamEventsResponse, Status>> + use<> {
        let (rooms, grown) = (self.clone(), self.0.grown.subscribe());
        stream::unfold((rooms, grown, 0), |(rooms, mut grown, next)| async move {
            loop {
                let event = rooms.known().events.get(next).cloned();
                if let Some(event) = event {
                    return Some((Ok(StreamEventsResponse { event: Some(event) }), (rooms, grown, next + 1)));
                }
                grown.changed().await.ok()?;
            }
        })
    }

    fn report_presence(&self, request: ReportPresenceRequest) -> Result<ReportPresenceResponse, Status> {
        {
            let mut known = self.known();
            if known.reports_fail > 0 {
                known.reports_fail -= 1;
                return Err(Status::unavailable("not now"));
            }
            known.reports.extend(request.rooms);
        }
        self.0.grown.send_modify(|count| *count += 1);
        Ok(ReportPresenceResponse {})
    }

    fn hand_over_room(&self, request: &HandOverRoomRequest) -> Result<HandOverRoomResponse, Status> {
        self.room(&request.room_id)?;
        let (count, handed_over) = {
            let mut known = self.known();
            known.hand_overs.push(request.clone());
            self.0.grown.send_modify(|count| *count += 1);
            if known.hand_overs_fail > 0 {
                known.hand_overs_fail -= 1;
                return Err(Status::unavailable("not now"));
            }
            // Whoever asks second changes nothing.
            let handed_over = known.owner == request.owner_id;
            if handed_over {
                known.owner.clone_from(&request.candidate_ids[0]);
            }
            (known.hand_overs.len(), handed_over)
        };
        if handed_over {
            self.happens(&format!("handed-over-{count}"), room_event::Kind::RoomUpdated(self.as_it_is()));
        }
        Ok(HandOverRoomResponse { room: Some(self.as_it_is()) })
    }
}
