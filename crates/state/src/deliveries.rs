//! Turns a broadcast channel into a stream of deliveries.

use futures::{StreamExt as _, stream::BoxStream};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

use crate::Delivery;

/// Number of deliveries that wait for a subscriber before it gets [`Delivery::Lost`]. A channel allocates this many slots of
/// 64 bytes when it is created, so it exists only while a room has subscribers.
const WAITING: usize = 128;

pub(crate) fn channel() -> broadcast::Sender<Delivery> {
    broadcast::Sender::new(WAITING)
}

pub(crate) fn stream(receiver: broadcast::Receiver<Delivery>) -> BoxStream<'static, Delivery> {
    BroadcastStream::new(receiver).map(|delivery| delivery.unwrap_or(Delivery::Lost)).boxed()
}
