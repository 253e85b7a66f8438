//! Traces reach a collector that speaks OTLP.
#![allow(clippy::unwrap_used, reason = "in a test it is the assertion")]

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
    trace_service_server::{TraceService, TraceServiceServer},
};
use rpc::TraceParent;
use runtime::{Telemetry, TelemetryConfig};
use tokio::sync::mpsc;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

struct Collector(mpsc::UnboundedSender<ExportTraceServiceRequest>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.0.send(request.into_inner()).unwrap();
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_span_arrives_under_the_trace_of_its_request() {
    let (sender, mut arrived) = mpsc::unbounded_channel();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let otlp_endpoint = format!("http://{}", listener.local_addr().unwrap());
    let collector =
        tonic::transport::Server::builder().add_service(TraceServiceServer::new(Collector(sender)));
    tokio::spawn(collector.serve_with_incoming(TcpListenerStream::new(listener)));

    let settings = serde_json::json!({"level": "info", "format": "json", "otlp_endpoint": otlp_endpoint});
    let config: TelemetryConfig = serde_json::from_value(settings).unwrap();
    let telemetry = Telemetry::start(&config, "a-service").unwrap();
    let trace = TraceParent::random();
    let within = {
        let span = tracing::info_span!("rpc", method = "GetRoom");
        span.set_parent(trace.otel_context()).unwrap();
        span.in_scope(|| tracing::info!("working"));
        trace.within(&span)
    };
    drop(telemetry);

    let batch = arrived.recv().await.unwrap().resource_spans.remove(0);
    let service = batch.resource.unwrap().attributes.into_iter().find(|a| a.key == "service.name").unwrap();
    assert!(format!("{:?}", service.value).contains("a-service"));
    let span = &batch.scope_spans[0].spans[0];
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
