use proto::transcode::v1::{Layer, Storyboard, SubtitleKind, VideoInput};

use super::*;

/// 16 seconds with two pictures, two tracks of sound and three of subtitles.
pub(in crate::hls) fn film() -> Plan {
    let video = |name: &str, width, height, bits| VideoRendition {
        name: name.into(),
        width,
        height,
        max_bit_rate: bits,
        codec: "avc1.64001f".into(),
        ..VideoRendition::default()
    };
    let audio = |name: &str, language: &str, title: &str| AudioRendition {
        name: name.into(),
        language: language.into(),
        title: title.into(),
        channels: 2,
        sample_rate_hz: 48_000,
        bit_rate: 128_000,
        codec: "mp4a.40.2".into(),
        is_default: name == "a0",
        ..AudioRendition::default()
    };
    let track = |name: &str, kind: SubtitleKind, forced| SubtitleRendition {
        name: name.into(),
        language: "en".into(),
        kind: kind.into(),
        forced,
        ..SubtitleRendition::default()
    };
    Plan {
        asset_id: "asset_a".into(),
        generation: 1,
        timescale: 12_800,
        duration_ticks: 204_800,
        cuts: vec![0, 25_600, 51_200, 128_000, 204_800],
        video: Some(VideoInput { frame_rate_num: 25, frame_rate_den: 1, ..VideoInput::default() }),
        videos: vec![video("v0", 640, 360, 800_000), video("v1", 1280, 720, 3_000_000)],
        audios: vec![audio("a0", "en", ""), audio("a1", "en", "Say \"hi\"")],
        subtitles: vec![
            track("s0", SubtitleKind::Vtt, false),
            track("s1", SubtitleKind::Ass, true),
            track("s2", SubtitleKind::Pgs, false),
        ],
        storyboard: Some(Storyboard {
            interval_us: 1_000_000,
            tile_width: 192,
            tile_height: 108,
            columns: 10,
            rows: 2,
            count: 16,
        }),
        layers: vec![
            Layer { renditions: vec!["a0".into(), "a1".into(), "v0".into()] },
            Layer { renditions: vec!["v1".into()] },
        ],
        ..Plan::default()
    }
}

#[test]
fn the_master_playlist_names_every_rendition_with_what_players_need() {
    assert_eq!(
        master(&film()),
        "#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"en\",LANGUAGE=\"en\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"2\",URI=\"audio_0.m3u8\"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"Say 'hi'\",LANGUAGE=\"en\",DEFAULT=NO,AUTOSELECT=NO,CHANNELS=\"2\",URI=\"audio_1.m3u8\"
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"subs\",NAME=\"en\",LANGUAGE=\"en\",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI=\"subs_0.m3u8\"
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"subs\",NAME=\"en (2)\",LANGUAGE=\"en\",DEFAULT=NO,AUTOSELECT=YES,FORCED=YES,URI=\"subs_1.m3u8\"
#EXT-X-STREAM-INF:BANDWIDTH=1114399,CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=640x360,FRAME-RATE=25.000,AUDIO=\"audio\",SUBTITLES=\"subs\",CLOSED-CAPTIONS=NONE
stream_0.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=3809400,CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=1280x720,FRAME-RATE=25.000,AUDIO=\"audio\",SUBTITLES=\"subs\",CLOSED-CAPTIONS=NONE
stream_1.m3u8
"
    );
}

#[test]
fn sound_of_even_loudness_is_a_choice_that_no_player_makes_by_itself() {
    let mut plan = film();
    plan.audios.truncate(1);
    let even = AudioRendition {
        name: "a1".into(),
        even_loudness: true,
        is_default: false,
        ..plan.audios[0].clone()
    };
    plan.audios.push(even);
    let line = "NAME=\"en (even loudness)\",LANGUAGE=\"en\",DEFAULT=NO,AUTOSELECT=NO,CHANNELS=\"2\",URI=\"audio_1.m3u8\"";
    assert!(master(&plan).contains(line), "{}", master(&plan));
    plan.audios.iter_mut().for_each(|audio| audio.language.clear());
    let text = master(&plan);
    assert!(text.contains("NAME=\"Track 1\"") && text.contains("NAME=\"Even loudness\""), "{text}");
}

#[test]
fn a_film_without_sound_names_none_and_sound_alone_is_a_variant() {
    let silent = Plan { audios: vec![], subtitles: vec![], ..film() };
    let text = master(&silent);
    assert!(
        text.contains("CODECS=\"avc1.64001f\",") && !text.contains("AUDIO") && !text.contains("SUBTITLES")
    );
    let sound = Plan { videos: vec![], video: None, subtitles: vec![], ..film() };
    assert!(master(&sound).ends_with(
        "#EXT-X-STREAM-INF:BANDWIDTH=134400,CODECS=\"mp4a.40.2\",AUDIO=\"audio\"\naudio_0.m3u8\n"
    ));
}

#[test]
fn a_media_playlist_lists_every_segment_from_the_start() {
    assert_eq!(
        video(&film(), 1),
        "#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:6
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI=\"v1/init.mp4\"
#EXTINF:2.000000,
v1/0.m4s
#EXTINF:2.000000,
v1/1.m4s
#EXTINF:6.000000,
v1/2.m4s
#EXTINF:6.000000,
v1/3.m4s
#EXT-X-ENDLIST
"
    );
    assert!(subtitles(&film(), 0).ends_with(
        "#EXT-X-TARGETDURATION:16\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:16.000000,\ns0.vtt\n#EXT-X-ENDLIST\n"
    ));
}

/// The lengths of the segments of a playlist in microseconds.
fn lengths(text: &str) -> Vec<i64> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("#EXTINF:")?.strip_suffix(','));
    lines.map(|length| length.replace('.', "").parse().unwrap()).collect()
}

#[test]
fn sound_is_cut_between_its_frames() {
    // 2 s are 93.75 frames of 1024 samples: the frames from number 94 on start behind the cut.
    let lengths = lengths(&audio(&film(), 0));
    assert_eq!(lengths[0], 94 * 1024 * 1_000_000 / 48_000);
    assert_eq!(lengths.iter().sum::<i64>(), 750 * 1024 * 1_000_000 / 48_000);
}

#[test]
fn playlists_keep_the_rules_of_the_specification() {
    // 24 hours at 29.97, in segments of about 6 s.
    let mut plan = film();
    plan.timescale = 30_000;
    plan.cuts = (0..14_400).map(|n| n * 180 * 1001).collect();
    plan.duration_ticks = *plan.cuts.last().unwrap();
    for text in [video(&plan, 0), audio(&plan, 0), audio(&film(), 1)] {
        let playlist = testkit::hls::media(&text).unwrap();
        assert!(playlist.independent && playlist.init.is_some());
    }
    assert!(testkit::hls::media(&subtitles(&plan, 0)).unwrap().init.is_none());
    for film in [
        film(),
        plan.clone(),
        Plan { videos: vec![], video: None, ..film() },
        Plan { audios: vec![], ..film() },
    ] {
        testkit::hls::master(&master(&film)).unwrap();
    }
    let total: i64 = lengths(&video(&plan, 0)).iter().sum();
    assert_eq!(total, us(&plan, plan.duration_ticks), "the lengths add up");
}

#[test]
fn names_are_different_and_cannot_break_a_line() {
    let mut plan = film();
    for audio in &mut plan.audios {
        audio.title = "A\n#EXT-X-ENDLIST\"".into();
        audio.language = String::new();
    }
    let text = master(&plan);
    assert_eq!(text.matches("NAME=\"A #EXT-X-ENDLIST'\"").count(), 1);
    assert_eq!(text.matches("NAME=\"A #EXT-X-ENDLIST' (2)\"").count(), 1);
    assert!(!text.lines().any(|line| line == "#EXT-X-ENDLIST"));
    plan.audios[0].title.clear();
    assert!(master(&plan).contains("NAME=\"Track 1\""));
}
