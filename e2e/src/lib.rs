//! What a black-box test of the running system needs: the system itself in either shape, and a client that knows only
//! HTTP and WebSocket.

mod client;
mod system;

pub use client::{Guest, Reply, RoomSocket, http, messages_of_people};
pub use system::{Shape, System, await_ready, interrupt, program, up, up_through};
