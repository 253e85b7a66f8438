//! A socket of this gateway in a room.

use std::net::IpAddr;

use proto::{common::v1::Identity, sync::v1::Session};
use rpc::Context;

/// Whose socket it is, and its session.
#[derive(Debug, Clone)]
pub(crate) struct Local {
    pub(crate) identity: Identity,
    /// Where the socket comes from.
    pub(crate) address: Option<IpAddr>,
    pub(crate) session: Session,
}

impl Local {
    /// A call on behalf of the person.
    pub(crate) fn context(&self) -> Context {
        Context::on_behalf_of(self.identity.clone()).from_address(self.address)
    }
}
