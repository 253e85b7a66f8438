//! Does one task.

use std::{io::Read as _, ops::Range, sync::Arc, time::Duration};

use prost::Message as _;
use proto::{
    common::v1::Reason,
    transcode::v1::{
        MediaProbe, Plan, ProbeTask, SegmentsTask, StoredObject, SubtitleKind, Task, task::Kind,
    },
};
use tokio::time::Instant;

use super::{Context, lease::Lease, objects};
use crate::{
    Error,
    encode::{process::Programs, segments, storyboard, subtitles},
    failure::{Failure, Outcome},
    original::{OriginalFile, Served},
};

/// Time limit of a probe.
const PROBE_TIMEOUT: Duration = Duration::from_mins(1);
/// A task that waits this long for bytes is given back, and comes again when more of the file is there.
const STARVING: Duration = Duration::from_secs(10);
/// Niceness of encoders for which nobody waits.
const LOWEST_PRIORITY: i32 = 19;
/// Largest probe, in bytes.
const MAX_PROBE_BYTES: u64 = 1 << 20;

/// What a task results in.
#[derive(Default)]
struct Done {
    probe: Option<MediaProbe>,
    objects: Vec<StoredObject>,
}

/// Does a task and tells media-svc of its end.
pub(super) async fn run(context: &Context, task: Task) {
    let lease = Lease::new(&task, &context.calls);
    let started = Instant::now();
    let kind = kind_name(&task);
    tracing::info!(task = task.id, upload = task.upload_id, kind, attempt = task.attempt, "a task begins");
    let mut work = std::pin::pin!(work(context, &task, &lease));
    let ended = tokio::select! {
        done = &mut work => match done {
            Ok(done) => lease.complete(done.probe, done.objects).await.map(|()| None),
            Err(failure) => lease.fail(&failure).await.map(|()| Some(failure)),
        },
        () = lease.renew() => Ok(None),
        () = context.programs.stop.cancelled() => {
            // Another worker may take the task while the children here still end.
            let failure = Failure::released("the worker is stopping");
            let told = lease.fail(&failure).await.map(|()| Some(failure));
            let _ = work.await;
            told
        }
    };
    let outcome = match &ended {
        _ if lease.is_lost() => "lost",
        Ok(None) => "completed",
        Ok(Some(failure)) if failure.released => "released",
        Ok(Some(failure)) if failure.timed_out => "timed_out",
        Ok(Some(_)) | Err(_) => "failed",
    };
    match &ended {
        Ok(Some(failure)) | Err(failure) => {
            tracing::warn!(
                task = task.id,
                kind,
                outcome,
                why = failure.message,
                log = failure.log,
                "a task was not done"
            );
        }
        Ok(None) => tracing::info!(task = task.id, kind, outcome, "a task ends"),
    }
    match outcome {
        "completed" => context.state.completed(),
        "failed" | "timed_out" => context.state.failed(),
        _ => {}
    }
    metrics::counter!("syncwatch_transcoding_tasks_total", "kind" => kind, "outcome" => outcome).increment(1);
    let labels = [
        ("kind", kind),
        ("video_duration_bucket", duration_bucket(&task)),
        ("resolution", resolution(&task)),
    ];
    metrics::histogram!("syncwatch_transcoding_duration_seconds", &labels)
        .record(started.elapsed().as_secs_f64());
}

fn kind_name(task: &Task) -> &'static str {
    match task.kind {
        Some(Kind::Probe(_)) => "probe",
        Some(Kind::Segments(_)) => "segments",
        Some(Kind::Subtitles(_)) => "subtitles",
        Some(Kind::Storyboard(_)) => "storyboard",
        None => "unknown",
    }
}

fn plan(task: &Task) -> Option<&Plan> {
    match &task.kind {
        Some(Kind::Segments(task)) => task.plan.as_ref(),
        Some(Kind::Subtitles(task)) => task.plan.as_ref(),
        Some(Kind::Storyboard(task)) => task.plan.as_ref(),
        _ => None,
    }
}

fn duration_bucket(task: &Task) -> &'static str {
    let minutes = plan(task).map(|plan| plan.duration_ticks / i64::from(plan.timescale.max(1)) / 60);
    match minutes {
        None => "unknown",
        Some(..5) => "under_5m",
        Some(..30) => "5m_to_30m",
        Some(..120) => "30m_to_2h",
        Some(_) => "over_2h",
    }
}

fn resolution(task: &Task) -> &'static str {
    match plan(task).and_then(|plan| plan.videos.iter().map(|video| video.height).max()) {
        None => "none",
        Some(..=360) => "360p",
        Some(..=480) => "480p",
        Some(..=720) => "720p",
        Some(..=1080) => "1080p",
        Some(_) => "over_1080p",
    }
}

async fn work(context: &Context, task: &Task, lease: &Lease) -> Outcome<Done> {
    let file = OriginalFile::open(&task.upload_id, &context.calls, &context.blobs).await;
    let file =
        file.map_err(|status| Failure::passing(format!("the file cannot be found: {}", status.message())))?;
    let served = context.listener.serve(file.clone());
    let done = tokio::select! {
        done = make(context, task, lease, &file, &served) => done,
        // The client is slow, has paused, or has gone. Others need the slot meanwhile.
        () = file.starves(STARVING) => Err(Failure::released("bytes of the file are still being sent")),
    };
    match (done, file.fault()) {
        (Err(failure), _) if failure.released => Err(failure),
        // A child takes a failed read for the end of the file.
        (_, Some(fault)) => Err(Failure::passing(format!("the file cannot be read: {fault}"))),
        (done, None) => done,
    }
}

async fn make(
    context: &Context,
    task: &Task,
    lease: &Lease,
    file: &OriginalFile,
    served: &Served,
) -> Outcome<Done> {
    match &task.kind {
        Some(Kind::Probe(task)) => examine(context, task, file, served).await,
        Some(Kind::Segments(task)) => make_segments(context, task, lease, file, served).await,
        Some(Kind::Subtitles(task)) => {
            take_subtitles(context, planned(task.plan.as_ref())?, file, served).await
        }
        Some(Kind::Storyboard(task)) => make_storyboard(context, planned(task.plan.as_ref())?, served).await,
        None => {
            Err(Failure::passing("the task is of a kind that this version does not know; update the worker"))
        }
    }
}

fn planned(plan: Option<&Plan>) -> Outcome<&Plan> {
    plan.ok_or_else(|| Failure::passing("the task has no plan"))
}

async fn examine(context: &Context, task: &ProbeTask, file: &OriginalFile, served: &Served) -> Outcome<Done> {
    let probe = probe(context, file, served).await?;
    if task.max_duration_us > 0 && probe.duration_us > task.max_duration_us {
        let message = format!(
            "the film lasts {}, and films of up to {} are taken; cut it, or send it in parts",
            hours(probe.duration_us),
            hours(task.max_duration_us)
        );
        return Err(Failure::of_file(Reason::TooLong, message));
    }
    Ok(Done { probe: Some(probe), ..Done::default() })
}

fn hours(us: i64) -> String {
    let minutes = us / 60_000_000;
    format!("{} h {} min", minutes / 60, minutes % 60)
}

/// Examines the file in a child.
async fn probe(context: &Context, file: &OriginalFile, served: &Served) -> Outcome<MediaProbe> {
    let mut programs: Programs = context.programs.clone();
    programs.limits.timeout = PROBE_TIMEOUT;
    programs.limits.stall = PROBE_TIMEOUT;
    let mut arguments = vec!["probe-child".to_owned(), "--shown".into(), "the file".into()];
    if !file.is_complete() {
        arguments.push("--incomplete".into());
    }
    arguments.extend(["--".into(), served.url.clone()]);
    let (running, stdout) = programs.worker(&arguments)?;
    let read = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        // A broken pipe leaves the bytes before it; the exit code tells the rest.
        let _ = stdout.take(MAX_PROBE_BYTES).read_to_end(&mut bytes);
        bytes
    });
    match running.ended().await? {
        0 => {}
        code => return Err(Failure::from(Error::from_child(code, running.log().trim()))),
    }
    let bytes = read.await.unwrap_or_default();
    MediaProbe::decode(bytes.as_slice())
        .map_err(|error| Failure::passing(format!("the probe of the file cannot be read: {error}")))
}

async fn make_segments(
    context: &Context,
    task: &SegmentsTask,
    lease: &Lease,
    file: &OriginalFile,
    served: &Served,
) -> Outcome<Done> {
    let plan = Arc::new(planned(task.plan.as_ref())?.clone());
    let index = |number: i32| usize::try_from(number).unwrap_or_default();
    let segments: Range<usize> = index(task.first)..index(task.end);
    let grid = crate::encode::grid::Grid::new(&plan)?;
    let mut programs = context.programs.clone();
    if !task.urgent {
        programs.limits.nice = LOWEST_PRIORITY;
    }
    let mut making = segments::start(
        task,
        &plan,
        segments.clone(),
        &served.url,
        &programs,
        &context.options,
        &context.listener,
    )?;
    let started = Instant::now();
    let mut segment = segments.start;
    while segment < lease.end(segments.end) {
        let made = making.next().await?;
        // A segment that was made behind a failed read holds a frozen picture.
        if file.fault().is_some() {
            return Err(Failure::passing("the file cannot be read"));
        }
        let mut stored = Vec::with_capacity(made.len());
        for (rendition, made) in made {
            if segment == segments.start {
                stored.push(objects::put_init(&context.blobs, &plan.init_key(&rendition), &made.init).await?);
            }
            let key = plan.segment_key(&rendition, segment);
            stored.push(objects::put(&context.blobs, &key, made.bytes).await?);
        }
        segment += 1;
        let made_us = grid.cut_us(segment) - grid.cut_us(segments.start);
        let percent = 100 * (segment - segments.start) / segments.len().max(1);
        lease.progress(
            percent,
            Duration::from_micros(made_us.cast_unsigned()).as_secs_f64()
                / started.elapsed().as_secs_f64().max(0.001),
        );
        lease.publish(segment - 1, stored).await?;
    }
    Ok(Done::default())
}

async fn take_subtitles(
    context: &Context,
    plan: &Plan,
    file: &OriginalFile,
    served: &Served,
) -> Outcome<Done> {
    // Fonts belong to subtitles with styles; the probe tells where they are.
    let has_styles = plan.subtitles.iter().any(|subtitle| subtitle.kind() == SubtitleKind::Ass);
    let probe = if has_styles { probe(context, file, served).await? } else { MediaProbe::default() };
    let taken =
        subtitles::take(plan, &probe, &served.url, &context.programs, &context.options, &context.listener)
            .await?;
    unless_faulty(file)?;
    let mut done = Done::default();
    for (name, bytes) in taken {
        done.objects.push(objects::put(&context.blobs, &plan.key(&name), bytes).await?);
    }
    Ok(done)
}

fn unless_faulty(file: &OriginalFile) -> Outcome<()> {
    if file.fault().is_some() { Err(Failure::passing("the file cannot be read")) } else { Ok(()) }
}

async fn make_storyboard(context: &Context, plan: &Plan, served: &Served) -> Outcome<Done> {
    let sheets =
        storyboard::sheets(plan, &served.url, &context.programs, &context.options, &context.listener).await?;
    let mut done = Done::default();
    for (index, bytes) in sheets.into_iter().enumerate() {
        done.objects
            .push(objects::put(&context.blobs, &plan.key(&format!("storyboard/{index}.jpg")), bytes).await?);
    }
    Ok(done)
}
