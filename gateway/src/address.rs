//! Where requests come from, and addresses as the limits on people see them.

use std::net::IpAddr;

use ipnet::IpNet;
pub(crate) use rpc::network;

/// Where a request came from, as far as the proxies on the way can be believed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin {
    pub(crate) address: IpAddr,
    pub(crate) is_https: bool,
}

/// Whether an address belongs to one of the networks.
pub(crate) fn is_among(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address.to_canonical()))
}
