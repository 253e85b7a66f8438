//! The gateway as a process of its own.

use std::collections::BTreeMap;

use rpc::{RemoteKeys, RpcChannel, ServiceAddresses, Verifier};
use runtime::{Clock, Process};

use crate::{Config, Contract, DataPlane, Deps, Limits, LimitsConfig, api::is_serving, build, serve_http};

/// Runs until the process is told to stop.
pub async fn serve(mut process: Process) -> anyhow::Result<()> {
    let config: Config = process.settings.checked()?;
    let listener = runtime::listen(&config.listen, "gateway.listen")?.serve()?;
    process.serve_admin(runtime::bind(config.admin_listen, "gateway.admin_listen").await?)?;

    let services: ServiceAddresses = process.settings.checked()?;
    let token = process.settings.checked::<rpc::Config>()?.service_token()?;
    let auth = RpcChannel::remote(&services.auth)?;
    let limits = LimitsConfig::load(&process.settings)?;
    let state = state::connect(process.settings.checked::<state::Config>()?.url()?.expose()).await?;
    let channels = BTreeMap::from([
        ("syncwatch.auth.v1", auth.clone()),
        ("syncwatch.room.v1", RpcChannel::remote(&services.room)?),
        ("syncwatch.sync.v1", RpcChannel::remote(&services.sync)?),
        ("syncwatch.media.v1", RpcChannel::remote(&services.media)?),
    ]);
    let deps = Deps {
        contract: Contract::product()?,
        verifier: Verifier::new(RemoteKeys(auth)),
        services: channels.clone(),
        token,
        clock: Clock::system(),
        data_plane: DataPlane::Remote(services.media_http),
        health: process.health.clone(),
        limits,
        buckets: state.limits,
    };
    for (package, channel) in channels {
        let name = package.split('.').nth(1).unwrap_or(package);
        process.health.add(name, move || is_serving(channel.clone()));
    }
    let router = build(&config, deps, &mut process.tasks)?;
    tracing::info!(address = %listener.local_addr()?, "the gateway serves");
    serve_http(listener, router, Limits::of(&config), process.shutdown.soft()).await?;
    process.finish().await;
    Ok(())
}
