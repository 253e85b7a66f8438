//! One socket from its `hello` to its end: one task, which reads the entries of its room from the hub with a cursor and so
//! needs no queue.

use std::{net::IpAddr, pin::pin, sync::Arc, time::Duration};

use proto::{
    common::v1::Identity,
    realtime::v1::{Notice, Resource as Known, Shutdown, notice, server_frame::Kind},
    room::v1::GetAccessResponse,
    sync::v1::PlayerStatus,
};
use rand::Rng as _;
use runtime::Share;
use state::Bucket;
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout},
};

use super::{
    clock::ClusterClock,
    frames::unasked,
    hub::CountedPlayer,
    hubs::Attachment,
    lanes::Lanes,
    links::Link,
    mirror::Position,
    observed::Observed,
    opening,
    pace::Pace,
    session_calls::SessionCalls,
    shared::{Admission, Realtime, Slot},
    socket::{Gone, Socket, code},
};

pub(super) const REPORT_EVERY: Duration = Duration::from_secs(1);
const LAST_ANSWERS: Duration = Duration::from_secs(2);
/// When a server stops, its clients reconnect spread over this time.
const RECONNECT_MS: std::ops::Range<i64> = 500..5000;

/// A person who was admitted to a room, and from where.
pub(crate) struct Admitted {
    pub(crate) identity: Identity,
    pub(crate) access: GetAccessResponse,
    pub(crate) address: Option<IpAddr>,
    /// One of the sockets that this person may have in this room. Given back when the socket ends.
    pub(crate) place: Share,
}

/// How a conversation ends.
pub(crate) enum End {
    /// The connection is gone.
    Gone,
    /// With a close code and a reason.
    Close(u16, &'static str),
}

impl From<Gone> for End {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

pub(super) type Step = Result<(), End>;

/// Runs a socket that has just been opened.
pub(crate) async fn run(realtime: Arc<Realtime>, mut socket: Socket, admitted: Box<Admitted>, slot: Slot) {
    // A task has the size of its largest future, and a socket is idle most of the time: rare and short futures are boxed.
    let end = match Box::pin(opening::open(&realtime, &mut socket, admitted)).await {
        Ok(opened) => {
            let (mut session, observe) = Session::new(&realtime, opened);
            let stopping = realtime.stopping.subscribe();
            let end = session.talk(&mut socket, observe, stopping).await.err().unwrap_or(End::Gone);
            let silent = session.received_at.elapsed();
            let calls = session.calls.clone();
            // The session leaves the room before the close handshake, which may take long.
            drop(session);
            Box::pin(calls.leave(silent)).await;
            end
        }
        Err(end) => end,
    };
    if let End::Close(code, reason) = end {
        Box::pin(socket.close(code, reason)).await;
    }
    drop(slot);
}

/// An opened session.
pub(crate) struct Opened {
    pub(crate) calls: Arc<SessionCalls>,
    pub(crate) permissions: Vec<i32>,
    pub(crate) place: Share,
    pub(crate) attachment: Attachment,
    pub(crate) position: Position,
    pub(crate) pace: Pace,
    /// The resources that `hello` names.
    pub(crate) observe: Vec<i32>,
    /// The link that is being read already.
    pub(crate) link: Option<Link>,
}

pub(super) struct Session {
    pub(super) calls: Arc<SessionCalls>,
    /// The person's permissions in the room, by their numbers.
    pub(super) permissions: Vec<i32>,
    /// Given back when the session ends.
    _place: Share,
    pub(super) attachment: Attachment,
    pub(super) lanes: Lanes,
    pub(super) observed: Observed,
    pub(super) position: Position,
    /// The item whose link the client has, or is about to get.
    pub(super) linked_item: String,
    pub(super) clock: ClusterClock,
    pub(super) admission: Arc<Admission>,
    pub(super) frames: Bucket,
    pub(super) abuse: Bucket,
    pub(super) report: Option<PlayerStatus>,
    reported: Option<(PlayerStatus, Instant)>,
    /// The last event that the player acts on.
    pub(super) applied: Option<(i64, CountedPlayer)>,
    pub(super) typed_us: Option<i64>,
    /// When something last came from the client.
    pub(super) received_at: Instant,
    pinged: Instant,
    pace: Pace,
}

impl Session {
    /// The session, and the resources that it is going to observe.
    fn new(realtime: &Realtime, opened: Opened) -> (Self, Vec<i32>) {
        let now = Instant::now();
        let mut observed = Observed::new(opened.attachment.hub.clone());
        for always in [Known::Playback, Known::Access] {
            // There is room for the first two.
            let _ = observed.add(always.into());
        }
        let mut session = Self {
            calls: opened.calls,
            permissions: opened.permissions,
            _place: opened.place,
            attachment: opened.attachment,
            lanes: Lanes::default(),
            observed,
            position: opened.position,
            linked_item: String::new(),
            clock: realtime.clock.clone(),
            admission: realtime.admission.clone(),
            frames: Bucket::full(now),
            abuse: Bucket::full(now),
            report: None,
            reported: None,
            applied: None,
            typed_us: None,
            received_at: now,
            pinged: now,
            pace: opened.pace,
        };
        if let Some(link) = opened.link {
            session.take_up(link);
        }
        (session, opened.observe)
    }

    async fn talk(
        &mut self,
        socket: &mut Socket,
        observe: Vec<i32>,
        stopping: watch::Receiver<bool>,
    ) -> Step {
        for number in observe {
            Box::pin(self.observe_from_start(socket, number)).await?;
        }
        // Both futures live across turns: a delivery wakes every socket of a room, which must not register them again.
        let mut stopped = pin!(stopped(stopping));
        let mut alarm = pin!(sleep_until(self.due()));
        loop {
            let due = self.due();
            // An alarm that is too early costs one turn, which resets it.
            if due < alarm.deadline() || alarm.is_elapsed() {
                alarm.as_mut().reset(due);
            }
            tokio::select! {
                // Frames from the client first: clients measure how long a pong takes.
                biased;
                incoming = socket.receive() => Box::pin(self.receive(socket, incoming)).await?,
                outcome = self.lanes.next() => self.settle(socket, outcome).await?,
                () = self.attachment.changed() => self.deliver(socket).await?,
                () = &mut stopped => return Box::pin(self.stop(socket)).await,
                () = &mut alarm => self.tick(socket).await?,
            }
            self.send_report();
        }
    }

    /// Forwards the newest report: at once when the player's state changed, once a second otherwise.
    fn send_report(&mut self) {
        let now = Instant::now();
        if self.lanes.is_reporting() || self.report_due(now).is_none_or(|due| now < due) {
            return;
        }
        let Some(status) = self.report.take() else { return };
        self.reported = Some((status.clone(), now));
        let request = self.calls.report(status);
        self.lanes.report.push(request);
    }

    fn report_due(&self, now: Instant) -> Option<Instant> {
        let report = self.report.as_ref()?;
        Some(match &self.reported {
            Some((last, at)) if last.state == report.state && last.item_id == report.item_id => {
                *at + REPORT_EVERY
            }
            _ => now,
        })
    }

    /// When the alarm goes off.
    fn due(&self) -> Instant {
        let due = self.ping_at().min(self.received_at + self.pace.gone_after);
        // A report that is under way wakes the task when it is done.
        let report = self.report_due(Instant::now()).filter(|_| !self.lanes.is_reporting());
        report.map_or(due, |report| report.min(due))
    }

    /// When the next ping is due.
    fn ping_at(&self) -> Instant {
        self.pinged.max(self.received_at) + self.pace.ping_every
    }

    async fn tick(&mut self, socket: &mut Socket) -> Step {
        let now = Instant::now();
        if now >= self.received_at + self.pace.gone_after {
            return Err(End::Close(code::AWAY, "silent for too long"));
        }
        if now >= self.ping_at() {
            self.pinged = now;
            self.lanes.commands.close_when_idle();
            socket.ping().await?;
        }
        Ok(())
    }

    async fn stop(&mut self, socket: &mut Socket) -> Step {
        // Requests that are under way still get their answers, if these come soon.
        let _ = timeout(LAST_ANSWERS, async {
            while !self.lanes.are_idle() {
                let outcome = self.lanes.next().await;
                self.settle(socket, outcome).await?;
            }
            Ok::<_, End>(())
        })
        .await;
        let reconnect_after_ms = rand::thread_rng().gen_range(RECONNECT_MS);
        let notice = Notice { kind: Some(notice::Kind::Shutdown(Shutdown { reconnect_after_ms })) };
        socket.send(&unasked(Kind::Notice(notice))).await?;
        Err(End::Close(code::RESTART, "server stops"))
    }
}

async fn stopped(mut stopping: watch::Receiver<bool>) {
    // An error means that the gateway is gone, which is a stop too.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}
