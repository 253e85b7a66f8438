//! Listen addresses as people write them: `127.0.0.1:8080`, `localhost:8080`, `[::]:8080`, `8080`.

use std::{
    fmt, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _},
    str::FromStr,
    task::Poll,
};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Deserializer, de};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, TcpStream};

/// Connections that the kernel queues until they are accepted.
const BACKLOG: i32 = 1024;

/// Number of attempts to find a port that is free on all addresses.
const ATTEMPTS: usize = 16;

/// A host (an address, a name, or none: all addresses) and a port; port 0 stands for a free one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen {
    host: String,
    port: u16,
}

impl Listen {
    /// The port; 0: a free one.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The same host with another port.
    #[must_use]
    pub fn with_port(&self, port: u16) -> Self {
        Self { host: self.host.clone(), port }
    }

    /// Binds every address of the host, all with one port.
    pub fn bind(&self) -> anyhow::Result<Listeners> {
        let addresses = self.addresses()?;
        for _ in 0..ATTEMPTS {
            match bind_all(&addresses) {
                // A port that is free on one address may be taken on another.
                Err(error)
                    if self.port == 0 && addresses.len() > 1 && error.kind() == io::ErrorKind::AddrInUse => {}
                outcome => return Ok(outcome?),
            }
        }
        bail!("no port is free on all of {addresses:?}")
    }

    fn addresses(&self) -> anyhow::Result<Vec<SocketAddr>> {
        if self.host.is_empty() {
            return Ok(vec![SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), self.port)]);
        }
        if let Ok(ip) = self.host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(ip, self.port)]);
        }
        let mut addresses: Vec<SocketAddr> = (self.host.as_str(), self.port)
            .to_socket_addrs()
            .with_context(|| format!("`{}` is no name that this machine can resolve", self.host))?
            .collect();
        addresses.sort();
        addresses.dedup();
        // `localhost` names ::1 also where IPv6 is switched off.
        if addresses.iter().any(SocketAddr::is_ipv4) && !has_ipv6() {
            addresses.retain(SocketAddr::is_ipv4);
        }
        Ok(addresses)
    }
}

fn bind_all(addresses: &[SocketAddr]) -> io::Result<Listeners> {
    let mut listeners: Vec<std::net::TcpListener> = Vec::new();
    for address in addresses {
        let mut address = *address;
        if address.port() == 0
            && let Some(first) = listeners.first()
        {
            address.set_port(first.local_addr()?.port());
        }
        listeners.push(bind_one(address)?);
    }
    Ok(Listeners(listeners))
}

/// `[::]` takes both families; where there is no IPv6, all of IPv4.
fn bind_one(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    if address.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED) && !has_ipv6() {
        tracing::warn!(%address, "this machine has no IPv6; listening on all addresses of IPv4");
        return bind_one(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), address.port()));
    }
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(!address.ip().is_unspecified())?;
    }
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Whether IPv6 sockets can be bound. Containers often have the protocol but no address.
fn has_ipv6() -> bool {
    let bind = || {
        let socket = Socket::new(Domain::IPV6, Type::STREAM, Some(Protocol::TCP))?;
        socket.bind(&SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), 0).into())
    };
    bind().is_ok()
}

impl FromStr for Listen {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let (host, port) = text.rsplit_once(':').unwrap_or(("", text));
        let host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(ip) if ip.parse::<Ipv6Addr>().is_ok() => ip,
            None if !host.contains([':', '[', ']', '/', ' ']) => host,
            _ => bail!("`{text}` is no place to listen; {FORMS}"),
        };
        let host = if host == "*" { "" } else { host };
        let port =
            port.parse().ok().with_context(|| format!("`{text}` does not end with a port; {FORMS}"))?;
        Ok(Self { host: host.to_owned(), port })
    }
}

const FORMS: &str = "write 127.0.0.1:8080, localhost:8080, [::1]:8080, or 8080 for all addresses";

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

impl<'de> Deserialize<'de> for Listen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // An environment variable of digits alone arrives as a number.
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Port(u16),
            Text(String),
        }
        match Form::deserialize(deserializer).map_err(|_| de::Error::custom(FORMS))? {
            Form::Port(port) => Ok(Self { host: String::new(), port }),
            // The error of `FromStr` repeats the text, which in the settings may be a secret in the wrong place.
            Form::Text(text) => text.parse().map_err(|_| de::Error::custom(FORMS)),
        }
    }
}

/// Bound listeners of one place.
pub struct Listeners(Vec<std::net::TcpListener>);

impl Listeners {
    /// The first address.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.first().map_or_else(|| Err(io::ErrorKind::NotFound.into()), std::net::TcpListener::local_addr)
    }

    /// Registers them with the running tokio runtime.
    pub fn serve(self) -> io::Result<Acceptor> {
        Ok(Acceptor(self.0.into_iter().map(TcpListener::from_std).collect::<io::Result<_>>()?))
    }
}

/// Accepts the connections of several listeners.
pub struct Acceptor(Vec<TcpListener>);

impl From<TcpListener> for Acceptor {
    fn from(listener: TcpListener) -> Self {
        Self(vec![listener])
    }
}

impl Acceptor {
    /// The next connection of any of them.
    pub async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        std::future::poll_fn(|context| {
            let ready = self.0.iter().map(|listener| listener.poll_accept(context)).find(Poll::is_ready);
            ready.unwrap_or(Poll::Pending)
        })
        .await
    }

    /// The first address.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.first().map_or_else(|| Err(io::ErrorKind::NotFound.into()), TcpListener::local_addr)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listen(text: &str) -> Listen {
        text.parse().unwrap()
    }

    // Case S6.
    #[test]
    fn names_and_bare_ports_are_valid_listen_addresses() {
        for (text, shown) in [
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            ("localhost:8080", "localhost:8080"),
            ("[::1]:8080", "[::1]:8080"),
            ("8080", ":8080"),
            (":8080", ":8080"),
            ("*:8080", ":8080"),
        ] {
            assert_eq!(listen(text).to_string(), shown);
            assert_eq!(listen(shown), listen(text));
        }
        for text in ["", "localhost", "::1:8080", "http://localhost:8080", "localhost:99999", "[x]:1"] {
            let error = text.parse::<Listen>().unwrap_err().to_string();
            assert!(error.contains("127.0.0.1:8080"), "{error}");
        }
    }

    #[test]
    fn an_environment_variable_of_digits_is_a_port() {
        assert_eq!(serde_json::from_str::<Listen>("8080").unwrap(), listen("8080"));
        assert_eq!(serde_json::from_str::<Listen>("\"8080\"").unwrap(), listen("8080"));
    }

    // Cases S6 and O10.
    #[tokio::test]
    async fn a_bare_port_listens_on_both_families_and_a_name_on_all_its_addresses() {
        for text in ["0", "[::]:0", "localhost:0"] {
            let listeners = listen(text).bind().unwrap();
            let port = listeners.local_addr().unwrap().port();
            let acceptor = listeners.serve().unwrap();
            let mut hosts = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
            if has_ipv6() && (text != "localhost:0" || listen(text).addresses().unwrap().len() > 1) {
                hosts.push(Ipv6Addr::LOCALHOST.into());
            }
            for host in hosts {
                let (connected, accepted) = tokio::join!(TcpStream::connect((host, port)), acceptor.accept());
                assert_eq!(connected.unwrap().local_addr().unwrap().port(), accepted.unwrap().1.port());
            }
        }
    }

    #[test]
    fn a_name_that_does_not_exist_is_named() {
        let error = listen("no-such-host.invalid:0").bind().err().unwrap();
        assert!(format!("{error:#}").contains("no-such-host.invalid"), "{error:#}");
    }
}
