//! `syncwatch up`: every service in one process, with a private database.

use std::{net::SocketAddr, path::Path, time::Duration};

use rpc::Service;
use runtime::{Listen, OnFailure, Process, Settings, bind, storage};
use serde_json::Value;

use crate::{
    commands::UpArguments,
    data_dir::DataDir,
    database,
    say::say,
    secrets,
    welcome::{self, Places},
    wiring,
};

/// `gateway.admin_listen` of the default settings, which is for a gateway process. `up` takes a free port instead, so
/// that it needs only the port that people use.
const DEFAULT_ADMIN_LISTEN: &str = "127.0.0.1:17110";

/// Time limit for closing the connections to the database, which may have stopped answering.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

pub(crate) async fn run(
    file: Option<&Path>,
    mut flags: Value,
    arguments: &UpArguments,
) -> anyhow::Result<()> {
    let data_dir = DataDir::open(arguments.data_dir.as_deref())?;
    let secrets = secrets::file(&data_dir)?;
    let files: Vec<&Path> = std::iter::once(secrets.as_path()).chain(file).collect();
    let settings = wiring::load(&files, &flags, false)?;
    let mut process = Process::start("syncwatch", settings.clone())?;

    // Taken ports are reported before anything slow begins.
    let front = runtime::listen(&settings.section::<Listen>("gateway.listen")?, "--listen")?;
    let admin = bind(admin_listen(&settings)?, "gateway.admin_listen").await?;
    let grpc = bind(settings.section::<SocketAddr>("up.grpc_listen")?, "up.grpc_listen").await?;

    let cluster = if settings.checked::<pg::Config>()?.names_a_server() {
        None
    } else {
        let cluster = database::start(&mut process, &data_dir).await?;
        flags["postgres"]["url"] = cluster.database("syncwatch").await?.into();
        Some(cluster)
    };
    if settings.section::<String>("store.folder")? == wiring::DEFAULT_STORE_FOLDER {
        flags["store"]["folder"] = data_dir.folder("blobs")?.to_string_lossy().into();
    }

    process.settings = Settings::load(&files, &flags)?;
    say("starting the services");
    let system = Box::pin(wiring::build(&mut process)).await?;
    storage::watch(&settings.checked()?, data_dir.path(), &process.health, &mut process.tasks)?;
    let places = Places {
        front: front.local_addr()?,
        admin: admin.local_addr()?.to_string(),
        grpc: Some(grpc.local_addr()?.to_string()),
    };
    process.serve_admin_with(admin, system.admin)?;
    let (services, pools) = (system.services, system.pools);
    let grpc = grpc.into_std()?;
    process.tasks.spawn("gRPC listener", OnFailure::Restart, move |shutdown| {
        let (services, listener) = (services.clone(), grpc.try_clone());
        async move {
            Service::serve_all(&services, tokio::net::TcpListener::from_std(listener?)?, shutdown.soft())
                .await
        }
    });

    let limits = gateway::Limits::of(&settings.section("gateway")?);
    let serving = gateway::serve_http(front.serve()?, system.front, limits, process.shutdown.soft());
    welcome::tell(&places, &data_dir, arguments.open)?;
    process.serving(serving).await?;
    say("stopping");
    process.finish().await;
    let closed = futures::future::join_all(pools.iter().map(sqlx::PgPool::close));
    let _ = tokio::time::timeout(CLOSE_TIMEOUT, closed).await;
    if let Some(cluster) = cluster {
        cluster.stop().await;
    }
    say("stopped");
    Ok(())
}

fn admin_listen(settings: &Settings) -> anyhow::Result<SocketAddr> {
    let wanted: SocketAddr = settings.section("gateway.admin_listen")?;
    let is_default = DEFAULT_ADMIN_LISTEN.parse() == Ok(wanted);
    Ok(if is_default { SocketAddr::from(([127, 0, 0, 1], 0)) } else { wanted })
}

#[cfg(test)]
mod tests {
    use super::*;

    // Case S2.
    #[test]
    fn the_admin_listener_takes_a_free_port_unless_one_is_set() {
        let listen = |flags| admin_listen(&Settings::load(&[], flags).unwrap()).unwrap().port();
        assert_eq!(listen(serde_json::json!({})), 0);
        assert_eq!(listen(serde_json::json!({"gateway": {"admin_listen": "127.0.0.1:9100"}})), 9100);
    }
}
