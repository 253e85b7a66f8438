//! A fake of any service of the contract. It answers only the methods that a test names.

use std::{collections::BTreeMap, convert::Infallible, sync::Arc, task::Poll};

use futures::{Stream, future::BoxFuture};
use prost::Message;
use proto::{codec::CheckedCodec, rules::Checked};
use rpc::{Context, Service, ServiceParts, Verifier};
use tonic::{Request, Response, Status, Streaming, body::Body, server::Grpc};

use crate::service_token;

type Call = Arc<dyn Fn(http::Request<Body>) -> BoxFuture<'static, http::Response<Body>> + Send + Sync>;

/// A fake of one of our services. Methods are named as in gRPC, `syncwatch.room.v1.RoomService/GetRoom`. Any other method
/// answers UNIMPLEMENTED, so a new RPC of the contract changes no fake.
#[derive(Clone, Default)]
pub struct Fake {
    methods: BTreeMap<&'static str, Call>,
}

impl Fake {
    /// Answers a unary RPC.
    #[must_use]
    pub fn on<Q, R, F, Fut>(mut self, method: &'static str, answer: F) -> Self
    where
        Q: Message + Default + Checked + 'static,
        R: Message + Default + Checked + 'static,
        F: Fn(Context, Q) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<R, Status>> + Send + 'static,
    {
        let call = move |request| -> BoxFuture<'static, _> {
            let answer = answer.clone();
            let service = tower::service_fn(move |request: Request<Q>| {
                let answer = answer(Context::of(&request), request.into_inner());
                async move { answer.await.map(Response::new) }
            });
            Box::pin(async move { Grpc::new(CheckedCodec::<R, Q>::default()).unary(service, request).await })
        };
        self.methods.insert(method, Arc::new(call));
        self
    }

    /// Answers a server-streaming RPC.
    #[must_use]
    pub fn streaming<Q, R, F, S>(mut self, method: &'static str, answer: F) -> Self
    where
        Q: Message + Default + Checked + 'static,
        R: Message + Default + Checked + 'static,
        F: Fn(Q) -> S + Clone + Send + Sync + 'static,
        S: Stream<Item = Result<R, Status>> + Send + 'static,
    {
        let call = move |request| -> BoxFuture<'static, _> {
            let answer = answer.clone();
            let service = tower::service_fn(move |request: Request<Q>| {
                let stream = answer(request.into_inner());
                async move { Ok::<_, Status>(Response::new(stream)) }
            });
            Box::pin(async move {
                Grpc::new(CheckedCodec::<R, Q>::default()).server_streaming(service, request).await
            })
        };
        self.methods.insert(method, Arc::new(call));
        self
    }

    /// Answers a bidirectional streaming RPC.
    #[must_use]
    pub fn both_ways<Q, R, F, S>(mut self, method: &'static str, answer: F) -> Self
    where
        Q: Message + Default + Checked + 'static,
        R: Message + Default + Checked + 'static,
        F: Fn(Streaming<Q>) -> S + Clone + Send + Sync + 'static,
        S: Stream<Item = Result<R, Status>> + Send + 'static,
    {
        let call = move |request| -> BoxFuture<'static, _> {
            let answer = answer.clone();
            let service = tower::service_fn(move |request: Request<Streaming<Q>>| {
                let stream = answer(request.into_inner());
                async move { Ok::<_, Status>(Response::new(stream)) }
            });
            Box::pin(
                async move { Grpc::new(CheckedCodec::<R, Q>::default()).streaming(service, request).await },
            )
        };
        self.methods.insert(method, Arc::new(call));
        self
    }

    /// Builds the service behind the same server stack as a real one. Callers identify themselves with [`service_token`] or a
    /// token that `verifier` accepts.
    pub fn service(self, verifier: Verifier) -> anyhow::Result<Service> {
        let mut names: Vec<_> = self.methods.keys().filter_map(|method| method.split('/').next()).collect();
        names.dedup();
        let parts =
            names.into_iter().fold(ServiceParts::default(), |parts, name| parts.add_as(name, self.clone()));
        parts.guard(verifier, service_token())
    }
}

impl tower::Service<http::Request<Body>> for Fake {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let method = request.uri().path().trim_start_matches('/').to_owned();
        let call = self.methods.get(method.as_str()).cloned();
        Box::pin(async move {
            Ok(match call {
                Some(call) => call(request).await,
                None => Status::unimplemented(format!("the fake does not answer {method}")).into_http(),
            })
        })
    }
}
