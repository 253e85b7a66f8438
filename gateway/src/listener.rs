//! The HTTP listener: how many connections it serves, and how long they may be silent.

use std::{
    convert::Infallible,
    io::ErrorKind,
    net::SocketAddr,
    os::fd::AsRawFd as _,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::ConnectInfo,
    response::{IntoResponse as _, Response},
};
use edge::ApiError;
use http::header::CONNECTION;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
    service::TowerToHyperService,
};
use rpc::{Error, Reason, TraceParent};
use runtime::Acceptor;
use tokio::{
    net::TcpStream,
    sync::{Semaphore, watch},
    time::{sleep, timeout},
};

use crate::{
    connection_limits::{ConnectionLimits, Full, Limits},
    linger::{LingerFlag, LingeringStream},
    log_throttle::LogThrottle,
};

/// Connections above a limit that get a response at once; further ones are closed without one.
const REFUSALS: usize = 256;

/// The same where file descriptors run out: each response holds one.
const SCARCE_REFUSALS: usize = 8;

/// How long such a response may take.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(5);

/// Pause after a failed accept. Short, because the listener recovers only by a retry.
const ACCEPT_RETRY: Duration = Duration::from_millis(50);

/// Serves a router until `shutdown`; requests under way end first. Does not wait for WebSockets, which end with the tasks of
/// [`build`](crate::build).
pub async fn serve_http(
    listener: impl Into<Acceptor>,
    router: Router,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let listener = listener.into();
    let mut shutdown = pin!(shutdown);
    let limits = Arc::new(limits);
    let connections = ConnectionLimits::new(limits.clone());
    let refusals = Arc::new(Semaphore::new(REFUSALS));
    let scarce_refusals = Arc::new(Semaphore::new(SCARCE_REFUSALS));
    // Dropped when the last connection has ended.
    let (stop, stopped) = watch::channel(());
    let shortage = LogThrottle::default();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let _ = stream.set_nodelay(true);
                    match connections.take(peer.ip(), stream.as_raw_fd()) {
                        Ok(place) => {
                            let serving =
                                connection(stream, peer, router.clone(), limits.clone(), stopped.clone());
                            tokio::spawn(async move {
                                serving.await;
                                drop(place);
                            });
                        }
                        Err(full) => {
                            full.refusals().increment(1);
                            if full == Full::Descriptors {
                                warn(&shortage, &"too many open files; raise the limit (ulimit -n, LimitNOFILE)");
                            }
                            let answers = if full == Full::Descriptors { &scarce_refusals } else { &refusals };
                            if let Ok(answering) = answers.clone().try_acquire_owned() {
                                tokio::spawn(async move {
                                    refuse(stream, full).await;
                                    drop(answering);
                                });
                            }
                        }
                    }
                }
                // The client closed the connection before it was accepted.
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    warn(&shortage, &error);
                    sleep(ACCEPT_RETRY).await;
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

/// Logs that connections cannot be accepted.
fn warn(shortage: &LogThrottle, error: &dyn std::fmt::Display) {
    if let Some(suppressed) = shortage.due() {
        tracing::warn!(%error, suppressed, "cannot accept a connection");
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: Arc<Limits>,
    mut stopped: watch::Receiver<()>,
) {
    let requests = Arc::new(AtomicU64::new(0));
    let counter = requests.clone();
    let linger = LingerFlag::default();
    let stream = LingeringStream::new(stream, linger.clone());
    let service = tower::service_fn(move |mut request: http::Request<Incoming>| {
        counter.fetch_add(1, Ordering::Relaxed);
        request.extensions_mut().insert(ConnectInfo(peer));
        let answering = tower::ServiceExt::oneshot(router.clone(), request);
        let linger = linger.clone();
        async move {
            let response = answering.await;
            // The server closes first, while the client may still be sending.
            if response.as_ref().is_ok_and(|response| response.headers().contains_key(CONNECTION)) {
                linger.set();
            }
            response
        }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.next_request).max_buf_size(64 * 1024);
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(200);
    let mut connection =
        pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service)));
    // The builder has no timeout before the version of HTTP is known, nor for HTTP/2.
    let mut patience = pin!(sleep(limits.first_request));
    let mut seen = 0;
    let ended = loop {
        tokio::select! {
            ended = connection.as_mut() => break ended,
            _ = stopped.changed() => {
                connection.as_mut().graceful_shutdown();
                break connection.await;
            }
            () = patience.as_mut() => {
                let count = requests.load(Ordering::Relaxed);
                if count == 0 {
                    tracing::debug!(%peer, "a connection asked for nothing");
                    return;
                }
                if count == seen {
                    // A response under way, such as a long film, goes on to its end.
                    connection.as_mut().graceful_shutdown();
                    break connection.await;
                }
                seen = count;
                patience.set(sleep(limits.next_request));
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, error, "a connection broke");
    }
}

/// Answers one request with 503.
async fn refuse(stream: TcpStream, full: Full) {
    let service = tower::service_fn(move |request: http::Request<Incoming>| async move {
        let error = Error::new(Reason::DependencyUnavailable, full.message());
        let trace = TraceParent::at_edge(request.headers());
        let error = ApiError::new(error.retry_after(Duration::from_secs(5)), trace);
        Ok::<Response, Infallible>(error.into_response())
    });
    let linger = LingerFlag::default();
    linger.set();
    let serving = http1::Builder::new().keep_alive(false).serve_connection(
        TokioIo::new(LingeringStream::new(stream, linger)),
        TowerToHyperService::new(service),
    );
    // A client that sends no request in time gets no response.
    let _ = timeout(REFUSAL_TIMEOUT, serving).await;
}
