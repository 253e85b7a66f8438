//! Metric handles of each method. A look-up by labels takes longer than a small call, so each method keeps its handles.

use std::{sync::OnceLock, time::Duration};

use metrics::{Counter, Histogram};
use tonic::Code;

/// gRPC has the codes 0 to 16.
const CODES: usize = 17;

/// The series of a method, made when it is first called: by then the process has its recorder.
pub(crate) struct Series {
    pub(crate) service: String,
    pub(crate) method: String,
    duration: OnceLock<Histogram>,
    requests: [OnceLock<Counter>; CODES],
}

impl Series {
    pub(crate) fn new(service: &str, method: &str) -> Self {
        Self {
            service: service.to_owned(),
            method: method.to_owned(),
            duration: OnceLock::new(),
            requests: [const { OnceLock::new() }; CODES],
        }
    }

    /// Counts a call that took so long.
    pub(crate) fn record(&self, code: Code, elapsed: Duration) {
        let labels = || [("service", self.service.clone()), ("method", self.method.clone())];
        let duration = self
            .duration
            .get_or_init(|| metrics::histogram!("syncwatch_grpc_request_duration_seconds", &labels()));
        duration.record(elapsed);
        if let Some(requests) = usize::try_from(i32::from(code)).ok().and_then(|code| self.requests.get(code))
        {
            let requests = requests.get_or_init(|| {
                let [service, method] = labels();
                let labels = [service, method, ("code", format!("{code:?}"))];
                metrics::counter!("syncwatch_grpc_requests_total", &labels)
            });
            requests.increment(1);
        }
    }
}
