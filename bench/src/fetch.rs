//! Fetches files over plain sockets, since a client library would cost more than the servers that are measured.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context as _, ensure};
use e2e::System;

const TIMEOUT: Duration = Duration::from_mins(1);
const BUFFER_BYTES: usize = 1024 * 1024;

/// The address of a system by number.
pub(crate) fn address_of(system: &System) -> anyhow::Result<SocketAddr> {
    Ok(system.url().trim_start_matches("http://").replace("localhost", "127.0.0.1").parse()?)
}

/// A connection to a server, for one request after the other.
pub(crate) struct Connection {
    address: SocketAddr,
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        Ok(Self { address, stream, buffer: vec![0; BUFFER_BYTES] })
    }

    /// Makes one request, with more lines of its head. Returns the length of the body.
    pub(crate) fn get(&mut self, path: &str, headers: &str) -> anyhow::Result<u64> {
        let Self { address, stream, buffer } = self;
        // In one write: the pieces of a formatted one would each wait for the acknowledgement of the piece before.
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n{headers}\r\n");
        stream.write_all(request.as_bytes())?;
        let mut read = 0;
        let head = loop {
            let count = stream.read(&mut buffer[read..])?;
            read += count;
            if let Some(end) = buffer[..read].windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            ensure!(count > 0, "{path}: {address} gives no answer");
        };
        let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        ensure!(text.starts_with("http/1.1 20"), "{path}: {address} answers {text}");
        let length =
            text.lines().find_map(|line| line.strip_prefix("content-length: ")).context("no length")?;
        let length: u64 = length.parse()?;
        let mut left = length - (read - head) as u64;
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            let count = stream.read(&mut buffer[..most])?;
            ensure!(count > 0, "{path}: {address} breaks off");
            left -= count as u64;
        }
        Ok(length)
    }
}
