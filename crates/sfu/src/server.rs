//! The thread of the media server: receives, lets the connections work, and sends. Everything that takes time is in the WebRTC stack.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    net::UdpSocket,
    sync::{mpsc, oneshot},
};

use crate::{
    Refusal,
    connection::{Connection, Done, Ended, Id, Packet},
    net,
    room::{Room, Roster},
    speakers::{Heard, SLOTS},
    stun,
};

/// Interval of the messages that tell clients the slots, and that the server is there.
pub const HEARTBEAT: Duration = Duration::from_millis(400);

/// A client that sent nothing for this time is gone. Its data channel confirms each heartbeat.
const SILENT_FOR: Duration = Duration::from_secs(10);
/// ICE, DTLS and the data channel have this time.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections that are being opened. A handshake takes a millisecond of the thread.
const MOST_PENDING: usize = 128;
/// A room that became a mesh, or that has another host, goes on for this time.
const ENDING_FOR: Duration = Duration::from_secs(15);
/// A room whose roster nobody confirmed for this time ends: a host that cannot read the record may have lost the room.
const UNCONFIRMED_FOR: Duration = Duration::from_secs(20);
/// Datagrams that are taken before other work has its turn.
const BATCH: usize = 128;
/// Rounds of sending before the next packets are received.
const MOST_ROUNDS: usize = 8;
/// Largest datagram. WebRTC keeps to less than 1,500 bytes.
const DATAGRAM: usize = 2048;

/// Requests of the rest of the process.
pub(crate) enum Command {
    Update { room: String, roster: Roster },
    Connect { connection: Box<Connection>, reply: oneshot::Sender<Result<(), Refusal>> },
}

pub(crate) struct Server {
    socket: UdpSocket,
    is_v6: bool,
    /// A candidate of ours for each kind of address: the WebRTC stack wants to know to which a datagram came.
    destinations: [Option<SocketAddr>; 2],
    max_connections: usize,
    next_id: Id,
    connections: HashMap<Id, Connection>,
    rooms: HashMap<String, Room>,
    ufrags: HashMap<String, Id>,
    addresses: HashMap<SocketAddr, Id>,
    timers: BinaryHeap<Reverse<(Instant, Id)>>,
    /// Connections with packets to send.
    dirty: Vec<Id>,
    done: Done,
    received: u64,
    sent: u64,
    busy: Duration,
}

impl Server {
    pub(crate) fn new(
        socket: std::net::UdpSocket,
        candidates: &[SocketAddr],
        max_connections: usize,
    ) -> anyhow::Result<Self> {
        let is_v6 = socket.local_addr()?.is_ipv6();
        let first = |is_v6: bool| candidates.iter().find(|address| address.is_ipv6() == is_v6).copied();
        Ok(Self {
            socket: UdpSocket::from_std(socket)?,
            is_v6,
            destinations: [first(false), first(true)],
            max_connections,
            // Ids grow with time, so a newer connection has the larger one.
            next_id: 1,
            connections: HashMap::new(),
            rooms: HashMap::new(),
            ufrags: HashMap::new(),
            addresses: HashMap::new(),
            timers: BinaryHeap::new(),
            dirty: Vec::new(),
            done: Done::default(),
            received: 0,
            sent: 0,
            busy: Duration::ZERO,
        })
    }

    /// Serves until nobody can send commands any longer.
    pub(crate) async fn run(mut self, commands: &mut mpsc::Receiver<Command>) {
        let mut buffer = vec![0; DATAGRAM];
        let mut heartbeat = Instant::now() + HEARTBEAT;
        let sleep = tokio::time::sleep_until(heartbeat.into());
        tokio::pin!(sleep);
        loop {
            let wake = self.timers.peek().map_or(heartbeat, |Reverse((due, _))| heartbeat.min(*due));
            sleep.as_mut().reset(wake.into());
            let command = tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => Some(command),
                    None => return,
                },
                _ = self.socket.readable() => None,
                () = &mut sleep => None,
            };
            let begun = Instant::now();
            if let Some(command) = command {
                self.obey(command, begun);
            }
            self.receive(&mut buffer);
            self.run_timers(Instant::now());
            if Instant::now() >= heartbeat {
                heartbeat = Instant::now() + HEARTBEAT;
                self.beat(Instant::now());
            }
            self.flush(Instant::now());
            self.busy += begun.elapsed();
        }
    }

    fn obey(&mut self, command: Command, now: Instant) {
        match command {
            Command::Update { room: name, roster } => {
                let room = self.rooms.entry(name.clone()).or_default();
                for gone in room.update(roster, now) {
                    self.remove(gone, "left");
                }
                self.announce_if_changed(&name);
            }
            Command::Connect { connection, reply } => {
                // A caller that has gone away gets no connection.
                let _ = reply.send(self.add(*connection, now));
            }
        }
    }

    fn add(&mut self, connection: Connection, now: Instant) -> Result<(), Refusal> {
        let pending = self.connections.values().filter(|connection| connection.ready_at.is_none()).count();
        if self.connections.len() >= self.max_connections || pending >= MOST_PENDING {
            return Err(Refusal::Full);
        }
        let id = self.next_id;
        let room = self.rooms.get_mut(&connection.room).ok_or(Refusal::NotOnRoster)?;
        let excess = room.add(&connection.session, id).map_err(|_| Refusal::NotOnRoster)?;
        self.next_id += 1;
        self.ufrags.insert(connection.ufrag.clone(), id);
        self.connections.insert(id, connection);
        if let Some(excess) = excess {
            self.remove(excess, "replaced");
        }
        self.advance(id, now);
        Ok(())
    }

    fn receive(&mut self, buffer: &mut [u8]) {
        for _ in 0..BATCH {
            let Ok((length, source)) = self.socket.try_recv_from(buffer) else { return };
            self.received += 1;
            self.take_datagram(&buffer[..length], net::canonical(source), Instant::now());
        }
    }

    fn take_datagram(&mut self, datagram: &[u8], source: SocketAddr, now: Instant) {
        let Some(destination) = self.destinations[usize::from(source.is_ipv6())] else { return };
        let known = self.addresses.get(&source).copied();
        let id = match stun::receiver_ufrag(datagram).map(|ufrag| self.ufrags.get(ufrag).copied()) {
            Some(named) => named,
            None => known,
        };
        let Some(id) = id else { return dropped("unknown") };
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if known != Some(id) {
            if !connection.accepts(datagram, source, destination, now) {
                return dropped("unknown");
            }
            if let Some(forgotten) = connection.learn_address(source) {
                self.addresses.remove(&forgotten);
            }
            self.addresses.insert(source, id);
        }
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let result = connection.receive(datagram, source, destination, now, &mut self.done);
        self.finish(id, &result, now);
    }

    fn advance(&mut self, id: Id, now: Instant) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let result = connection.advance(now, &mut self.done);
        self.finish(id, &result, now);
    }

    /// Does what a step of a connection led to.
    fn finish(&mut self, id: Id, result: &Result<(), Ended>, now: Instant) {
        let mut done = std::mem::take(&mut self.done);
        for datagram in done.datagrams.drain(..) {
            let to = net::for_socket(datagram.destination, self.is_v6);
            match self.socket.try_send_to(&datagram.contents, to) {
                Ok(_) => self.sent += 1,
                // The buffer is full, or the address cannot be reached: audio that waits is worth nothing.
                Err(_) => dropped("unsent"),
            }
        }
        if let Err(Ended(reason)) = result {
            return self.remove(id, reason);
        }
        if done.is_ready {
            done.is_ready = false;
            self.ready(id, now);
        }
        for packet in done.packets.drain(..) {
            self.speak(id, packet, now);
        }
        self.done = done;
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if connection.timer.is_none_or(|timer| connection.due < timer) {
            connection.timer = Some(connection.due);
            self.timers.push(Reverse((connection.due, id)));
        }
    }

    fn run_timers(&mut self, now: Instant) {
        while let Some(Reverse((due, id))) =
            self.timers.peek().copied().filter(|Reverse((due, _))| *due <= now)
        {
            self.timers.pop();
            let Some(connection) = self.connections.get_mut(&id) else { continue };
            if connection.timer != Some(due) {
                // A nearer timer took its place.
                continue;
            }
            connection.timer = None;
            if connection.due <= now {
                self.advance(id, now);
            } else {
                connection.timer = Some(connection.due);
                self.timers.push(Reverse((connection.due, id)));
            }
        }
    }

    fn ready(&mut self, id: Id, now: Instant) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        connection.ready_at = Some(now);
        metrics::histogram!("syncwatch_sfu_connect_seconds")
            .record(now.saturating_duration_since(connection.created_at).as_secs_f64());
        let (name, session) = (connection.room.clone(), connection.session.clone());
        if let Some(room) = self.rooms.get_mut(&name) {
            room.ready(&session, id, now);
        }
        self.announce_if_changed(&name);
    }

    /// Forwards a packet of a person to everyone else in the room.
    fn speak(&mut self, id: Id, packet: Packet, now: Instant) {
        let Some(speaker) = self.connections.get_mut(&id) else { return };
        let (name, session) = (speaker.room.clone(), speaker.session.clone());
        let Some(room) = self.rooms.get_mut(&name) else { return };
        if let Err(reason) = room.may_speak(&session, id) {
            return dropped(reason);
        }
        let Some(Heard { slot, is_new }) = room.speakers.hear(id, packet.level_db(), now) else {
            return speaker.keep(packet);
        };
        let first = if is_new { speaker.take_recent(now) } else { Vec::new() };
        if is_new {
            self.announce(&name);
        }
        let Some(room) = self.rooms.get(&name) else { return };
        for (_, seat, listener) in room.connections().filter(|(listener, ..)| *listener != session) {
            let Some(connection) = self.connections.get_mut(&listener) else { continue };
            if seat.current.is_none() || connection.ready_at.is_none() {
                continue;
            }
            if !connection.is_dirty {
                self.dirty.push(listener);
            }
            for packet in first.iter().chain([&packet]) {
                connection.forward(slot, id, packet, now);
            }
        }
    }

    fn announce_if_changed(&mut self, name: &str) {
        if self.rooms.get(name).is_some_and(|room| room.is_changed) {
            self.announce(name);
        }
    }

    /// Tells everyone in a room who is heard, and who is connected where that is news.
    fn announce(&mut self, name: &str) {
        let Some(room) = self.rooms.get_mut(name) else { return };
        room.is_changed = false;
        let is_present_changed = std::mem::take(&mut room.is_present_changed);
        let session =
            |id: Option<Id>| id.and_then(|id| self.connections.get(&id)).map_or("", |of| &of.session);
        let heard: [String; SLOTS] = room.speakers.slots().map(|id| session(id).to_owned());
        let present = room.present();
        for (session, seat, id) in room.connections() {
            let Some(connection) = self.connections.get_mut(&id) else { continue };
            if connection.ready_at.is_none() {
                continue;
            }
            let slots = heard.iter().take(connection.slots());
            let others: Vec<_> = slots.map(|other| if other == session { "" } else { other }).collect();
            let mut message = serde_json::json!({"sessionIds": others, "muted": seat.is_muted});
            if is_present_changed || connection.needs_present {
                message["present"] = serde_json::json!({"sessionIds": present});
                connection.needs_present = false;
            }
            if !connection.is_dirty {
                self.dirty.push(id);
            }
            connection.tell(&message.to_string());
        }
    }

    /// Sends what was written since the last time.
    fn flush(&mut self, now: Instant) {
        // To send may make others dirty: a connection that fails changes who is heard.
        for _ in 0..MOST_ROUNDS {
            let mut dirty = std::mem::take(&mut self.dirty);
            if dirty.is_empty() {
                return;
            }
            for id in dirty.drain(..) {
                if self.connections.get(&id).is_some_and(|connection| connection.is_dirty) {
                    self.advance(id, now);
                }
            }
            if self.dirty.is_empty() {
                self.dirty = dirty;
            }
        }
    }

    fn remove(&mut self, id: Id, reason: &'static str) {
        let Some(connection) = self.connections.remove(&id) else { return };
        metrics::counter!("syncwatch_sfu_connections_ended_total", "reason" => reason).increment(1);
        self.ufrags.remove(&connection.ufrag);
        for address in &connection.addresses {
            if self.addresses.get(address) == Some(&id) {
                self.addresses.remove(address);
            }
        }
        if let Some(room) = self.rooms.get_mut(&connection.room) {
            room.remove(&connection.session, id);
        }
        self.announce_if_changed(&connection.room);
    }

    /// Tells every client the slots, ends connections and rooms whose time is over, and reports metrics.
    fn beat(&mut self, now: Instant) {
        let age = |since: Instant| now.saturating_duration_since(since);
        let mut gone: Vec<(Id, &'static str)> = Vec::new();
        for (id, connection) in &mut self.connections {
            connection.begin_period();
            if connection.ready_at.is_none() && age(connection.created_at) >= CONNECT_TIMEOUT {
                gone.push((*id, "not_connected"));
            } else if age(connection.heard_at) >= SILENT_FOR {
                gone.push((*id, "silent"));
            }
        }
        for room in self.rooms.values() {
            gone.extend(room.replaced(now).into_iter().map(|id| (id, "replaced")));
            let is_over = room.ending_since.is_some_and(|since| age(since) >= ENDING_FOR)
                || room.confirmed_at.is_some_and(|at| age(at) >= UNCONFIRMED_FOR);
            if is_over {
                gone.extend(room.connections().map(|(_, _, id)| (id, "room_ended")));
            }
        }
        for (id, reason) in gone {
            self.remove(id, reason);
        }
        let is_used = |room: &Room| {
            room.connections().next().is_some()
                || room.confirmed_at.is_some_and(|at| age(at) < UNCONFIRMED_FOR) && !room.seats.is_empty()
        };
        self.rooms.retain(|_, room| is_used(room));
        let names: Vec<String> = self.rooms.keys().cloned().collect();
        for name in names {
            self.announce(&name);
        }
        self.count();
    }

    #[expect(clippy::cast_precision_loss, reason = "numbers of rooms and connections are small")]
    fn count(&mut self) {
        metrics::gauge!("syncwatch_sfu_connections").set(self.connections.len() as f64);
        metrics::gauge!("syncwatch_sfu_rooms").set(self.rooms.len() as f64);
        metrics::counter!("syncwatch_sfu_datagrams_total", "direction" => "in")
            .increment(std::mem::take(&mut self.received));
        metrics::counter!("syncwatch_sfu_datagrams_total", "direction" => "out")
            .increment(std::mem::take(&mut self.sent));
        let busy = std::mem::take(&mut self.busy).as_secs_f64() / HEARTBEAT.as_secs_f64();
        metrics::gauge!("syncwatch_sfu_busy_percent").set(100.0 * busy);
    }
}

fn dropped(reason: &'static str) {
    metrics::counter!("syncwatch_sfu_dropped_total", "reason" => reason).increment(1);
}
