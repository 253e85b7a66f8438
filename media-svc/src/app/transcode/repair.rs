//! Finds the segments of an upload that its store has lost, and has them made again.

use std::{collections::HashSet, ops::Range};

use blob::{Key, MAX_PAGE};
use chrono::{DateTime, TimeDelta, Utc};
use ids::{AssetId, UploadId};
use proto::{PLAN_OBJECT, media::v1::UploadState, transcode::v1::Plan};
use rpc::Reason;
use sqlx::PgConnection;

use super::{
    begin::new_task,
    lost::{encode_again, note_lost},
    not_ready,
    settle::settle,
};
use crate::{
    app::App,
    domain::{Progress, Task, TaskKind, needed_for},
    error::Result,
    store::{
        segments::{self, Of},
        tasks, upload_progress,
    },
};

/// How often the objects of an upload are compared with its plan.
const CHECK_EVERY: TimeDelta = TimeDelta::hours(24);
/// Uploads that one round compares.
const AT_ONCE: i64 = 20;

/// What came of a comparison, in objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Repaired {
    /// Segments that the plan names, of all renditions, without the init segments.
    pub(crate) expected: usize,
    /// Those that should be there and were not, with the init segments.
    pub(crate) missing: usize,
}

impl App {
    /// Compares the objects of an upload with its plan. What was there once and is missing is made again, by tasks of the missing
    /// ranges, and nothing else changes. A film that has lost most of its segments is encoded again as a whole, where its original
    /// is there.
    ///
    /// Case M16, one URL never has two contents: segments that are made again keep the generation, and with it their URLs. Each is
    /// made of the same original by the same plan, begins with a key frame at the same time, and is played with the same init
    /// segment, so a cache that still has the lost bytes is as good as the store. Other settings come with another plan alone, which
    /// is another generation.
    pub(crate) async fn repair_upload(&self, upload_id: &str) -> Result<Repaired> {
        let missing = || rpc::Error::new(Reason::UploadNotFound, format!("there is no upload `{upload_id}`"));
        let id: UploadId = upload_id.parse().map_err(|_| missing())?;
        let seen = upload_progress::get(&self.pool, id).await?.ok_or_else(missing)?;
        if seen.state == UploadState::Failed {
            return Err(super::media_failed(&seen.failure_message).into());
        }
        let Some(asset) = seen.asset else { return Err(missing().into()) };
        let plan = segments::plan(&self.pool, asset, seen.generation).await?;
        let plan = plan.ok_or_else(|| not_ready(std::time::Duration::from_secs(5)))?;
        let names = self.names(&plan).await?;
        let has_original = lost_most(&plan, &names) && self.has_original(&seen).await?;
        if !names.contains(PLAN_OBJECT) {
            self.store_plan(&plan).await?;
        }
        let now = self.clock.now();
        let mut tx = pg::begin(&self.pool).await?;
        let upload = upload_progress::lock(&mut tx, id).await?.filter(|it| it.generation == seen.generation);
        let upload = upload.ok_or_else(missing)?;
        let lost = lost_of(&mut tx, asset, &plan, &names).await?;
        let repaired =
            Repaired { expected: expected(&plan), missing: lost.iter().map(|layer| layer.objects).sum() };
        if has_original && upload.state == UploadState::Ready {
            encode_again(&mut tx, &upload, now).await?;
        } else {
            make_again(&mut tx, &upload, &plan, &lost, now).await?;
            make_extras_again(&mut tx, &upload, &plan, &names, now).await?;
            settle(&mut tx, &upload, upload.clone(), now).await?;
        }
        tx.commit().await?;
        if repaired.missing > 0 {
            note_lost(&upload, repaired.missing);
        }
        self.queue.added();
        self.outbox.committed();
        Ok(repaired)
    }

    /// Compares some of the uploads that were not compared for long.
    pub(super) async fn check_objects(&self) -> Result<()> {
        let now = self.clock.now();
        for id in segments::take_to_check(&self.pool, now - CHECK_EVERY, AT_ONCE, now).await? {
            if let Err(error) = self.repair_upload(&id.to_string()).await {
                tracing::warn!(upload = %id, %error, "cannot compare the objects of an upload with its plan");
            }
        }
        Ok(())
    }

    /// The names of the objects of a plan, below its prefix.
    async fn names(&self, plan: &Plan) -> Result<HashSet<String>> {
        let prefix = plan.prefix();
        let (mut names, mut after): (HashSet<String>, Option<Key>) = (HashSet::new(), None);
        loop {
            let page =
                self.blobs.list(&prefix, after.as_ref(), MAX_PAGE).await.map_err(anyhow::Error::from)?;
            let is_last = page.len() < MAX_PAGE;
            names.extend(page.iter().filter_map(|key| Some(key.as_str().strip_prefix(&prefix)?.to_owned())));
            after = page.into_iter().next_back();
            if is_last {
                return Ok(names);
            }
        }
    }
}

/// Segments of all renditions, without the init segments.
fn expected(plan: &Plan) -> usize {
    plan.segment_count() * (plan.videos.len() + plan.audios.len())
}

/// Whether less than half of the segments of a film that was ready are there.
fn lost_most(plan: &Plan, names: &HashSet<String>) -> bool {
    2 * names.iter().filter(|name| name.strip_suffix(".m4s").is_some()).count() < expected(plan)
}

/// Lost segments of a layer.
struct Lost {
    of: Of,
    indexes: Vec<i32>,
    /// Number of objects, with init segments.
    objects: usize,
}

/// Finds segments that count as ready but are missing in the store.
async fn lost_of(
    db: &mut PgConnection,
    asset: AssetId,
    plan: &Plan,
    names: &HashSet<String>,
) -> Result<Vec<Lost>> {
    let count = i32::try_from(plan.segment_count()).unwrap_or(i32::MAX);
    let mut all = Vec::with_capacity(plan.layers.len());
    for (layer, number) in plan.layers.iter().zip(0..) {
        let of = (asset, plan.generation, number);
        let ready = segments::ready(&mut *db, of, &(0..count)).await?;
        let lacks = |object: &str| {
            layer.renditions.iter().filter(|name| !names.contains(&format!("{name}/{object}"))).count()
        };
        let lacks_segment = |index: &i32| lacks(&format!("{index}.m4s"));
        // The worker of any segment writes the init segments again.
        let first = ready.first().copied().filter(|_| lacks("init.mp4") > 0);
        let is_lost = |index: &i32| lacks_segment(index) > 0 || Some(*index) == first;
        let indexes: Vec<_> = ready.into_iter().filter(is_lost).collect();
        let objects =
            indexes.iter().map(lacks_segment).sum::<usize>() + first.map_or(0, |_| lacks("init.mp4"));
        all.push(Lost { of, indexes, objects });
    }
    Ok(all)
}

/// Adds the tasks that make lost segments again.
async fn make_again(
    db: &mut PgConnection,
    upload: &Progress,
    plan: &Plan,
    lost: &[Lost],
    now: DateTime<Utc>,
) -> Result<()> {
    for Lost { of, indexes, .. } in lost {
        segments::remove(&mut *db, *of, indexes).await?;
        for range in ranges(indexes) {
            let needs = needed_for(plan, range.start + 1);
            let task = Task { layer: of.2, range, ..new_task(upload, of.0, TaskKind::Segments, needs) };
            tasks::insert(&mut *db, &task, now).await?;
        }
    }
    Ok(())
}

/// Adds the tasks that make lost subtitles and pictures of the seek bar again.
async fn make_extras_again(
    db: &mut PgConnection,
    upload: &Progress,
    plan: &Plan,
    names: &HashSet<String>,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(asset) = upload.asset else { return Ok(()) };
    let has_subtitles = |name: &str| names.iter().any(|object| object.split('.').next() == Some(name));
    for (kind, is_lost) in [
        (TaskKind::Subtitles, plan.subtitles.iter().any(|it| !has_subtitles(&it.name))),
        (TaskKind::Storyboard, plan.storyboard.is_some() && !names.contains("storyboard/0.jpg")),
    ] {
        // One that failed would fail again.
        if is_lost && !tasks::has(db, (asset, plan.generation), kind).await? {
            tasks::insert(db, &new_task(upload, asset, kind, 1.0), now).await?;
        }
    }
    Ok(())
}

/// Joins neighbours to ranges.
fn ranges(indexes: &[i32]) -> Vec<Range<i32>> {
    let mut ranges: Vec<Range<i32>> = Vec::new();
    for index in indexes {
        match ranges.last_mut() {
            Some(last) if last.end == *index => last.end += 1,
            _ => ranges.push(*index..index + 1),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn neighbours_are_one_range() {
        assert_eq!(ranges(&[1, 2, 3, 7, 9, 10]), [1..4, 7..8, 9..11]);
        assert!(ranges(&[]).is_empty());
    }
}
