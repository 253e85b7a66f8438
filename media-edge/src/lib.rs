#![doc = include_str!("../README.md")]

mod file;
pub mod film;
pub mod hls;
mod refusal;
mod router;

use axum::Router;
use runtime::Tasks;
use tokio::net::TcpListener;

pub use router::{DataPlane, router};

/// Serves the routes on a listener until the soft stop.
pub fn serve(tasks: &mut Tasks, router: Router, listener: TcpListener) -> anyhow::Result<()> {
    tasks.serve_http("data plane", listener, router)
}
