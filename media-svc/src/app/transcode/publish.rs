//! Takes note of segments that workers have put into the store.

use proto::transcode::v1::{Plan, PublishSegmentsRequest, PublishSegmentsResponse, Segment};
use rpc::Reason;

use super::{held, settle::settle};
use crate::{
    app::App,
    domain::{TASK_LEASE, Task, TaskKind, TaskState, needed_for},
    error::Result,
    store::{segments, tasks},
};

impl App {
    /// Notes segments, renews the lease, and wakes whoever waits for them. A segment that was there already is no error.
    pub(crate) async fn publish_segments(
        &self,
        request: PublishSegmentsRequest,
    ) -> Result<PublishSegmentsResponse> {
        let now = self.clock.now();
        let lost = PublishSegmentsResponse { lost: true, end: 0 };
        let mut tx = pg::begin(&self.pool).await?;
        let held = held(&mut tx, &request.task_id, request.lease).await?;
        let Some((upload, task)) = held.filter(|(_, task)| task.kind == TaskKind::Segments) else {
            return Ok(lost);
        };
        let of = (task.asset, task.generation, task.layer);
        let Some(plan) = segments::plan(&mut *tx, task.asset, task.generation).await? else {
            return Ok(lost);
        };
        let sizes: Vec<_> =
            request.segments.iter().map(|segment| check(&plan, &task, segment)).collect::<Result<_>>()?;
        let added = segments::add(&mut tx, of, &sizes).await?;
        let (new, again) = (added.len() as u64, sizes.len().saturating_sub(added.len()) as u64);
        // A worker may have begun a segment before it learned that its range was cut: then nobody makes that one again.
        for index in added.into_iter().filter(|index| !task.range.contains(index)) {
            let other = tasks::covering(&mut tx, of, index).await?;
            if let Some(other) =
                other.filter(|other| other.state == TaskState::Waiting && other.range.start == index)
            {
                let rest = index + 1..other.range.end;
                tasks::resize(&mut tx, other.id, &rest, needed_for(&plan, index + 2)).await?;
            }
        }
        let next = sizes.iter().map(|(index, _)| index + 1).max().unwrap_or(task.next);
        tasks::advance(&mut tx, task.id, next.min(task.range.end), now + TASK_LEASE, request.speed).await?;
        settle(&mut tx, &upload, upload.clone(), now).await?;
        tx.commit().await?;
        metrics::counter!("syncwatch_transcoding_segments_total", "outcome" => "new").increment(new);
        metrics::counter!("syncwatch_transcoding_segments_total", "outcome" => "again").increment(again);
        self.queue.ready();
        self.outbox.committed();
        Ok(PublishSegmentsResponse { lost: false, end: task.range.end })
    }
}

/// Index and size in bytes of a segment that has an object for every rendition of its layer.
fn check(plan: &Plan, task: &Task, segment: &Segment) -> Result<(i32, i64)> {
    let refuse = |why: String| Err(rpc::Error::new(Reason::InvalidField, why).into());
    let is_within = |index: &usize| (0..plan.segment_count()).contains(index);
    let index = usize::try_from(segment.index).ok().filter(is_within);
    let Some(index) = index.filter(|_| segment.index >= task.range.start) else {
        return refuse(format!("segment {} is not one of this task", segment.index));
    };
    let layer = usize::try_from(task.layer).ok().and_then(|layer| plan.layers.get(layer));
    for rendition in layer.iter().flat_map(|layer| &layer.renditions) {
        let key = plan.segment_key(rendition, index);
        if !segment.objects.iter().any(|object| object.key == key) {
            return refuse(format!("segment {index} has no object `{key}`"));
        }
    }
    Ok((segment.index, segment.objects.iter().map(|object| object.size_bytes.max(0)).sum()))
}
