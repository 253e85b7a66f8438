//! The limits on people, before an endpoint: who calls is found out here, by the token.

use std::{net::IpAddr, sync::Arc};

use axum::extract::Request;
use http::{HeaderMap, header::AUTHORIZATION};
use prost_reflect::MethodDescriptor;
use rpc::{Error, Verifier};

use super::headers::Origin;
use crate::limits::{Caller, Limits, Rules};

/// Checks the limits of one endpoint.
pub(crate) struct Gate {
    limits: Arc<Limits>,
    rules: Rules,
    verifier: Verifier,
}

impl Gate {
    /// Before the endpoints of an RPC.
    pub(crate) fn of(
        rpc: &MethodDescriptor,
        limits: &Arc<Limits>,
        verifier: &Verifier,
    ) -> anyhow::Result<Self> {
        Ok(Self { limits: limits.clone(), rules: limits.rules(rpc)?, verifier: verifier.clone() })
    }

    /// Before what is no RPC.
    pub(crate) fn plain(limits: &Arc<Limits>, verifier: &Verifier) -> Self {
        Self { limits: limits.clone(), rules: Rules::default(), verifier: verifier.clone() }
    }

    /// Counts a call, or says when it may be made.
    pub(crate) async fn admit(
        &self,
        headers: &HeaderMap,
        address: Option<IpAddr>,
        room: &str,
    ) -> Result<(), Error> {
        // A token that is not good is no token: its holder may still sign in, and the service says what is wrong with it.
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
