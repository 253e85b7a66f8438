//! The preparing of uploads: the queue of tasks, what workers report, and what viewers wait for.
//!
//! Whatever changes the tasks of an upload locks the row of the upload first. Statements that lock a task together with its upload
//! skip rows that are locked, so no order of calls ends in a deadlock.

mod await_segment;
mod begin;
mod complete;
mod fail;
mod lease;
mod list_tasks;
mod lost;
mod original;
mod publish;
mod repair;
mod report;
mod retry;
mod settle;
mod storage;
mod tend;

use std::time::Duration;

use ids::TaskId;
use rpc::{Context, Reason};
use sqlx::PgConnection;
use tokio::{sync::watch, time::Instant};

pub(crate) use self::begin::{begin, delete};
use crate::{
    domain::{Progress, Task, TaskState},
    error::Result,
    store::{tasks, upload_progress},
};

/// How often somebody who waits looks again, for what another process changed.
const POLL: Duration = Duration::from_millis(250);

/// Time that a reply has before the deadline of its call.
const REPLY: Duration = Duration::from_millis(500);

/// Wakes those in this process who wait for the queue. Cheap to clone; all copies are one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Queue {
    added: watch::Sender<()>,
    ready: watch::Sender<()>,
}

impl Queue {
    /// There may be something to lease. To be called after the transaction has committed.
    pub(crate) fn added(&self) {
        self.added.send_replace(());
    }

    /// There are new segments, or there will be none.
    pub(crate) fn ready(&self) {
        self.ready.send_replace(());
    }
}

/// The moment up to which a call waits: as long as it asks for, `longest` at most, and before its own deadline.
fn until(context: &Context, wait: Option<prost_types::Duration>, longest: Duration) -> Instant {
    let wait = wait.and_then(|wait| Duration::try_from(wait).ok()).unwrap_or_default().min(longest);
    let end = Instant::from_std(context.deadline).checked_sub(REPLY).unwrap_or_else(Instant::now);
    end.min(Instant::now() + wait)
}

/// Waits for news or for the next look. Returns whether there is time for another look.
async fn news(of: &mut watch::Receiver<()>, until: Instant) -> bool {
    if Instant::now() >= until {
        return false;
    }
    tokio::select! {
        // An error means that the service is gone; the time ends the wait then.
        Ok(()) = of.changed() => {}
        () = tokio::time::sleep_until(until.min(Instant::now() + POLL)) => {}
    }
    true
}

/// A task on lease with its upload, both rows locked. `None`: the lease has ended.
async fn held(db: &mut PgConnection, task_id: &str, lease: i64) -> Result<Option<(Progress, Task)>> {
    let found = find(db, task_id).await?;
    Ok(found.filter(|(_, task)| task.lease == lease && task.state == TaskState::Running))
}

/// A task with its upload, both rows locked.
async fn find(db: &mut PgConnection, task_id: &str) -> Result<Option<(Progress, Task)>> {
    let Ok(id) = task_id.parse::<TaskId>() else { return Ok(None) };
    let Some(upload) = tasks::upload_of(&mut *db, id).await? else { return Ok(None) };
    let Some(upload) = upload_progress::lock(db, upload).await? else { return Ok(None) };
    Ok(tasks::lock(db, id).await?.map(|task| (upload, task)))
}

impl crate::app::App {
    /// Heights of the pictures that are made at most, the largest first.
    pub(crate) fn heights(&self) -> Vec<i32> {
        self.rules.ladder.iter().rev().map(|rung| rung.height).collect()
    }
}

/// The film, or this part of it, is not there yet.
pub(crate) fn not_ready(retry_after: Duration) -> rpc::Error {
    let message = "this part of the film is still being prepared; try again in a moment";
    rpc::Error::new(Reason::MediaNotReady, message).retry_after(retry_after)
}

/// There is no such film any more, or no such part of it.
fn gone() -> rpc::Error {
    rpc::Error::new(Reason::ItemNotFound, "there is no such part of this film; ask for the item again")
}

/// The film cannot be played. `why` is the failure of the upload.
pub(crate) fn media_failed(why: &str) -> rpc::Error {
    let why = if why.is_empty() { "this file was deleted; choose another item" } else { why };
    rpc::Error::new(Reason::MediaFailed, why)
}
