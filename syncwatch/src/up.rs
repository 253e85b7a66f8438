//! `syncwatch up`: everything in one process, with a database of its own.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use pg::{Cluster, Durability};
use rpc::Service;
use runtime::{OnFailure, Process, Settings, bind};
use serde_json::Value;

use crate::{commands::UpArguments, data_dir::DataDir, say::say, secrets, wiring};

pub(crate) async fn run(
    file: Option<&Path>,
    mut flags: Value,
    arguments: &UpArguments,
) -> anyhow::Result<()> {
    let data_dir = DataDir::open(arguments.data_dir.as_deref())?;
    let secrets = secrets::file(&data_dir)?;
    let files: Vec<&Path> = std::iter::once(secrets.as_path()).chain(file).collect();
    let settings = Settings::load(&files, &flags)?;

    // Everything that can be refused at once is refused before anything slow begins.
    let front = bind(settings.section("gateway.listen")?, "--listen").await?;
    let admin = bind(settings.section("gateway.admin_listen")?, "gateway.admin_listen").await?;
    let grpc = bind(settings.section::<SocketAddr>("up.grpc_listen")?, "up.grpc_listen").await?;

    let cluster = if settings.section::<String>("postgres.url")?.is_empty() {
        say(format_args!("starting the database in {data_dir}"));
        let bin_dir: PathBuf = settings.section("up.postgres_bin_dir")?;
        let cluster = Cluster::start(&data_dir.join("postgres"), &bin_dir, Durability::Full).await?;
        flags["postgres"]["url"] = cluster.database("syncwatch").await?.into();
        Some(cluster)
    } else {
        None
    };
    if settings.section::<String>("media.blob_dir")? == wiring::DEFAULT_BLOB_DIR {
        flags["media"]["blob_dir"] = data_dir.join("blobs").to_string_lossy().into();
    }

    let mut process = Process::start("syncwatch", Settings::load(&files, &flags)?)?;
    say("starting the services");
    let system = wiring::build(&mut process).await?;
    process.serve_admin(admin)?;
    let (services, pools) = (system.services, system.pools);
    let grpc = grpc.into_std()?;
    process.tasks.spawn("gRPC listener", OnFailure::Restart, move |shutdown| {
        let (services, listener) = (services.clone(), grpc.try_clone());
        async move {
            Service::serve_all(&services, tokio::net::TcpListener::from_std(listener?)?, shutdown.soft())
                .await
        }
    });

    let url = format!("http://{}", browsable(front.local_addr()?));
    let limits = gateway::Limits::of(&settings.section("gateway")?);
    let serving = gateway::serve_http(front, system.front, limits, process.shutdown.soft());
    say(format_args!("SyncWatch is ready: {url}"));
    if arguments.open {
        open(&url);
    }
    serving.await?;
    say("stopping");
    process.finish().await;
    futures::future::join_all(pools.iter().map(sqlx::PgPool::close)).await;
    drop(cluster);
    say("stopped");
    Ok(())
}

/// The address as a browser on this machine takes it.
pub(crate) fn browsable(address: SocketAddr) -> String {
    let host = if address.ip().is_unspecified() || address.ip().is_loopback() {
        "localhost".to_owned()
    } else {
        address.ip().to_string()
    };
    format!("{host}:{}", address.port())
}

pub(crate) fn open(url: &str) {
    if std::process::Command::new("xdg-open").arg(url).spawn().is_err() {
        say("no browser could be opened; open the address above yourself");
    }
}
