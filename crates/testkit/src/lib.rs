//! Servers on free ports, for tests only. Each test starts what it needs and stops it. Beside them, a strict reader of playlists.

mod fake;
pub mod hls;
mod port;
mod postgres;
mod redis;
#[cfg(feature = "s3")]
#[expect(clippy::unwrap_used, reason = "in a test it is the assertion")]
mod s3;
mod service;
pub mod tokens;

pub use fake::Fake;
pub use port::free_port;
pub use postgres::Postgres;
pub use redis::Redis;
#[cfg(feature = "s3")]
pub use s3::{S3_ACCESS_KEY, S3_BUCKET, S3_SECRET_KEY, S3Server, StoreFault};
pub use service::{SERVICE_TOKEN, TestKeys, guest, serve, service_token, user};
