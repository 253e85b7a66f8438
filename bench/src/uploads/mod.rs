//! Measures uploads: how fast files are sent, how soon they are seen, what preparing and serving them costs.

mod films;
mod ladder;
mod memory;
mod picture;
mod prepared;
mod puts;
mod segments;
mod send;
mod tus;
mod tus_server;
mod viewers;
mod workers;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::ValueEnum;
use e2e::{Shape, System};

use crate::report::Report;

pub(crate) use puts::serve as serve_puts;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// A file by tus, beside a raw PUT and beside `@tus/server`.
    Send,
    /// Memory of the server for 32 uploads at once.
    Memory,
    /// The encoders of the worker, beside the same commands alone.
    Ladder,
    /// The last byte to the first picture, and a seek to what is not encoded yet, in Chromium.
    Picture,
    /// Ten viewers of a film that is being encoded.
    Viewers,
    /// Two workers on one film, beside one.
    Workers,
    /// Segments, beside nginx.
    Segments,
}

/// Switches off the limits on what a person may send.
const LIMITS: [(&str, &str); 4] = [
    ("UPLOADS__PER_HOUR", "10000"),
    ("UPLOADS__QUOTA_BYTES", "1000000000000"),
    ("UPLOADS__BANDWIDTH_BYTES_PER_S", "1000000000000"),
    ("UPLOADS__BURST_BYTES", "1000000000000"),
];
/// No tasks are done in the process of the server.
const NO_WORKER: (&str, &str) = ("TRANSCODE__MAX_JOBS", "0");
/// Every film is encoded, also one that browsers could play.
const NO_COPIES: (&str, &str) = ("RENDITIONS__COPY_KBIT", "0");

/// Measures these parts; none means all. `short`: to try out the measurement.
pub(crate) async fn measure(report: &mut Report, parts: &[Part], short: bool) -> anyhow::Result<()> {
    let parts = if parts.is_empty() { Part::value_variants() } else { parts };
    for part in parts {
        match part {
            Part::Send => send::measure(report, short).await?,
            Part::Memory => memory::measure(report, short).await?,
            Part::Ladder => ladder::measure(report, short).await?,
            Part::Picture => picture::measure(report, short).await?,
            Part::Viewers => viewers::measure(report, short).await?,
            Part::Workers => workers::measure(report, short).await?,
            Part::Segments => segments::measure(report, short).await?,
        }
    }
    Ok(())
}

/// The system in one process, with these settings beside those of all measurements.
fn system(settings: &[(&str, &str)]) -> anyhow::Result<System> {
    let settings: Vec<_> =
        crate::SETTINGS.into_iter().chain(LIMITS).chain(settings.iter().copied()).collect();
    System::start_with(Shape::One, &settings)
}

/// A folder of this repository for what is made once.
fn cache(name: &str) -> anyhow::Result<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../.cache").join(name);
    std::fs::create_dir_all(&folder)?;
    Ok(folder.canonicalize()?)
}

/// A line of `ports.toml`: where the system listens besides HTTP.
fn port_of(system: &System, name: &str) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(system.data_dir().join("ports.toml"))?;
    let start = format!("{name} = \"");
    let address = text.lines().find_map(|line| line.strip_prefix(&start)?.strip_suffix('"'));
    Ok(address.context("ports.toml does not name the address")?.to_owned())
}
