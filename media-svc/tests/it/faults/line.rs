//! A line between two programs, which can break.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Passes connections on to the first of its targets that takes them.
pub(super) struct Line {
    pub(super) address: SocketAddr,
    cuts: watch::Sender<()>,
    refusals: Arc<AtomicUsize>,
}

impl Line {
    pub(super) async fn to(targets: Vec<String>) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let line = Self {
            address: listener.local_addr()?,
            cuts: watch::Sender::default(),
            refusals: Arc::default(),
        };
        let (cuts, refusals) = (line.cuts.clone(), line.refusals.clone());
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let refused = |left: usize| left.checked_sub(1);
                if refusals.fetch_update(Ordering::Relaxed, Ordering::Relaxed, refused).is_ok() {
                    continue;
                }
                let (targets, mut cut) = (targets.clone(), cuts.subscribe());
                tokio::spawn(async move {
                    tokio::select! {
                        () = pass(near, &targets) => {}
                        _ = cut.changed() => {}
                    }
                });
            }
        });
        Ok(line)
    }

    /// Breaks all connections, and refuses the next ones.
    pub(super) fn cut(&self, refusals: usize) {
        self.refusals.fetch_add(refusals, Ordering::Relaxed);
        self.cuts.send_replace(());
    }

    /// Whether new connections are taken again.
    pub(super) fn is_whole(&self) -> bool {
        self.refusals.load(Ordering::Relaxed) == 0
    }

    /// Takes connections again.
    pub(super) fn mend(&self) {
        self.refusals.store(0, Ordering::Relaxed);
    }
}

async fn pass(mut near: TcpStream, targets: &[String]) {
    for target in targets {
        if let Ok(mut far) = TcpStream::connect(target).await {
            let _ = near.set_nodelay(true);
            let _ = far.set_nodelay(true);
            let _ = copy_bidirectional(&mut near, &mut far).await;
            return;
        }
    }
}
