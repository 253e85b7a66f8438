//! Has complete uploads scanned by a clamd, where the installation has one.

use chrono::TimeDelta;
use futures::StreamExt as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::Uploads;
use crate::{
    domain::upload::{Refusal, Upload},
    error::{Error, Result},
    store::{sweeps, upload_parts, uploads},
};

/// How long a scan may take before another process tries.
const SCAN_LEASE: TimeDelta = TimeDelta::hours(1);
/// Longest answer of a clamd that is read, in bytes.
const LONGEST_ANSWER: u64 = 4096;
/// Bytes that are sent at once.
const CHUNK: usize = 256 * 1024;

/// What a clamd says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Clean,
    /// The name of what it found.
    Found(String),
    /// It cannot scan this file, for example because its `StreamMaxLength` is smaller than the file.
    CannotTell(String),
}

impl Uploads {
    /// Scans one upload that was not scanned. Returns whether there was one.
    pub(crate) async fn scan_next(&self) -> Result<bool> {
        let now = self.clock.now();
        let next = sweeps::to_scan(&self.pool, now, now + SCAN_LEASE).await?;
        let Some(id) = next else { return Ok(false) };
        let Some(upload) = uploads::get(&self.pool, id).await? else { return Ok(true) };
        let verdict = match self.ask(&upload).await {
            Ok(verdict) => verdict,
            Err(error) => {
                // The next attempt need not wait for the end of the lease.
                sweeps::release_scan(&self.pool, id).await?;
                return Err(error);
            }
        };
        match verdict {
            Verdict::Clean => {}
            Verdict::CannotTell(answer) => {
                tracing::warn!(upload = %id, answer, "clamd cannot scan an upload, which is taken all the same");
            }
            Verdict::Found(name) => {
                tracing::warn!(upload = %id, owner = upload.owner, name, "an upload has malware in it");
                // The error is for whoever sends; this one is told by the state.
                if let Error::Internal(error) = self.reject(id, Refusal::Malware(name)).await {
                    return Err(Error::Internal(error));
                }
            }
        }
        sweeps::set_scanned(&self.pool, id).await?;
        Ok(true)
    }

    /// Sends a file to the clamd (its command INSTREAM: chunks with their lengths before them).
    async fn ask(&self, upload: &Upload) -> Result<Verdict> {
        let failed = |error: std::io::Error| {
            Error::Internal(
                anyhow::Error::new(error).context("cannot ask the clamd that uploads.clamd names"),
            )
        };
        let original = upload_parts::original(&self.pool, upload).await?;
        let mut bytes = original.read(&self.blobs, 0, upload.received);
        let mut clamd = TcpStream::connect(&self.config.clamd).await.map_err(failed)?;
        clamd.write_all(b"zINSTREAM\0").await.map_err(failed)?;
        while let Some(chunk) = bytes.next().await {
            let chunk = chunk.map_err(|error| Error::Internal(error.into()))?;
            for piece in chunk.chunks(CHUNK) {
                let length = u32::try_from(piece.len()).unwrap_or_default();
                let sent = async {
                    clamd.write_all(&length.to_be_bytes()).await?;
                    clamd.write_all(piece).await
                };
                if sent.await.is_err() {
                    // It closes the connection when a file is too long for it, and has said so before.
                    return self.verdict(&mut clamd).await.map_err(failed);
                }
            }
        }
        clamd.write_all(&[0; 4]).await.map_err(failed)?;
        self.verdict(&mut clamd).await.map_err(failed)
    }

    async fn verdict(&self, clamd: &mut TcpStream) -> std::io::Result<Verdict> {
        let mut answer = Vec::new();
        clamd.take(LONGEST_ANSWER).read_to_end(&mut answer).await?;
        Ok(read(&String::from_utf8_lossy(&answer)))
    }
}

/// Reads `stream: Eicar-Signature FOUND`.
fn read(answer: &str) -> Verdict {
    let answer = answer.trim_end_matches('\0').trim();
    let said = answer.strip_prefix("stream: ").unwrap_or(answer);
    match said.strip_suffix(" FOUND") {
        Some(name) => Verdict::Found(name.chars().take(100).collect()),
        None if said == "OK" => Verdict::Clean,
        None => Verdict::CannotTell(answer.chars().take(200).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_a_clamd() {
        assert_eq!(read("stream: OK\0"), Verdict::Clean);
        assert_eq!(read("stream: Eicar-Signature FOUND\0"), Verdict::Found("Eicar-Signature".into()));
        let limit = "INSTREAM size limit exceeded. ERROR";
        assert_eq!(read(&format!("{limit}\0")), Verdict::CannotTell(limit.into()));
        assert_eq!(read(""), Verdict::CannotTell(String::new()));
    }
}
