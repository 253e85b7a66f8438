//! Segments that viewers wait for. Ten who wait for one are one call.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::{
    FutureExt as _,
    future::{BoxFuture, Shared, WeakShared},
};
use parking_lot::Mutex;
use proto::{
    media::v1::{AwaitSegmentRequest, delivery_service_client::DeliveryServiceClient},
    transcode::v1::Plan,
};
use rpc::{Context, RpcChannel, reason_of};
use tokio::sync::Semaphore;
use tonic::Status;

use crate::refusal::Refusal;

/// Longest wait of a request: players give up after 10 seconds.
const LONGEST_WAIT: Duration = Duration::from_secs(8);
/// Requests that wait at once; others are told to ask again.
const MOST_WAITERS: usize = 4096;
/// Ended calls are looked for when there are this many.
const TIDY_AT: usize = 1024;

type Outcome = Result<(), Status>;
type Flight = BoxFuture<'static, Outcome>;
type Key = (String, i32, String, i32);

/// The calls that are under way.
pub(super) struct Awaited {
    media: RpcChannel,
    flights: Mutex<HashMap<Key, WeakShared<Flight>>>,
    waiters: Arc<Semaphore>,
}

impl Awaited {
    /// `media` is media-svc.
    pub(super) fn new(media: RpcChannel) -> Self {
        Self { media, flights: Mutex::default(), waiters: Arc::new(Semaphore::new(MOST_WAITERS)) }
    }

    /// Waits until a segment is in the store.
    pub(super) async fn wait(&self, plan: &Plan, rendition: &str, index: i32) -> Result<(), Refusal> {
        let Ok(_permit) = self.waiters.try_acquire() else { return Err(Refusal::NotReady) };
        let key = (plan.asset_id.clone(), plan.generation, rendition.to_owned(), index);
        self.flight(key).await.map_err(|status| {
            // A call that ran out of time ends like a segment that does.
            if status.code() == tonic::Code::DeadlineExceeded && reason_of(&status).is_none() {
                Refusal::NotReady
            } else {
                Refusal::Awaited(status)
            }
        })
    }

    /// The call for a segment: the one that is under way, or a new one.
    fn flight(&self, key: Key) -> Shared<Flight> {
        let mut flights = self.flights.lock();
        if let Some(flight) = flights.get(&key).and_then(WeakShared::upgrade).filter(|it| it.peek().is_none())
        {
            return flight;
        }
        if flights.len() >= TIDY_AT {
            flights.retain(|_, flight| flight.upgrade().is_some_and(|it| it.peek().is_none()));
        }
        let flight = call(self.media.clone(), key.clone()).boxed().shared();
        if let Some(weak) = flight.downgrade() {
            flights.insert(key, weak);
        }
        flight
    }
}

async fn call(media: RpcChannel, (asset_id, generation, rendition, index): Key) -> Outcome {
    let wait = LONGEST_WAIT.try_into().ok();
    let request = AwaitSegmentRequest { asset_id, generation, rendition, index, wait };
    let mut client = DeliveryServiceClient::new(media);
    client.await_segment(Context::background().request(request)).await.map(drop)
}
