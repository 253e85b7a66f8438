//! Members: joining, leaving, permissions, and tickets for the WebSocket.

mod access;
mod join;
mod leave;
mod list;
mod tickets;
