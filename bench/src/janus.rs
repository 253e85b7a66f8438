//! Debian's Janus with its VideoRoom plugin, which forwards the audio of publishers to subscribers.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

const ROOM: u64 = 1;
const TIMEOUT: Duration = Duration::from_secs(30);

pub(crate) struct Janus {
    process: Child,
    url: String,
    client: reqwest::Client,
    transactions: AtomicU64,
    _folder: TempDir,
}

/// An offer of Janus to somebody who listens.
pub(crate) struct Offered {
    handle: u64,
    pub(crate) sdp: String,
}

impl Janus {
    /// Starts it on a free port. `None`: it is not installed.
    pub(crate) async fn start() -> anyhow::Result<Option<Self>> {
        if !Path::new("/usr/bin/janus").is_file() {
            return Ok(None);
        }
        let folder = tempfile::tempdir()?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        configure(folder.path(), port)?;
        let process = Command::new("/usr/bin/janus")
            .arg("-F")
            .arg(folder.path())
            .args(["-d", "3"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let client = reqwest::Client::new();
        let base = format!("http://127.0.0.1:{port}/janus");
        let mut janus = Self { process, url: base, client, transactions: AtomicU64::new(0), _folder: folder };
        let begun = Instant::now();
        let session = loop {
            match janus.post("", json!({"janus": "create"})).await {
                Ok(reply) => break reply["data"]["id"].as_u64().context("a session of Janus")?,
                Err(error) => ensure!(begun.elapsed() < TIMEOUT, "Janus does not start: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        janus.url = format!("{}/{session}", janus.url);
        let handle = janus.attach().await?;
        let room = json!({"request": "create", "room": ROOM, "publishers": 100, "audiocodec": "opus"});
        janus.post(&format!("/{handle}"), json!({"janus": "message", "body": room})).await?;
        Ok(Some(janus))
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Publishes with an offer. Returns the id of the feed and the answer.
    pub(crate) async fn publish(&self, offer: &str) -> anyhow::Result<(u64, String)> {
        let handle = self.attach().await?;
        let body = json!({"request": "join", "ptype": "publisher", "room": ROOM});
        let (joined, _) = self.message(handle, body, None).await?;
        let feed = joined["id"].as_u64().context("the id of a feed")?;
        let (_, answer) = self.message(handle, json!({"request": "publish"}), Some(("offer", offer))).await?;
        Ok((feed, answer.context("an answer")?))
    }

    /// Subscribes to feeds, by one connection.
    pub(crate) async fn subscribe(&self, feeds: &[u64]) -> anyhow::Result<Offered> {
        let handle = self.attach().await?;
        let streams: Vec<_> = feeds.iter().map(|feed| json!({"feed": feed})).collect();
        let body = json!({"request": "join", "ptype": "subscriber", "room": ROOM, "streams": streams});
        let (_, sdp) = self.message(handle, body, None).await?;
        Ok(Offered { handle, sdp: sdp.context("an offer")? })
    }

    /// Lets a subscription begin.
    pub(crate) async fn begin(&self, offered: &Offered, answer: &str) -> anyhow::Result<()> {
        self.message(offered.handle, json!({"request": "start"}), Some(("answer", answer))).await?;
        Ok(())
    }

    async fn attach(&self) -> anyhow::Result<u64> {
        let reply = self.post("", json!({"janus": "attach", "plugin": "janus.plugin.videoroom"})).await?;
        reply["data"]["id"].as_u64().context("a handle of Janus")
    }

    /// Sends a message to the plugin, and waits for its event.
    async fn message(
        &self,
        handle: u64,
        body: Value,
        sdp: Option<(&str, &str)>,
    ) -> anyhow::Result<(Value, Option<String>)> {
        let mut message = json!({"janus": "message", "body": body});
        if let Some((kind, sdp)) = sdp {
            message["jsep"] = json!({"type": kind, "sdp": sdp});
        }
        let sent = self.post(&format!("/{handle}"), message).await?;
        let begun = Instant::now();
        while begun.elapsed() < TIMEOUT {
            let event: Value = self.client.get(format!("{}?maxev=1", self.url)).send().await?.json().await?;
            if event["janus"] != "event" || event["transaction"] != sent["transaction"] {
                continue;
            }
            let data = event["plugindata"]["data"].clone();
            ensure!(data.get("error").is_none(), "Janus refuses: {data}");
            return Ok((data, event["jsep"]["sdp"].as_str().map(str::to_owned)));
        }
        bail!("Janus does not answer")
    }

    async fn post(&self, path: &str, mut message: Value) -> anyhow::Result<Value> {
        message["transaction"] = self.transactions.fetch_add(1, Ordering::Relaxed).to_string().into();
        let reply: Value =
            self.client.post(format!("{}{path}", self.url)).json(&message).send().await?.json().await?;
        ensure!(reply["janus"] != "error", "Janus refuses: {reply}");
        Ok(reply)
    }
}

impl Drop for Janus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Only what the measurement needs. The certificate has the kind of key that browsers have, and ours.
fn configure(folder: &Path, port: u16) -> anyhow::Result<()> {
    let own = folder.display();
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-subj",
            "/CN=bench",
        ])
        .args(["-days", "2", "-keyout", &format!("{own}/key.pem"), "-out", &format!("{own}/cert.pem")])
        .output()?;
    ensure!(made.status.success(), "openssl makes no certificate");
    fs::write(
        folder.join("janus.jcfg"),
        format!(
            "general: {{ configs_folder = \"{own}\" plugins_folder = \"/usr/lib/x86_64-linux-gnu/janus/plugins\" \
             transports_folder = \"/usr/lib/x86_64-linux-gnu/janus/transports\" debug_level = 3 session_timeout = 0 }}\n\
             certificates: {{ cert_pem = \"{own}/cert.pem\" cert_key = \"{own}/key.pem\" }}\n\
             nat: {{ ice_lite = true full_trickle = false }}\n\
             plugins: {{ disable = \"libjanus_audiobridge.so,libjanus_duktape.so,libjanus_echotest.so,libjanus_lua.so,\
             libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,\
             libjanus_videocall.so,libjanus_voicemail.so\" }}\n\
             transports: {{ disable = \"libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so,\
             libjanus_websockets.so\" }}\n"
        ),
    )?;
    fs::write(
        folder.join("janus.transport.http.jcfg"),
        format!(
            "general: {{ json = \"plain\" base_path = \"/janus\" http = true port = {port} https = false }}\n"
        ),
    )?;
    fs::write(folder.join("janus.plugin.videoroom.jcfg"), "general: { }\n")?;
    Ok(())
}
