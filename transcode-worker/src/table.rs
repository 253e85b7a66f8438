//! A probe for people.

use std::fmt::Write as _;

use proto::transcode::v1::{MediaProbe, MediaStream, media_stream::Kind};

pub(crate) fn table(probe: &MediaProbe) -> String {
    let mut text = format!(
        "container  {}\nlength     {}\nbit rate   {}\n",
        probe.container,
        length(probe.duration_us),
        bit_rate(probe.bit_rate)
    );
    for stream in &probe.streams {
        // Writing to a string does not fail.
        let _ = writeln!(text, "stream {:<3} {:<10} {}", stream.index, stream.codec, details(stream));
    }
    text
}

fn details(stream: &MediaStream) -> String {
    let language = if stream.language.is_empty() { String::new() } else { format!(", {}", stream.language) };
    match &stream.kind {
        Some(Kind::Video(video)) => format!(
            "video, {} x {}, {:.3} frames a second{language}",
            video.width, video.height, video.frame_rate
        ),
        Some(Kind::Audio(audio)) => {
            format!("audio, {} Hz, {} channel(s){language}", audio.sample_rate_hz, audio.channels)
        }
        Some(Kind::Subtitle(_)) => format!("subtitles{language}"),
        None => String::new(),
    }
}

fn length(duration_us: i64) -> String {
    let seconds = duration_us / 1_000_000;
    match duration_us {
        0 => "unknown".to_owned(),
        _ => format!(
            "{}:{:02}:{:02}.{:03}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60,
            duration_us / 1000 % 1000
        ),
    }
}

fn bit_rate(bits_per_second: i64) -> String {
    match bits_per_second {
        0 => "unknown".to_owned(),
        rate => format!("{} kbit/s", rate / 1000),
    }
}
