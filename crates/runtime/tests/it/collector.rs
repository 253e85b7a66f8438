//! A collector that keeps the spans that it gets.

use opentelemetry_proto::tonic::{
    collector::trace::v1::{
        ExportTraceServiceRequest, ExportTraceServiceResponse,
        trace_service_server::{TraceService, TraceServiceServer},
    },
    trace::v1::Span,
};
use runtime::{Telemetry, TelemetryConfig};
use tokio::sync::mpsc;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status};

pub(crate) struct Collector {
    endpoint: String,
    arrived: mpsc::UnboundedReceiver<ExportTraceServiceRequest>,
}

struct Server(mpsc::UnboundedSender<ExportTraceServiceRequest>);

#[tonic::async_trait]
impl TraceService for Server {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.0.send(request.into_inner()).unwrap();
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let (sender, arrived) = mpsc::unbounded_channel();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let server = tonic::transport::Server::builder().add_service(TraceServiceServer::new(Server(sender)));
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        Self { endpoint, arrived }
    }

    /// Telemetry of this process that sends its traces here, the last ones when it is dropped.
    pub(crate) fn telemetry(&self) -> Telemetry {
        let settings = serde_json::json!({"level": "info", "format": "json", "otlp_endpoint": self.endpoint});
        let config: TelemetryConfig = serde_json::from_value(settings).unwrap();
        Telemetry::start(&config, "a-service").unwrap()
    }

    /// The name of the service, and all spans that have arrived.
    pub(crate) fn spans(&mut self) -> (String, Vec<Span>) {
        let (mut service, mut spans) = (String::new(), Vec::new());
        while let Ok(request) = self.arrived.try_recv() {
            for batch in request.resource_spans {
                let attributes = batch.resource.unwrap().attributes;
                let name = attributes.into_iter().find(|attribute| attribute.key == "service.name");
                service = format!("{:?}", name.unwrap().value);
                spans.extend(batch.scope_spans.into_iter().flat_map(|scope| scope.spans));
            }
        }
        (service, spans)
    }
}
