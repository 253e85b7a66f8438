use proto::transcode::v1::{
    AttachmentStream, AudioStream, MediaStream, ProbedChapter, SubtitleKind, SubtitleStream, VideoStream,
    media_stream::Kind,
};

use super::*;

const SECOND: i64 = 1_000_000;

pub(crate) fn rules() -> Rules {
    let rung = |height, kbit| Rung { height, bit_rate: kbit * 1000 };
    Rules {
        max_duration_us: 3 * 3600 * SECOND,
        segment_us: 6 * SECOND,
        ladder: vec![rung(360, 800), rung(480, 1500), rung(720, 3000), rung(1080, 5000)],
        audio_bit_rate: 128_000,
        even_loudness: true,
        max_copied_bit_rate: 20_000_000,
    }
}

fn video(codec: &str, width: i32, height: i32) -> MediaStream {
    let kind = VideoStream {
        width,
        height,
        frame_rate: 25.0,
        frame_rate_num: 25,
        frame_rate_den: 1,
        pixel_format: "yuv420p".into(),
        sar_num: 1,
        sar_den: 1,
        codec_string: if codec == "h264" { "avc1.64001f".into() } else { String::new() },
        ..VideoStream::default()
    };
    MediaStream {
        codec: codec.into(),
        profile: 100,
        level: 31,
        kind: Some(Kind::Video(kind)),
        ..MediaStream::default()
    }
}

fn audio(codec: &str, channels: i32) -> MediaStream {
    let kind = AudioStream { sample_rate_hz: 44_100, channels, channel_configuration: channels };
    MediaStream { codec: codec.into(), profile: 1, kind: Some(Kind::Audio(kind)), ..MediaStream::default() }
}

fn subtitle(codec: &str) -> MediaStream {
    MediaStream {
        codec: codec.into(),
        kind: Some(Kind::Subtitle(SubtitleStream {})),
        ..MediaStream::default()
    }
}

/// A minute of these streams, with a key frame every 2 s.
fn probe(streams: Vec<MediaStream>) -> MediaProbe {
    let numbered = streams.into_iter().zip(0..).map(|(stream, index)| MediaStream { index, ..stream });
    MediaProbe {
        container: "mov,mp4,m4a,3gp,3g2,mj2".into(),
        duration_us: 60 * SECOND,
        bit_rate: 2_000_000,
        streams: numbered.collect(),
        key_frames_us: (0..30).map(|n| n * 2 * SECOND).collect(),
        ..MediaProbe::default()
    }
}

fn planned(probe: &MediaProbe) -> Plan {
    plan(probe, &rules(), "asset_a", 1).unwrap()
}

fn with_video(change: impl FnOnce(&mut MediaStream, &mut VideoStream)) -> MediaProbe {
    let mut probe = probe(vec![video("h264", 1280, 720), audio("aac", 2)]);
    let mut stream = probe.streams[0].clone();
    let Some(Kind::Video(mut video)) = stream.kind.take() else { unreachable!() };
    change(&mut stream, &mut video);
    stream.kind = Some(Kind::Video(video));
    probe.streams[0] = stream;
    probe
}

/// The names of the renditions of each layer.
fn layers(plan: &Plan) -> Vec<String> {
    plan.layers.iter().map(|layer| layer.renditions.join(" ")).collect()
}

/// Width and height of the renditions.
fn sizes(plan: &Plan) -> Vec<(i32, i32)> {
    plan.videos.iter().map(|video| (video.width, video.height)).collect()
}

#[test]
fn h264_and_aac_are_copied_in_one_layer() {
    let plan = planned(&probe(vec![video("h264", 1280, 720), audio("aac", 2)]));
    assert!(plan.videos[0].copied && plan.audios[0].copied);
    assert_eq!((plan.videos.len(), plan.videos[0].codec.as_str()), (1, "avc1.64001f"));
    assert_eq!((plan.audios[0].sample_rate_hz, plan.audios[0].channels), (44_100, 2));
    assert_eq!(layers(&plan), ["a0 v0", "a1"]);
    assert_eq!((plan.timescale, plan.cuts[1], plan.duration_ticks), (90_000, 180_000, 5_400_000));
    assert_eq!(plan.demuxer, "mov,mp4,m4a,3gp,3g2,mj2");
}

#[test]
fn everything_else_becomes_the_ladder_with_its_lowest_rung_first() {
    let plan = planned(&probe(vec![video("hevc", 1920, 1080), audio("opus", 6)]));
    assert_eq!(sizes(&plan), [(640, 360), (854, 480), (1280, 720), (1920, 1080)]);
    let rates: Vec<_> = plan.videos.iter().map(|video| video.max_bit_rate).collect();
    assert_eq!(rates, [800_000, 1_500_000, 3_000_000, 5_000_000]);
    assert_eq!(layers(&plan), ["a0 v0", "v1 v2 v3", "a1"]);
    let sound = &plan.audios[0];
    assert_eq!(
        (sound.copied, sound.channels, sound.sample_rate_hz, sound.bit_rate),
        (false, 2, 48_000, 128_000)
    );
    assert_eq!(plan.videos[3].codec, "avc1.640028");
    assert_eq!((plan.timescale, &plan.cuts[..4]), (12_800, &[0, 25_600, 51_200, 128_000][..]));
}

#[test]
fn a_ladder_has_what_the_source_has() {
    for (own, made) in [
        ((1280, 720), vec![(640, 360), (854, 480), (1280, 720)]),
        ((640, 360), vec![(640, 360)]),
        ((321, 241), vec![(320, 240)]),
        ((1080, 1920), vec![(360, 640), (480, 854), (720, 1280), (1080, 1920)]),
        ((1440, 1080), vec![(480, 360), (640, 480), (960, 720), (1440, 1080)]),
        ((16, 16), vec![(16, 16)]),
        ((7680, 4320), vec![(640, 360), (854, 480), (1280, 720), (1920, 1080)]),
    ] {
        assert_eq!(sizes(&planned(&probe(vec![video("vp9", own.0, own.1)]))), made, "{own:?}");
    }
}

#[test]
fn profile_chroma_and_depth_decide_about_a_copy() {
    // Case M12.
    for (profile, format) in [(110, "yuv420p10le"), (122, "yuv422p"), (244, "yuv444p"), (100, "yuv422p")] {
        let probe = with_video(|stream, video| {
            stream.profile = profile;
            video.pixel_format = format.into();
        });
        let plan = planned(&probe);
        assert!(!plan.videos[0].copied, "{profile} {format}");
        assert!(plan.audios[0].copied, "the sound is copied all the same");
    }
    for profile in [66, 578, 77, 100] {
        assert!(planned(&with_video(|stream, _| stream.profile = profile)).videos[0].copied, "{profile}");
    }
}

#[test]
fn what_players_ignore_is_encoded() {
    type Change = fn(&mut MediaStream, &mut VideoStream);
    let changes: [Change; 6] = [
        |_, video| video.rotation = 90,
        |_, video| video.interlaced = true,
        |_, video| video.transfer = "smpte2084".into(),
        |stream, _| stream.level = -99,
        |_, video| video.codec_string = String::new(),
        |_, video| video.codec_string = "avc1.64001f,evil".into(),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        assert!(!planned(&with_video(change)).videos[0].copied, "{number}");
    }
    let turned = planned(&with_video(|_, video| video.rotation = 90));
    assert_eq!(sizes(&turned), [(360, 640), (480, 854), (720, 1280)]);
    let hdr = planned(&with_video(|_, video| video.transfer = "arib-std-b67".into()));
    assert!(hdr.video.unwrap().hdr);
}

#[test]
fn key_frames_far_apart_and_high_bit_rates_are_encoded() {
    let mut few = probe(vec![video("h264", 1280, 720)]);
    few.key_frames_us = vec![0, 20 * SECOND, 40 * SECOND];
    assert!(!planned(&few).videos[0].copied);
    few.key_frames_us = vec![];
    assert!(!planned(&few).videos[0].copied);
    let mut dense = probe(vec![video("h264", 1280, 720)]);
    dense.bit_rate = 20_000_001;
    assert!(!planned(&dense).videos[0].copied);
}

#[test]
fn a_circle_stays_a_circle() {
    // Case M11.
    let wide = |codec: &str, size: (i32, i32), sar: (i32, i32)| {
        let mut probe = with_video(|stream, video| {
            stream.codec = codec.into();
            (video.width, video.height) = size;
            (video.sar_num, video.sar_den) = sar;
        });
        probe.streams.truncate(1);
        planned(&probe)
    };
    assert_eq!(sizes(&wide("mpeg2video", (720, 576), (64, 45))), [(640, 360), (854, 480)]);
    let copied = wide("h264", (720, 576), (64, 45));
    assert!(copied.videos[0].copied);
    assert_eq!(sizes(&copied), [(1024, 576)]);
    let storyboard = copied.storyboard.unwrap();
    assert_eq!((storyboard.tile_width, storyboard.tile_height), (192, 108));
    let nearly_square = wide("h264", (1920, 1080), (31_679, 31_680));
    assert!(nearly_square.videos[0].copied);
    assert_eq!(sizes(&nearly_square), [(1920, 1080)]);
}

#[test]
fn sound_with_its_layout_inside_the_stream_is_encoded() {
    // Case M13.
    for channels in [3, 8] {
        let mut probe = probe(vec![video("h264", 1280, 720), audio("aac", channels)]);
        if let Some(Kind::Audio(audio)) = &mut probe.streams[1].kind {
            audio.channel_configuration = 0;
        }
        let plan = planned(&probe);
        assert!(plan.videos[0].copied && !plan.audios[0].copied);
        assert_eq!(plan.audios[0].channels, 2);
    }
    let mut stereo = probe(vec![audio("aac", 2)]);
    if let Some(Kind::Audio(audio)) = &mut stereo.streams[0].kind {
        audio.channel_configuration = 0;
    }
    assert!(!planned(&stereo).audios[0].copied);
    // HE-AAC.
    stereo.streams[0].profile = 4;
    assert!(!planned(&stereo).audios[0].copied);
}

#[test]
fn a_still_picture_with_sound_has_segments_of_the_usual_length() {
    // Case M9.
    for (num, den) in [(0, 0), (1, 60)] {
        let mut probe = with_video(|stream, video| {
            stream.codec = "mjpeg".into();
            (video.frame_rate_num, video.frame_rate_den) = (num, den);
        });
        probe.duration_us = 600 * SECOND;
        let plan = planned(&probe);
        assert!((100..=104).contains(&plan.segment_count()), "{}", plan.segment_count());
        assert!(plan.video.unwrap().frame_rate_num >= 5);
    }
}

#[test]
fn a_cover_is_no_picture() {
    let mut cover = probe(vec![video("mjpeg", 600, 600), audio("aac", 2)]);
    if let Some(Kind::Video(video)) = &mut cover.streams[0].kind {
        video.attached_picture = true;
    }
    let plan = planned(&cover);
    assert_eq!((plan.videos.len(), plan.video, plan.storyboard), (0, None, None));
    assert_eq!(layers(&plan), ["a0", "a1"]);
    assert_eq!(plan.cuts.first(), Some(&0));
    cover.streams.truncate(1);
    assert_eq!(super::plan(&cover, &rules(), "asset_a", 1), Err(Refusal::NoFilm));
}

#[test]
fn a_film_without_sound_and_one_frame_are_films() {
    let mut one = probe(vec![video("h264", 1280, 720)]);
    one.duration_us = 40_000;
    one.key_frames_us = vec![0];
    let plan = planned(&one);
    assert_eq!((plan.segment_count(), plan.audios.len()), (1, 0));
    assert_eq!(layers(&plan), ["v0"]);
    assert_eq!(plan.storyboard.unwrap().count, 1);
    one.streams[0].codec = "vp9".into();
    assert_eq!(planned(&one).cuts, [0, 512]);
}

#[test]
fn files_that_are_no_film_are_refused_with_their_reason() {
    let film = || probe(vec![video("vp9", 1280, 720), audio("opus", 2)]);
    let refused = |probe: &MediaProbe| super::plan(probe, &rules(), "asset_a", 1).unwrap_err();
    let hours_30 = MediaProbe { duration_us: 30 * 3600 * SECOND, ..film() };
    assert_eq!(
        refused(&hours_30).to_string(),
        "this film is 30 h long, and this server takes films of up to 3 h; cut it into parts, or ask whoever runs the \
         server to raise the limit"
    );
    assert_eq!(refused(&MediaProbe { duration_us: 0, ..film() }), Refusal::NoLength);
    assert_eq!(refused(&probe(vec![])), Refusal::NoFilm);
    for container in ["hls", "concat", "image2", "", "movie"] {
        let probe = MediaProbe { container: container.into(), ..film() };
        assert_eq!(refused(&probe), Refusal::Container(container.into()), "{container}");
    }
    assert!(
        super::plan(&MediaProbe { container: "matroska,webm".into(), ..film() }, &rules(), "a", 1).is_ok()
    );
    assert_eq!(
        [spoken(59 * SECOND), spoken(3 * 3600 * SECOND), spoken(3905 * SECOND)],
        ["0 min", "3 h", "1 h 5 min"]
    );
}

#[test]
fn tracks_of_sound_are_kept_with_their_languages() {
    let track = |language: &str, is_default| MediaStream {
        language: language.into(),
        title: "Comment\u{202e}ary".into(),
        is_default,
        ..audio("ac3", 6)
    };
    let plan = planned(&probe(vec![video("h264", 1280, 720), track("ger", false), track("eng", true)]));
    let languages: Vec<_> =
        plan.audios.iter().map(|audio| (audio.language.as_str(), audio.is_default)).collect();
    assert_eq!(languages, [("de", false), ("en", true), ("de", false), ("en", false)]);
    assert_eq!(plan.audios[0].title, "Comment ary");
    assert_eq!(layers(&plan), ["a0 a1 v0", "a2 a3"]);

    let mut many: Vec<_> = (0..12).map(|_| track("fra", false)).collect();
    many[11] = track("jpn", true);
    let plan = planned(&probe(many));
    assert_eq!(plan.audios.iter().filter(|audio| !audio.even_loudness).count(), 8);
    let default: Vec<_> = plan.audios.iter().filter(|audio| audio.is_default).collect();
    assert_eq!((default.len(), default[0].language.as_str(), default[0].stream), (1, "ja", 11));
}

#[test]
fn each_track_of_sound_has_a_version_of_even_loudness() {
    let plan = planned(&probe(vec![video("h264", 1280, 720), audio("aac", 1), audio("aac", 2)]));
    let sounds: Vec<_> = plan
        .audios
        .iter()
        .map(|it| (it.name.as_str(), it.stream, it.even_loudness, it.copied, it.channels, it.sample_rate_hz))
        .collect();
    assert_eq!(
        sounds,
        [
            ("a0", 1, false, true, 1, 44_100),
            ("a1", 2, false, true, 2, 44_100),
            ("a2", 1, true, false, 2, 48_000),
            ("a3", 2, true, false, 2, 48_000),
        ]
    );
    let without = Rules { even_loudness: false, ..rules() };
    let plan = super::plan(&probe(vec![audio("aac", 1)]), &without, "asset_a", 1).unwrap();
    assert_eq!(layers(&plan), ["a0"]);
}

#[test]
fn subtitles_are_kept_as_browsers_can_show_them() {
    let attachment =
        MediaStream { kind: Some(Kind::Attachment(AttachmentStream::default())), ..MediaStream::default() };
    let forced = MediaStream { is_forced: true, language: "eng".into(), ..subtitle("ass") };
    let streams = vec![
        video("h264", 1280, 720),
        subtitle("subrip"),
        subtitle("dvd_subtitle"),
        forced,
        subtitle("hdmv_pgs_subtitle"),
        attachment,
    ];
    let plan = planned(&probe(streams));
    let kept: Vec<_> = plan
        .subtitles
        .iter()
        .map(|track| (track.name.as_str(), track.stream, track.kind(), track.forced))
        .collect();
    assert_eq!(
        kept,
        [
            ("s0", 1, SubtitleKind::Vtt, false),
            ("s1", 3, SubtitleKind::Ass, true),
            ("s2", 4, SubtitleKind::Pgs, false)
        ]
    );
}

#[test]
fn chapters_and_a_storyboard_fit_the_film() {
    let mut film = probe(vec![video("vp9", 1280, 720)]);
    film.duration_us = 7200 * SECOND;
    let chapter = |start_us, title: &str| ProbedChapter { start_us, title: title.into() };
    film.chapters =
        vec![chapter(60 * SECOND, "Two"), chapter(0, "One"), chapter(7200 * SECOND, "Behind the end")];
    let plan = planned(&film);
    let chapters: Vec<_> = plan.chapters.iter().map(|it| (it.start_ticks, it.title.as_str())).collect();
    assert_eq!(chapters, [(0, "One"), (60 * 12_800, "Two")]);
    let storyboard = plan.storyboard.unwrap();
    assert_eq!((storyboard.interval_us, storyboard.count), (10 * SECOND, 720));
    assert_eq!((storyboard.columns, storyboard.rows), (10, 10));
}

#[test]
fn a_picture_of_variable_frame_rate_gets_a_constant_one() {
    let probe = with_video(|_, video| {
        video.rotation = 90;
        (video.frame_rate_num, video.frame_rate_den) = (359_019, 12_000);
    });
    let plan = planned(&probe);
    let input = plan.video.unwrap();
    assert_eq!((input.frame_rate_num, input.frame_rate_den, plan.timescale), (30_000, 1001, 30_000));
    assert!(plan.cuts.iter().all(|cut| cut % 1001 == 0));
}
