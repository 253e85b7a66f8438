//! Makes segments of one layer: one ffmpeg for what is encoded, one reader of packets for what is copied.

use std::{ops::Range, sync::Arc, time::Duration};

use proto::{
    common::v1::Reason,
    transcode::v1::{AudioRendition, Plan, SegmentsTask, VideoRendition},
};
use tokio::{
    sync::mpsc,
    task::{JoinHandle, JoinSet},
};

use super::{
    Made,
    command::{self, Options, Run},
    copy::{self, Copied},
    grid::{FrameRate, Grid},
    process::{Programs, Running},
    sound, video,
};
use crate::{
    failure::{Failure, Outcome},
    original::{Closer, Listener, Sink},
};

/// Segments of one rendition that wait for those of the others. The outputs of one ffmpeg keep pace to within a segment or two.
const MADE_AHEAD: usize = 8;

/// A child whose output has ended ends within this time, if it is the reason.
const CHILD_ENDS_WITHIN: Duration = Duration::from_secs(2);

/// A rendition that is being made.
struct Rendition {
    name: String,
    made: mpsc::Receiver<Outcome<Made>>,
}

/// Segments that are being made. What runs ends when it is dropped.
pub(crate) struct Making {
    renditions: Vec<Rendition>,
    children: JoinHandle<Outcome<()>>,
    _cutters: JoinSet<()>,
}

impl Drop for Making {
    fn drop(&mut self) {
        // Dropping the children kills them.
        self.children.abort();
    }
}

/// The renditions of a layer.
struct Layer<'a> {
    videos: Vec<&'a VideoRendition>,
    sounds: Vec<&'a AudioRendition>,
}

impl<'a> Layer<'a> {
    fn of(task: &SegmentsTask, plan: &'a Plan) -> Outcome<Self> {
        let layer = usize::try_from(task.layer).ok().and_then(|layer| plan.layers.get(layer));
        let names =
            &layer.ok_or_else(|| Failure::passing("the task names a layer that the plan lacks"))?.renditions;
        let layer = Self {
            videos: plan.videos.iter().filter(|video| names.contains(&video.name)).collect(),
            sounds: plan.audios.iter().filter(|sound| names.contains(&sound.name)).collect(),
        };
        match (&layer.videos[..], &layer.sounds[..]) {
            ([], []) => Err(Failure::passing("the layer of the task is empty")),
            ([_, ..], _) if plan.video.is_none() => {
                Err(Failure::passing("the plan does not say how to read the picture"))
            }
            _ => Ok(layer),
        }
    }
}

/// Starts to make the segments of a task, reading the file at `input`.
pub(crate) fn start(
    task: &SegmentsTask,
    plan: &Arc<Plan>,
    segments: Range<usize>,
    input: &str,
    programs: &Programs,
    options: &Options,
    listener: &Listener,
) -> Outcome<Making> {
    let grid = Arc::new(Grid::new(plan)?);
    if segments.is_empty() || segments.end > grid.segments() {
        return Err(Failure::passing("the task names segments that the plan lacks"));
    }
    let layer = Layer::of(task, plan)?;
    let mut starter = Starter {
        plan,
        grid,
        segments,
        input,
        programs,
        listener,
        renditions: Vec::new(),
        children: Vec::new(),
        cutters: JoinSet::new(),
    };
    starter.copy(&layer)?;
    starter.encode(&layer, options)?;
    Ok(starter.making())
}

struct Starter<'a> {
    plan: &'a Arc<Plan>,
    grid: Arc<Grid>,
    segments: Range<usize>,
    input: &'a str,
    programs: &'a Programs,
    listener: &'a Listener,
    renditions: Vec<Rendition>,
    children: Vec<(Running, Vec<Closer>)>,
    cutters: JoinSet<()>,
}

impl Starter<'_> {
    fn rendition(&mut self, name: &str) -> copy::Out {
        let (send, made) = mpsc::channel(MADE_AHEAD);
        self.renditions.push(Rendition { name: name.to_owned(), made });
        send
    }

    fn copy(&mut self, layer: &Layer<'_>) -> Outcome<()> {
        let mut copied = Vec::new();
        let (picture, end_us) =
            self.plan.video.as_ref().map_or((-1, 0), |video| (video.stream, video.end_us));
        for video in layer.videos.iter().filter(|video| video.copied) {
            let (stream, timescale) = (index(picture)?, unsigned(self.plan.timescale)?);
            copied.push(Copied {
                stream,
                timescale,
                is_sound: false,
                end_us,
                out: self.rendition(&video.name),
            });
        }
        for sound in layer.sounds.iter().filter(|sound| sound.copied) {
            let (stream, timescale) = (index(sound.stream)?, unsigned(sound.sample_rate_hz)?);
            copied.push(Copied {
                stream,
                timescale,
                is_sound: true,
                end_us: 0,
                out: self.rendition(&sound.name),
            });
        }
        if copied.is_empty() {
            return Ok(());
        }
        let start_us = self.plan.start_us;
        let mut arguments = vec!["packets-child".to_owned(), "--demuxer".into(), self.plan.demuxer.clone()];
        for copied in &copied {
            arguments.extend(["--stream".into(), copied.stream.to_string()]);
        }
        if self.segments.start > 0 {
            arguments.push(format!("--from-us={}", self.grid.cut_us(self.segments.start) + start_us));
        }
        arguments.push(format!("--until-us={}", self.until_us()));
        arguments.extend(["--".into(), self.input.to_owned()]);
        let (running, stdout) = self.programs.worker(&arguments)?;
        let (grid, segments, progress) = (self.grid.clone(), self.segments.clone(), running.progress());
        // It ends with the pipe of the child.
        self.cutters.spawn_blocking(move || {
            copy::pump(stdout, copied, &grid, &segments, start_us, &progress);
        });
        self.children.push((running, Vec::new()));
        Ok(())
    }

    /// Packets are read up to here. The last segment ends with the file.
    fn until_us(&self) -> i64 {
        if self.segments.end == self.grid.segments() {
            i64::MAX
        } else {
            self.grid.cut_us(self.segments.end) + self.plan.start_us
        }
    }

    fn encode(&mut self, layer: &Layer<'_>, options: &Options) -> Outcome<()> {
        let videos: Vec<_> = layer.videos.iter().filter(|video| !video.copied).collect();
        let sounds: Vec<_> = layer.sounds.iter().filter(|sound| !sound.copied).collect();
        if videos.is_empty() && sounds.is_empty() {
            return Ok(());
        }
        let sink_of = |name: &str| self.listener.sink(name);
        let video_sinks: Vec<Sink> = videos.iter().map(|video| sink_of(&video.name)).collect();
        let sound_sinks: Vec<Sink> = sounds.iter().map(|sound| sink_of(&sound.name)).collect();
        let run = Run {
            plan: self.plan,
            grid: &self.grid,
            videos: videos
                .iter()
                .zip(&video_sinks)
                .map(|(video, sink)| (**video, sink.url.clone()))
                .collect(),
            sounds: sounds
                .iter()
                .zip(&sound_sinks)
                .map(|(sound, sink)| (**sound, sink.url.clone()))
                .collect(),
            first: self.segments.start,
            end: self.segments.end,
        };
        let arguments = command::segments(&run, self.input, options);
        let running = self.programs.ffmpeg(&arguments)?;
        let closers = video_sinks.iter().chain(&sound_sinks).map(Sink::closer).collect();
        let rate = self.plan.video.as_ref().map_or(FrameRate { num: 1, den: 1 }, command::frame_rate);
        for (video, sink) in videos.iter().zip(video_sinks) {
            let out = self.rendition(&video.name);
            let (grid, segments, progress) = (self.grid.clone(), self.segments.clone(), running.progress());
            self.cutters.spawn(async move {
                let outcome = video::cut(sink, &grid, rate, segments, &progress, &out).await;
                tell(&out, outcome).await;
            });
        }
        for (sound, sink) in sounds.iter().zip(sound_sinks) {
            let out = self.rendition(&sound.name);
            let rate = unsigned(sound.sample_rate_hz)?;
            let (grid, segments, progress) = (self.grid.clone(), self.segments.clone(), running.progress());
            self.cutters.spawn(async move {
                let outcome = sound::cut(sink, &grid, rate, segments, &progress, &out).await;
                tell(&out, outcome).await;
            });
        }
        self.children.push((running, closers));
        Ok(())
    }

    fn making(self) -> Making {
        let finished = self.children.into_iter().map(|(running, closers)| async move {
            let finished = running.finish().await;
            // Outputs that the child has not opened end now.
            drop(closers);
            finished
        });
        let children = tokio::spawn(async move { futures::future::try_join_all(finished).await.map(|_| ()) });
        Making { renditions: self.renditions, children, _cutters: self.cutters }
    }
}

async fn tell(out: &copy::Out, outcome: Outcome<()>) {
    if let Err(failure) = outcome {
        // The receiver is gone when nothing more is wanted.
        let _ = out.send(Err(failure)).await;
    }
}

impl Making {
    /// The next segment of every rendition, with the names of the renditions.
    pub(crate) async fn next(&mut self) -> Outcome<Vec<(String, Made)>> {
        let mut segment = Vec::with_capacity(self.renditions.len());
        for rendition in &mut self.renditions {
            match rendition.made.recv().await {
                Some(Ok(made)) => segment.push((rendition.name.clone(), made)),
                Some(Err(failure)) => return Err(self.explained(failure).await),
                None => return Err(self.explained(Failure::passing("an encoder ended early")).await),
            }
        }
        Ok(segment)
    }

    /// Adds what the child says of its end.
    async fn explained(&mut self, failure: Failure) -> Failure {
        match tokio::time::timeout(CHILD_ENDS_WITHIN, &mut self.children).await {
            Ok(Ok(Err(of_child))) if of_child.timed_out || of_child.released => of_child,
            Ok(Ok(Err(of_child))) => Failure {
                message: format!("{}; {}", failure.message, of_child.message),
                log: of_child.log,
                ..failure
            },
            _ => failure,
        }
    }
}

fn index(number: i32) -> Outcome<usize> {
    usize::try_from(number).map_err(|_| Failure::of_file(Reason::FileUnreadable, "the plan names no stream"))
}

fn unsigned(number: i32) -> Outcome<u32> {
    u32::try_from(number)
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(|| Failure::passing("the plan has no timescale"))
}
