//! The address that a call came from. The gateway knows it; services believe it only beside the service token.

use std::net::{IpAddr, Ipv6Addr};

use http::{HeaderMap, HeaderValue};

/// Carries the address from the gateway to the services.
pub const ADDRESS_HEADER: &str = "x-syncwatch-address";

/// What counts as one network: an address of IPv4, the /64 of one of IPv6, since whoever has one has all of it.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from(u128::from(v6) >> 64 << 64).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

pub(crate) fn address_of(headers: &HeaderMap) -> Option<IpAddr> {
    headers.get(ADDRESS_HEADER)?.to_str().ok()?.parse().ok()
}

/// Sets the header, whatever it was before.
pub fn set_address(headers: &mut HeaderMap, address: IpAddr) {
    if let Ok(value) = HeaderValue::from_str(&address.to_string()) {
        headers.insert(ADDRESS_HEADER, value);
    }
}
