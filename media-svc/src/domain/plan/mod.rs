//! The plan of an asset: what is made of a file and where it is cut, from its probe and the settings.

mod audio;
mod extras;
mod grid;
mod language;
mod rate;
mod size;
mod subtitles;
mod video;

use proto::transcode::v1::{AudioRendition, Layer, MediaProbe, Plan, VideoRendition};

use self::{grid::Grid, video::Picture};

/// Longest film of all settings, in microseconds: with the shortest segments its cuts fit a plan.
pub(crate) const MAX_DURATION_US: i64 = 24 * 3600 * 1_000_000;

/// The settings that plans depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rules {
    /// Longest film in microseconds.
    pub(crate) max_duration_us: i64,
    /// Length of a segment in microseconds.
    pub(crate) segment_us: i64,
    /// Renditions that are encoded, the lowest first. Not empty.
    pub(crate) ladder: Vec<Rung>,
    /// Bit rate of encoded sound, in bits per second.
    pub(crate) audio_bit_rate: i32,
    /// Each track of sound gets a version of even loudness.
    pub(crate) even_loudness: bool,
    /// Films with a higher bit rate are encoded rather than copied, in bits per second.
    pub(crate) max_copied_bit_rate: i64,
}

/// A rendition of the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rung {
    /// Height in pixels of a picture of 16:9; other shapes fit into the same rectangle.
    pub(crate) height: i32,
    /// Bits per second.
    pub(crate) bit_rate: i32,
}

/// Why nothing is made of a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(
        "this film is {} long, and this server takes films of up to {}; cut it into parts, or ask whoever runs the \
         server to raise the limit",
        spoken(*duration_us),
        spoken(*max_us)
    )]
    TooLong { duration_us: i64, max_us: i64 },
    #[error(
        "this file does not say how long it is, so nobody could seek in it; save it again with a video editor"
    )]
    NoLength,
    #[error(
        "this file has neither a picture nor sound that can be read; is it the right file, and complete?"
    )]
    NoFilm,
    #[error("this file is no mp4, mov, mkv or webm inside ({0}), whatever its name says; convert it to mp4")]
    Container(String),
}

/// A length for people, such as `3 h 5 min`.
fn spoken(duration_us: i64) -> String {
    let minutes = duration_us / 60_000_000;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// Makes the plan of a file. It is a function of its arguments alone, so that two workers that examine the same file get the
/// same plan.
pub(crate) fn plan(
    probe: &MediaProbe,
    rules: &Rules,
    asset_id: &str,
    generation: i32,
) -> Result<Plan, Refusal> {
    // The demuxer is forced later; those of playlists and picture lists could open other files.
    if !["mov", "matroska"].iter().any(|name| probe.container.split(',').any(|known| known == *name)) {
        return Err(Refusal::Container(probe.container.clone()));
    }
    let picture = video::picture(probe);
    let sounds = audio::sounds(probe);
    if picture.is_none() && sounds.is_empty() {
        return Err(Refusal::NoFilm);
    }
    let duration_us = probe.duration_us;
    let max_us = rules.max_duration_us.min(MAX_DURATION_US);
    match duration_us {
        ..=0 => return Err(Refusal::NoLength),
        _ if duration_us > max_us => return Err(Refusal::TooLong { duration_us, max_us }),
        _ => {}
    }
    let (Grid { timescale, cuts }, videos) = match &picture {
        Some(picture) => videos(probe, picture, rules),
        None => (grid::plain(duration_us, rules.segment_us), Vec::new()),
    };
    let audios = audio::renditions(&sounds, rules);
    Ok(Plan {
        asset_id: asset_id.to_owned(),
        generation,
        duration_ticks: cuts.last().copied().unwrap_or_default(),
        timescale,
        layers: layers(&videos, &audios),
        storyboard: picture.as_ref().map(|picture| extras::storyboard(picture.shape, duration_us)),
        video: picture.map(|picture| picture.input),
        videos,
        audios,
        subtitles: subtitles::renditions(probe),
        chapters: extras::chapters(probe, timescale),
        demuxer: probe.container.clone(),
        start_us: probe.start_us,
        cuts,
    })
}

/// The picture as it is where browsers play it and it can be cut, otherwise the ladder.
fn videos(probe: &MediaProbe, picture: &Picture<'_>, rules: &Rules) -> (Grid, Vec<VideoRendition>) {
    if let Some(copy) = video::copy(probe, picture, rules)
        && let Some(grid) = grid::at_key_frames(&probe.key_frames_us, probe.duration_us, rules.segment_us)
    {
        return (grid, vec![copy]);
    }
    let grid = grid::on_frames(probe.duration_us, picture.rate, rules.segment_us);
    (grid, video::ladder(picture, &rules.ladder))
}

/// Sound and the lowest picture first, which is what a room needs to begin; the better pictures after that, all of one decoder;
/// sound of even loudness at the end.
fn layers(videos: &[VideoRendition], audios: &[AudioRendition]) -> Vec<Layer> {
    let sounds = |even: bool| {
        audios.iter().filter(move |audio| audio.even_loudness == even).map(|audio| audio.name.clone())
    };
    let pictures = || videos.iter().map(|video| video.name.clone());
    let layers: [Vec<_>; 3] = [
        sounds(false).chain(pictures().take(1)).collect(),
        pictures().skip(1).collect(),
        sounds(true).collect(),
    ];
    layers.into_iter().filter(|names| !names.is_empty()).map(|renditions| Layer { renditions }).collect()
}

#[cfg(test)]
mod tests;
