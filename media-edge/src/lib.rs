#![doc = include_str!("../README.md")]

mod file;
pub mod film;
mod refusal;
mod router;

use axum::Router;
use runtime::{OnFailure, Tasks};
use tokio::net::TcpListener;

pub use router::{DataPlane, router};

/// Serves the routes on a listener until the soft stop.
pub fn serve(tasks: &mut Tasks, router: Router, listener: TcpListener) -> anyhow::Result<()> {
    let listener = listener.into_std()?;
    tasks.spawn("data plane", OnFailure::Restart, move |shutdown| {
        let (router, listener) = (router.clone(), listener.try_clone());
        async move {
            Ok(axum::serve(TcpListener::from_std(listener?)?, router)
                .with_graceful_shutdown(shutdown.soft())
                .await?)
        }
    });
    Ok(())
}
