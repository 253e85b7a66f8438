//! Tells sync-svc that this gateway lives. sync-svc drops the sessions of a gateway that is silent for
//! `sync.disconnect_timeout_seconds`.

use std::time::Duration;

use proto::sync::v1::HeartbeatRequest;
use rpc::Context;
use runtime::Shutdown;

use super::services::Services;

const EVERY: Duration = Duration::from_secs(5);

/// Does not retry a heartbeat that failed: the next one follows within seconds and has the same effect.
pub(crate) async fn run(gateway_id: String, services: Services, shutdown: Shutdown) -> anyhow::Result<()> {
    let mut every = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            _ = every.tick() => {}
            () = shutdown.soft() => return Ok(()),
        }
        let request = Context::background().request(HeartbeatRequest { gateway_id: gateway_id.clone() });
        if let Err(status) = services.presence().heartbeat(request).await {
            tracing::warn!(code = ?status.code(), error = status.message(), "a heartbeat did not reach sync-svc");
        }
    }
}
