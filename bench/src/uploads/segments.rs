//! Segments of a prepared film, beside nginx with the same files: requests a second over eight connections, and the CPU time of the
//! server for each gigabyte, by turns.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use e2e::Guest;

use super::{
    films::{Codec, Film},
    prepared::{Sent, folder_for, uris},
    system,
};
use crate::{
    cpu::CpuTime,
    fetch::{Connection, address_of},
    nginx::{Nginx, Workers},
    report::{Goal, Report, say},
    stats::median,
};

const CONNECTIONS: usize = 8;

pub(super) async fn measure(report: &mut Report, short: bool) -> anyhow::Result<()> {
    let (height, seconds, rounds, turn_s) = if short { (360, 30, 1, 1) } else { (1080, 120, 7, 5) };
    let film = Film { codec: Codec::H264, height, seconds, is_index_last: false }.bytes()?;
    let system = system(&[])?;
    let owner = Guest::arrive(system.url(), "Bench").await?;
    let sent = Sent::new(&owner, &film).await?;
    sent.ready().await?;
    let (_, playback) = sent.in_room().await?;
    let folder = folder_for(&owner, &playback).await?;
    let (ours, root) = (address_of(&system)?, system.data_dir().join("blobs"));
    let Some(nginx) = Nginx::start(&root, &system.data_dir().join("nginx"), Workers::EachCore)? else {
        say("nginx is not installed (apt-get install nginx-light): segments are not measured");
        return Ok(());
    };
    // The keys of the store are the paths behind the token.
    let (_, key) = folder.trim_start_matches("/media/hls/").split_once('/').context("no token")?;
    let http = e2e::http().build()?;
    for (what, playlist) in
        [("segments of the picture", "stream_0.m3u8"), ("segments of the sound", "audio_0.m3u8")]
    {
        let text = http.get(format!("{}{folder}{playlist}", system.url())).send().await?.text().await?;
        let names = uris(&text);
        let at = |folder: &str| names.iter().map(|name| format!("{folder}{name}")).collect::<Vec<_>>();
        let servers = [
            Server { pid: system.gateway_pid()?, address: ours, paths: at(&folder) },
            Server { pid: nginx.pid(), address: nginx.address, paths: at(&format!("/hls/{key}")) },
        ];
        let turn = Duration::from_secs(turn_s);
        let [by_us, by_nginx] =
            tokio::task::spawn_blocking(move || by_turns(&servers, rounds, turn)).await??;
        say_figures(report, what, &by_us, &by_nginx);
    }
    Ok(())
}

fn say_figures(report: &mut Report, what: &str, by_us: &[Turn], by_nginx: &[Turn]) {
    for (server, turns) in [("SyncWatch", by_us), ("nginx", by_nginx)] {
        let of = |value: fn(&Turn) -> f64| median(turns.iter().map(value).collect());
        report.figure(&format!("{what}, {server}"), "/s", of(|turn| turn.per_second));
        report.figure(&format!("{what}, {server}: CPU time"), "s/GB", of(|turn| turn.cpu_s_per_gb));
    }
    let pairs = || by_us.iter().zip(by_nginx);
    let rate = median(pairs().map(|(us, nginx)| us.per_second / nginx.per_second).collect());
    let cost = median(pairs().map(|(us, nginx)| nginx.cpu_s_per_gb / us.cpu_s_per_gb).collect());
    report.goal(&format!("{what}: requests a second beside nginx"), "times", rate, Goal::AtLeast(0.9));
    report.goal(&format!("{what}: gigabytes for CPU time beside nginx"), "times", cost, Goal::AtLeast(0.9));
}

struct Server {
    /// It serves itself or by its children.
    pid: u32,
    address: SocketAddr,
    paths: Vec<String>,
}

struct Turn {
    per_second: f64,
    cpu_s_per_gb: f64,
}

fn by_turns(servers: &[Server; 2], rounds: u32, turn: Duration) -> anyhow::Result<[Vec<Turn>; 2]> {
    let mut turns = [Vec::new(), Vec::new()];
    for round in 0..=rounds {
        for (server, turns) in servers.iter().zip(&mut turns) {
            let figures = server.turn(turn)?;
            // The first round fills the page cache.
            if round > 0 {
                turns.push(figures);
            }
        }
    }
    Ok(turns)
}

impl Server {
    /// Asks for one segment after the other over all connections for so long.
    fn turn(&self, time: Duration) -> anyhow::Result<Turn> {
        let (cpu, began) = (CpuTime::of(self.pid)?, Instant::now());
        let counts = std::thread::scope(|scope| {
            let one = |first: usize| {
                let mut connection = Connection::open(self.address)?;
                let (mut requests, mut bytes) = (0.0, 0);
                for path in self.paths.iter().cycle().skip(first) {
                    if began.elapsed() >= time {
                        break;
                    }
                    bytes += connection.get(path, "")?;
                    requests += 1.0;
                }
                anyhow::Ok((requests, bytes))
            };
            let running: Vec<_> = (0..CONNECTIONS).map(|first| scope.spawn(move || one(first))).collect();
            let ended = running.into_iter().map(|thread| {
                thread.join().map_err(|_| anyhow::Error::msg("a thread of the load generator failed"))?
            });
            ended.collect::<anyhow::Result<Vec<(f64, u64)>>>()
        })?;
        let took_s = began.elapsed().as_secs_f64();
        let cpu = CpuTime::of(self.pid)?.since(cpu);
        let requests: f64 = counts.iter().map(|(requests, _)| requests).sum();
        #[expect(clippy::cast_precision_loss, reason = "some gigabytes")]
        let bytes = counts.iter().map(|(_, bytes)| bytes).sum::<u64>() as f64;
        Ok(Turn { per_second: requests / took_s, cpu_s_per_gb: cpu.all_s() / (bytes / 1e9) })
    }
}
