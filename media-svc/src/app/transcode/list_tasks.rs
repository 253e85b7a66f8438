//! The queue as administrators see it.

use chrono::TimeDelta;
use proto::media::v1::{ListTasksRequest, TaskState};

use super::{await_segment::WORKER_SEEN, tend::FAILED_FOR};
use crate::{
    app::App,
    domain::ListedTask,
    error::Result,
    store::{
        task_list,
        tasks::{self, Counts},
        workers::{self, Worker},
    },
};

/// Tasks in a list unless its caller asks for another number.
const PAGE: i32 = 100;

/// The queue.
pub(crate) struct Queued {
    pub(crate) tasks: Vec<ListedTask>,
    pub(crate) counts: Counts,
    pub(crate) workers: Vec<Worker>,
}

impl App {
    /// Running tasks, then waiting ones in their order, then failed ones.
    pub(crate) async fn list_tasks(&self, request: &ListTasksRequest) -> Result<Queued> {
        let now = self.clock.now();
        let limit = if request.page_size == 0 { PAGE } else { request.page_size };
        let state = Some(request.state()).filter(|state| *state != TaskState::Unspecified);
        let seen = TimeDelta::from_std(WORKER_SEEN).unwrap_or_default();
        Ok(Queued {
            tasks: task_list::list(&self.pool, state, limit.into()).await?,
            counts: tasks::counts(&self.pool, now - FAILED_FOR).await?,
            workers: workers::list(&self.pool, now - seen).await?,
        })
    }
}
