//! One socket from its `hello` to its end. One task, no queue of deliveries: what the room says is read from the hub
//! with a cursor.

use std::{net::IpAddr, pin::pin, sync::Arc, time::Duration};

use proto::{
    common::v1::Identity,
    realtime::v1::{Notice, Resource, Shutdown, notice, server_frame::Kind},
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
    Limited, Realtime, Slot,
    clock::ClusterClock,
    frames::unasked,
    hub::Counted,
    hubs::Attachment,
    lanes::Lanes,
    links::{Concerns, Link},
    mirror::Position,
    observe::Observed,
    opening,
    requests::Asker,
    socket::{Gone, Socket, code},
};

/// A client of which nothing is heard for so long is asked for a sign of life.
const PING_EVERY: Duration = Duration::from_secs(5);
/// One of which nothing is heard for so long is gone.
const IDLE: Duration = Duration::from_secs(15);
pub(super) const REPORT_EVERY: Duration = Duration::from_secs(1);
const LAST_ANSWERS: Duration = Duration::from_secs(2);
/// When a server stops, its clients come back spread over this time.
const RECONNECT_MS: std::ops::Range<i64> = 500..5000;

/// Who was let in, from where, and to what.
pub(crate) struct Admitted {
    pub(crate) identity: Identity,
    pub(crate) access: GetAccessResponse,
    pub(crate) address: Option<IpAddr>,
    /// One of the sockets that this person may have in this room. Held until the socket ends.
    pub(crate) place: Share,
}

/// How a conversation ends.
pub(crate) enum End {
    /// There is nobody to say it to.
    Gone,
    /// With a code and a word.
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
    // A socket is idle most of the time. Futures that are rare or short are boxed: the task has the size of the largest
    // one that is not.
    let end = match Box::pin(opening::open(&realtime, &mut socket, admitted)).await {
        Ok(opened) => {
            let mut session = Session::new(&realtime, opened);
            let stopping = realtime.stopping.subscribe();
            let end = session.talk(&mut socket, stopping).await.err().unwrap_or(End::Gone);
            let silent = session.heard.elapsed();
            let asker = session.asker.clone();
            // Gone for others first, however long the goodbye takes.
            drop(session);
            Box::pin(asker.leave(silent)).await;
            end
        }
        Err(end) => end,
    };
    if let End::Close(code, reason) = end {
        Box::pin(socket.close(code, reason)).await;
    }
    drop(slot);
}

/// What an opening leads to.
pub(crate) struct Opened {
    pub(crate) asker: Arc<Asker>,
    pub(crate) place: Share,
    pub(crate) attachment: Attachment,
    pub(crate) position: Position,
    pub(crate) observe: Vec<Resource>,
    /// What was asked for already.
    pub(crate) link: Option<Link>,
}

pub(super) struct Session {
    pub(super) asker: Arc<Asker>,
    /// Given back when the session ends.
    _place: Share,
    pub(super) attachment: Attachment,
    pub(super) lanes: Lanes,
    pub(super) observed: Observed,
    pub(super) quality: Option<Counted>,
    pub(super) position: Position,
    /// The item of which the client knows where its bytes are, or is about to.
    pub(super) linked_item: String,
    pub(super) clock: ClusterClock,
    pub(super) limited: Arc<Limited>,
    pub(super) frames: Bucket,
    pub(super) abuse: Bucket,
    pub(super) report: Option<PlayerStatus>,
    reported: Option<(PlayerStatus, Instant)>,
    /// The last event that the player acts on.
    pub(super) applied: Option<(i64, Counted)>,
    pub(super) typed_us: Option<i64>,
    pub(super) heard: Instant,
    pinged: Instant,
}

impl Session {
    fn new(realtime: &Realtime, opened: Opened) -> Self {
        let now = Instant::now();
        let mut session = Self {
            asker: opened.asker,
            _place: opened.place,
            attachment: opened.attachment,
            lanes: Lanes::default(),
            observed: Observed::default(),
            position: opened.position,
            linked_item: String::new(),
            clock: realtime.clock.clone(),
            limited: realtime.limited.clone(),
            frames: Bucket::full(now),
            abuse: Bucket::full(now),
            quality: None,
            report: None,
            reported: None,
            applied: None,
            typed_us: None,
            heard: now,
            pinged: now,
        };
        for resource in opened.observe {
            session.observe(resource);
            session.read_anew(resource);
        }
        if let Some(link) = opened.link {
            session.take_up(link);
        }
        session.link(Concerns::One);
        session
    }

    async fn talk(&mut self, socket: &mut Socket, stopping: watch::Receiver<bool>) -> Step {
        self.tell_members(socket).await?;
        // Both stay registered from turn to turn: a delivery wakes every socket of a room.
        let mut stopped = pin!(stopped(stopping));
        let mut alarm = pin!(sleep_until(self.due()));
        loop {
            let due = self.due();
            // One that is early costs a turn, and is set anew then.
            if due < alarm.deadline() || alarm.is_elapsed() {
                alarm.as_mut().reset(due);
            }
            tokio::select! {
                // Pings before all else: their answers are measured.
                biased;
                incoming = socket.receive() => Box::pin(self.hear(socket, incoming)).await?,
                outcome = self.lanes.next() => Self::settle(socket, outcome).await?,
                () = self.attachment.changed() => self.deliver(socket).await?,
                () = &mut stopped => return Box::pin(self.stop(socket)).await,
                () = &mut alarm => self.tick(socket).await?,
            }
            self.send_report();
        }
    }

    /// Hands the last report on: at once when the player does something else, once a second otherwise.
    fn send_report(&mut self) {
        let now = Instant::now();
        if self.lanes.is_reporting() || self.report_due(now).is_none_or(|due| now < due) {
            return;
        }
        let Some(status) = self.report.take() else { return };
        self.reported = Some((status.clone(), now));
        let request = self.asker.report(status);
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

    /// When there is something to do though nothing happens.
    fn due(&self) -> Instant {
        let due = (self.pinged.max(self.heard) + PING_EVERY).min(self.heard + IDLE);
        // One that is under way wakes the task when it is done.
        let report = self.report_due(Instant::now()).filter(|_| !self.lanes.is_reporting());
        report.map_or(due, |report| report.min(due))
    }

    async fn tick(&mut self, socket: &mut Socket) -> Step {
        let now = Instant::now();
        if now >= self.heard + IDLE {
            return Err(End::Close(code::AWAY, "silent for too long"));
        }
        if now >= self.pinged.max(self.heard) + PING_EVERY {
            self.pinged = now;
            self.lanes.commands.rest();
            socket.ping().await?;
        }
        Ok(())
    }

    async fn stop(&mut self, socket: &mut Socket) -> Step {
        // What was asked for is still answered, as far as it does not take long.
        let _ = timeout(LAST_ANSWERS, async {
            while !self.lanes.are_idle() {
                let outcome = self.lanes.next().await;
                Self::settle(socket, outcome).await?;
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
    // The gateway that would tell has gone: that is an end too.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}
