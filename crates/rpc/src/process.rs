//! A gRPC service as a process of its own: the steps that are the same for every service. Between [`start`] and
//! [`serve`] the service opens what it needs and builds itself.
//!
//! [`start`]: ServiceProcess::start
//! [`serve`]: ServiceProcess::serve

use runtime::{Process, Section, bind};
use tokio::net::TcpListener;

use crate::{Links, Service};

/// A service that has its settings and its listeners, and is about to be built.
pub struct ServiceProcess<C> {
    /// The service's own section of the settings.
    pub config: C,
    /// How it reaches the other services.
    pub links: Links,
    /// Settings, background tasks and health checks.
    pub process: Process,
    grpc: TcpListener,
}

impl<C: Section> ServiceProcess<C> {
    /// Reads the settings, binds `grpc_listen` and `admin_listen` of the service's section, and serves health and
    /// metrics. A mistake in the settings and a port that is taken are reported before anything slow begins.
    pub async fn start(mut process: Process) -> anyhow::Result<Self> {
        let config = process.settings.checked()?;
        let links = Links::load(&process.settings)?;
        let [grpc, admin] = ["grpc_listen", "admin_listen"].map(|key| format!("{}.{key}", C::NAME));
        let grpc = bind(process.settings.section(&grpc)?, &grpc).await?;
        let admin = bind(process.settings.section(&admin)?, &admin).await?;
        tracing::info!(grpc = %grpc.local_addr()?, admin = %admin.local_addr()?, "starting");
        process.serve_admin(admin)?;
        Ok(Self { config, links, process, grpc })
    }

    /// Serves until the process is asked to stop. Calls and background tasks under way end first.
    pub async fn serve(self, service: Service) -> anyhow::Result<()> {
        tracing::info!(grpc = %self.grpc.local_addr()?, "serving");
        let (services, stop) = ([service], self.process.shutdown.soft());
        self.process.serve(Service::serve_all(&services, self.grpc, stop)).await
    }
}
