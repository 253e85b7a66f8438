//! Measures the running system from outside, in a process of its own, on this machine only. Every run is bounded.
//! Writes `bench/results/<time>.json` and a page with plots, `bench/results/index.html`.

#![allow(clippy::disallowed_methods, reason = "measuring is what this program is for")]

mod calls;
mod chat;
mod cpu;
mod crowd;
mod explain;
mod fan_out;
mod fetch;
mod film;
mod flood;
mod floor;
mod handwritten;
mod idle;
mod janus;
mod nginx;
mod relay;
mod report;
mod search;
mod start;
mod stats;
mod uploads;
mod voice;

use std::{path::PathBuf, process::Command, time::Duration};

use anyhow::Context as _;
use clap::{Parser, ValueEnum};
use e2e::{Shape, System};

use fan_out::Load;
use relay::Relay;
use report::Report;

/// Measures SyncWatch.
#[derive(Debug, Parser)]
struct Arguments {
    /// Shapes of the system; default: both.
    #[arg(long, value_enum)]
    shape: Vec<Which>,
    /// How long each load lasts, in seconds.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(2..=300))]
    seconds: u64,
    /// Idle sockets to hold.
    #[arg(long, default_value_t = 5000, value_parser = clap::value_parser!(u32).range(10..=50_000))]
    idle_sockets: u32,
    /// Parts to measure; default: all.
    #[arg(long, value_enum)]
    part: Vec<Part>,
    /// Measures only the effect of a flood on others, with the default limits.
    #[arg(long)]
    flood: bool,
    /// Measures how long chat messages take to the last of 50 members, and nothing else.
    #[arg(long)]
    chat: bool,
    /// Measures search among this many chat messages, and nothing else.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1000..=100_000_000))]
    search: Option<u32>,
    /// Measures `ExplainPermission`, and nothing else.
    #[arg(long)]
    explain: bool,
    /// Measures a room with this many members, and nothing else.
    #[arg(long, value_parser = clap::value_parser!(u32).range(100..=5000))]
    crowd: Option<u32>,
    /// Measures the bytes of a film beside nginx, and nothing else.
    #[arg(long)]
    film: bool,
    /// Measures the media server of voice beside Janus, and nothing else.
    #[arg(long)]
    voice: bool,
    /// Measures these parts of uploads, or all of them, and nothing else.
    #[arg(long, value_enum, num_args = 0.., value_name = "PART")]
    uploads: Option<Vec<uploads::Part>>,
    /// With `--uploads`: small files and few rounds, to try out the measurement. The figures mean nothing.
    #[arg(long)]
    short: bool,
    /// Runs as the process of `uploads::send` that stores what is put, in this folder.
    #[arg(long, hide = true)]
    put_server: Option<PathBuf>,
    /// Runs as the process that copies lines for `floor::measure`.
    #[arg(long, hide = true)]
    floor_server: bool,
    /// Runs as the media server for `voice::measure`.
    #[arg(long, hide = true)]
    voice_server: bool,
    /// Runs as the process of `relay`.
    #[arg(long, hide = true)]
    relay_server: bool,
    /// Runs as the server of `calls::measure`, with this public key for tokens.
    #[arg(long, hide = true)]
    handwritten_server: Option<String>,
    /// Where the results go.
    #[arg(long, default_value = "bench/results")]
    out: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    One,
    Split,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Small calls over HTTP.
    Calls,
    /// Starts and memory at rest.
    Start,
    /// A room of 50 with a command a second, beside a bare copy.
    Calm,
    /// CPU time of a command in a room of 50, beside a relay that keeps nothing.
    Cpu,
    /// One sender with 600 commands a second.
    Sender,
    /// 100 rooms of 5.
    Rooms,
    /// Two pages of a browser.
    Browser,
    /// Idle sockets.
    Idle,
}

impl Which {
    fn of(self) -> (Shape, &'static str) {
        match self {
            Self::One => (Shape::One, "one process"),
            Self::Split => (Shape::Split, "split"),
        }
    }
}

/// Switches off the limits on people: a load generator is one address and few people who do much.
const SETTINGS: [(&str, &str); 7] = [
    // Some parts take longer than a token lives.
    ("AUTH__ACCESS_TOKEN_MINUTES", "1440"),
    ("LIMITS__TRUSTED_NETWORKS", r#"["127.0.0.0/8"]"#),
    ("LIMITS__CALLS", "unlimited"),
    ("LIMITS__PLAYBACK", "unlimited"),
    ("LIMITS__FRAMES", "unlimited"),
    ("WEBSOCKET__MAX_CONNECTIONS_PER_USER", "1000"),
    ("MEDIA__LINK_MINUTES", "60"),
];

/// Duration of the load with one command a second, long enough for rare latencies.
const CALM_SECONDS: u64 = 180;

/// Rates of the room of 50, in commands a second.
const RATES: [f64; 3] = [100.0, 300.0, 600.0];

// The handler written by hand uses the same allocator as the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if arguments.floor_server {
        return floor::serve().await;
    }
    if let Some(folder) = &arguments.put_server {
        return uploads::serve_puts(folder).await;
    }
    if arguments.voice_server {
        return voice::serve().await;
    }
    if arguments.voice {
        return voice::measure(arguments.seconds).await;
    }
    if arguments.relay_server {
        return relay::serve().await;
    }
    if let Some(public_key) = &arguments.handwritten_server {
        return handwritten::serve(public_key).await;
    }
    let shapes =
        if arguments.shape.is_empty() { vec![Which::One, Which::Split] } else { arguments.shape.clone() };
    if arguments.flood {
        for which in &shapes {
            let (shape, name) = which.of();
            flood::measure(shape, name, arguments.seconds).await?;
        }
        return Ok(());
    }
    if let Some(messages) = arguments.search {
        return search::measure(messages).await;
    }
    if arguments.chat {
        for which in &shapes {
            let (shape, name) = which.of();
            chat::measure(shape, name, arguments.seconds).await?;
        }
        return Ok(());
    }
    if let Some(members) = arguments.crowd {
        for which in &shapes {
            let (shape, name) = which.of();
            let commands = usize::try_from(arguments.seconds)? * 2;
            crowd::measure(shape, name, &SETTINGS, (usize::try_from(members)?, commands)).await?;
        }
        return Ok(());
    }
    if arguments.explain {
        return explain::measure(&SETTINGS, arguments.seconds).await;
    }
    let mut report = Report::default();
    if arguments.film {
        film::measure(&mut report, &SETTINGS).await?;
        return report.write(&arguments.out);
    }
    if let Some(parts) = &arguments.uploads {
        uploads::measure(&mut report, parts, arguments.short).await?;
        return report.write(&arguments.out);
    }
    let wants = |part| arguments.part.is_empty() || arguments.part.contains(&part);
    let seconds = arguments.seconds.min(10);
    if wants(Part::Calls) {
        calls::measure(&mut report, &SETTINGS, arguments.seconds.min(5)).await?;
    }
    if wants(Part::Calm) {
        report.floor(floor::measure(50, Duration::from_secs(1), 60).await?);
    }
    if wants(Part::Cpu) {
        for commands_per_second in RATES {
            let load = room_of_50(commands_per_second, seconds);
            let relay = Relay::start().await?;
            let rooms = vec![relay.room(load.members).await?];
            report.fan_out("a relay", &load, fan_out::run(relay.pid()?, rooms, &load).await?);
        }
    }
    if wants(Part::Start) && shapes.contains(&Which::One) {
        start::measure(&mut report).await?;
    }
    for which in shapes {
        let (shape, name) = which.of();
        let loads = loads(wants, seconds);
        if !loads.is_empty() || wants(Part::Browser) {
            let system = System::start_with(shape, &SETTINGS)?;
            for load in loads {
                let rooms = fan_out::rooms(&system, &load).await?;
                report.fan_out(name, &load, fan_out::run(system.pid(), rooms, &load).await?);
            }
            if which == Which::One && wants(Part::Browser) {
                let skew = browser_skew(&system)?;
                report.skew(name, &skew);
            }
        }
        if wants(Part::Idle) {
            for rooms in [100, 200] {
                let sockets = arguments.idle_sockets.max(rooms);
                idle::measure(&mut report, (shape, name), &SETTINGS, sockets, rooms).await?;
            }
        }
    }
    report.write(&arguments.out)
}

fn room_of_50(commands_per_second: f64, seconds: u64) -> Load {
    Load { rooms: 1, members: 50, senders: 50, commands_per_second, seconds }
}

fn loads(wants: impl Fn(Part) -> bool, seconds: u64) -> Vec<Load> {
    let mut loads = Vec::new();
    if wants(Part::Calm) {
        // The figure that people notice: a room of 50, one seek a second.
        loads.push(room_of_50(1.0, CALM_SECONDS));
    }
    if wants(Part::Cpu) {
        loads.extend(RATES.map(|rate| room_of_50(rate, seconds)));
    }
    if wants(Part::Sender) {
        let commands_per_second = 600.0;
        loads.push(Load { rooms: 1, members: 5, senders: 1, commands_per_second, seconds });
    }
    if wants(Part::Rooms) {
        let load =
            |commands_per_second| Load { rooms: 100, members: 5, senders: 5, commands_per_second, seconds };
        loads.extend([600.0, 1200.0, 2400.0].map(load));
    }
    loads
}

/// Two pages of a real browser in one room: pairwise differences in milliseconds.
fn browser_skew(system: &System) -> anyhow::Result<Vec<f64>> {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("skew.mjs");
    let output =
        Command::new("node").arg(script).env("BASE_URL", system.url()).output().context("cannot run node")?;
    anyhow::ensure!(
        output.status.success(),
        "the browser measurement failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}
