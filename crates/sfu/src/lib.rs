//! A media server for voice (SFU): takes the audio of each person by WebRTC, and forwards the loudest people of a room to everyone
//! in it. It knows rooms and sessions by their names, and nothing of permissions: who may be connected is told to it.
//!
//! One thread owns the socket and every connection. A packet goes through [`speakers`], which decides whether it is heard and in
//! which slot, and through the [`slot`] of each listener, which gives it the numbers of the listener's stream.

#![expect(clippy::disallowed_methods, reason = "the WebRTC stack runs on the monotonic time of arrival")]

pub mod crypto;
pub mod offer;
pub mod slot;
pub mod speakers;

mod connection;
mod net;
mod room;
mod server;
mod stun;

use std::{
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Instant,
};

use anyhow::Context as _;
use rand::{Rng as _, distributions::Alphanumeric};
use str0m::{
    Candidate, IceCreds, Rtc,
    change::SdpOffer,
    config::{CryptoProvider, DtlsCert},
    crypto::dtls::DtlsVersion,
    format::{Codec, CodecConfig, FormatParams},
    media::{Frequency, Mid, Pt},
    rtp::{Extension, ExtensionMap},
};
use tokio::sync::{mpsc, oneshot};

pub use net::PublicAddress;
pub use offer::Fault;
pub use room::{Member, Roster};
pub use server::HEARTBEAT;

use connection::Connection;
use server::{Command, Server};

/// Commands that wait for the thread.
const MOST_COMMANDS: usize = 256;
/// Text that waits for a client that does not take it.
const DATA_CHANNEL_BUFFER: usize = 64 * 1024;

/// Settings of a media server.
#[derive(Debug, Clone)]
pub struct Config {
    /// UDP address. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Addresses that clients are told; none: those of the network interfaces.
    pub public_addresses: Vec<PublicAddress>,
    /// Connections at once.
    pub max_connections: usize,
}

/// Why a connection is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The offer is not one of a voice connection.
    #[error(transparent)]
    Offer(#[from] Fault),
    /// The session is not on the roster of the room.
    #[error("the session is not in the voice chat")]
    NotOnRoster,
    /// There are too many connections, or too many that have just begun.
    #[error("the media server has as many connections as it takes; try again in a moment")]
    Full,
    /// The server has stopped.
    #[error("the media server has stopped")]
    Stopped,
}

/// A running media server. It ends when the last clone is dropped, as suddenly as a process that is killed.
#[derive(Clone)]
pub struct Sfu {
    commands: mpsc::Sender<Command>,
    shared: Arc<Shared>,
}

struct Shared {
    address: SocketAddr,
    candidates: Vec<SocketAddr>,
    certificate: DtlsCert,
    crypto: Arc<CryptoProvider>,
}

impl Sfu {
    /// Binds the socket and starts the thread.
    pub fn start(config: &Config) -> anyhow::Result<Self> {
        let socket = net::bind(config.listen)?;
        let address = socket.local_addr()?;
        let candidates = net::candidates(address, &config.public_addresses)?;
        let (commands, mut received) = mpsc::channel(MOST_COMMANDS);
        let (max_connections, destinations) = (config.max_connections, candidates.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let run = move || {
            let socket = Arc::new(socket);
            loop {
                let server = || -> anyhow::Result<()> {
                    let own = socket.try_clone().context("sharing the socket of the media server")?;
                    runtime.block_on(async {
                        Server::new(own, &destinations, max_connections)?.run(&mut received).await;
                        Ok(())
                    })
                };
                // A panic that is no connection's loses every connection; clients open new ones.
                match catch_unwind(AssertUnwindSafe(server)) {
                    Ok(Ok(())) => return,
                    Ok(Err(error)) => return tracing::error!(?error, "the media server cannot run"),
                    Err(_) => tracing::error!("the media server panicked and starts again"),
                }
            }
        };
        std::thread::Builder::new().name("sfu".to_owned()).spawn(run)?;
        let certificate = crypto::certificate()?;
        let shared = Shared { address, candidates, certificate, crypto: crypto::provider() };
        Ok(Self { commands, shared: Arc::new(shared) })
    }

    /// The address of the socket.
    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    /// Whether the thread runs.
    pub fn is_running(&self) -> bool {
        !self.commands.is_closed()
    }

    /// Tells who may be in a room. People who are no longer on the roster are cut off, muted ones are not heard.
    pub async fn update(&self, room: &str, roster: Roster) -> Result<(), Refusal> {
        let command = Command::Update { room: room.to_owned(), roster };
        self.commands.send(command).await.map_err(|_| Refusal::Stopped)
    }

    /// Opens a connection for a session that is on the roster. Returns the SDP answer.
    pub async fn connect(&self, room: &str, session: &str, offer: &str) -> Result<String, Refusal> {
        let answered = catch_unwind(AssertUnwindSafe(|| self.answer(room, session, offer)));
        let panicked = || Fault::Unreadable("it is not SDP that this server understands".to_owned());
        let (connection, answer) = answered.map_err(|_| panicked())??;
        let (reply, replied) = oneshot::channel();
        let command = Command::Connect { connection: Box::new(connection), reply };
        self.commands.send(command).await.map_err(|_| Refusal::Stopped)?;
        replied.await.map_err(|_| Refusal::Stopped)??;
        Ok(answer)
    }

    fn answer(&self, room: &str, session: &str, offer: &str) -> Result<(Connection, String), Refusal> {
        let offer = offer::check(offer)?;
        let unreadable = |error: String| Fault::Unreadable(error.chars().take(200).collect());
        let sdp = SdpOffer::from_sdp_string(&offer.sdp).map_err(|error| unreadable(error.to_string()))?;
        let now = Instant::now();
        let text = |length: usize| -> String {
            rand::thread_rng().sample_iter(Alphanumeric).take(length).map(char::from).collect()
        };
        let credentials = IceCreds { ufrag: text(16), pass: text(32) };
        let mut rtc = self.rtc(credentials.clone(), now);
        for candidate in &self.shared.candidates {
            let candidate =
                Candidate::host(*candidate, "udp").map_err(|error| unreadable(error.to_string()))?;
            rtc.add_local_candidate(candidate);
        }
        let answer = rtc.sdp_api().accept_offer(sdp).map_err(|error| unreadable(error.to_string()))?;
        let mids: Vec<Mid> = offer.audio.iter().map(|mid| Mid::from(mid.as_str())).collect();
        let connection = Connection::new(room, session, credentials.ufrag, rtc, &mids, now)
            .ok_or_else(|| unreadable("its audio cannot be used".to_owned()))?;
        Ok((connection, answer.to_sdp_string()))
    }

    /// RTP is forwarded packet by packet. There is no bandwidth to estimate for 32 kbit/s, so there is no transport-wide feedback;
    /// receiver reports are sent, by which browsers choose how much in-band FEC they add.
    fn rtc(&self, credentials: IceCreds, now: Instant) -> Rtc {
        let mut extensions = ExtensionMap::empty();
        extensions.set(1, Extension::AudioLevel);
        extensions.set(4, Extension::RtpMid);
        let mut config = Rtc::builder()
            .set_crypto_provider(self.shared.crypto.clone())
            .set_dtls_cert(self.shared.certificate.clone())
            .set_dtls_version(DtlsVersion::Auto)
            .set_local_ice_credentials(credentials)
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .set_sctp_max_buffered_amount(DATA_CHANNEL_BUFFER)
            .set_sctp_max_message_size(16 * 1024)
            .set_extension_map(extensions);
        *config.codec_config() = opus();
        config.build(now)
    }
}

/// Opus with in-band FEC, and none of the feedback that asks for packets again.
fn opus() -> CodecConfig {
    let mut codecs = CodecConfig::empty();
    let format = FormatParams { min_p_time: Some(10), use_inband_fec: Some(true), ..FormatParams::default() };
    codecs.add_config(
        Pt::new_with_value(111),
        None,
        Codec::Opus,
        Frequency::FORTY_EIGHT_KHZ,
        Some(2),
        format,
    );
    let mut params: Vec<_> = codecs.params().to_vec();
    for params in &mut params {
        params.set_fb_transport_cc(false);
    }
    CodecConfig::new_from_payload_params(params)
}
