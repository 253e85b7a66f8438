//! Metric handles of each route. A look-up by labels takes longer than a small request, so the handles are kept.

use std::{collections::HashMap, time::Duration};

use metrics::{Counter, Histogram};
use parking_lot::RwLock;

/// The series of every route; as many as the metrics have.
#[derive(Default)]
pub(crate) struct RequestSeries(RwLock<HashMap<String, Vec<Series>>>);

struct Series {
    method: String,
    status: u16,
    duration: Histogram,
    requests: Counter,
}

impl RequestSeries {
    /// Counts a request. No label may be chosen by a client.
    pub(crate) fn record(&self, route: &str, method: &str, status: u16, elapsed: Duration) {
        let is_this = |series: &&Series| series.status == status && series.method == method;
        let known = self.0.read();
        if let Some(series) = known.get(route).and_then(|all| all.iter().find(is_this)) {
            series.record(elapsed);
            return;
        }
        drop(known);
        let series = Series::new(route, method, status);
        series.record(elapsed);
        let mut known = self.0.write();
        let all = known.entry(route.to_owned()).or_default();
        // Another request may have added it meanwhile.
        if !all.iter().any(|series| is_this(&series)) {
            all.push(series);
        }
    }
}

impl Series {
    fn new(route: &str, method: &str, status: u16) -> Self {
        let labels =
            [("route", route.to_owned()), ("method", method.to_owned()), ("status", status.to_string())];
        Self {
            method: method.to_owned(),
            status,
            duration: metrics::histogram!("syncwatch_http_request_duration_seconds", &labels[..2]),
            requests: metrics::counter!("syncwatch_http_requests_total", &labels),
        }
    }

    fn record(&self, elapsed: Duration) {
        self.duration.record(elapsed);
        self.requests.increment(1);
    }
}
