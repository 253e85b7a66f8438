//! Plans for the films of these tests, as media-svc would make them.

use proto::transcode::v1::{
    AudioRendition, Layer, Plan, ProbeTask, SegmentsTask, VideoInput, VideoRendition, task::Kind,
};

/// Ticks in a second.
pub(crate) const TIMESCALE: i32 = 90_000;

/// A plan with cuts at these times in milliseconds.
pub(crate) fn plan(demuxer: &str, cuts_ms: &[i64]) -> Plan {
    let cuts: Vec<_> = cuts_ms.iter().map(|ms| ms * 90).collect();
    Plan {
        asset_id: "asset_1".into(),
        generation: 1,
        duration_ticks: *cuts.last().unwrap(),
        timescale: TIMESCALE,
        cuts,
        demuxer: demuxer.into(),
        ..Plan::default()
    }
}

/// The picture of stream 0, encoded to these sizes.
pub(crate) fn with_picture(mut plan: Plan, sizes: &[(i32, i32)]) -> Plan {
    let video = VideoInput { stream: 0, frame_rate_num: 25, frame_rate_den: 1, ..VideoInput::default() };
    plan.video = Some(video);
    plan.videos = sizes
        .iter()
        .enumerate()
        .map(|(index, (width, height))| VideoRendition {
            name: format!("v{index}"),
            width: *width,
            height: *height,
            max_bit_rate: 800_000,
            copied: false,
            codec: "avc1.64001f".into(),
        })
        .collect();
    in_one_layer(plan)
}

/// The sound of this stream, encoded.
pub(crate) fn with_sound(mut plan: Plan, stream: i32) -> Plan {
    plan.audios.push(AudioRendition {
        name: format!("a{}", plan.audios.len()),
        stream,
        channels: 2,
        sample_rate_hz: 48_000,
        bit_rate: 128_000,
        codec: "mp4a.40.2".into(),
        ..AudioRendition::default()
    });
    in_one_layer(plan)
}

/// The sound of this stream with even loudness, encoded.
pub(crate) fn with_even_sound(plan: Plan, stream: i32) -> Plan {
    let mut plan = with_sound(plan, stream);
    plan.audios.last_mut().unwrap().even_loudness = true;
    plan
}

/// The same with everything copied.
pub(crate) fn copied(mut plan: Plan) -> Plan {
    plan.videos.iter_mut().for_each(|video| video.copied = true);
    plan.audios.iter_mut().for_each(|audio| audio.copied = true);
    plan
}

fn in_one_layer(mut plan: Plan) -> Plan {
    let names =
        plan.videos.iter().map(|video| &video.name).chain(plan.audios.iter().map(|audio| &audio.name));
    plan.layers = vec![Layer { renditions: names.cloned().collect() }];
    plan
}

pub(crate) fn segments(plan: &Plan, first: i32, end: i32) -> Kind {
    Kind::Segments(SegmentsTask { plan: Some(plan.clone()), layer: 0, first, end, urgent: false })
}

pub(crate) fn probe() -> Kind {
    Kind::Probe(ProbeTask { max_duration_us: 3 * 3600 * 1_000_000 })
}
