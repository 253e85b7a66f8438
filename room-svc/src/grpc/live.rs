//! What happens in rooms now.

use proto::room::v1::{ReportPresenceRequest, ReportPresenceResponse, live_service_server::LiveService};
use tonic::Request;

use super::{Grpc, Reply, reply};
use crate::domain::Report;

#[tonic::async_trait]
impl LiveService for Grpc {
    async fn report_presence(
        &self,
        request: Request<ReportPresenceRequest>,
    ) -> Reply<ReportPresenceResponse> {
        let reports = request.into_inner().rooms.into_iter().map(Report::try_from);
        let reports: Vec<_> = reports.collect::<Result<_, _>>()?;
        self.0.report_presence(&reports).await?;
        reply(ReportPresenceResponse {})
    }
}
