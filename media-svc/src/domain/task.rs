//! Rules of the queue of tasks, by which uploads are prepared.

use std::{ops::Range, time::Duration};

use chrono::{DateTime, Utc};
use ids::{AssetId, TaskId, UploadId};
use proto::transcode::v1::Plan;

/// How long a worker has a task without a report; it reports every 5 seconds.
pub(crate) const TASK_LEASE: Duration = Duration::from_secs(30);

/// Segments that a worker makes in one go.
pub(crate) const RUN: i32 = 10;

/// Tasks that a worker does beyond its slots, if somebody waits for them: after a jump the picture and the sound of the new place,
/// while what somebody waited for at the old place still runs.
pub(crate) const URGENT_SLOTS: i64 = 3;

/// A running task is waited for when it is this near to a segment: beginning anew takes as long.
const NEAR: i32 = 2;

/// An asset for which somebody asked within this time goes before others.
pub(crate) const ASKED_LATELY: Duration = Duration::from_mins(10);

/// A task that nobody has asked for within this time may be cut short for one that somebody waits for.
pub(crate) const WAITED_FOR: Duration = Duration::from_secs(3);

/// Part of a file that is read beyond what its time says, since bit rates vary.
const MARGIN: f64 = 0.02;

/// How a released task waits before it is leased again.
pub(crate) const RELEASED_FOR: Duration = Duration::from_secs(5);

/// What a task does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TaskKind {
    Probe,
    Segments,
    Subtitles,
    Storyboard,
}

impl TaskKind {
    const ALL: [Self; 4] = [Self::Probe, Self::Segments, Self::Subtitles, Self::Storyboard];

    /// As the database and metrics name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Probe => "probe",
            Self::Segments => "segments",
            Self::Subtitles => "subtitles",
            Self::Storyboard => "storyboard",
        }
    }

    /// The kind of this name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether the film cannot be watched without it. Without the pictures of the seek bar, or its subtitles, it can.
    pub(crate) fn is_vital(self) -> bool {
        matches!(self, Self::Probe | Self::Segments)
    }
}

/// How far a task is. The numbers are those of `media.tasks.state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TaskState {
    Waiting = 1,
    Running = 2,
    Failed = 3,
    Done = 4,
}

impl TaskState {
    /// The state of a number.
    pub(crate) fn of(number: i16) -> Self {
        match number {
            2 => Self::Running,
            3 => Self::Failed,
            4 => Self::Done,
            _ => Self::Waiting,
        }
    }
}

/// A task of the queue.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Task {
    pub(crate) id: TaskId,
    pub(crate) kind: TaskKind,
    pub(crate) upload: UploadId,
    pub(crate) asset: AssetId,
    pub(crate) owner: String,
    pub(crate) generation: i32,
    pub(crate) layer: i32,
    /// The first segment and the one behind the last.
    pub(crate) range: Range<i32>,
    /// The first segment that is not there yet.
    pub(crate) next: i32,
    /// Part of the file that must be there before it can run.
    pub(crate) needs: f64,
    pub(crate) state: TaskState,
    pub(crate) urgent: bool,
    pub(crate) asked_at: Option<DateTime<Utc>>,
    /// The present attempt, from 1; 0 before the first.
    pub(crate) attempts: i16,
    pub(crate) lease: i64,
}

/// Time before the next attempt after this many failed ones; `None` after the last.
pub(crate) fn task_retry_after(attempts: i16) -> Option<Duration> {
    match attempts {
        ..=1 => Some(Duration::from_secs(5)),
        2 => Some(Duration::from_secs(30)),
        3 => Some(Duration::from_mins(2)),
        4.. => None,
    }
}

/// Part of the file that must be there so that the segments below `end` can be made.
pub(crate) fn needed_for(plan: &Plan, end: i32) -> f64 {
    let cut = usize::try_from(end).ok().and_then(|end| plan.cuts.get(end)).copied();
    let end_s = plan.seconds(cut.unwrap_or(plan.duration_ticks));
    (end_s / plan.seconds(plan.duration_ticks.max(1)) + MARGIN).min(1.0)
}

/// Part of the file that must be there after a worker found that the bytes it needs are not.
pub(crate) fn needed_after(received: i64, size: Option<i64>) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a fraction")]
    let part = size.filter(|size| *size > 0).map_or(0.0, |size| received as f64 / size as f64);
    (part + MARGIN).min(1.0)
}

/// What a task that covers a segment has to do for somebody who waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It comes by itself soon.
    Wait,
    /// The segments from this one on become a task of their own, which goes first.
    Split,
}

/// Decides about the task that covers segment `index`.
pub(crate) fn answer(task: &Task, index: i32) -> Answer {
    match task.state {
        TaskState::Running if index <= task.next + NEAR => Answer::Wait,
        TaskState::Waiting if task.urgent && index == task.range.start => Answer::Wait,
        _ => Answer::Split,
    }
}

/// A task as administrators see it.
pub(crate) struct ListedTask {
    pub(crate) id: TaskId,
    pub(crate) kind: String,
    pub(crate) state: proto::media::v1::TaskState,
    pub(crate) upload: UploadId,
    pub(crate) filename: String,
    pub(crate) percent: i32,
    pub(crate) speed: f64,
    pub(crate) attempt: i32,
    pub(crate) worker: String,
    pub(crate) message: String,
    pub(crate) log: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) changed_at: DateTime<Utc>,
    pub(crate) first: i32,
    pub(crate) end: i32,
    pub(crate) urgent: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_come_after_5_30_and_120_seconds() {
        let waits: Vec<_> = (1..=4).map(|n| task_retry_after(n).map(|wait| wait.as_secs())).collect();
        assert_eq!(waits, [Some(5), Some(30), Some(120), None]);
    }

    #[test]
    fn kinds_have_names() {
        for kind in TaskKind::ALL {
            assert_eq!(TaskKind::of(kind.name()), Some(kind));
        }
        assert_eq!(TaskKind::of("measure"), None);
    }

    #[test]
    fn a_range_needs_the_file_up_to_its_end() {
        let plan =
            Plan { cuts: vec![0, 250, 500, 1000], duration_ticks: 1000, timescale: 100, ..Plan::default() };
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        assert!(
            near(needed_for(&plan, 1), 0.27)
                && near(needed_for(&plan, 3), 1.0)
                && near(needed_for(&plan, 9), 1.0)
        );
        assert!(near(needed_for(&Plan::default(), 0), 1.0) || needed_for(&Plan::default(), 0) <= 1.0);
        assert!(near(needed_after(50, Some(100)), 0.52) && near(needed_after(5, None), 0.02));
    }

    #[test]
    fn a_running_task_is_waited_for_when_it_is_near() {
        let task = Task {
            id: TaskId::new(),
            kind: TaskKind::Segments,
            upload: UploadId::new(),
            asset: AssetId::new(),
            owner: String::new(),
            generation: 1,
            layer: 0,
            range: 10..20,
            next: 12,
            needs: 0.0,
            state: TaskState::Running,
            urgent: false,
            asked_at: None,
            attempts: 1,
            lease: 1,
        };
        assert_eq!(
            [answer(&task, 12), answer(&task, 14), answer(&task, 15)],
            [Answer::Wait, Answer::Wait, Answer::Split]
        );
        let waiting = Task { state: TaskState::Waiting, ..task };
        assert_eq!([answer(&waiting, 10), answer(&waiting, 14)], [Answer::Split, Answer::Split]);
        let urgent = Task { urgent: true, ..waiting };
        assert_eq!([answer(&urgent, 10), answer(&urgent, 14)], [Answer::Wait, Answer::Split]);
    }
}
