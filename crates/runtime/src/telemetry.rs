//! Logs, metrics and traces.

use std::{
    io::{self, Write as _},
    sync::{LazyLock, OnceLock},
    time::Duration,
};

use anyhow::Context as _;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use regex::Regex;
use serde::Deserialize;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{
    EnvFilter, Layer as _, fmt::MakeWriter, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::{
    Check, Section,
    line_queue::{self, LineQueue},
    statements::{self, Statements},
};

/// Section `[log]` of the settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetryConfig {
    /// `error`, `warn`, `info`, `debug`, `trace`, or directives such as `info,sync_svc=debug`.
    pub level: String,
    /// `pretty` for people, `json` for machines.
    pub format: LogFormat,
    /// Where to send traces by OTLP over gRPC. Empty: traces are not exported.
    pub otlp_endpoint: String,
}

impl Section for TelemetryConfig {
    const NAME: &'static str = "log";

    fn validate(&self, check: &mut Check) {
        // EnvFilter takes any word for a module, so a level that is misspelt would silence everything else.
        let is_directive = |part: &str| part.contains(['=', '[']) || part.parse::<LevelFilter>().is_ok();
        if EnvFilter::try_new(&self.level).is_err()
            || !self.level.split(',').all(|part| is_directive(part.trim()))
        {
            check.fault(
                "level",
                "must be error, warn, info, debug, trace or off, or directives such as \"info,sync_svc=debug\"",
            );
        }
        if !self.otlp_endpoint.is_empty() {
            check.url("otlp_endpoint", &self.otlp_endpoint, &["http", "https"]);
        }
    }
}

/// Format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For machines: one JSON object a line.
    Json,
}

/// How long an ending process waits for its last log lines to be read.
const LAST_LINES: Duration = Duration::from_secs(1);

/// Telemetry of a process. When it is dropped, it sends the last traces and writes the last log lines.
pub struct Telemetry {
    /// Renders the metrics.
    pub metrics: PrometheusHandle,
    tracer: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Sets up logs, metrics and traces for this process, once.
    pub fn start(config: &TelemetryConfig, service: &str) -> anyhow::Result<Self> {
        let tracer =
            (!config.otlp_endpoint.is_empty()).then(|| tracer(&config.otlp_endpoint, service)).transpose()?;
        let metrics = metrics()?;
        line_queue::count_dropped(0);
        let lines = tracing_subscriber::fmt::layer().with_writer(Redacted(log()?));
        let lines = match config.format {
            LogFormat::Pretty => lines.compact().with_target(false).boxed(),
            LogFormat::Json => {
                lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed()
            }
        };
        // A second start in one process (a test with two nodes) keeps the first one's subscriber.
        let _ = match &tracer {
            None => tracing_subscriber::registry().with(lines).with(filter(&config.level)?).try_init(),
            Some(provider) => {
                // Each layer has a filter of its own: statements are for the traces and not for the log.
                let tracer = provider.tracer("syncwatch");
                let statements = filter(&config.level)?.add_directive(statements::DIRECTIVE.parse()?);
                tracing_subscriber::registry()
                    .with(lines.with_filter(filter(&config.level)?))
                    .with(
                        tracing_opentelemetry::layer()
                            .with_tracer(tracer.clone())
                            .with_filter(filter(&config.level)?),
                    )
                    .with(Statements::new(tracer).with_filter(statements))
                    .try_init()
            }
        };
        Ok(Self { metrics, tracer })
    }
}

fn filter(level: &str) -> anyhow::Result<EnvFilter> {
    EnvFilter::try_new(level).ok().context("log.level is not a level")
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(tracer) = self.tracer.take() {
            // Sending blocks; the thread ends with the process at the latest.
            let _ = std::thread::spawn(move || tracer.shutdown()).join();
        }
        if let Some(log) = LOG.get() {
            log.flush(LAST_LINES);
        }
    }
}

static LOG: OnceLock<LineQueue> = OnceLock::new();

/// The queue of this process's standard error.
fn log() -> anyhow::Result<LineQueue> {
    if let Some(queue) = LOG.get() {
        return Ok(queue.clone());
    }
    let queue = LineQueue::start(io::stderr(), |lines| {
        tracing::warn!(lines, "log lines were dropped: they came faster than standard error was read");
    });
    let queue = queue.context("cannot start the thread that writes the log")?;
    Ok(LOG.get_or_init(|| queue).clone())
}

/// Makes panics go to the log. The standard hook writes to standard error itself, and would wait for a slow reader.
pub fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let text = panic.payload_as_str().unwrap_or("no message");
        tracing::error!(place, "panicked: {text}");
        if tracing::dispatcher::has_been_set() {
            return;
        }
        let _ = writeln!(io::stderr(), "panicked at {place}: {text}");
    }));
}

fn tracer(endpoint: &str, service: &str) -> anyhow::Result<SdkTracerProvider> {
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .build()
        .context("log.otlp_endpoint cannot be used")?;
    let resource = Resource::builder().with_service_name(service.to_owned()).build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

fn metrics() -> anyhow::Result<PrometheusHandle> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
    let millis = [1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 80.0, 150.0, 300.0, 500.0, 1000.0, 2000.0, 5000.0];
    let minutes = [1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 3600.0, 7200.0];
    let percent = [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];
    // Browsers try for up to half a minute.
    let connections = [0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0, 60.0];
    let connecting = Matcher::Full("syncwatch_ice_connection_seconds".to_owned());
    let transcoding = Matcher::Full("syncwatch_transcoding_duration_seconds".to_owned());
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(transcoding, &minutes)?
        .set_buckets_for_metric(connecting, &connections)?
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &seconds)?
        .set_buckets_for_metric(Matcher::Suffix("_ms".to_owned()), &millis)?
        .set_buckets_for_metric(Matcher::Suffix("_loss_percent".to_owned()), &percent)?
        .build_recorder();
    let handle = recorder.handle();
    if metrics::set_global_recorder(recorder).is_ok() {
        let _ = HANDLE.set(handle.clone());
    }
    Ok(HANDLE.get().cloned().unwrap_or(handle))
}

/// The queue, with everything that looks like a secret replaced. This is the last line of defence, not the first.
struct Redacted(LineQueue);

#[expect(clippy::expect_used, reason = "the pattern is a constant")]
static SECRETS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)((?:ticket|sig|password|secret|token|cookie|authorization)["']?\s*[=:]\s*["']?(?:bearer\s+)?|bearer\s+)([^\s"'&,;}]{4,})"#)
        .expect("the pattern compiles")
});

fn redact(line: &str) -> std::borrow::Cow<'_, str> {
    SECRETS.replace_all(line, "${1}…")
}

/// Writes one line; the subscriber writes each in one piece.
struct RedactedLine<'a>(&'a LineQueue);

impl io::Write for RedactedLine<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.push(redact(&String::from_utf8_lossy(line)).into_owned().into_bytes());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Redacted {
    type Writer = RedactedLine<'a>;

    fn make_writer(&'a self) -> RedactedLine<'a> {
        RedactedLine(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn secrets_do_not_reach_the_log() {
        for line in [
            "authorization: Bearer abcdef123",
            "GET /ws/rooms/x?ticket=abcdef123",
            r#"{"password":"abcdef123"}"#,
            "token=abcdef123",
        ] {
            assert!(!redact(line).contains("abcdef123"), "{}", redact(line));
        }
        assert_eq!(redact("a room was made room_id=room_01"), "a room was made room_id=room_01");
    }
}
