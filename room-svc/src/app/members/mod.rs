//! Members: joining, leaving, permissions, and tickets for the WebSocket.

mod access;
mod door;
mod get;
mod guard;
mod join;
mod join_requests;
mod leave;
mod list;
mod password;
mod remove;
mod tickets;
mod update;

pub(crate) use guard::Guard;
pub(crate) use join::JoinOutcome;
pub(crate) use password::Started;
