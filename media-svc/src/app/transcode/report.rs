//! Renews leases.

use proto::transcode::v1::{ReportTaskRequest, ReportTaskResponse};

use crate::{
    app::App,
    domain::TASK_LEASE,
    error::Result,
    store::{tasks, workers},
};

impl App {
    /// Renews a lease and stores the progress. The answer says where a task of segments ends now.
    pub(crate) async fn report_task(&self, request: ReportTaskRequest) -> Result<ReportTaskResponse> {
        let now = self.clock.now();
        let lost = ReportTaskResponse { lost: true, end: 0 };
        let Ok(id) = request.task_id.parse() else { return Ok(lost) };
        let figures = (request.percent, request.speed);
        let renewed = tasks::renew(&self.pool, id, request.lease, now + TASK_LEASE, figures).await?;
        let Some(renewed) = renewed else { return Ok(lost) };
        workers::hear(&self.pool, &renewed.worker, now).await?;
        Ok(ReportTaskResponse { lost: false, end: renewed.end })
    }
}
