//! The gateway as a process of its own, and the listener of both ways to run it.

use std::{net::SocketAddr, pin::pin, time::Duration};

use axum::{Router, extract::ConnectInfo};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
    service::TowerToHyperService,
};
use rpc::{RemoteKeys, RpcChannel, ServiceToken, Verifier};
use runtime::{Clock, Process, Secret};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::{Config, DataPlane, Deps, build, http::call::is_serving};

/// A client that does not get its headers together in this time is not served.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

/// Runs until the process is told to stop.
pub async fn serve(mut process: Process) -> anyhow::Result<()> {
    let config: Config = process.settings.section("gateway")?;
    config.validate()?;
    let listener = runtime::bind(config.listen, "gateway.listen").await?;
    process.serve_admin(runtime::bind(config.admin_listen, "gateway.admin_listen").await?)?;

    let url = |name: &str| process.settings.section::<String>(&format!("services.{name}"));
    let channel = |name: &str| RpcChannel::remote(&url(name)?);
    let secret: Secret = process.settings.section("rpc.token")?;
    let token = ServiceToken::new(secret.expose())?;
    let auth = channel("auth")?;
    let deps = Deps {
        verifier: Verifier::new(RemoteKeys(auth.clone())),
        auth,
        room: channel("room")?,
        sync: channel("sync")?,
        media: channel("media")?,
        token,
        clock: Clock::system(),
        data_plane: DataPlane::Remote(url("media_http")?),
        health: process.health.clone(),
    };
    for (name, channel) in
        [("auth", &deps.auth), ("room", &deps.room), ("sync", &deps.sync), ("media", &deps.media)]
    {
        let channel = channel.clone();
        process.health.add(name, move || is_serving(channel.clone()));
    }
    let router = build(&config, deps, &mut process.tasks)?;
    tracing::info!(address = %listener.local_addr()?, "the gateway serves");
    serve_http(listener, router, process.shutdown.soft()).await?;
    process.finish().await;
    Ok(())
}

/// Serves a router until `shutdown`; requests under way end first. WebSockets have left HTTP by then and are not
/// waited for: they end with the tasks of [`build`].
pub async fn serve_http(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let mut shutdown = pin!(shutdown);
    // Dropped when the last connection has ended.
    let (stop, stopped) = watch::channel(());
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let _ = stream.set_nodelay(true);
                    tokio::spawn(connection(stream, peer, router.clone(), stopped.clone()));
                }
                Err(error) => {
                    // Out of file descriptors, most often: others may end meanwhile.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            () = &mut shutdown => break,
        }
    }
    drop((listener, stopped));
    let _ = stop.send(());
    stop.closed().await;
    Ok(())
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, mut stopped: watch::Receiver<()>) {
    let service = tower::service_fn(move |mut request: http::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        tower::ServiceExt::oneshot(router.clone(), request)
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT).max_buf_size(64 * 1024);
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(200);
    let mut connection =
        pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service)));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, error, "a connection broke");
    }
}
