//! One connection of a client: its WebRTC state, its slots, and its last packets.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

use str0m::{
    Event, Input, Output, Rtc, RtcError,
    channel::ChannelId,
    format::Codec,
    media::{Direction, MediaKind, Mid, Pt},
    net::{DatagramRecv, Protocol, Receive, Transmit},
    rtp::{ExtensionValues, RtpPacket, RtpWrite, SeqNo, Ssrc},
};

use crate::slot::Slot;

/// Names a connection for the lifetime of a process.
pub(crate) type Id = u64;

/// Packets of a person who is not heard, which are sent first when they are: the first syllable.
const RECENT_FOR: Duration = Duration::from_millis(100);
const RECENT_MOST: usize = 10;
/// A packet without a level (RFC 6464) counts as speech when it has more bytes than comfort noise.
const COMFORT_NOISE_BYTES: usize = 10;
const UNKNOWN_SPEECH_DB: f32 = -40.0;
const UNKNOWN_SILENCE_DB: f32 = -127.0;
/// Output of one step. More means that the WebRTC stack does not come to rest.
const MOST_OUTPUTS: usize = 4096;
/// UDP addresses of one client that are remembered.
const MOST_ADDRESSES: usize = 4;
/// Audio packets that a client may send in one period of [`Connection::begin_period`]: six times those of 20 ms.
const MOST_PACKETS: u32 = 150;

/// An audio packet of a person.
#[derive(Clone)]
pub(crate) struct Packet {
    seq: u64,
    time: u32,
    marker: bool,
    extensions: ExtensionValues,
    payload: Arc<[u8]>,
    at: Instant,
}

impl Packet {
    fn new(packet: RtpPacket) -> Self {
        let extensions = ExtensionValues {
            audio_level: packet.header.ext_vals.audio_level,
            voice_activity: packet.header.ext_vals.voice_activity,
            ..ExtensionValues::default()
        };
        Self {
            seq: *packet.seq_no,
            time: packet.header.timestamp,
            marker: packet.header.marker,
            extensions,
            payload: packet.payload,
            at: packet.timestamp,
        }
    }

    /// Its level in dBov.
    pub(crate) fn level_db(&self) -> f32 {
        match self.extensions.audio_level {
            Some(level) => f32::from(level),
            None if self.payload.len() > COMFORT_NOISE_BYTES => UNKNOWN_SPEECH_DB,
            None => UNKNOWN_SILENCE_DB,
        }
    }
}

/// A slot by which the client hears somebody.
struct Receiver {
    ssrc: Ssrc,
    stream: Slot<Id>,
}

/// Results of a step of a connection, which the server handles.
#[derive(Default)]
pub(crate) struct Done {
    /// Datagrams to send.
    pub(crate) datagrams: Vec<Transmit>,
    /// Audio of the client.
    pub(crate) packets: Vec<Packet>,
    /// The data channel is open: the client can hear and be heard.
    pub(crate) is_ready: bool,
}

/// A connection that has ended, and has to be removed.
#[derive(Debug)]
pub(crate) struct Ended(pub(crate) &'static str);

pub(crate) struct Connection {
    pub(crate) room: String,
    pub(crate) session: String,
    pub(crate) ufrag: String,
    pub(crate) created_at: Instant,
    pub(crate) heard_at: Instant,
    /// Since when the data channel is open.
    pub(crate) ready_at: Option<Instant>,
    pub(crate) addresses: Vec<SocketAddr>,
    /// When the WebRTC stack wants to be called next, and when the timer will.
    pub(crate) due: Instant,
    pub(crate) timer: Option<Instant>,
    /// Has packets that were not polled yet.
    pub(crate) is_dirty: bool,
    /// Has not been told yet who is connected.
    pub(crate) needs_present: bool,
    rtc: Rtc,
    receivers: Vec<Receiver>,
    codec: Pt,
    channel: Option<ChannelId>,
    recent: VecDeque<Packet>,
    packets: u32,
}

impl Connection {
    /// Takes a WebRTC state that has accepted the client's offer. `None`: the offer led to no usable audio.
    pub(crate) fn new(
        room: &str,
        session: &str,
        ufrag: String,
        mut rtc: Rtc,
        mids: &[Mid],
        now: Instant,
    ) -> Option<Self> {
        let codec = rtc.codec_config().find(|params| params.spec().codec == Codec::Opus)?.pt();
        let (microphone, slots) = mids.split_first()?;
        let media = rtc.media(*microphone)?;
        if media.kind() != MediaKind::Audio || media.direction() == Direction::Inactive {
            return None;
        }
        let mut receivers = Vec::new();
        for mid in slots {
            let mut api = rtc.direct_api();
            let stream = api.stream_tx_by_mid(*mid, None)?;
            // Nothing is sent again: a packet would come too late, and Opus carries the one before it (in-band FEC).
            stream.set_rtx_cache(0, Duration::ZERO, None);
            receivers.push(Receiver {
                ssrc: stream.ssrc(),
                stream: Slot::new(rand::random::<u16>() / 2, rand::random()),
            });
        }
        Some(Self {
            room: room.to_owned(),
            session: session.to_owned(),
            ufrag,
            created_at: now,
            heard_at: now,
            ready_at: None,
            addresses: Vec::new(),
            due: now,
            timer: None,
            is_dirty: false,
            needs_present: true,
            rtc,
            receivers,
            codec,
            channel: None,
            recent: VecDeque::new(),
            packets: 0,
        })
    }

    /// Whether a datagram from an address that is not known yet is for this connection: its message integrity is right.
    pub(crate) fn accepts(
        &self,
        datagram: &[u8],
        source: SocketAddr,
        destination: SocketAddr,
        now: Instant,
    ) -> bool {
        let accepts = || {
            let contents = DatagramRecv::try_from(datagram).ok()?;
            let receive = Receive { proto: Protocol::Udp, source, destination, contents };
            Some(self.rtc.accepts(&Input::Receive(now, receive)))
        };
        catch_unwind(AssertUnwindSafe(accepts)).ok().flatten().unwrap_or_default()
    }

    /// Remembers an address of the client. Returns one to forget.
    pub(crate) fn learn_address(&mut self, address: SocketAddr) -> Option<SocketAddr> {
        self.addresses.push(address);
        (self.addresses.len() > MOST_ADDRESSES).then(|| self.addresses.remove(0))
    }

    /// Takes a datagram of the client.
    pub(crate) fn receive(
        &mut self,
        datagram: &[u8],
        source: SocketAddr,
        destination: SocketAddr,
        now: Instant,
        done: &mut Done,
    ) -> Result<(), Ended> {
        self.heard_at = now;
        let Ok(contents) = DatagramRecv::try_from(datagram) else { return Ok(()) };
        let receive = Receive { proto: Protocol::Udp, source, destination, contents };
        self.step(Input::Receive(now, receive), now, done)
    }

    /// Lets the WebRTC stack do what is due, and send what was written.
    pub(crate) fn advance(&mut self, now: Instant, done: &mut Done) -> Result<(), Ended> {
        self.step(Input::Timeout(now), now, done)
    }

    fn step(&mut self, input: Input<'_>, now: Instant, done: &mut Done) -> Result<(), Ended> {
        self.is_dirty = false;
        // A panic of the stack is a defect of it; it ends this connection and no other.
        match catch_unwind(AssertUnwindSafe(|| self.run(input, now, done))) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                tracing::debug!(%error, "a voice connection failed");
                Err(Ended("failed"))
            }
            Err(_) => {
                tracing::error!("the WebRTC stack panicked; the connection is dropped");
                Err(Ended("panicked"))
            }
        }?;
        if self.rtc.is_alive() { Ok(()) } else { Err(Ended("closed")) }
    }

    fn run(&mut self, input: Input<'_>, now: Instant, done: &mut Done) -> Result<(), RtcError> {
        self.rtc.handle_input(input)?;
        for _ in 0..MOST_OUTPUTS {
            match self.rtc.poll_output()? {
                Output::Transmit(transmit) => done.datagrams.push(transmit),
                Output::Event(event) => self.take(event, done),
                Output::Timeout(due) if due <= now => self.rtc.handle_input(Input::Timeout(now))?,
                Output::Timeout(due) => {
                    self.due = due;
                    return Ok(());
                }
            }
        }
        self.rtc.disconnect();
        Ok(())
    }

    fn take(&mut self, event: Event, done: &mut Done) {
        match event {
            Event::RtpPacket(packet) => {
                self.packets += 1;
                if self.packets <= MOST_PACKETS {
                    done.packets.push(Packet::new(packet));
                }
            }
            Event::ChannelOpen(channel, _) if self.channel.is_none() => {
                self.channel = Some(channel);
                done.is_ready = true;
            }
            Event::ChannelClose(channel) if self.channel == Some(channel) => self.rtc.disconnect(),
            _ => {}
        }
    }

    /// Begins a period in which the client may send so many packets again.
    pub(crate) fn begin_period(&mut self) {
        self.packets = 0;
    }

    /// Keeps a packet of a person who is not heard now.
    pub(crate) fn keep(&mut self, packet: Packet) {
        while self.recent.len() >= RECENT_MOST
            || self
                .recent
                .front()
                .is_some_and(|oldest| packet.at.saturating_duration_since(oldest.at) > RECENT_FOR)
        {
            self.recent.pop_front();
        }
        self.recent.push_back(packet);
    }

    /// The packets from just before the person was heard.
    pub(crate) fn take_recent(&mut self, now: Instant) -> Vec<Packet> {
        let is_recent = |packet: &Packet| now.saturating_duration_since(packet.at) <= RECENT_FOR;
        std::mem::take(&mut self.recent).into_iter().filter(is_recent).collect()
    }

    /// Writes a packet of another person into a slot. It goes out with the next [`Self::advance`].
    pub(crate) fn forward(&mut self, slot: usize, source: Id, packet: &Packet, now: Instant) {
        let Some(receiver) = self.receivers.get_mut(slot) else { return };
        let Some(numbers) = receiver.stream.rewrite(source, packet.seq, packet.time, now) else { return };
        let write =
            RtpWrite::new(self.codec, SeqNo::from(numbers.seq), numbers.time, now, packet.payload.clone())
                .marker(packet.marker || numbers.is_first)
                .ext_vals(packet.extensions.clone());
        if let Some(stream) = self.rtc.direct_api().stream_tx(&receiver.ssrc) {
            stream.write_rtp(write);
            self.is_dirty = true;
        }
    }

    /// Sends text by the data channel. A client that takes none for long is found by its silence.
    pub(crate) fn tell(&mut self, text: &str) {
        let Some(channel) = self.channel.and_then(|channel| self.rtc.channel(channel)) else { return };
        let mut channel = channel;
        if channel.write(false, text.as_bytes()).is_ok() {
            self.is_dirty = true;
        }
    }

    /// Number of slots in the offer.
    pub(crate) fn slots(&self) -> usize {
        self.receivers.len()
    }
}
