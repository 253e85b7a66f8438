//! The network address of the person who makes a call. The gateway sets it; services accept it only with the service token.

use std::net::{IpAddr, Ipv6Addr};

use http::{HeaderMap, HeaderValue};

/// Carries the address from the gateway to the services.
pub const ADDRESS_HEADER: &str = "x-syncwatch-address";

/// The network that an address belongs to: the address itself for IPv4, its /64 for IPv6, which one customer has as a whole.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from(u128::from(v6) >> 64 << 64).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

pub(crate) fn address_of(headers: &HeaderMap) -> Option<IpAddr> {
    headers.get(ADDRESS_HEADER)?.to_str().ok()?.parse().ok()
}

/// Sets the header and overwrites one that came from outside.
pub fn set_address(headers: &mut HeaderMap, address: IpAddr) {
    if let Ok(value) = HeaderValue::from_str(&address.to_string()) {
        headers.insert(ADDRESS_HEADER, value);
    }
}
