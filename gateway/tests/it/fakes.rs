//! Services that answer what a test needs.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use futures::{StreamExt as _, stream};
use proto::{
    auth::v1 as auth,
    common::v1::{Identity, SubjectKind},
    media::v1 as media,
    room::v1 as room,
    sync::v1 as sync,
    voice::v1 as voice,
};
use rpc::{Context, Error, Reason, Service};
use testkit::Fake;
use tokio::sync::{broadcast, watch};
use tokio_stream::wrappers::BroadcastStream;
use tonic::{Status, Streaming};

fn guarded(fake: Fake) -> Service {
    fake.service(super::keys::verifier()).unwrap()
}

pub(crate) const ROOM: &str = "room_1";

/// What everybody may do at first.
pub(crate) const PERMISSIONS: [room::Permission; 4] = [
    room::Permission::SendChat,
    room::Permission::ViewChatHistory,
    room::Permission::PlayControl,
    room::Permission::ViewMembers,
];

/// What the fakes know and have seen.
pub(crate) struct State {
    pub(crate) deliveries: broadcast::Sender<Option<sync::SubscribeResponse>>,
    pub(crate) log: Mutex<Vec<sync::PlaybackEvent>>,
    pub(crate) joined: Mutex<Vec<sync::Session>>,
    pub(crate) left: Mutex<Vec<String>>,
    pub(crate) reports: Mutex<Vec<sync::PlayerStatus>>,
    pub(crate) subscribed: AtomicI64,
    pub(crate) items_read: AtomicI64,
    pub(crate) is_out: AtomicBool,
    /// What everybody may do, and how often somebody asked.
    pub(crate) permissions: Mutex<Vec<i32>>,
    pub(crate) access_read: AtomicI64,
    pub(crate) links_asked: AtomicI64,
    /// Where rooms were made and messages sent from, as the services were told.
    pub(crate) addresses: Mutex<Vec<String>>,
    /// Messages that were stored.
    pub(crate) messages: AtomicI64,
    pub(crate) previews_asked: AtomicI64,
    /// Commands are decided at once, and acknowledged while this is true.
    pub(crate) stores: watch::Sender<bool>,
    /// So many streams of commands break after their first command was decided.
    pub(crate) breaks: AtomicI64,
    pub(crate) command_streams: AtomicI64,
    /// Why nobody gets a ticket.
    pub(crate) refuses_tickets: Mutex<Option<(Reason, &'static str)>>,
    pub(crate) tickets_made: AtomicI64,
    /// Tickets that open a socket, and for whom.
    tickets: Mutex<Vec<(String, Identity)>>,
}

impl State {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            deliveries: broadcast::Sender::new(100_000),
            log: Mutex::default(),
            joined: Mutex::default(),
            left: Mutex::default(),
            reports: Mutex::default(),
            subscribed: AtomicI64::default(),
            items_read: AtomicI64::default(),
            is_out: AtomicBool::default(),
            permissions: Mutex::new(PERMISSIONS.map(i32::from).to_vec()),
            access_read: AtomicI64::default(),
            links_asked: AtomicI64::default(),
            addresses: Mutex::default(),
            messages: AtomicI64::default(),
            previews_asked: AtomicI64::default(),
            stores: watch::Sender::new(true),
            breaks: AtomicI64::default(),
            command_streams: AtomicI64::default(),
            refuses_tickets: Mutex::default(),
            tickets_made: AtomicI64::default(),
            tickets: Mutex::new(vec![("good".into(), guest_ann())]),
        })
    }

    fn note_address(&self, context: &Context) {
        let address = context.address.map(|address| address.to_string()).unwrap_or_default();
        self.addresses.lock().unwrap().push(address);
    }

    fn playback(&self) -> sync::PlaybackState {
        let last = self.log.lock().unwrap().last().and_then(|event| event.state.clone());
        last.unwrap_or(sync::PlaybackState { epoch: 1, rate: 1.0, ..Default::default() })
    }

    pub(crate) fn deliver(&self, delivery: sync::subscribe_response::Delivery) {
        let _ = self.deliveries.send(Some(sync::SubscribeResponse { delivery: Some(delivery) }));
    }

    /// The next playback event, told to all.
    pub(crate) fn play(&self, command_id: &str) -> sync::PlaybackEvent {
        let item_id = self.playback().item_id;
        self.play_item(&item_id, command_id)
    }

    /// The next playback event, by which an item is on.
    pub(crate) fn play_item(&self, item_id: &str, command_id: &str) -> sync::PlaybackEvent {
        let mut state = self.playback();
        state.seq += 1;
        state.playing = true;
        state.item_id = item_id.into();
        let event = sync::PlaybackEvent {
            seq: state.seq,
            change: 1,
            state: Some(state),
            command_id: command_id.into(),
            ..Default::default()
        };
        self.log.lock().unwrap().push(event.clone());
        self.deliver(sync::subscribe_response::Delivery::Event(event.clone()));
        event
    }

    /// The same id acts once, as with sync-svc.
    fn decide(&self, command: &sync::Command) -> Result<sync::send_commands_response::Result, Status> {
        use sync::send_commands_response::Result as Told;
        let breaks = self.breaks.fetch_sub(1, Ordering::SeqCst);
        let before = self.log.lock().unwrap().iter().find(|event| event.command_id == command.id).cloned();
        let seq = self.playback().seq;
        if before.is_none() && command.expected_seq.is_some_and(|expected| expected != seq) {
            let status: Status =
                Error::new(Reason::StaleSequence, "the playback changed meanwhile").with("seq", seq).into();
            return Ok(Told::Refusal(sync::Refusal {
                code: status.code().into(),
                message: status.message().to_owned(),
                details: status.details().to_vec(),
            }));
        }
        let (duplicate, event) = (before.is_some(), before.unwrap_or_else(|| self.play(&command.id)));
        if breaks > 0 {
            return Err(Status::unavailable("the replica stops"));
        }
        Ok(Told::Done(sync::SendCommandResponse { event: Some(event), duplicate }))
    }

    pub(crate) fn room_event(&self, id: &str, kind: room::room_event::Kind) {
        let event =
            room::RoomEvent { id: id.into(), room_id: ROOM.into(), kind: Some(kind), ..Default::default() };
        self.deliver(sync::subscribe_response::Delivery::RoomEvent(event));
    }

    fn snapshot(&self) -> sync::Snapshot {
        sync::Snapshot {
            state: Some(self.playback()),
            sessions: self.joined.lock().unwrap().clone(),
            server_time_us: 5,
        }
    }
}

fn guest_ann() -> Identity {
    Identity {
        subject_id: "guest_ann".into(),
        kind: SubjectKind::Guest.into(),
        display_name: "Ann".into(),
        room_id: String::new(),
    }
}

fn the_room(name: &str) -> room::Room {
    room::Room {
        id: ROOM.into(),
        code: "abcd2345".into(),
        name: name.into(),
        max_participants: 50,
        ..Default::default()
    }
}

fn access(context: &Context, permissions: Vec<i32>) -> Result<room::GetAccessResponse, Status> {
    let identity = context.identity()?;
    let member = room::Member {
        subject_id: identity.subject_id.clone(),
        display_name: identity.display_name.clone(),
        role: 1,
        ..Default::default()
    };
    Ok(room::GetAccessResponse { room: Some(the_room("Film night")), member: Some(member), permissions })
}

pub(crate) fn auth() -> Service {
    let session = |refresh: &str| auth::Session {
        access_token: "access".into(),
        refresh_token: refresh.into(),
        ..Default::default()
    };
    guarded(
        Fake::default()
            .on("syncwatch.auth.v1.AuthService/Login", move |_, _: auth::LoginRequest| async move {
                Ok(auth::LoginResponse { session: Some(session("first")) })
            })
            .on("syncwatch.auth.v1.AuthService/Refresh", move |_, request: auth::RefreshRequest| async move {
                if request.refresh_token != "first" {
                    return Err(Error::new(
                        Reason::RefreshInvalid,
                        "the refresh token is not one of ours; sign in again",
                    )
                    .into());
                }
                Ok(auth::RefreshResponse { session: Some(session("second")) })
            })
            .on("syncwatch.auth.v1.AuthService/Logout", |_, _: auth::LogoutRequest| async {
                Ok(auth::LogoutResponse::default())
            })
            .on("syncwatch.auth.v1.AuthService/GetMe", |context, _: auth::GetMeRequest| async move {
                Ok(auth::GetMeResponse { identity: Some(context.identity()?.clone()), ..Default::default() })
            }),
    )
}

fn invite_preview(code: &str) -> room::GetInvitePreviewResponse {
    if code != "pubcabcd" {
        return room::GetInvitePreviewResponse::default();
    }
    room::GetInvitePreviewResponse {
        room_name: "Kino & \"Co\" <3".into(),
        item_title: "Big Buck Bunny".into(),
    }
}

#[expect(clippy::too_many_lines, reason = "one answer for each method")]
pub(crate) fn room(state: &Arc<State>) -> Service {
    let (sender, keeper, reader, member) = (state.clone(), state.clone(), state.clone(), state.clone());
    let (maker, issuer) = (state.clone(), state.clone());
    let previewed = state.clone();
    guarded(
        Fake::default()
            .on("syncwatch.room.v1.RoomService/GetRoom", |_, request: room::GetRoomRequest| async move {
                match request.room.as_str() {
                    "missing" => {
                        Err(Error::new(Reason::RoomNotFound, "there is no room with this id or code").into())
                    }
                    "panic" => panic!("a handler of the test panics"),
                    "broken" => Err(Status::unavailable("tcp connect error: 10.1.2.3 refused")),
                    name => Ok(room::GetRoomResponse { room: Some(the_room(name)), ..Default::default() }),
                }
            })
            .on(
                "syncwatch.room.v1.RoomService/GetInvitePreview",
                move |_, request: room::GetInvitePreviewRequest| {
                    previewed.previews_asked.fetch_add(1, Ordering::SeqCst);
                    async move { Ok(invite_preview(&request.room)) }
                },
            )
            .on("syncwatch.room.v1.RoomService/ListRooms", |_, request: room::ListRoomsRequest| async move {
                Ok(room::ListRoomsResponse {
                    rooms: Vec::new(),
                    next_page_token: format!("{}/{}", request.page_size, request.page_token),
                    ..Default::default()
                })
            })
            .on(
                "syncwatch.room.v1.RoomService/CreateRoom",
                move |context, request: room::CreateRoomRequest| {
                    maker.note_address(&context);
                    async move {
                        Ok(room::CreateRoomResponse {
                            room: Some(room::Room {
                                visibility: request.visibility,
                                ..the_room(&request.name)
                            }),
                        })
                    }
                },
            )
            .on(
                "syncwatch.room.v1.PlaylistService/MoveItem",
                |_, request: room::MoveItemRequest| async move {
                    let error = Error::new(Reason::ItemNotFound, "no such item")
                        .with("item", request.item_id)
                        .with("after", request.after_item_id);
                    Err::<room::MoveItemResponse, _>(
                        error.retry_after(std::time::Duration::from_millis(1500)).into(),
                    )
                },
            )
            .on(
                "syncwatch.room.v1.RoomService/ReadRoom",
                |context, request: room::ReadRoomRequest| async move {
                    assert!(context.identity.is_none() && request.room_id == ROOM, "as a service, by the id");
                    Ok(room::ReadRoomResponse { room: Some(the_room(&request.room_id)) })
                },
            )
            .on(
                "syncwatch.room.v1.MemberService/CreateTicket",
                move |context, _: room::CreateTicketRequest| {
                    let refusal = *issuer.refuses_tickets.lock().unwrap();
                    let ticket = format!("ticket_{}", issuer.tickets_made.fetch_add(1, Ordering::SeqCst));
                    let identity = context.identity.clone().unwrap();
                    issuer.tickets.lock().unwrap().push((ticket.clone(), identity));
                    async move {
                        match refusal {
                            Some((reason, message)) => Err(Error::new(reason, message).into()),
                            None => Ok(room::CreateTicketResponse { ticket, expires_at: None }),
                        }
                    }
                },
            )
            .on("syncwatch.room.v1.MemberService/GetAccess", move |context, _: room::GetAccessRequest| {
                let is_out = member.is_out.load(Ordering::SeqCst);
                member.access_read.fetch_add(1, Ordering::SeqCst);
                let permissions = member.permissions.lock().unwrap().clone();
                async move {
                    if is_out {
                        let error = Error::new(Reason::InCooldown, "Ada removed you from this room");
                        return Err(error.with("by", "Ada").into());
                    }
                    access(&context, permissions)
                }
            })
            .on(
                "syncwatch.room.v1.MemberService/RedeemTicket",
                move |_, request: room::RedeemTicketRequest| {
                    let permissions = keeper.permissions.lock().unwrap().clone();
                    let mut tickets = keeper.tickets.lock().unwrap();
                    let place = tickets.iter().position(|(ticket, _)| *ticket == request.ticket);
                    let holder = place.map(|place| tickets.remove(place).1);
                    async move {
                        let Some(identity) = holder else {
                            let message = "the ticket is unknown, expired or used";
                            return Err(Error::new(Reason::TicketInvalid, message).into());
                        };
                        let access = access(&Context::on_behalf_of(identity.clone()), permissions)?;
                        Ok(room::RedeemTicketResponse { identity: Some(identity), access: Some(access) })
                    }
                },
            )
            .on(
                "syncwatch.room.v1.PlaylistService/GetPlaylist",
                move |context, request: room::GetPlaylistRequest| {
                    assert!(context.identity.is_none() && request.room_id == ROOM, "as a service, by the id");
                    let version = reader.items_read.fetch_add(1, Ordering::SeqCst) + 1;
                    async move {
                        Ok(room::GetPlaylistResponse {
                            items: vec![room::Item { id: "item_1".into(), ..Default::default() }],
                            version,
                            ..Default::default()
                        })
                    }
                },
            )
            .on(
                "syncwatch.room.v1.ChatService/ListMessages",
                |_, request: room::ListMessagesRequest| async move {
                    let text =
                        format!("one of {}", if request.page_size == 0 { 50 } else { request.page_size });
                    Ok(room::ListMessagesResponse {
                        messages: vec![room::ChatMessage { id: "msg_0".into(), text, ..Default::default() }],
                        ..Default::default()
                    })
                },
            )
            .on(
                "syncwatch.room.v1.ChatService/SendMessage",
                move |context, request: room::SendMessageRequest| {
                    let state = sender.clone();
                    state.note_address(&context);
                    state.messages.fetch_add(1, Ordering::SeqCst);
                    async move {
                        let message = room::ChatMessage {
                            id: "msg_1".into(),
                            author_id: context.identity()?.subject_id.clone(),
                            text: request.text,
                            client_message_id: request.client_message_id,
                            ..Default::default()
                        };
                        state.room_event("event_1", chat_sent(message.clone()));
                        Ok(room::SendMessageResponse { message: Some(message), ..Default::default() })
                    }
                },
            ),
    )
}

#[expect(clippy::too_many_lines, reason = "one answer for each method")]
pub(crate) fn sync(state: &Arc<State>) -> Service {
    let (reading, joining, leaving, reporting, telling, commanded, streaming) = (
        state.clone(),
        state.clone(),
        state.clone(),
        state.clone(),
        state.clone(),
        state.clone(),
        state.clone(),
    );
    guarded(
        Fake::default()
            .on(
                "syncwatch.sync.v1.PlaybackService/ReadClock",
                |_, request: sync::ReadClockRequest| async move {
                    Ok(sync::ReadClockResponse {
                        client_send_us: request.client_send_us,
                        server_receive_us: request.client_send_us,
                        server_send_us: request.client_send_us,
                    })
                },
            )
            .on("syncwatch.sync.v1.PlaybackService/GetPlayback", move |_, _: sync::GetPlaybackRequest| {
                let state = reading.playback();
                async move { Ok(sync::GetPlaybackResponse { state: Some(state), server_time_us: 0 }) }
            })
            .on(
                "syncwatch.sync.v1.PresenceService/JoinSession",
                move |_, request: sync::JoinSessionRequest| {
                    joining.joined.lock().unwrap().extend(request.session);
                    let snapshot = joining.snapshot();
                    async move {
                        Ok(sync::JoinSessionResponse {
                            snapshot: Some(snapshot),
                            heartbeat_interval_seconds: 7,
                            disconnect_timeout_seconds: 12,
                        })
                    }
                },
            )
            .on(
                "syncwatch.sync.v1.PresenceService/LeaveSession",
                move |_, request: sync::LeaveSessionRequest| {
                    leaving.left.lock().unwrap().push(request.session_id);
                    async { Ok(sync::LeaveSessionResponse {}) }
                },
            )
            .on("syncwatch.sync.v1.PresenceService/Heartbeat", |_, _: sync::HeartbeatRequest| async {
                Ok(sync::HeartbeatResponse {})
            })
            .on("syncwatch.sync.v1.DeliveryService/Tell", move |_, request: sync::TellRequest| {
                let aside = request.aside.unwrap_or_default();
                let to = aside.to_session_id.clone();
                let is_known =
                    to.is_empty() || telling.joined.lock().unwrap().iter().any(|session| session.id == to);
                if is_known {
                    telling.deliver(sync::subscribe_response::Delivery::Aside(aside));
                }
                async move {
                    if is_known {
                        return Ok(sync::TellResponse {});
                    }
                    Err(Error::new(Reason::SessionNotFound, "the session is not in this room").into())
                }
            })
            .on(
                "syncwatch.sync.v1.PresenceService/ReportPlayer",
                move |_, request: sync::ReportPlayerRequest| {
                    reporting.reports.lock().unwrap().extend(request.status);
                    async { Ok(sync::ReportPlayerResponse {}) }
                },
            )
            .both_ways(
                "syncwatch.sync.v1.PlaybackService/SendCommands",
                move |requests: Streaming<sync::SendCommandsRequest>| {
                    commanded.command_streams.fetch_add(1, Ordering::SeqCst);
                    let (decides, stores) = (commanded.clone(), commanded.clone());
                    requests
                        .map(move |request| decides.decide(&request?.command.unwrap_or_default()))
                        .map(move |result| {
                            let mut stores = stores.stores.subscribe();
                            async move {
                                let _ = stores.wait_for(|stores| *stores).await;
                                Ok(sync::SendCommandsResponse { result: Some(result?) })
                            }
                        })
                        .buffered(32)
                },
            )
            .streaming(
                "syncwatch.sync.v1.DeliveryService/Subscribe",
                move |request: sync::SubscribeRequest| {
                    streaming.subscribed.fetch_add(1, Ordering::SeqCst);
                    let live = BroadcastStream::new(streaming.deliveries.subscribe());
                    let said = |delivery| Ok(sync::SubscribeResponse { delivery: Some(delivery) });
                    let log = streaming.log.lock().unwrap().clone();
                    let missed: Vec<_> = match request.after_seq {
                        0 => vec![said(sync::subscribe_response::Delivery::Snapshot(streaming.snapshot()))],
                        after => log
                            .into_iter()
                            .filter(|event| event.seq > after)
                            .map(|event| said(sync::subscribe_response::Delivery::Event(event)))
                            .collect(),
                    };
                    // `None` ends the stream, as when the service goes away.
                    let live = live
                        .take_while(|next| std::future::ready(matches!(next, Ok(Some(_)))))
                        .filter_map(|next| std::future::ready(next.ok().flatten().map(Ok)));
                    stream::iter(missed).chain(live)
                },
            ),
    )
}

pub(crate) fn media(state: &Arc<State>) -> Service {
    let state = state.clone();
    guarded(
        Fake::default()
            .on(
                "syncwatch.media.v1.MediaService/CheckSource",
                |_, request: media::CheckSourceRequest| async move {
                    Ok(media::CheckSourceResponse {
                        title: request.url,
                        size_bytes: 5_000_000_000,
                        ..Default::default()
                    })
                },
            )
            .on(
                "syncwatch.media.v1.MediaService/GetPlaybackInfo",
                move |context, request: media::GetPlaybackInfoRequest| {
                    state.links_asked.fetch_add(1, Ordering::SeqCst);
                    async move {
                        if request.item_id == "item_gone" {
                            return Err(Error::new(Reason::ItemNotFound, "there is no such item").into());
                        }
                        let whose = &context.identity()?.subject_id;
                        let url = format!("/media/{}/{}?for={whose}", request.room, request.item_id);
                        Ok(media::GetPlaybackInfoResponse { url, format: 1, ..Default::default() })
                    }
                },
            ),
    )
}

/// Nobody talks.
pub(crate) fn voice() -> Service {
    guarded(
        Fake::default()
            .on("syncwatch.voice.v1.VoiceService/ReadVoice", |_, _: voice::ReadVoiceRequest| async {
                Ok(voice::ReadVoiceResponse::default())
            }),
    )
}

/// The event of a new chat message.
pub(crate) fn chat_sent(message: room::ChatMessage) -> room::room_event::Kind {
    let kind = Some(room::chat_change::Kind::Sent(message));
    room::room_event::Kind::ChatChanged(room::ChatChange { revision: 1, kind })
}
