//! A service that is built but not yet bound: it can be linked into this process or served on a listener.

use std::future::Future;

use axum::Router;
use tokio::net::TcpListener;
use tonic::{
    server::NamedService,
    service::Routes,
    transport::{Server, server::TcpIncoming},
};

use crate::{
    RpcChannel, ServiceToken, Verifier,
    server::{Call, Stack, methods_without_access, stack},
};

/// The gRPC services of one of our services, before the stack is around them.
#[derive(Default)]
pub struct ServiceParts {
    routes: Routes,
    names: Vec<&'static str>,
}

impl ServiceParts {
    /// Adds a generated server.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "a server is added, not a number")]
    pub fn add<S>(self, server: S) -> Self
    where
        S: tower::Service<http::Request<tonic::body::Body>, Error = std::convert::Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Response: axum::response::IntoResponse,
        S::Future: Send + 'static,
    {
        self.add_as(S::NAME, server)
    }

    /// Adds a server under the full name of a service, for servers whose type does not tell the name.
    #[must_use]
    pub fn add_as<S>(mut self, name: &'static str, server: S) -> Self
    where
        S: tower::Service<http::Request<tonic::body::Body>, Error = std::convert::Infallible>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Response: axum::response::IntoResponse,
        S::Future: Send + 'static,
    {
        let server = tower::util::MapRequest::new(server, |request: axum::extract::Request| {
            request.map(tonic::body::Body::new)
        });
        let routes = self.routes.into_axum_router();
        self.routes = routes.route_service(&format!("/{name}/{{*method}}"), server).into();
        self.names.push(name);
        self
    }

    /// Puts the server stack around them. Fails when a method has no access level in the contract.
    pub fn guard(self, verifier: Verifier, token: ServiceToken) -> anyhow::Result<Service> {
        let open: Vec<_> = self.names.iter().flat_map(|name| methods_without_access(name)).collect();
        anyhow::ensure!(
            open.is_empty(),
            "these methods have no access level in the contract: {}",
            open.join(", ")
        );
        Ok(Service {
            stack: stack(self.routes.prepare().into_axum_router(), verifier, token),
            names: self.names,
        })
    }
}

/// One of our services, ready to be called or served.
#[derive(Clone)]
pub struct Service {
    stack: Stack,
    names: Vec<&'static str>,
}

impl Service {
    /// A channel to it within this process.
    pub fn local(&self) -> RpcChannel {
        RpcChannel::local(self.stack.clone())
    }

    fn router(&self) -> Router {
        self.names.iter().fold(Router::new(), |router, name| {
            let stack = self.stack.clone();
            let service = tower::service_fn(move |request: axum::extract::Request| {
                tower::Service::call(&mut stack.clone(), Call::remote(request.map(tonic::body::Body::new)))
            });
            router.route_service(&format!("/{name}/{{*method}}"), service)
        })
    }

    /// Serves several services on one listener, with health and reflection, until `shutdown`; calls under way end first.
    pub async fn serve_all(
        services: &[Self],
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> anyhow::Result<()> {
        let (health_reporter, health) = tonic_health::server::health_reporter();
        let mut router = Router::new();
        let mut reflection = tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(proto::DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .with_service_name("grpc.health.v1.Health");
        for service in services {
            router = router.merge(service.router());
            for name in &service.names {
                health_reporter.set_service_status(*name, tonic_health::ServingStatus::Serving).await;
                reflection = reflection.with_service_name(*name);
            }
        }
        let names: Vec<_> = services.iter().flat_map(|service| service.names.clone()).collect();
        let shutdown = async move {
            shutdown.await;
            for name in names {
                health_reporter.set_service_status(name, tonic_health::ServingStatus::NotServing).await;
            }
        };
        let extra = Routes::default().add_service(health).add_service(reflection.build_v1()?);
        Server::builder()
            .http2_keepalive_interval(Some(std::time::Duration::from_secs(20)))
            .add_routes(Routes::from(router.merge(extra.into_axum_router())))
            .serve_with_incoming_shutdown(TcpIncoming::from(listener).with_nodelay(Some(true)), shutdown)
            .await?;
        Ok(())
    }
}
