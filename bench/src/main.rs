//! Measures the running system from outside, from a process of its own, on this machine only; every run is bounded.
//! Writes `bench/results/<time>.json` and a page with plots, `bench/results/index.html`.

#![allow(clippy::disallowed_methods, reason = "measuring is what this program is for")]

mod calls;
mod cpu;
mod fan_out;
mod film;
mod flood;
mod floor;
mod handwritten;
mod idle;
mod report;
mod start;
mod stats;

use std::{path::PathBuf, process::Command, time::Duration};

use anyhow::Context as _;
use clap::{Parser, ValueEnum};
use e2e::{Shape, System};

use report::Report;

/// Measures SyncWatch.
#[derive(Debug, Parser)]
struct Arguments {
    /// Which shapes of the system; both unless named.
    #[arg(long, value_enum)]
    shape: Vec<Which>,
    /// How long each load lasts, in seconds.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(2..=300))]
    seconds: u64,
    /// Idle sockets to hold.
    #[arg(long, default_value_t = 5000, value_parser = clap::value_parser!(u32).range(10..=50_000))]
    idle_sockets: u32,
    /// Leaves the browser out.
    #[arg(long)]
    no_browser: bool,
    /// Measures only what others notice of a flood, with the limits on people as they are by default.
    #[arg(long)]
    flood: bool,
    /// Measures the bytes of a film beside nginx, and nothing else.
    #[arg(long)]
    film: bool,
    /// Only what small calls over HTTP cost.
    #[arg(long)]
    calls: bool,
    /// Copies lines for `floor::measure`.
    #[arg(long, hide = true)]
    floor_server: bool,
    /// Answers for `calls::measure`, with tokens of this public key.
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

impl Which {
    fn of(self) -> (Shape, &'static str) {
        match self {
            Self::One => (Shape::One, "one process"),
            Self::Split => (Shape::Split, "split"),
        }
    }
}

/// A load generator is one address, and few people who do much; the limits on people do not apply to it.
const SETTINGS: [(&str, &str); 5] = [
    ("LIMITS__TRUSTED_NETWORKS", r#"["127.0.0.0/8"]"#),
    ("LIMITS__CALLS", "unlimited"),
    ("LIMITS__PLAYBACK", "unlimited"),
    ("WEBSOCKET__MAX_CONNECTIONS_PER_USER", "1000"),
    ("MEDIA__LINK_MINUTES", "60"),
];

/// Of one command a second, so long, for the sake of the rare ones.
const CALM_SECONDS: u64 = 180;

// The handler written by hand is to have what the product has.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if arguments.floor_server {
        return floor::serve().await;
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
    let mut report = Report::default();
    if arguments.film {
        film::measure(&mut report, &SETTINGS).await?;
        return report.write(&arguments.out);
    }
    calls::measure(&mut report, &SETTINGS, arguments.seconds.min(5)).await?;
    if arguments.calls {
        return report.write(&arguments.out);
    }
    report.floor(floor::measure(50, Duration::from_secs(1), 60).await?);
    if shapes.contains(&Which::One) {
        start::measure(&mut report).await?;
    }
    for which in shapes {
        let (shape, name) = which.of();
        let system = System::start_with(shape, &SETTINGS)?;
        // The figure that people feel: a room of 50, one seek a second.
        let calm = fan_out::Load { rooms: 1, members: 50, commands_per_second: 1.0, seconds: CALM_SECONDS };
        report.fan_out(name, &calm, fan_out::run(&system, &calm).await?);
        for (rooms, members, rates) in [(1, 50, [100.0, 300.0, 600.0]), (100, 5, [600.0, 1200.0, 2400.0])] {
            for commands_per_second in rates {
                let load =
                    fan_out::Load { rooms, members, commands_per_second, seconds: arguments.seconds.min(10) };
                report.fan_out(name, &load, fan_out::run(&system, &load).await?);
            }
        }
        if which == Which::One && !arguments.no_browser {
            let skew = browser_skew(&system)?;
            report.skew(name, &skew);
        }
        drop(system);
        idle::measure(&mut report, shape, name, &SETTINGS, arguments.idle_sockets).await?;
    }
    report.write(&arguments.out)
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
