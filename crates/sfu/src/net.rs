//! The UDP socket of a media server, and the addresses under which clients reach it.

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    str::FromStr,
};

use anyhow::Context as _;
use socket2::{Domain, Protocol, Socket, Type};

/// Room for packets that arrive while the server works: a second of 60 people. The kernel grants less where its limit is lower.
const RECEIVE_BUFFER: usize = 4 << 20;
const SEND_BUFFER: usize = 1 << 20;
/// Candidates in an answer. A client tries each.
const MOST_CANDIDATES: usize = 8;

/// An address that clients are told, without a port where it is that of the socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicAddress {
    ip: IpAddr,
    port: Option<u16>,
}

impl FromStr for PublicAddress {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(ip) = text.parse() {
            return Ok(Self { ip, port: None });
        }
        let address: SocketAddr = text.parse().map_err(|_| "is no IP address, with or without a port")?;
        Ok(Self { ip: address.ip(), port: Some(address.port()) })
    }
}

/// Binds the socket. `[::]` takes IPv4 too.
pub(crate) fn bind(listen: SocketAddr) -> anyhow::Result<UdpSocket> {
    let bound = || -> std::io::Result<UdpSocket> {
        let socket = Socket::new(Domain::for_address(listen), Type::DGRAM, Some(Protocol::UDP))?;
        if listen.is_ipv6() {
            socket.set_only_v6(false)?;
        }
        // Best effort: a smaller buffer works, and loses packets sooner.
        let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER);
        let _ = socket.set_send_buffer_size(SEND_BUFFER);
        socket.set_nonblocking(true)?;
        socket.bind(&listen.into())?;
        Ok(socket.into())
    };
    bound().with_context(|| format!("binding UDP {listen} for the media server of voice (voice.sfu_listen)"))
}

/// The addresses for clients: the public ones, else the one that the socket is bound to, else those of the network interfaces.
pub(crate) fn candidates(bound: SocketAddr, public: &[PublicAddress]) -> anyhow::Result<Vec<SocketAddr>> {
    let port = bound.port();
    if !public.is_empty() {
        let addresses =
            public.iter().map(|address| SocketAddr::new(address.ip, address.port.unwrap_or(port)));
        return Ok(addresses.collect());
    }
    if !bound.ip().is_unspecified() {
        return Ok(vec![bound]);
    }
    let interfaces = nix::ifaddrs::getifaddrs().context("listing the network interfaces")?;
    let addresses: BTreeSet<IpAddr> = interfaces
        .filter_map(|interface| interface.address)
        .filter_map(|address| match (address.as_sockaddr_in(), address.as_sockaddr_in6()) {
            (Some(v4), _) => Some(IpAddr::V4(v4.ip())),
            (_, Some(v6)) if bound.is_ipv6() => Some(IpAddr::V6(v6.ip())),
            _ => None,
        })
        .filter(|ip| !matches!(ip, IpAddr::V6(ip) if ip.is_unicast_link_local()))
        .collect();
    // Loopback last: it serves clients on this machine alone.
    let (loopback, others): (Vec<_>, Vec<_>) = addresses.into_iter().partition(IpAddr::is_loopback);
    let mut all: Vec<_> = others.into_iter().chain(loopback).collect();
    if all.len() > MOST_CANDIDATES {
        tracing::warn!(
            count = all.len(),
            "too many addresses for the media server; name some in voice.sfu_public_addresses"
        );
        all.truncate(MOST_CANDIDATES - 1);
        all.push(Ipv4Addr::LOCALHOST.into());
    }
    anyhow::ensure!(
        !all.is_empty(),
        "no network interface has an address; name one in voice.sfu_public_addresses"
    );
    Ok(all.into_iter().map(|ip| SocketAddr::new(ip, port)).collect())
}

/// An address as clients are told it: IPv4 without the prefix that a socket for both kinds gives it.
pub(crate) fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// The opposite of [`canonical`] for sending.
pub(crate) fn for_socket(address: SocketAddr, is_v6: bool) -> SocketAddr {
    match address {
        SocketAddr::V4(v4) if is_v6 => SocketAddr::new(v4.ip().to_ipv6_mapped().into(), v4.port()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_come_before_those_of_the_machine() {
        let bound: SocketAddr = "0.0.0.0:17126".parse().unwrap();
        let public = ["203.0.113.5", "[2001:db8::1]:99"].map(|text| text.parse().unwrap());
        let told = candidates(bound, &public).unwrap();
        assert_eq!(told, ["203.0.113.5:17126".parse().unwrap(), "[2001:db8::1]:99".parse().unwrap()]);
        let here: SocketAddr = "127.0.0.1:9".parse().unwrap();
        assert_eq!(candidates(here, &[]).unwrap(), [here]);
        let found = candidates(bound, &[]).unwrap();
        assert_eq!(found.last(), Some(&"127.0.0.1:17126".parse().unwrap()), "for clients on this machine");
        assert!("sfu.example.org".parse::<PublicAddress>().is_err());
    }

    #[test]
    fn a_socket_for_both_kinds_is_told_ipv4_as_such() {
        let mapped: SocketAddr = "[::ffff:192.0.2.1]:5".parse().unwrap();
        assert_eq!(canonical(mapped), "192.0.2.1:5".parse().unwrap());
        assert_eq!(for_socket(canonical(mapped), true), mapped);
        assert_eq!(for_socket(canonical(mapped), false), canonical(mapped));
    }
}
