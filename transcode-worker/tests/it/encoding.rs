//! Encoded renditions: every picture once, every sample at its place, whoever made which segment.

use std::{fs, path::Path};

use proto::transcode::v1::{Plan, VideoInput};
use serde_json::json;

use super::{
    desk::Desk,
    film::{self, Film},
    plans::{plan, segments, with_picture, with_sound},
    played::{assert_same_sound, packets},
};

/// Makes all segments of a plan in one go.
async fn make(desk: &mut Desk, file: &Path, plan: &Plan) {
    let mut plan = plan.clone();
    let (upload, _) = desk.planned(file, &mut plan).await;
    let end = i32::try_from(plan.cuts.len() - 1).unwrap();
    desk.done(&upload, segments(&plan, 0, end)).await.completed();
    assert_eq!(desk.published(), (0..end).collect::<Vec<_>>());
}

fn counted(count: usize) -> Vec<usize> {
    (0..count).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_of_several_workers_join_without_a_seam() {
    let mut desk = Desk::open().await;
    desk.hire(&json!({}));
    let film = Film::new(&desk.folder(), 200);
    // Key frames that are not where the cuts are, and two sounds.
    let file = film.file(
        "a.mkv",
        &[
            "-map",
            "0:v",
            "-map",
            "1:a",
            "-map",
            "1:a",
            "-c:v",
            "mpeg4",
            "-g",
            "37",
            "-bf",
            "2",
            "-q:v",
            "3",
            "-c:a:0",
            "libmp3lame",
            "-c:a:1",
            "flac",
        ],
    );
    let cuts = [0, 2000, 4000, 6000, 7000, 8000];
    let mut plan =
        with_sound(with_sound(with_picture(plan("matroska,webm", &cuts), &[(128, 72), (256, 144)]), 1), 2);
    let (upload, _) = desk.planned(&file, &mut plan).await;
    let tasks = [(3, 5), (0, 1), (1, 3)].map(|(first, end)| desk.add(&upload, segments(&plan, first, end)));
    for task in &tasks {
        desk.ended(task).await.completed();
    }
    // Matroska moves everything by what MP3 comes early, which is not a whole picture.
    let late = |stream| film::start(&file, stream) - plan.start_us as f64 / 1e6;
    let pictures = (late(0) * 25.0).round() as usize;
    let numbers: Vec<_> = vec![0; pictures].into_iter().chain(0..200 - pictures).collect();
    let samples = [vec![0.0; (late(2) * 48_000.0).round() as usize], film.samples()].concat();
    for name in ["v0", "v1"] {
        let played = desk.play(name, 0..5).await;
        assert_eq!(played.numbers, numbers, "{name}");
        // Decoded in an unbroken row, and each cut is a key frame.
        let packets = packets(&played, &desk.folder());
        for (index, (_, dts, _)) in packets.iter().enumerate() {
            assert!((dts - index as f64 / 25.0).abs() < 1e-6, "{name}: picture {index} is decoded at {dts}");
        }
        let keys: Vec<_> = packets
            .iter()
            .filter(|(.., is_key)| *is_key)
            .map(|(pts, ..)| (pts * 1000.0).round() as i64)
            .collect();
        assert_eq!(keys, cuts[..5], "{name}");
    }
    for name in ["a0", "a1"] {
        let played = desk.play(name, 0..5).await;
        assert_eq!(played.samples.len() / 1024, 375, "{name}");
        // MP3 says nothing of its own delay in Matroska: 1,105 samples.
        if name == "a1" {
            assert_same_sound(&samples, &played.samples, &[2.0, 6.0]);
        }
    }
    // Segments in the middle of a file play alone.
    assert_eq!(desk.play("v0", 3..5).await.numbers, numbers[150..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn vp9_with_opus_and_hevc_in_hdr_are_encoded() {
    let mut desk = Desk::open().await;
    let film = Film::new(&desk.folder(), 75);
    let webm = film.file(
        "a.webm",
        &["-c:v", "libvpx-vp9", "-b:v", "300k", "-cpu-used", "8", "-deadline", "realtime", "-c:a", "libopus"],
    );
    make(
        &mut desk,
        &webm,
        &with_sound(with_picture(plan("matroska,webm", &[0, 2000, 3000]), &[(256, 144)]), 1),
    )
    .await;
    assert_eq!(desk.play("v0", 0..2).await.numbers, counted(75));
    // Opus begins 7 ms before the picture.
    let samples = [vec![0.0; 336], film.samples()].concat();
    assert_same_sound(&samples, &desk.play("a0", 0..2).await.samples, &[2.0]);

    let mut desk = Desk::open().await;
    let film = Film::new(&desk.folder(), 50);
    let hdr = [
        "-c:v",
        "libx265",
        "-x265-params",
        "log-level=none",
        "-pix_fmt",
        "yuv420p10le",
        "-color_trc",
        "smpte2084",
        "-color_primaries",
        "bt2020",
        "-colorspace",
        "bt2020nc",
        "-an",
    ];
    let file = film.file("hdr.mp4", &hdr);
    let mut plan = with_picture(plan("mov,mp4,m4a,3gp,3g2,mj2", &[0, 2000]), &[(256, 144)]);
    plan.video = plan.video.map(|video| VideoInput { hdr: true, ..video });
    make(&mut desk, &file, &plan).await;
    assert_eq!(desk.play("v0", 0..1).await.numbers, counted(50));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turned_film_is_upright_and_holds_no_place_or_device() {
    let mut desk = Desk::open().await;
    let film = Film::new(&desk.folder(), 50);
    let tags = [
        "-metadata",
        "location=+52.5200+013.4050/",
        "-metadata",
        "make=Phone",
        "-metadata",
        "com.apple.quicktime.location.ISO6709=+52.5200+013.4050/",
    ];
    let options = [
        "-vf",
        "transpose=cclock",
        "-c:v",
        "libx264",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
        "-movflags",
        "use_metadata_tags",
    ];
    let file = film.turned("turned.mov", &[&options[..], &tags].concat());
    make(
        &mut desk,
        &file,
        &with_sound(with_picture(plan("mov,mp4,m4a,3gp,3g2,mj2", &[0, 2000]), &[(256, 144)]), 1),
    )
    .await;
    let played = desk.play("v0", 0..1).await;
    assert_eq!(played.numbers, counted(50));
    // Case M14.
    let has = |bytes: &[u8], words: &[u8]| bytes.windows(words.len()).any(|part| part == words);
    assert!(has(&fs::read(file).unwrap(), b"+52.5200"), "the sample has no place");
    for bytes in [&played.bytes, &desk.play("a0", 0..1).await.bytes] {
        assert!(!has(bytes, b"+52.5") && !has(bytes, b"Phone"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn uneven_times_become_a_constant_rate() {
    let mut desk = Desk::open().await;
    let film = Film::new(&desk.folder(), 100);
    // Of each four pictures the second and third are left out; they are shown by the first.
    let file = film.file(
        "vfr.mkv",
        &[
            "-vf",
            "select='not(between(mod(n,4),1,2))'",
            "-fps_mode",
            "vfr",
            "-c:v",
            "libx264",
            "-pix_fmt",
            "yuv420p",
            "-an",
        ],
    );
    let mut plan = with_picture(plan("matroska,webm", &[0, 2000, 4000]), &[(256, 144)]);
    let (upload, _) = desk.planned(&file, &mut plan).await;
    for (first, end) in [(1, 2), (0, 1)] {
        desk.done(&upload, segments(&plan, first, end)).await.completed();
    }
    let expected: Vec<_> = (0..100).map(|n| if (1..=2).contains(&(n % 4)) { n - n % 4 } else { n }).collect();
    assert_eq!(desk.play("v0", 0..2).await.numbers, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn interlaced_and_stretched_pictures_are_made_whole() {
    let mut desk = Desk::open().await;
    let film = Film::new(&desk.folder(), 50);
    let file = film.file(
        "interlaced.mpg",
        &[
            "-vf",
            "interlace=lowpass=off,setsar=64/45",
            "-r",
            "25",
            "-c:v",
            "mpeg2video",
            "-q:v",
            "2",
            "-flags",
            "+ilme+ildct",
            "-an",
        ],
    );
    // 256 pixels of 64:45 are 364.
    let mut plan = with_picture(plan("mpeg", &[0, 1000]), &[(364, 144)]);
    plan.video = plan.video.map(|video| VideoInput { interlaced: true, ..video });
    make(&mut desk, &file, &plan).await;
    // Each picture had the lines of two, of which the first is shown, and is there twice.
    let first: Vec<_> = (0..25).map(|n: usize| n.div_ceil(2) * 2).collect();
    assert_eq!(desk.play("v0", 0..1).await.numbers, first);
}

// Case M9: a picture with sound, whose frame rate means nothing.
#[tokio::test(flavor = "multi_thread")]
async fn one_picture_is_shown_as_long_as_its_sound() {
    let mut desk = Desk::open().await;
    let film = Film::new(&desk.folder(), 500);
    film.file("still.png", &["-map", "0:v", "-frames:v", "1"]);
    let options = ["-map", "2:v", "-map", "1:a", "-c:v", "mjpeg", "-c:a", "flac"];
    let file = film.file_with("still.mkv", &["-i", "still.png"], &options);
    let plan =
        with_sound(with_picture(plan("matroska,webm", &[0, 6000, 12_000, 18_000, 20_000]), &[(256, 144)]), 1);
    let upload = desk.upload(&fs::read(file).unwrap()).await;
    for (first, end) in [(2, 4), (0, 2)] {
        desk.done(&upload, segments(&plan, first, end)).await.completed();
    }
    let played = desk.play("v0", 0..4).await;
    assert_eq!(played.numbers, vec![0; 500]);
    let keys = packets(&played, &desk.folder()).iter().filter(|(.., is_key)| *is_key).count();
    assert_eq!(keys, 4, "every segment begins with a key frame");
    assert_same_sound(&film.samples(), &desk.play("a0", 0..4).await.samples, &[6.0, 12.0, 18.0]);

    let mut desk = Desk::open().await;
    let one = Film::new(&desk.folder(), 1)
        .file("one.mp4", &["-map", "0:v", "-c:v", "libx264", "-pix_fmt", "yuv420p"]);
    make(&mut desk, &one, &with_picture(plan_of_one(), &[(256, 144)])).await;
    assert_eq!(desk.play("v0", 0..1).await.numbers, [0]);
}

fn plan_of_one() -> Plan {
    plan("mov,mp4,m4a,3gp,3g2,mj2", &[0, 40])
}

#[tokio::test(flavor = "multi_thread")]
async fn sound_that_ends_early_or_begins_late_keeps_its_place() {
    let mut desk = Desk::open().await;
    let film = Film::new(&desk.folder(), 150);
    let file = film.file(
        "a.mkv",
        &[
            "-map",
            "0:v",
            "-map",
            "1:a",
            "-c:v",
            "libx264",
            "-pix_fmt",
            "yuv420p",
            "-c:a",
            "flac",
            "-af",
            "aselect='between(t,1,4)'",
        ],
    );
    let plan = with_sound(with_picture(plan("matroska,webm", &[0, 2000, 4000, 6000]), &[(256, 144)]), 1);
    make(&mut desk, &file, &plan).await;
    let played = desk.play("a0", 0..3).await.samples;
    let energy = |from: usize| played[from..from + 4800].iter().map(|sample| sample * sample).sum::<f32>();
    assert!(energy(24_000) < 0.1 && energy(240_000) < 0.1 && energy(96_000) > 10.0);
    let (shift, rest) = super::played::shift(&film.samples(), &played, 120_000);
    assert!(shift.abs() <= 48 && rest < 0.05, "{shift} {rest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_of_4_to_3_fills_its_rendition() {
    let mut desk = Desk::open().await;
    let film = Film::new(&desk.folder(), 50);
    let options = ["-map", "0:v", "-vf", "scale=192:144", "-c:v", "mpeg4", "-q:v", "2"];
    let file = film.file("a.mkv", &options);
    let plan = with_picture(plan("matroska,webm", &[0, 2000]), &[(192, 144)]);
    make(&mut desk, &file, &plan).await;
    assert_eq!(desk.play("v0", 0..1).await.numbers, counted(50));
}
