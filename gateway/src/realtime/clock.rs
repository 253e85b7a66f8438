//! The cluster clock is sync-svc's. Each gateway follows it with the four timestamps that clients use too (RFC 5905).

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use proto::sync::v1::ReadClockRequest;
use rpc::Context;
use runtime::{Clock, Shutdown};

use super::services::Services;

const BURST: usize = 8;
const EVERY: Duration = Duration::from_secs(10);

/// This machine's clock and its offset to the cluster clock. Cheap to clone; copies share the offset.
#[derive(Debug, Clone)]
pub(crate) struct ClusterClock {
    clock: Clock,
    // Separate from `clock`: in one process sync-svc uses the same clock, which must not move.
    offset_us: Arc<AtomicI64>,
}

/// One measurement of the cluster clock.
#[derive(Debug, Clone, Copy)]
struct Sample {
    offset_us: i64,
    round_trip_us: i64,
}

impl ClusterClock {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, offset_us: Arc::default() }
    }

    /// Now on the cluster clock, in microseconds.
    pub(crate) fn now_us(&self) -> i64 {
        self.clock.now_us() + self.offset_us.load(Ordering::Relaxed)
    }

    /// Measures for as long as the gateway runs.
    pub(crate) async fn follow(self, services: Services, shutdown: Shutdown) -> anyhow::Result<()> {
        let mut every = tokio::time::interval(EVERY);
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = every.tick() => self.measure(&services).await?,
                () = shutdown.soft() => return Ok(()),
            }
        }
    }

    async fn measure(&self, services: &Services) -> anyhow::Result<()> {
        let mut samples = Vec::with_capacity(BURST);
        for _ in 0..BURST {
            let request =
                Context::background().request(ReadClockRequest { client_send_us: self.clock.now_us() });
            let reply = services.playback().read_clock(request).await?.into_inner();
            samples.push(sample(
                reply.client_send_us,
                reply.server_receive_us,
                reply.server_send_us,
                self.clock.now_us(),
            ));
        }
        // The quickest answer waited least in queues, so its two ways are the most alike.
        let Some(best) = samples.into_iter().min_by_key(|sample| sample.round_trip_us) else { return Ok(()) };
        self.offset_us.store(corrected(self.offset_us.load(Ordering::Relaxed), best), Ordering::Relaxed);
        metrics::gauge!("syncwatch_gateway_clock_round_trip_ms").set(millis(best.round_trip_us));
        Ok(())
    }
}

fn sample(send: i64, receive: i64, reply: i64, back: i64) -> Sample {
    Sample {
        offset_us: i64::midpoint(receive - send, reply - back),
        round_trip_us: (back - send) - (reply - receive),
    }
}

/// Keeps an offset that differs by less than the error of the measurement: the clock that clients measure must be steady.
fn corrected(current_us: i64, best: Sample) -> i64 {
    let error_us = (best.round_trip_us / 2).max(0);
    if (best.offset_us - current_us).abs() <= error_us { current_us } else { best.offset_us }
}

#[expect(clippy::cast_precision_loss, reason = "a round trip is far below 2^53 microseconds")]
fn millis(us: i64) -> f64 {
    us as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offset_is_the_mean_of_both_directions() {
        // The other clock is 1000 us ahead; 40 us there, 10 us at work, 60 us back.
        let sample = sample(0, 1040, 1050, 110);
        assert_eq!(sample.round_trip_us, 100);
        assert_eq!(sample.offset_us, 990, "half of the asymmetry remains");
    }

    #[test]
    fn an_offset_within_the_measurement_error_is_ignored() {
        assert_eq!(corrected(0, Sample { offset_us: 30, round_trip_us: 100 }), 0);
        assert_eq!(corrected(0, Sample { offset_us: 300, round_trip_us: 100 }), 300);
    }
}
