//! From a broadcast channel to a stream of deliveries.

use futures::{StreamExt as _, stream::BoxStream};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

use crate::Delivery;

/// Deliveries that may wait for a subscriber before it is told that it lost some. A channel takes this many slots of
/// 64 bytes as soon as it exists, so it exists only while a room has subscribers.
const WAITING: usize = 128;

pub(crate) fn channel() -> broadcast::Sender<Delivery> {
    broadcast::Sender::new(WAITING)
}

pub(crate) fn stream(receiver: broadcast::Receiver<Delivery>) -> BoxStream<'static, Delivery> {
    BroadcastStream::new(receiver).map(|delivery| delivery.unwrap_or(Delivery::Lost)).boxed()
}
