//! Context of a call, sent beside its message: identity, trace, deadline and network address.

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use prost::Message as _;
use proto::common::v1::{Identity, Reason, SubjectKind};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::{
    Error, TraceParent,
    address::{network, set_address},
};

/// Deadline of a call whose caller sets none.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

pub(crate) const SERVICE_HEADER: &str = "x-syncwatch-service";
pub(crate) const IDENTITY_HEADER: &str = "x-syncwatch-identity";

/// The secret that the services of one installation share.
#[derive(Clone)]
pub struct ServiceToken {
    value: HeaderValue,
    /// SHA-256 of the secret.
    digest: [u8; 32],
}

impl ServiceToken {
    /// `secret` is the setting `rpc.token`: not empty, visible ASCII.
    pub fn new(secret: &str) -> anyhow::Result<Self> {
        anyhow::ensure!(
            !secret.is_empty(),
            "rpc.token is empty; set it to a long random text, the same for every service"
        );
        let mut value = HeaderValue::from_str(secret).context("rpc.token must be visible ASCII")?;
        value.set_sensitive(true);
        Ok(Self { digest: Sha256::digest(value.as_bytes()).into(), value })
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.value.clone()
    }

    /// Whether a request carries the secret. Compares digests, so that timing tells nothing about the secret or its length.
    pub(crate) fn vouches(&self, headers: &HeaderMap) -> bool {
        headers
            .get(SERVICE_HEADER)
            .is_some_and(|given| Sha256::digest(given.as_bytes()).as_slice().ct_eq(&self.digest).into())
    }
}

impl std::fmt::Debug for ServiceToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServiceToken(…)")
    }
}

/// What travels with a call. Handlers take it from their request and pass it to the calls that they make.
#[derive(Debug, Clone)]
pub struct Context {
    /// The person that the call is made for. None: an anonymous person, or the installation itself.
    pub identity: Option<Identity>,
    /// The trace that the call belongs to.
    pub trace: TraceParent,
    /// After this moment nobody waits for the answer.
    pub deadline: Instant,
    /// Address of the person, as the gateway saw it. None for calls that do not come from a person.
    pub address: Option<IpAddr>,
    bearer: Option<HeaderValue>,
}

impl Context {
    /// A call that starts now, for the installation itself.
    #[expect(
        clippy::disallowed_methods,
        reason = "a deadline is a moment of this process, not a time of the domain"
    )]
    pub fn background() -> Self {
        Self {
            identity: None,
            trace: TraceParent::random(),
            deadline: Instant::now() + DEFAULT_TIMEOUT,
            address: None,
            bearer: None,
        }
    }

    /// A call that starts now, for a person that this service has identified.
    pub fn on_behalf_of(identity: Identity) -> Self {
        Self { identity: Some(identity), ..Self::background() }
    }

    /// The same call with another address.
    #[must_use]
    pub fn from_address(self, address: Option<IpAddr>) -> Self {
        Self { address, ..self }
    }

    pub(crate) fn new(
        identity: Option<Identity>,
        trace: TraceParent,
        deadline: Instant,
        address: Option<IpAddr>,
        bearer: Option<HeaderValue>,
    ) -> Self {
        Self { identity, trace, deadline, address, bearer }
    }

    /// The context of a request that came through the server stack.
    pub fn of<T>(request: &tonic::Request<T>) -> Self {
        request.extensions().get::<Self>().cloned().unwrap_or_else(Self::background)
    }

    /// The person that the call is made for. Fails with UNAUTHENTICATED.
    pub fn identity(&self) -> Result<&Identity, Error> {
        self.identity.as_ref().ok_or_else(|| {
            Error::new(Reason::Unauthenticated, "this needs a token; sign in or request a guest token")
        })
    }

    /// The network of the person, where the address is known.
    pub fn network(&self) -> Option<IpAddr> {
        self.address.map(network)
    }

    /// Whether the person has an account.
    pub fn has_account(&self) -> bool {
        self.identity
            .as_ref()
            .is_some_and(|identity| matches!(identity.kind(), SubjectKind::User | SubjectKind::Admin))
    }

    /// A request with this context. The identity travels as the person's own token or, where a service identified the person,
    /// in a header, which counts only on a channel with the service token.
    #[expect(clippy::disallowed_methods, reason = "what is left of a deadline depends on the moment")]
    pub fn request<T>(&self, message: T) -> tonic::Request<T> {
        let mut request = tonic::Request::new(message);
        request.set_timeout(self.deadline.saturating_duration_since(Instant::now()));
        let mut headers = HeaderMap::with_capacity(4);
        headers.insert(TraceParent::HEADER, self.trace.header());
        if let Some(bearer) = &self.bearer {
            headers.insert(AUTHORIZATION, bearer.clone());
        } else if let Some(identity) = &self.identity
            && let Ok(value) = HeaderValue::from_str(&BASE64_STANDARD_NO_PAD.encode(identity.encode_to_vec()))
        {
            headers.insert(IDENTITY_HEADER, value);
        }
        if let Some(address) = self.address {
            set_address(&mut headers, address);
        }
        let timeout = request.metadata().get("grpc-timeout").cloned();
        *request.metadata_mut() = tonic::metadata::MetadataMap::from_headers(headers);
        if let Some(timeout) = timeout {
            request.metadata_mut().insert("grpc-timeout", timeout);
        }
        request
    }

    /// The person that the header of another service names.
    pub(crate) fn vouched_identity(headers: &HeaderMap) -> Option<Identity> {
        let bytes = BASE64_STANDARD_NO_PAD.decode(headers.get(IDENTITY_HEADER)?.as_bytes()).ok()?;
        Identity::decode(bytes.as_slice()).ok()
    }
}
