//! The bytes of a media file, for the child that reads it with libav. libav itself opens nothing: it gets these bytes.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read, Seek, SeekFrom, Write as _},
    net::{SocketAddr, TcpStream},
    path::Path,
    time::Duration,
};

/// How long the worker may wait for bytes of a file that is still being sent. It ends the child much earlier.
const READ_TIMEOUT: Duration = Duration::from_mins(10);

/// A media file: one of this machine, or one behind the worker's loopback listener.
#[derive(Debug)]
pub enum Source {
    /// A file.
    File(File),
    /// A file behind the loopback listener.
    Served(Served),
}

impl Source {
    /// Opens a path, or a URL of the loopback listener.
    pub fn open(place: &str) -> io::Result<Self> {
        match place.strip_prefix("http://") {
            Some(rest) => Served::open(rest).map(Self::Served),
            None => File::open(Path::new(place)).map(Self::File),
        }
    }

    /// The same file, for reading what is there now: a read of bytes that have not been sent yet fails instead of waiting.
    pub fn without_waiting(place: &str) -> io::Result<Self> {
        let mut source = Self::open(place)?;
        if let Self::Served(served) = &mut source {
            served.waits = false;
        }
        Ok(source)
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Served(served) => served.read(buffer),
        }
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::File(file) => file.seek(to),
            Self::Served(served) => served.seek(to),
        }
    }
}

/// A file behind the loopback listener.
#[derive(Debug)]
pub struct Served {
    address: SocketAddr,
    path: String,
    size: u64,
    at: u64,
    waits: bool,
    /// An answer under way, and the offset of its next byte.
    body: Option<(BufReader<TcpStream>, u64)>,
}

impl Served {
    fn open(rest: &str) -> io::Result<Self> {
        let (address, path) = rest.split_once('/').ok_or_else(|| invalid("the URL has no path"))?;
        let address: SocketAddr = address.parse().map_err(|_| invalid("the URL has no address"))?;
        if !address.ip().is_loopback() {
            return Err(invalid("only the worker's own listener is asked"));
        }
        let mut served = Self { address, path: format!("/{path}"), size: 0, at: 0, waits: true, body: None };
        let answer = served.ask("HEAD", "")?;
        served.size = answer.length.ok_or_else(|| invalid("the answer has no length"))?;
        Ok(served)
    }

    fn ask(&self, method: &str, more: &str) -> io::Result<Answer> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(READ_TIMEOUT))?;
        write!(
            stream,
            "{method} {} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{more}\r\n",
            self.path, self.address
        )?;
        Answer::read(BufReader::with_capacity(64 * 1024, stream))
    }

    fn body(&mut self) -> io::Result<&mut BufReader<TcpStream>> {
        let skip = self.body.as_ref().and_then(|(_, at)| usize::try_from(self.at.checked_sub(*at)?).ok());
        match (&mut self.body, skip) {
            // Skips what has arrived already. Reading on could wait for bytes that nobody wants.
            (Some((body, at)), Some(skip)) if skip <= body.buffer().len() => {
                body.consume(skip);
                *at = self.at;
            }
            _ => {
                let prefer = if self.waits { "" } else { "prefer: wait=0\r\n" };
                let answer = self.ask("GET", &format!("range: bytes={}-\r\n{prefer}", self.at))?;
                if answer.status != 206 {
                    return Err(io::Error::other(format!("the worker answered {}", answer.status)));
                }
                self.body = Some((answer.body, self.at));
            }
        }
        self.body.as_mut().map(|(body, _)| body).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Read for Served {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.size || buffer.is_empty() {
            return Ok(0);
        }
        let count = self.body()?.read(buffer)?;
        if count == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the worker's answer is cut short"));
        }
        self.at += count as u64;
        if let Some((_, at)) = &mut self.body {
            *at = self.at;
        }
        Ok(count)
    }
}

impl Seek for Served {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| invalid("a seek before the start"))?;
        Ok(self.at)
    }
}

struct Answer {
    status: u16,
    length: Option<u64>,
    body: BufReader<TcpStream>,
}

impl Answer {
    fn read(mut body: BufReader<TcpStream>) -> io::Result<Self> {
        let mut line = String::new();
        body.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| invalid("the worker's answer is no HTTP"))?;
        let mut length = None;
        loop {
            line.clear();
            body.read_line(&mut line)?;
            let header = line.trim_end();
            if header.is_empty() {
                break;
            }
            if let Some((name, value)) = header.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().ok();
            }
        }
        Ok(Self { status, length, body })
    }
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, what)
}
