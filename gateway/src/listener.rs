//! The HTTP listener of both ways to run the gateway: how many connections it takes, and how long they may keep silent.

use std::{
    convert::Infallible,
    io::ErrorKind,
    net::SocketAddr,
    os::fd::{AsRawFd as _, RawFd},
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
use ipnet::IpNet;
use rpc::{Error, Reason, TraceParent};
use runtime::Acceptor;
use tokio::{
    net::TcpStream,
    sync::{Semaphore, watch},
    time::{sleep, timeout},
};

use crate::{
    Config, descriptors,
    linger::{LingerFlag, LingeringStream},
    places::{Full, Places},
    rarely::Rarely,
};

/// Connections beyond a limit that are answered at once; those beyond these too are closed without a word.
const REFUSALS: usize = 256;

/// The same for those that are refused because file descriptors run out: an answer holds one.
const SCARCE_REFUSALS: usize = 8;

/// How long such an answer may take.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(5);

/// Pause after a failed accept. Short, because the listener recovers only by trying again.
const ACCEPT_RETRY: Duration = Duration::from_millis(50);

/// What a listener puts up with.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How many connections it serves at once. One that became a WebSocket does not count any more.
    pub connections: usize,
    /// How many of them may come from one address, or one /64 of IPv6.
    pub connections_per_address: usize,
    /// Proxies in front: many people come from the address of each, so that it may have as many as there are.
    pub trusted_proxies: Vec<IpNet>,
    /// The first file descriptor that no connection gets; those above are for the rest of the process.
    pub max_descriptor: RawFd,
    /// How long a new connection has for its first request.
    pub first_request: Duration,
    /// How long it may take to the next one. Longer than proxies keep connections (nginx: 60 s), for one that is closed
    /// here while a proxy sends on it is an error there.
    pub next_request: Duration,
}

impl Limits {
    /// So many connections, from wherever they come, with the usual patience.
    pub fn new(connections: usize) -> Self {
        Self {
            connections,
            connections_per_address: connections,
            trusted_proxies: Vec::new(),
            max_descriptor: descriptors::ceiling(),
            first_request: Duration::from_secs(10),
            next_request: Duration::from_secs(75),
        }
    }

    /// As the settings say.
    pub fn of(config: &Config) -> Self {
        Self {
            connections_per_address: config.max_connections_per_address,
            trusted_proxies: config.trusted_proxies.clone(),
            ..Self::new(config.max_connections)
        }
    }
}

/// Serves a router until `shutdown`; requests under way end first. WebSockets have left HTTP by then and are not
/// waited for: they end with the tasks of [`build`](crate::build).
pub async fn serve_http(
    listener: impl Into<Acceptor>,
    router: Router,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let listener = listener.into();
    let mut shutdown = pin!(shutdown);
    let limits = Arc::new(limits);
    let places = Places::new(limits.clone());
    let refusals = Arc::new(Semaphore::new(REFUSALS));
    let scarce_refusals = Arc::new(Semaphore::new(SCARCE_REFUSALS));
    // Dropped when the last connection has ended.
    let (stop, stopped) = watch::channel(());
    let shortage = Rarely::default();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let _ = stream.set_nodelay(true);
                    match places.take(peer.ip(), stream.as_raw_fd()) {
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
                // The client gave up before we came to it.
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

/// Tells that connections cannot be taken.
fn warn(shortage: &Rarely, error: &dyn std::fmt::Display) {
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
            // We close before the client does, which may still be sending.
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
    // The builder has no bound for what comes before the version of HTTP is known, nor for HTTP/2.
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
                    // What is under way, such as a long film, goes on to its end.
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

/// Answers one request: that there are too many.
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
    // Whoever does not even ask in time gets no answer.
    let _ = timeout(REFUSAL_TIMEOUT, serving).await;
}
