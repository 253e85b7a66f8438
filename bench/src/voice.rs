//! Voice: 12 people who speak and 50 who listen, through our media server and through Debian's Janus, with the same clients. What counts
//! is the CPU time of the server's process; loss and delay are measured by the clients, whose own work is part of the delay.

use std::{
    collections::BTreeMap,
    net::{IpAddr, UdpSocket},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};
use sfu::{Config, Member, Roster, Sfu};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};
use voice_peer::{Offer, Peer, Stream};

use crate::{cpu::CpuTime, janus::Janus, report::say};

const SPEAKERS: u32 = 12;
const PEOPLE: u32 = 62;
const SLOTS: usize = 4;
const ROOM: &str = "room_bench";
const WARM_UP: Duration = Duration::from_secs(3);
const CONNECT_TIMEOUT: Duration = Duration::from_mins(1);

/// A line to the process of the media server, and its reply.
#[derive(Serialize, Deserialize)]
struct Ask {
    session: String,
    offer: String,
}

/// Runs as the process of our media server: an offer a line, an answer a line.
pub(crate) async fn serve() -> anyhow::Result<()> {
    let config =
        Config { listen: "127.0.0.1:0".parse()?, public_addresses: Vec::new(), max_connections: 1000 };
    let sfu = Sfu::start(&config)?;
    let members = (0..PEOPLE).map(|number| Member { session: number.to_string(), is_muted: false }).collect();
    let mut roster = Roster { version: 1, members, is_ending: false };
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    sfu.update(ROOM, roster.clone()).await?;
    let mut confirm = tokio::time::interval(Duration::from_secs(5));
    loop {
        tokio::select! {
            _ = confirm.tick() => {
                roster.version += 1;
                sfu.update(ROOM, roster.clone()).await?;
            }
            line = lines.next_line() => {
                let Some(line) = line? else { return Ok(()) };
                let ask: Ask = serde_json::from_str(&line)?;
                let answer = sfu.connect(ROOM, &ask.session, &ask.offer).await?;
                let line = format!("{}\n", serde_json::to_string(&answer)?);
                tokio::io::stdout().write_all(line.as_bytes()).await?;
            }
        }
    }
}

struct Server {
    process: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Server {
    fn start() -> anyhow::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("--voice-server")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let input = process.stdin.take().context("its input")?;
        let output = BufReader::new(process.stdout.take().context("its output")?).lines();
        Ok(Self { process, input, output })
    }

    async fn enter(&mut self, number: u32) -> anyhow::Result<Peer> {
        let offer = Offer::new(number, SLOTS).await?;
        let ask = Ask { session: number.to_string(), offer: offer.sdp.clone() };
        self.input.write_all(format!("{}\n", serde_json::to_string(&ask)?).as_bytes()).await?;
        let line = self.output.next_line().await?.context("the media server ended")?;
        offer.connect(&serde_json::from_str::<String>(&line)?)
    }
}

/// Measurements under one load.
struct Figures {
    cpu_percent: f64,
    packets_per_second: f64,
    loss_percent: f64,
    median_us: u32,
    p99_us: u32,
}

/// Measures both servers by turns. Fails when a gate is missed.
pub(crate) async fn measure(seconds: u64) -> anyhow::Result<()> {
    say("voice: 12 people speak, 50 listen, each hears 4");
    let mut rounds: BTreeMap<&str, Vec<Figures>> = BTreeMap::new();
    for _ in 0..3 {
        rounds.entry("SyncWatch").or_default().push(ours(seconds).await?);
        match Janus::start().await? {
            Some(janus) => rounds.entry("Janus").or_default().push(theirs(&janus, seconds).await?),
            None => say("janus is not installed (apt-get install janus): measured without it"),
        }
    }
    let mut cpu = BTreeMap::new();
    for (name, figures) in &mut rounds {
        figures.sort_by(|one, other| one.cpu_percent.total_cmp(&other.cpu_percent));
        for figure in figures.iter() {
            say(&format!(
                "{name}: {:.1} % of a core, {:.0} packets/s heard, {:.3} % lost, delay median {} us, 99th percentile {} us",
                figure.cpu_percent,
                figure.packets_per_second,
                figure.loss_percent,
                figure.median_us,
                figure.p99_us,
            ));
        }
        cpu.insert(*name, figures[figures.len() / 2].cpu_percent);
    }
    let own = cpu["SyncWatch"];
    ensure!(own <= 25.0, "the media server took {own:.1} % of a core; the gate is 25");
    if let Some(janus) = cpu.get("Janus") {
        say(&format!("Janus takes {:.2} times the CPU time", janus / own));
        ensure!(*janus >= 1.3 * own, "Janus takes less than 1.3 times our CPU time");
    }
    Ok(())
}

async fn ours(seconds: u64) -> anyhow::Result<Figures> {
    let mut server = Server::start()?;
    let mut peers = Vec::new();
    for number in 0..PEOPLE {
        let peer = server.enter(number).await?;
        tokio::time::timeout(CONNECT_TIMEOUT, peer.until(|seen| seen.is_ready))
            .await
            .context("a connection")??;
        peers.push(peer);
    }
    for peer in peers.iter().take(usize::try_from(SPEAKERS)?) {
        peer.speak(-25);
    }
    let pid = server.process.id().context("the media server ended")?;
    load(pid, &peers, seconds).await
}

async fn theirs(janus: &Janus, seconds: u64) -> anyhow::Result<Figures> {
    let ip = own_address()?;
    let (mut speakers, mut feeds) = (Vec::new(), Vec::new());
    for number in 0..SPEAKERS {
        let offer = Offer::to_speak(ip, number).await?;
        let (feed, answer) = janus.publish(&offer.sdp).await.context("publishing at Janus")?;
        let peer = offer.connect(&answer)?;
        peer.speak(-25);
        speakers.push(peer);
        feeds.push(feed);
    }
    let mut listeners = Vec::new();
    for number in 0..PEOPLE {
        // As with us, nobody hears themselves.
        let own = usize::try_from(number)?;
        let heard: Vec<_> = (0..SLOTS).filter(|index| *index != own).map(|index| feeds[index]).collect();
        let offered = janus.subscribe(&heard).await.context("subscribing at Janus")?;
        let (peer, answer) = Peer::to_hear(ip, &offered.sdp).await?;
        janus.begin(&offered, &answer).await?;
        listeners.push(peer);
    }
    for listener in &listeners {
        let hears = listener.until(|seen| seen.heard.len() >= SLOTS - 1);
        tokio::time::timeout(CONNECT_TIMEOUT, hears).await.context("sound from Janus")??;
    }
    load(janus.pid(), &listeners, seconds).await
}

/// Lets everything run for a time, and measures it.
async fn load(pid: u32, peers: &[Peer], seconds: u64) -> anyhow::Result<Figures> {
    tokio::time::sleep(WARM_UP).await;
    let (before, heard_before) = (CpuTime::of(pid)?, heard(peers));
    let begun = std::time::Instant::now();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let passed = begun.elapsed().as_secs_f64();
    let (cpu, heard_after) = (CpuTime::of(pid)?.since(before), heard(peers));
    let (mut packets, mut sent, mut delays) = (0_u64, 0_u64, Vec::new());
    for (key, after) in &heard_after {
        let first = heard_before.get(key).cloned().unwrap_or_default();
        packets += after.packets - first.packets;
        sent += u64::from(after.last - first.last);
        delays.extend_from_slice(&after.delays_us[first.delays_us.len().min(after.delays_us.len())..]);
    }
    ensure!(packets > 0 && sent >= packets, "nothing was heard");
    delays.sort_unstable();
    let share = |part: u64, all: u64| 100.0 * count(part) / count(all);
    Ok(Figures {
        cpu_percent: 100.0 * cpu.own_s() / passed,
        packets_per_second: count(packets) / passed,
        loss_percent: share(sent - packets, sent),
        median_us: delays[delays.len() / 2],
        p99_us: delays[delays.len() * 99 / 100],
    })
}

/// Packets by listener and speaker.
fn heard(peers: &[Peer]) -> BTreeMap<(usize, u32), Stream> {
    let all = peers.iter().enumerate();
    all.flat_map(|(listener, peer)| {
        peer.seen().heard.into_iter().map(move |(from, stream)| ((listener, from), stream))
    })
    .collect()
}

fn count(number: u64) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// An address of this machine besides loopback, which Janus offers none of.
fn own_address() -> anyhow::Result<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    // Sends nothing: it only finds the interface.
    socket.connect("192.0.2.1:9")?;
    Ok(socket.local_addr()?.ip())
}
