//! How often an address may call.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use rpc::{Error, Reason, TraceParent};
use runtime::Clock;

use super::{error::ApiError, headers::Origin};
use crate::{
    address::network,
    bucket::{Bucket, Rate},
};

/// Addresses that are remembered; those beyond share one bucket until others have recovered.
const TABLE: usize = 65_536;

/// A bucket for each address.
pub(crate) struct Limiter {
    rate: Rate,
    clock: Clock,
    table: Mutex<HashMap<IpAddr, Bucket>>,
}

impl Limiter {
    pub(crate) fn new(rate: Rate, clock: Clock) -> Arc<Self> {
        Arc::new(Self { rate, clock, table: Mutex::default() })
    }

    fn take(&self, address: IpAddr) -> Result<(), Duration> {
        let now_us = self.clock.now_us();
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let mut key = network(address);
        if table.len() >= TABLE && !table.contains_key(&key) {
            // A full bucket is one that nobody misses.
            table.retain(|_, bucket| !bucket.is_full(self.rate, now_us));
            if table.len() >= TABLE {
                key = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
            }
        }
        table.entry(key).or_insert_with(|| Bucket::full(self.rate, now_us)).take(self.rate, now_us)
    }
}

/// Refuses who calls too often.
pub(crate) async fn limit(State(limiter): State<Arc<Limiter>>, request: Request, next: Next) -> Response {
    let extensions = request.extensions();
    let address = extensions.get::<Origin>().map(|origin| origin.address);
    let trace = extensions.get::<TraceParent>().copied().unwrap_or_else(TraceParent::random);
    if let Some(Err(delay)) = address.map(|address| limiter.take(address)) {
        let error =
            Error::new(Reason::RateLimited, "too many calls from this address; slow down").retry_after(delay);
        return ApiError::new(error, trace).into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_addresses_of_one_ipv6_network_share_a_bucket() {
        let limiter = Limiter::new(Rate::new(1, 1), Clock::manual(0));
        assert!(limiter.take("2001:db8::1".parse().unwrap()).is_ok());
        assert!(limiter.take("2001:db8::2".parse().unwrap()).is_err());
        assert!(limiter.take("2001:db8:0:1::1".parse().unwrap()).is_ok());
    }

    #[test]
    fn the_table_does_not_grow_beyond_its_bound() {
        let limiter = Limiter::new(Rate::new(1, 2), Clock::manual(0));
        for n in 0..u32::try_from(TABLE).unwrap() + 100 {
            let _ = limiter.take(IpAddr::from(n.to_be_bytes()));
        }
        assert!(limiter.table.lock().unwrap().len() <= TABLE + 1);
    }
}
