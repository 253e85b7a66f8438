//! Traces reach a collector that speaks OTLP.
#![allow(clippy::unwrap_used, reason = "in a test it is the assertion")]

mod collector;

use rpc::TraceParent;
use tracing::Instrument as _;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::collector::Collector;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_span_is_exported_under_the_trace_of_its_request() {
    let mut collector = Collector::start().await;
    let telemetry = collector.telemetry();
    let trace = TraceParent::random();
    let within = {
        let span = tracing::info_span!("rpc", method = "GetRoom");
        span.set_parent(trace.otel_context()).unwrap();
        span.in_scope(|| tracing::info!("working"));
        trace.within(&span)
    };
    drop(telemetry);

    let (service, spans) = collector.spans();
    assert!(service.contains("a-service"));
    let span = &spans[0];
    assert_eq!(span.name, "rpc");
    let trace_id = span.trace_id.iter().fold(0_u128, |id, byte| id << 8 | u128::from(*byte));
    assert_eq!(
        format!("{trace_id:032x}"),
        trace.request_id(),
        "the request id that people quote finds the trace"
    );
    let span_id = span.span_id.iter().fold(0_u64, |id, byte| id << 8 | u64::from(*byte));
    let calls = format!("00-{trace_id:032x}-{span_id:016x}-01");
    assert_eq!(within.to_string(), calls, "what is called from within the span belongs to it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_is_a_span_of_its_call_without_values() {
    let postgres = testkit::Postgres::start().await.unwrap();
    let mut collector = Collector::start().await;
    let telemetry = collector.telemetry();
    pg::prepare(&postgres.config(), "test-svc").await.unwrap();
    let pool = pg::connect(&postgres.config(), "test-svc").await.unwrap();
    async {
        sqlx::query("CREATE TABLE test.things (name text)").execute(&pool).await.unwrap();
        let insert = sqlx::query("INSERT INTO test.things (name) VALUES ($1)").bind("hunter2");
        insert.execute(&pool).await.unwrap();
    }
    .instrument(tracing::info_span!("rpc"))
    .await;
    pool.close().await;
    drop(telemetry);

    let (_, spans) = collector.spans();
    let call = spans.iter().find(|span| span.name == "rpc").unwrap();
    let statement = spans.iter().find(|span| span.name == "INSERT test.things").unwrap();
    assert_eq!(statement.parent_span_id, call.span_id);
    assert!(statement.start_time_unix_nano >= call.start_time_unix_nano);
    assert!(statement.end_time_unix_nano <= call.end_time_unix_nano);
    let attributes = format!("{:?}", statement.attributes);
    assert!(attributes.contains("VALUES ($1)") && !attributes.contains("hunter2"), "{attributes}");
}
