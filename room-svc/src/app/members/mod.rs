//! Members: joining, leaving, permissions, and tickets for the WebSocket.

mod access;
mod get;
mod join;
mod leave;
mod list;
mod remove;
mod tickets;
mod update;
