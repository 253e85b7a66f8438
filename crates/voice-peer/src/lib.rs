//! People in a voice chat for tests and measurements: each has a WebRTC client of its own, speaks numbered packets and counts
//! what it hears.

#![expect(
    clippy::disallowed_methods,
    reason = "clients of the WebRTC stack run on monotonic time, and measure delays"
)]

mod sound;

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicI8, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context as _;
use str0m::{
    Candidate, Event, Input, Output, Rtc,
    change::{SdpAnswer, SdpOffer, SdpPendingOffer},
    crypto::dtls::DtlsVersion,
    format::Codec,
    media::{Direction, MediaKind, Mid, Pt},
    net::{DatagramRecv, Protocol, Receive},
    rtp::{ExtensionValues, RtpPacket, RtpWrite, SeqNo},
};
use tokio::{net::UdpSocket, sync::watch, task::JoinHandle, time::Interval};

pub use sound::{PACKET, Sound};

/// Level of a microphone that is closed: no packets.
const CLOSED: i8 = 1;

/// Observations of a peer so far.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The data channel delivered a message.
    pub is_ready: bool,
    /// Session in each slot, as the server says.
    pub slots: Vec<String>,
    /// Whether the server says that a moderator muted the peer.
    pub is_muted: bool,
    /// Sessions that the server says are connected.
    pub present: Vec<String>,
    /// Messages of the server.
    pub messages: u64,
    /// Packets by the number of the peer that sent them.
    pub heard: BTreeMap<u32, Stream>,
    /// Packets whose sequence number came twice or ran back within a slot.
    pub disordered: u64,
}

/// Packets of one peer as another one hears them.
#[derive(Debug, Clone, Default)]
pub struct Stream {
    /// Number of packets.
    pub packets: u64,
    /// Number of the first and the last one, as their sender counts.
    pub first: u32,
    /// See `first`.
    pub last: u32,
    /// From writing to reading, in microseconds; at most 100,000 of them.
    pub delays_us: Vec<u32>,
}

/// A client that has made its offer.
pub struct Offer {
    /// SDP for the server.
    pub sdp: String,
    client: Client,
    pending: SdpPendingOffer,
}

/// A connected client. It goes away without a word when it is dropped.
pub struct Peer {
    level: Arc<AtomicI8>,
    seen: watch::Receiver<Seen>,
    task: JoinHandle<()>,
}

impl Offer {
    /// A client on loopback with a number of its own, one microphone and these slots.
    pub async fn new(number: u32, slots: usize) -> anyhow::Result<Self> {
        let mut client = Client::new(Ipv4Addr::LOCALHOST.into(), number).await?;
        let mut api = client.rtc.sdp_api();
        let microphone = api.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        for _ in 0..slots {
            api.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
        }
        api.add_channel("voice".to_owned());
        let (offer, pending) = api.apply().context("an offer")?;
        client.microphone = Some(microphone);
        Ok(Self { sdp: offer.to_sdp_string(), client, pending })
    }

    /// A client at an address of this machine that only speaks, and has no data channel: for servers of another kind.
    pub async fn to_speak(ip: IpAddr, number: u32) -> anyhow::Result<Self> {
        let mut client = Client::new(ip, number).await?;
        let mut api = client.rtc.sdp_api();
        client.microphone = Some(api.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None));
        let (offer, pending) = api.apply().context("an offer")?;
        Ok(Self { sdp: offer.to_sdp_string(), client, pending })
    }

    /// Connects with the answer of the server.
    pub fn connect(mut self, answer: &str) -> anyhow::Result<Peer> {
        self.client.rtc.sdp_api().accept_answer(self.pending, SdpAnswer::from_sdp_string(answer)?)?;
        Ok(self.client.start())
    }
}

impl Client {
    async fn new(ip: IpAddr, number: u32) -> anyhow::Result<Self> {
        let socket = UdpSocket::bind((ip, 0)).await?;
        let address = socket.local_addr()?;
        let mut rtc = Rtc::builder()
            .set_crypto_provider(sfu::crypto::provider())
            .set_dtls_version(DtlsVersion::Dtls12)
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .build(Instant::now());
        rtc.add_local_candidate(Candidate::host(address, "udp")?);
        Ok(Self {
            socket,
            address,
            rtc,
            microphone: None,
            is_connected: false,
            sound: Sound::new(number),
            level: Arc::new(AtomicI8::new(CLOSED)),
            seen: watch::Sender::new(Seen::default()),
            highest: BTreeMap::new(),
        })
    }

    fn start(self) -> Peer {
        let (level, seen) = (self.level.clone(), self.seen.subscribe());
        let task = tokio::spawn(async move {
            // A client that fails hears and says nothing any longer, which is what tests see.
            let _ = Box::pin(self.run()).await;
        });
        Peer { level, seen, task }
    }
}

impl Peer {
    /// A client at an address of this machine that hears what the other end offers. Returns the answer too.
    pub async fn to_hear(ip: IpAddr, offer: &str) -> anyhow::Result<(Self, String)> {
        let mut client = Client::new(ip, 0).await?;
        let answer = client.rtc.sdp_api().accept_offer(SdpOffer::from_sdp_string(offer)?)?.to_sdp_string();
        Ok((client.start(), answer))
    }

    /// Speaks from now on at a level in dBov, -127 to 0.
    pub fn speak(&self, level: i8) {
        self.level.store(level, Ordering::Relaxed);
    }

    /// Says nothing from now on.
    pub fn stop(&self) {
        self.level.store(CLOSED, Ordering::Relaxed);
    }

    /// The observations so far.
    pub fn seen(&self) -> Seen {
        self.seen.borrow().clone()
    }

    /// Waits until the peer has seen this.
    pub async fn until(&self, has_seen: impl FnMut(&Seen) -> bool) -> anyhow::Result<Seen> {
        let mut seen = self.seen.clone();
        Ok(seen.wait_for(has_seen).await.context("the client ended")?.clone())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Client {
    socket: UdpSocket,
    address: SocketAddr,
    rtc: Rtc,
    microphone: Option<Mid>,
    is_connected: bool,
    sound: Sound,
    level: Arc<AtomicI8>,
    seen: watch::Sender<Seen>,
    /// Highest sequence number of each slot.
    highest: BTreeMap<u32, u64>,
}

impl Client {
    async fn run(mut self) -> anyhow::Result<()> {
        let mut buffer = vec![0; 2048];
        let mut frames: Interval = tokio::time::interval(PACKET);
        loop {
            let due = self.drain().await?;
            tokio::select! {
                received = self.socket.recv_from(&mut buffer) => {
                    let (length, source) = received?;
                    let Ok(contents) = DatagramRecv::try_from(&buffer[..length]) else { continue };
                    let receive = Receive { proto: Protocol::Udp, source, destination: self.address, contents };
                    self.rtc.handle_input(Input::Receive(Instant::now(), receive))?;
                }
                _ = frames.tick() => self.speak()?,
                () = tokio::time::sleep_until(due.into()) => self.rtc.handle_input(Input::Timeout(Instant::now()))?,
            }
        }
    }

    /// Sends what there is to send, and returns when there is more to do.
    async fn drain(&mut self) -> anyhow::Result<Instant> {
        loop {
            match self.rtc.poll_output()? {
                Output::Timeout(due) if due <= Instant::now() => {
                    self.rtc.handle_input(Input::Timeout(Instant::now()))?;
                }
                Output::Timeout(due) => return Ok(due.min(Instant::now() + Duration::from_secs(1))),
                Output::Transmit(datagram) => {
                    // A server that was killed refuses packets; the client goes on, as a browser does.
                    let _ = self.socket.send_to(&datagram.contents, datagram.destination).await;
                }
                Output::Event(event) => self.take(event)?,
            }
            anyhow::ensure!(self.rtc.is_alive(), "the connection ended");
        }
    }

    fn speak(&mut self) -> anyhow::Result<()> {
        let level = self.level.load(Ordering::Relaxed);
        let Some(microphone) = self.microphone.filter(|_| self.is_connected) else { return Ok(()) };
        self.sound.pass();
        if level == CLOSED {
            return Ok(());
        }
        let codec: Pt =
            self.rtc.codec_config().find(|params| params.spec().codec == Codec::Opus).context("Opus")?.pt();
        let now = Instant::now();
        let (seq, time, payload) = self.sound.packet();
        let extensions = ExtensionValues {
            audio_level: Some(level),
            voice_activity: Some(true),
            ..ExtensionValues::default()
        };
        let write = RtpWrite::new(codec, SeqNo::from(seq), time, now, payload).ext_vals(extensions);
        self.rtc.direct_api().stream_tx_by_mid(microphone, None).context("the microphone")?.write_rtp(write);
        self.rtc.handle_input(Input::Timeout(now))?;
        Ok(())
    }

    fn take(&mut self, event: Event) -> anyhow::Result<()> {
        match event {
            Event::Connected => self.is_connected = true,
            Event::ChannelData(data) => self.told(&data.data)?,
            Event::RtpPacket(packet) => self.hear(&packet),
            _ => {}
        }
        Ok(())
    }

    fn told(&mut self, text: &[u8]) -> anyhow::Result<()> {
        let message: serde_json::Value = serde_json::from_slice(text).context("a message of the server")?;
        let names = |list: &serde_json::Value| -> Vec<String> {
            let names = list.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
            names.map(str::to_owned).collect()
        };
        self.seen.send_modify(|seen| {
            seen.is_ready = true;
            seen.messages += 1;
            seen.slots = names(&message["sessionIds"]);
            seen.is_muted = message["muted"] == true;
            if message.get("present").is_some() {
                seen.present = names(&message["present"]["sessionIds"]);
            }
        });
        Ok(())
    }

    fn hear(&mut self, packet: &RtpPacket) {
        let Some((number, count, delay_us)) = sound::read(&packet.payload) else { return };
        let (slot, seq) = (*packet.header.ssrc, *packet.seq_no);
        let is_in_order = self.highest.get(&slot).is_none_or(|highest| seq > *highest);
        self.highest.entry(slot).and_modify(|highest| *highest = seq.max(*highest)).or_insert(seq);
        self.seen.send_modify(|seen| {
            seen.disordered += u64::from(!is_in_order);
            let stream =
                seen.heard.entry(number).or_insert_with(|| Stream { first: count, ..Stream::default() });
            stream.packets += 1;
            stream.last = count;
            if stream.delays_us.len() < 100_000 {
                stream.delays_us.push(delay_us);
            }
        });
    }
}
