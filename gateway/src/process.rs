//! The gateway as a process of its own.

use std::collections::BTreeMap;

use rpc::Links;
use runtime::{Clock, Process};

use crate::{Config, Contract, DataPlane, Deps, Limits, LimitsConfig, api::is_serving, build, serve_http};

/// Runs until the process is told to stop.
pub async fn serve(mut process: Process) -> anyhow::Result<()> {
    let config: Config = process.settings.checked()?;
    let links = Links::load(&process.settings)?;
    let listener = runtime::listen(&config.listen, "gateway.listen")?.serve()?;
    process.serve_admin(runtime::bind(config.admin_listen, "gateway.admin_listen").await?)?;
    let channels = BTreeMap::from([
        ("syncwatch.auth.v1", links.auth()?),
        ("syncwatch.room.v1", links.room()?),
        ("syncwatch.sync.v1", links.sync()?),
        ("syncwatch.media.v1", links.media()?),
        ("syncwatch.voice.v1", links.voice()?),
    ]);
    let deps = Deps {
        contract: Contract::product()?,
        verifier: links.verifier()?,
        services: channels.clone(),
        token: links.token,
        clock: Clock::system(),
        data_plane: DataPlane::Remote {
            media: links.addresses.media_http,
            edge: Some(links.addresses.media_edge).filter(|url| !url.is_empty()),
        },
        health: process.health.clone(),
        limits: LimitsConfig::load(&process.settings)?,
        websocket: process.settings.checked()?,
        buckets: state::open(&process.settings).await?.limits,
    };
    for (package, channel) in channels {
        let name = package.split('.').nth(1).unwrap_or(package);
        process.health.add(name, move || is_serving(channel.clone()));
    }
    let router = build(&config, deps, &mut process.tasks)?;
    tracing::info!(address = %listener.local_addr()?, "serving");
    let stop = process.shutdown.soft();
    process.serve(serve_http(listener, router, Limits::of(&config), stop)).await
}
