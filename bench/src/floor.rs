//! A lower bound on this machine: a process that copies each line to all its connections and does nothing else, under the
//! same load and from the same load generator. No server of a room can be faster.

use std::{io::Write as _, process::Stdio, time::Duration};

use anyhow::Context as _;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream, tcp::OwnedWriteHalf},
    process::Command,
    sync::mpsc,
    time::Instant,
};

/// Length of a line, about that of a playback event.
const LINE: usize = 400;
/// Connections at most, and lines that wait.
const MOST: usize = 8192;

/// Runs the copying process.
pub(crate) async fn serve() -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    writeln!(std::io::stdout().lock(), "{}", listener.local_addr()?)?;
    let (lines, mut all) = mpsc::channel::<String>(MOST);
    let (writers, mut new) = mpsc::channel::<OwnedWriteHalf>(MOST);
    tokio::spawn(async move {
        let mut writers = Vec::new();
        while let Some(line) = all.recv().await {
            while let Ok(writer) = new.try_recv() {
                writers.push(writer);
            }
            for writer in &mut writers {
                let _ = writer.write_all(line.as_bytes()).await;
            }
        }
    });
    for _ in 0..MOST {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (read, write) = stream.into_split();
        writers.send(write).await?;
        let lines = lines.clone();
        tokio::spawn(async move {
            let mut read = BufReader::new(read).lines();
            while let Ok(Some(line)) = read.next_line().await {
                let _ = lines.send(line + "\n").await;
            }
        });
    }
    Ok(())
}

/// Milliseconds from sending each line to its arrival at the last of `members` connections.
pub(crate) async fn measure(members: usize, every: Duration, count: usize) -> anyhow::Result<Vec<f64>> {
    let mut server = Command::new(std::env::current_exe()?)
        .arg("--floor-server")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut address = String::new();
    let output = server.stdout.take().context("the other process has no output")?;
    BufReader::new(output).read_line(&mut address).await?;
    let (arrived, mut arrivals) = mpsc::channel(MOST);
    let mut writers = Vec::new();
    for _ in 0..members {
        let stream = TcpStream::connect(address.trim()).await?;
        stream.set_nodelay(true)?;
        let (read, write) = stream.into_split();
        writers.push(write);
        let arrived = arrived.clone();
        tokio::spawn(async move {
            let mut read = BufReader::new(read).lines();
            while let Ok(Some(_)) = read.next_line().await {
                let _ = arrived.send(Instant::now()).await;
            }
        });
    }
    let line = "x".repeat(LINE - 1) + "\n";
    let mut to_last_ms = Vec::new();
    for turn in 0..count {
        tokio::time::sleep(every).await;
        let sent = Instant::now();
        let writer = turn % writers.len();
        writers[writer].write_all(line.as_bytes()).await?;
        let mut last = sent;
        for _ in 0..members {
            last = last.max(arrivals.recv().await.context("a connection broke")?);
        }
        to_last_ms.push((last - sent).as_secs_f64() * 1000.0);
    }
    server.kill().await?;
    Ok(to_last_ms)
}
