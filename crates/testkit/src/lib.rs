//! Servers on free ports, for tests only. Each test starts what it needs and stops it. Beside them, a strict reader of playlists.

mod fake;
pub mod hls;
mod port;
mod postgres;
mod redis;
mod service;
pub mod tokens;

pub use fake::Fake;
pub use port::free_port;
pub use postgres::Postgres;
pub use redis::Redis;
pub use service::{SERVICE_TOKEN, TestKeys, guest, serve, service_token, user};
