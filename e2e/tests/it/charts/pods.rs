//! The installation that the charts describe, on this machine: a process for each pod, PostgreSQL and Redis beside them,
//! and between each two services a relay that notes who calls whom.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::Context as _;
use e2e::program;
use testkit::{Postgres, Redis, free_port};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::{Notify, oneshot},
};

use super::{
    Call,
    rendered::{Charts, Pod},
};

/// A bound for a broken installation, not a measure of a working one.
const PATIENCE: Duration = Duration::from_mins(1);

/// Running pods. They stop when this is dropped.
pub(super) struct Pods {
    pub(super) url: String,
    pub(super) calls: Calls,
    // In this order: the programs end before their servers do.
    _running: Vec<Running>,
    _redis: Redis,
    _postgres: Postgres,
}

impl Pods {
    pub(super) async fn start(charts: &Charts) -> anyhow::Result<Self> {
        let (postgres, redis) = (Postgres::start().await?, Redis::start().await?);
        charts.make_secrets(postgres.url(), &redis.url())?;
        let (calls, mut ports) = (Calls::default(), Ports::default());
        let mut running = Vec::new();
        for service in charts.services() {
            let mut pod = charts.pod(service)?;
            // The data plane in a pod of its own, as a large installation may have it.
            if let Some(address) = pod.env.get_mut("SYNCWATCH_SERVICES__MEDIA_HTTP") {
                "http://demo-media-edge:17124".clone_into(address);
            }
            for value in pod.env.values_mut() {
                *value = ports.on_this_machine(service, value, &calls).await?;
            }
            running.push(Running::start(service, &pod, charts)?);
        }
        for program in &mut running {
            program.await_serving().await?;
        }
        for program in &running {
            program.await_ready().await?;
        }
        let url = format!("http://127.0.0.1:{}", ports.free("gateway", 8080)?);
        Ok(Self { url, calls, _running: running, _redis: redis, _postgres: postgres })
    }
}

/// A free port of this machine for each port of each service.
#[derive(Default)]
struct Ports(BTreeMap<(String, u16), u16>);

impl Ports {
    fn free(&mut self, service: &str, port: u16) -> anyhow::Result<u16> {
        if let Some(free) = self.0.get(&(service.to_owned(), port)) {
            return Ok(*free);
        }
        let free = free_port()?;
        self.0.insert((service.to_owned(), port), free);
        Ok(free)
    }

    /// An address of the cluster as one of this machine: `0.0.0.0:17101` is a free port, and `http://demo-room-svc:17102` a
    /// relay to room-svc. Any other value stays.
    async fn on_this_machine(&mut self, caller: &str, value: &str, calls: &Calls) -> anyhow::Result<String> {
        let port = |text: &str| text.parse::<u16>().with_context(|| format!("{value} has no port"));
        if let Some(listen) = value.strip_prefix("0.0.0.0:") {
            return Ok(format!("127.0.0.1:{}", self.free(caller, port(listen)?)?));
        }
        let Some((service, to)) =
            value.strip_prefix("http://demo-").and_then(|address| address.split_once(':'))
        else {
            return Ok(value.to_owned());
        };
        let relay =
            calls.relay((caller.to_owned(), service.to_owned()), self.free(service, port(to)?)?).await?;
        Ok(format!("http://127.0.0.1:{relay}"))
    }
}

/// Who has called whom so far.
#[derive(Clone, Default)]
pub(super) struct Calls {
    seen: Arc<Mutex<BTreeSet<Call>>>,
    added: Arc<Notify>,
}

impl Calls {
    pub(super) fn seen(&self) -> BTreeSet<Call> {
        self.seen.lock().unwrap().clone()
    }

    /// Waits until all of these were seen; some are made by a task in the background.
    pub(super) async fn wait_for(&self, calls: &BTreeSet<Call>) {
        let all = async {
            loop {
                let added = self.added.notified();
                if self.seen().is_superset(calls) {
                    return;
                }
                added.await;
            }
        };
        // What is missing at the end is told by who compares.
        let _ = tokio::time::timeout(PATIENCE, all).await;
    }

    /// Listens on a free port, passes connections on to another one and notes them.
    async fn relay(&self, call: Call, to: u16) -> anyhow::Result<u16> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let calls = self.clone();
        tokio::spawn(async move {
            while let Ok((mut from, _)) = listener.accept().await {
                let (calls, call) = (calls.clone(), call.clone());
                tokio::spawn(async move {
                    // A caller that is early finds the service closed and tries again.
                    let Ok(mut service) = TcpStream::connect(("127.0.0.1", to)).await else { return };
                    calls.seen.lock().unwrap().insert(call);
                    calls.added.notify_waiters();
                    let _ = copy_bidirectional(&mut from, &mut service).await;
                });
            }
        });
        Ok(port)
    }
}

struct Running {
    name: String,
    process: Child,
    /// Completes when the process reports that it serves; broken when the process ends before that.
    serves: Option<oneshot::Receiver<()>>,
    admin: String,
    log: std::path::PathBuf,
}

impl Running {
    fn start(name: &str, pod: &Pod, charts: &Charts) -> anyhow::Result<Self> {
        let (first, arguments) = pod.command.split_first().context("no command")?;
        let log = charts.folder().join(format!("{name}.log"));
        let mut process = Command::new(program(first)?)
            .args(arguments)
            // Nothing but what the chart gives, as in the container.
            .env_clear()
            .envs(&pod.env)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let lines = BufReader::new(process.stderr.take().context("no standard error")?).lines();
        let serves = Some(watch(lines, File::create(&log)?));
        let admin = pod.env.iter().find(|(key, _)| key.ends_with("__ADMIN_LISTEN"));
        let admin = admin.map(|(_, address)| address.clone()).context("no admin listener")?;
        Ok(Self { name: name.to_owned(), process, serves, admin, log })
    }

    /// Waits until it reports that it serves.
    async fn await_serving(&mut self) -> anyhow::Result<()> {
        let serves = self.serves.take().context("it was awaited before")?;
        let outcome = tokio::time::timeout(PATIENCE, serves).await.context("it does not serve");
        let outcome = outcome.and_then(|serves| serves.context("it ended"));
        outcome.with_context(|| self.log())
    }

    /// Waits until its readiness probe passes. The services serve by now, so that one probe or two are enough.
    async fn await_ready(&self) -> anyhow::Result<()> {
        let ready = async { while !is_ready(&self.admin).await.unwrap_or(false) {} };
        tokio::time::timeout(PATIENCE, ready)
            .await
            .context("it did not become ready")
            .with_context(|| self.log())
    }

    fn log(&self) -> String {
        format!("{}: {}", self.name, fs::read_to_string(&self.log).unwrap_or_default())
    }
}

/// Copies the log of a process into a file, and tells when the process reports that it serves.
fn watch(
    lines: impl Iterator<Item = std::io::Result<String>> + Send + 'static,
    mut log: File,
) -> oneshot::Receiver<()> {
    let (serving, serves) = oneshot::channel();
    let mut serving = Some(serving);
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            // The log only explains failures.
            let _ = writeln!(log, "{line}");
            let mut words = line.split(|letter: char| !letter.is_alphanumeric());
            if words.any(|word| word == "serving")
                && let Some(serving) = serving.take()
            {
                let _ = serving.send(());
            }
        }
    });
    serves
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn is_ready(admin: &str) -> anyhow::Result<bool> {
    let mut stream = TcpStream::connect(admin).await?;
    stream.write_all(b"GET /health/ready HTTP/1.1\r\nhost: probe\r\nconnection: close\r\n\r\n").await?;
    let mut status = [0; 12];
    stream.read_exact(&mut status).await?;
    Ok(&status == b"HTTP/1.1 200")
}
