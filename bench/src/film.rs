//! Media bytes: a file of a gigabyte through the system, beside nginx, which serves the same file with `sendfile`.
//! The result is the CPU time of the server for each gigabyte, which other work on the machine hardly changes. Throughput
//! is measured in alternating rounds.

use std::{
    fs::File,
    io::{Seek as _, SeekFrom, Write as _},
    net::SocketAddr,
    path::Path,
    time::Instant,
};

use anyhow::{Context as _, ensure};
use e2e::{Guest, Shape, System};
use reqwest::Method;
use serde_json::Value;

use crate::{
    cpu::CpuTime,
    fetch::{Connection, address_of},
    nginx::{Nginx, Workers},
    report::{FilmFigures, Report, say},
    stats::median,
};

const FILM_BYTES: u64 = 1_000_000_000;
const ROUNDS: usize = 7;
/// Size of a range request, as players send it.
const PART_BYTES: u64 = 1024 * 1024;
const PARTS: u64 = 500;

pub(crate) async fn measure(report: &mut Report, settings: &[(&str, &str)]) -> anyhow::Result<()> {
    let system = System::start_with(Shape::One, settings)?;
    let guest = Guest::arrive(system.url(), "Bench").await?;
    let room = guest.make_room().await?;
    let item = guest.add_test_film(&room).await?;
    let info =
        guest.ok(Method::GET, &format!("/api/rooms/{room}/playlist/{item}/playback"), Value::Null).await?;
    let link = info["url"].as_str().context("the item has no link")?.to_owned();
    // The data plane serves whatever this file holds.
    let film = system.data_dir().join("blobs/films/test.mp4");
    make_film(&film)?;

    let address = address_of(&system)?;
    let mut servers = vec![Server { name: "SyncWatch", pid: system.gateway_pid()?, address, path: link }];
    let folder = film.parent().context("the film is in a folder")?;
    let nginx = Nginx::start(folder, &system.data_dir().join("nginx"), Workers::One)?;
    match &nginx {
        Some(nginx) => servers.push(Server {
            name: "nginx",
            pid: nginx.pid(),
            address: nginx.address,
            path: "/test.mp4".to_owned(),
        }),
        None => say("nginx is not installed (apt-get install nginx-light): the film is measured without it"),
    }
    let measured = tokio::task::spawn_blocking(move || rounds(&servers)).await??;
    for (server, what, figures) in measured {
        report.film(server, what, &figures);
    }
    Ok(())
}

struct Server {
    name: &'static str,
    pid: u32,
    address: SocketAddr,
    path: String,
}

type Measured = Vec<(&'static str, &'static str, FilmFigures)>;

/// Measures both servers by turns, so that other work on the machine affects both alike. Returns the median of each.
fn rounds(servers: &[Server]) -> anyhow::Result<Measured> {
    let mut all = Vec::new();
    for (what, parts) in [("the whole film", None), ("parts of 1 MiB", Some(PARTS))] {
        let mut figures: Vec<Vec<FilmFigures>> = servers.iter().map(|_| Vec::new()).collect();
        for round in 0..=ROUNDS {
            for (server, figures) in servers.iter().zip(&mut figures) {
                let figure = server.fetch(parts)?;
                // The first round fills the page cache.
                if round > 0 {
                    figures.push(figure);
                }
            }
        }
        for (server, figures) in servers.iter().zip(figures) {
            let of = |value: fn(&FilmFigures) -> f64| median(figures.iter().map(value).collect());
            let figures = FilmFigures {
                cpu_seconds_per_gb: of(|figure| figure.cpu_seconds_per_gb),
                megabytes_per_second: of(|figure| figure.megabytes_per_second),
            };
            all.push((server.name, what, figures));
        }
    }
    Ok(all)
}

impl Server {
    /// Fetches the film, or this many parts of it over one connection.
    fn fetch(&self, parts: Option<u64>) -> anyhow::Result<FilmFigures> {
        let mut connection = Connection::open(self.address)?;
        let (cpu_before, started) = (CpuTime::of(self.pid)?, Instant::now());
        let mut bytes = 0;
        match parts {
            None => bytes += connection.get(&self.path, "")?,
            Some(parts) => {
                for part in 0..parts {
                    let first = part * PART_BYTES;
                    let range = format!("range: bytes={first}-{}\r\n", first + PART_BYTES - 1);
                    bytes += connection.get(&self.path, &range)?;
                }
            }
        }
        let elapsed = started.elapsed().as_secs_f64();
        let cpu_s = CpuTime::of(self.pid)?.since(cpu_before).own_s();
        ensure!(
            bytes == parts.map_or(FILM_BYTES, |parts| parts * PART_BYTES),
            "{} sent {bytes} bytes",
            self.name
        );
        #[expect(clippy::cast_precision_loss, reason = "a gigabyte")]
        let bytes = bytes as f64;
        Ok(FilmFigures {
            cpu_seconds_per_gb: cpu_s / (bytes / 1e9),
            megabytes_per_second: bytes / 1e6 / elapsed,
        })
    }
}

/// Writes a file that occupies its whole size on the disk.
fn make_film(path: &Path) -> anyhow::Result<()> {
    let mut file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    let block: Vec<u8> = (0..1_000_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    for _ in 0..FILM_BYTES / block.len() as u64 {
        file.write_all(&block)?;
    }
    ensure!(file.seek(SeekFrom::End(0))? == FILM_BYTES, "the film has another length");
    Ok(())
}
