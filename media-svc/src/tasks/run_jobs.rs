//! Takes jobs from the queue and runs them. A job whose worker dies comes back when its lease ends.

use std::{collections::HashMap, sync::Arc, time::Duration};

use ids::{JobId, WorkerId};
use runtime::{OnFailure, Shutdown, Tasks};
use tokio::{
    sync::Notify,
    task::{AbortHandle, JoinSet},
    time::MissedTickBehavior,
};

use crate::{app::Worker, domain::HEARTBEAT, error::Result};

/// Jobs that run at the same time.
const AT_ONCE: usize = 8;
/// Polling interval at rest: finds the jobs that another replica queued and did not get to.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// Bounds the polling of a due job that another worker has.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);

/// Starts it. While it fails, playlists show no lengths and work all the same, so it is started again. `added` wakes it.
pub(crate) fn spawn(tasks: &mut Tasks, worker: Worker, added: Arc<Notify>) {
    tasks.spawn("run jobs", OnFailure::Restart, move |shutdown| {
        // A new id each time: leases of a failed run must not be taken for those of this one.
        let worker = Worker { id: WorkerId::new(), ..worker.clone() };
        let added = added.clone();
        async move {
            let outcome = run(&worker, &added, shutdown).await;
            // Others need not wait until the leases end.
            worker.release().await?;
            Ok(outcome?)
        }
    });
}

async fn run(worker: &Worker, added: &Notify, shutdown: Shutdown) -> Result<()> {
    // Tasks of their own: a job that holds a connection must go on while this loop waits for one.
    let mut running: JoinSet<(JobId, Result<()>)> = JoinSet::new();
    let mut handles: HashMap<JobId, AbortHandle> = HashMap::new();
    let mut heartbeats = tokio::time::interval(HEARTBEAT);
    heartbeats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut soft = std::pin::pin!(shutdown.soft());
    loop {
        if running.len() < AT_ONCE {
            for job in worker.lease(AT_ONCE - running.len()).await? {
                let (id, worker) = (job.id, worker.clone());
                handles.insert(id, running.spawn(async move { (id, worker.run(&job).await) }));
            }
        }
        // All places taken: only the end of a job matters.
        let next = if running.len() < AT_ONCE { worker.next_in().await? } else { None };
        let pause = next.map_or(LONGEST_PAUSE, |next| next.clamp(SHORTEST_PAUSE, LONGEST_PAUSE));
        tokio::select! {
            Some(ended) = running.join_next() => {
                // An aborted job belongs to another worker by now.
                let Ok((job, outcome)) = ended else { continue };
                handles.remove(&job);
                if let Err(error) = outcome {
                    tracing::warn!(%job, %error, "cannot store the outcome of a job; it comes back when its lease ends");
                }
            }
            () = added.notified() => {}
            () = tokio::time::sleep(pause) => {}
            _ = heartbeats.tick(), if !running.is_empty() => {
                let held = worker.heartbeat().await?;
                handles.retain(|job, handle| {
                    let is_held = held.contains(job);
                    if !is_held {
                        handle.abort();
                    }
                    is_held
                });
            }
            () = &mut soft => return Ok(()),
        }
    }
}
