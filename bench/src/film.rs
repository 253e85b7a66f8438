//! Media bytes: a file of a gigabyte through the system, beside nginx, which serves the same file with `sendfile`.
//! The result is the CPU time of the server for each gigabyte, which other work on the machine hardly changes. Throughput
//! is measured in alternating rounds.

use std::{
    fs::{self, File},
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use e2e::{Guest, Shape, System};
use reqwest::Method;
use serde_json::Value;

use crate::report::{FilmFigures, Report, say};

const FILM_BYTES: u64 = 1_000_000_000;
const ROUNDS: usize = 7;
/// Size of a range request, as players send it.
const PART_BYTES: u64 = 1024 * 1024;
const PARTS: u64 = 500;
const TIMEOUT: Duration = Duration::from_mins(1);
/// `USER_HZ`, which Linux shows to programs as 100 on every architecture.
const TICKS_PER_SECOND: f64 = 100.0;

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

    let address = system.url().trim_start_matches("http://").replace("localhost", "127.0.0.1").parse()?;
    let mut servers = vec![Server { name: "SyncWatch", pid: system.gateway_pid()?, address, path: link }];
    let folder = film.parent().context("the film is in a folder")?;
    let nginx = Nginx::start(folder, &system.data_dir().join("nginx"))?;
    match &nginx {
        Some(nginx) => servers.push(Server {
            name: "nginx",
            pid: nginx.process.id(),
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
            let median = |of: fn(&FilmFigures) -> f64| {
                let mut sorted: Vec<_> = figures.iter().map(of).collect();
                sorted.sort_by(f64::total_cmp);
                sorted[sorted.len() / 2]
            };
            let median = FilmFigures {
                cpu_seconds_per_gb: median(|figure| figure.cpu_seconds_per_gb),
                megabytes_per_second: median(|figure| figure.megabytes_per_second),
            };
            all.push((server.name, what, median));
        }
    }
    Ok(all)
}

impl Server {
    /// Fetches the film, or this many parts of it over one connection.
    fn fetch(&self, parts: Option<u64>) -> anyhow::Result<FilmFigures> {
        let mut stream = TcpStream::connect_timeout(&self.address, TIMEOUT)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        let mut buffer = vec![0; 1024 * 1024];
        let (cpu_before, started) = (cpu_seconds(self.pid)?, Instant::now());
        let mut bytes = 0;
        match parts {
            None => bytes += self.ask(&mut stream, "", &mut buffer)?,
            Some(parts) => {
                for part in 0..parts {
                    let first = part * PART_BYTES;
                    let range = format!("range: bytes={first}-{}\r\n", first + PART_BYTES - 1);
                    bytes += self.ask(&mut stream, &range, &mut buffer)?;
                }
            }
        }
        let elapsed = started.elapsed().as_secs_f64();
        let cpu = cpu_seconds(self.pid)? - cpu_before;
        ensure!(
            bytes == parts.map_or(FILM_BYTES, |parts| parts * PART_BYTES),
            "{} sent {bytes} bytes",
            self.name
        );
        #[expect(clippy::cast_precision_loss, reason = "a gigabyte")]
        let bytes = bytes as f64;
        Ok(FilmFigures {
            cpu_seconds_per_gb: cpu / (bytes / 1e9),
            megabytes_per_second: bytes / 1e6 / elapsed,
        })
    }

    /// Makes one request. Returns the length of the body.
    fn ask(&self, stream: &mut TcpStream, headers: &str, buffer: &mut [u8]) -> anyhow::Result<u64> {
        // In one write: the pieces of a formatted one would each wait for the acknowledgement of the piece before.
        let request = format!("GET {} HTTP/1.1\r\nhost: {}\r\n{headers}\r\n", self.path, self.address);
        stream.write_all(request.as_bytes())?;
        let mut read = 0;
        let head = loop {
            read += stream.read(&mut buffer[read..])?;
            if let Some(end) = buffer[..read].windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            ensure!(read > 0 && read < buffer.len(), "{} gives no answer", self.name);
        };
        let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        ensure!(text.starts_with("http/1.1 20"), "{} answers: {text}", self.name);
        let length =
            text.lines().find_map(|line| line.strip_prefix("content-length: ")).context("no length")?;
        let length: u64 = length.parse()?;
        let mut left = length - (read - head) as u64;
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            let read = stream.read(&mut buffer[..most])?;
            ensure!(read > 0, "{} breaks off", self.name);
            left -= read as u64;
        }
        Ok(length)
    }
}

/// CPU time of all threads of a process, in user and kernel mode.
fn cpu_seconds(pid: u32) -> anyhow::Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, fields) = stat.rsplit_once(')').context("no stat")?;
    let ticks: f64 =
        fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    Ok(ticks / TICKS_PER_SECOND)
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

struct Nginx {
    process: Child,
    address: SocketAddr,
}

impl Nginx {
    /// Debian's nginx with one worker in one process; `None` when it is not installed.
    fn start(root: &Path, folder: &Path) -> anyhow::Result<Option<Self>> {
        let places = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"].map(PathBuf::from);
        let Some(program) = places.into_iter().find(|place| place.is_file()) else { return Ok(None) };
        fs::create_dir_all(folder)?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let (root, own) = (root.display(), folder.display());
        let config = folder.join("nginx.conf");
        fs::write(
            &config,
            format!(
                "daemon off; master_process off; pid {own}/pid; error_log {own}/error.log;\n\
                 events {{ worker_connections 64; }}\n\
                 http {{ sendfile on; tcp_nopush on; access_log off; default_type video/mp4;\n\
                 client_body_temp_path {own}/body; proxy_temp_path {own}/proxy; fastcgi_temp_path {own}/fastcgi;\n\
                 uwsgi_temp_path {own}/uwsgi; scgi_temp_path {own}/scgi;\n\
                 server {{ listen {address}; root {root}; keepalive_requests 100000; }} }}\n"
            ),
        )?;
        let process = Command::new(program).arg("-c").arg(&config).stdin(Stdio::null()).spawn()?;
        let nginx = Self { process, address };
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            ensure!(started.elapsed() < TIMEOUT, "nginx does not start; see {own}/error.log");
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(Some(nginx))
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
