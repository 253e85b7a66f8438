//! Addresses as the limits on people see them.

use std::net::IpAddr;

use ipnet::IpNet;
pub(crate) use rpc::network;

pub(crate) fn is_among(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address.to_canonical()))
}
