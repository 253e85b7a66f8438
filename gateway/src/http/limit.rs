//! The limits on people, before an endpoint. The token tells who calls.

use std::{net::IpAddr, sync::Arc};

use axum::extract::Request;
use http::{HeaderMap, header::AUTHORIZATION};
use rpc::{Error, Verifier};

use crate::{
    address::Origin,
    limits::{Caller, Limits, Rules},
};

/// Checks the limits of one endpoint.
pub(crate) struct Gate {
    limits: Arc<Limits>,
    rules: Rules,
    verifier: Verifier,
}

impl Gate {
    /// With the rules of an RPC, or none.
    pub(crate) fn new(rules: Rules, limits: &Arc<Limits>, verifier: &Verifier) -> Self {
        Self { limits: limits.clone(), rules, verifier: verifier.clone() }
    }

    /// Counts a call, or refuses it with the time of the next attempt.
    pub(crate) async fn admit(
        &self,
        headers: &HeaderMap,
        address: Option<IpAddr>,
        room: &str,
    ) -> Result<(), Error> {
        // An invalid token counts as none: its holder may still sign in, and the service tells what is wrong with it.
        let identity = match bearer(headers) {
            Some(token) => self.verifier.verify(token).await.ok(),
            None => None,
        };
        self.limits.call(&self.rules, &Caller { address, identity: identity.as_ref(), room })
    }
}

/// Where a request came from.
pub(crate) fn address_of(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<Origin>().map(|origin| origin.address)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}
