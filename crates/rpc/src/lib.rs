//! How services call and serve each other: one stack around every server, one kind of channel whether the other side
//! is in this process or behind the network, and one set of errors.

mod address;
mod channel;
mod config;
mod context;
mod error;
mod identity;
mod links;
mod process;
mod server;
mod service;
mod token_cache;
mod trace;

pub use address::{ADDRESS_HEADER, network, set_address};
pub use channel::RpcChannel;
pub use config::{Config, ServiceAddresses};
pub use context::{Context, ServiceToken};
pub use error::{Error, http_status, http_status_of, permission_name, reason_of, relay};
pub use identity::{ClaimedKind, Claims, KeySource, RemoteKeys, Verifier};
pub use links::Links;
pub use process::ServiceProcess;
pub use proto::common::v1::{Identity, Reason, SubjectKind};
pub use service::{Service, ServiceParts};
pub use trace::TraceParent;

/// What goes wrong in a handler, as gRPC tells it.
pub type Result<T, E = tonic::Status> = std::result::Result<T, E>;
