//! The layers that admit callers: who calls, and whether they may.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    net::IpAddr,
    sync::Arc,
    task::Poll,
};

use futures::future::{BoxFuture, Either};
use http::{HeaderMap, Response, header::AUTHORIZATION};
use proto::common::v1::{Access, Identity, Reason, SubjectKind};
use tonic::body::Body;
use tower::Service;

use super::{Answer, Call, Inner, methods::Method, refuse};
use crate::{Context, Error, ServiceToken, Verifier, address::address_of};

/// Who calls.
#[derive(Default)]
pub(super) struct Caller {
    /// None: nobody, or a service on its own behalf.
    pub(super) identity: Option<Identity>,
    /// Address of the person, if a service tells it.
    pub(super) address: Option<IpAddr>,
    /// Whether a service of this installation makes the call.
    is_service: bool,
}

/// Verifies the token of a call. A person without a token is accepted if a service of this installation names them.
#[derive(Clone)]
pub(crate) struct Identified<S> {
    pub(super) verifier: Verifier,
    pub(super) token: Arc<ServiceToken>,
    pub(super) inner: S,
}

impl<S: Inner<Future: Send> + Clone + Send + 'static> Service<Call> for Identified<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    // The one future of the stack that is allocated, because verifying a token may have to fetch keys.
    type Future = BoxFuture<'static, Answer>;

    fn poll_ready(&mut self, context: &mut std::task::Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut call: Call) -> Self::Future {
        let Self { verifier, token, mut inner } = self.clone();
        Box::pin(async move {
            match identify(call.method, call.request.headers(), &verifier, &token).await {
                Ok(caller) => {
                    call.caller = caller;
                    inner.call(call).await
                }
                Err(error) => refuse(error),
            }
        })
    }
}

async fn identify(
    method: Option<&'static Method>,
    headers: &HeaderMap,
    verifier: &Verifier,
    token: &ServiceToken,
) -> Result<Caller, Error> {
    // An unknown method is refused as such, whoever calls it.
    let Some(method) = method else { return Ok(Caller::default()) };
    let is_service = token.vouches(headers);
    let identity = match bearer(headers) {
        // An expired token must not keep anyone from signing in again.
        Some(token) if method.access == Access::Public => verifier.verify(token).await.ok(),
        Some(token) => Some(verifier.verify(token).await?),
        None if is_service => Context::vouched_identity(headers),
        None => None,
    };
    let address = if is_service { address_of(headers) } else { None };
    Ok(Caller { identity, address, is_service })
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// Lets a call through that the access level of its method allows.
#[derive(Clone)]
pub(crate) struct Authorized<S>(pub(super) S);

impl<S: Inner> Service<Call> for Authorized<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<Ready<Answer>, S::Future>;

    fn poll_ready(&mut self, context: &mut std::task::Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, call: Call) -> Self::Future {
        match authorize(&call) {
            Ok(()) => Either::Right(self.0.call(call)),
            Err(error) => Either::Left(ready(refuse(error))),
        }
    }
}

fn authorize(call: &Call) -> Result<(), Error> {
    let Some(method) = call.method else {
        let path = call.request.uri().path();
        return Err(Error::new(Reason::NoSuchRoute, format!("there is no method {path}")));
    };
    let (reason, message) = match (method.access, call.caller.identity.as_ref().map(Identity::kind)) {
        (Access::Public, _)
        | (Access::Guest, Some(_))
        | (Access::Admin | Access::User, Some(SubjectKind::Admin))
        | (Access::User, Some(SubjectKind::User)) => return Ok(()),
        (Access::Internal, _) if call.caller.is_service => return Ok(()),
        (Access::Internal, _) => {
            (Reason::InternalOnly, "this call is reserved for services of this installation")
        }
        (_, None) => (Reason::Unauthenticated, "this needs a token; sign in or request a guest token"),
        (Access::User, _) => (Reason::AccountRequired, "this needs an account; guests cannot do it"),
        _ => (Reason::AdminRequired, "this needs an administrator"),
    };
    Err(Error::new(reason, message))
}
