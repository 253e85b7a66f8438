//! Takes tasks as long as there is room for them.

use std::{sync::Arc, time::Duration};

use proto::transcode::v1::{LeaseTaskRequest, Task};
use runtime::Shutdown;
use tokio::task::JoinSet;

use super::{Context, work};

/// How long media-svc may hold a question for a task. A question under way is waited for when the process stops.
const WAIT: Duration = Duration::from_secs(5);
/// The same while all slots are taken. media-svc gives what somebody waits for then, and a few such tasks at most.
const URGENT_WAIT: Duration = Duration::from_secs(1);
/// Pause after a failed question, and while a program is missing.
const PAUSE: Duration = Duration::from_secs(2);

/// Takes and does tasks until the process stops. Then running children are ended, and their tasks are given back.
pub(super) async fn run(context: Arc<Context>, shutdown: Shutdown) -> anyhow::Result<()> {
    let mut running = JoinSet::new();
    let mut is_refused = false;
    while !shutdown.has_begun() {
        while running.try_join_next().is_some() {}
        let (active, slots) = (context.state.active(), context.state.slots());
        if context.state.tools().is_err() {
            pause(&shutdown, PAUSE).await;
            continue;
        }
        let wait = if active < slots { WAIT } else { URGENT_WAIT };
        match ask(&context, active, wait).await {
            Ok(task) => {
                is_refused = false;
                let Some(task) = task else { continue };
                let (task_context, counted) = (context.clone(), context.state.begin());
                running.spawn(async move {
                    work::run(&task_context, task).await;
                    drop(counted);
                });
            }
            Err(status) => {
                if !is_refused {
                    tracing::warn!(error = %status, "media-svc gives no tasks; asking again every two seconds");
                }
                is_refused = true;
                pause(&shutdown, PAUSE).await;
            }
        }
    }
    context.programs.stop.cancel();
    while running.join_next().await.is_some() {}
    Ok(())
}

async fn ask(context: &Context, active: u32, wait: Duration) -> Result<Option<Task>, tonic::Status> {
    let slots = context.state.slots();
    let request = LeaseTaskRequest {
        worker: context.name.clone(),
        wait: None,
        active: i32::try_from(active).unwrap_or(i32::MAX),
        slots: i32::try_from(slots).unwrap_or(i32::MAX),
    };
    let started = tokio::time::Instant::now();
    let answer = context.calls.lease(request, wait).await?;
    context.state.set_queue_depth(answer.queue_depth);
    if answer.task.is_none() && started.elapsed() < wait / 2 {
        // A server that does not hold the question would otherwise be asked without a pause.
        tokio::time::sleep(wait / 2).await;
    }
    Ok(answer.task)
}

async fn pause(shutdown: &Shutdown, time: Duration) {
    tokio::select! {
        () = tokio::time::sleep(time) => {}
        () = shutdown.soft() => {}
    }
}
