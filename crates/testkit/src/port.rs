//! A port for a program that cannot choose one by itself.

use std::{
    net::TcpListener,
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::Context as _;

/// Below the ports that Linux gives to outgoing connections, so that no connection takes one before the program listens.
const PORTS: std::ops::Range<u16> = 10_000..32_000;

/// A port of 127.0.0.1 that nothing listens on. Two calls in a process give two ports; tests that run beside each other
/// begin at different places.
///
/// # Errors
///
/// When every port is taken.
pub fn free_port() -> anyhow::Result<u16> {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    // Process ids of tests that run beside each other are close together, so that a step spreads them.
    let first = std::process::id().wrapping_mul(97);
    (0..PORTS.len())
        .map(|_| first.wrapping_add(CALLS.fetch_add(1, Ordering::Relaxed)) as usize % PORTS.len())
        .filter_map(|at| PORTS.clone().nth(at))
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .context("no port of this machine is free")
}
