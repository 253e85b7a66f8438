//! Renditions that are copied: H.264 and AAC as they are in the file.

use std::fs;

use proto::transcode::v1::{Plan, VideoRendition, media_stream::Kind};

use super::{
    desk::Desk,
    film::Film,
    plans::{copied, plan, segments, with_picture, with_sound},
    played::{assert_same_sound, packets},
};

const H264: [&str; 12] =
    ["-c:v", "libx264", "-g", "50", "-sc_threshold", "0", "-bf", "3", "-pix_fmt", "yuv420p", "-c:a", "aac"];

#[tokio::test(flavor = "multi_thread")]
async fn copies_join_without_a_seam() {
    // In Matroska the picture begins 21 ms late, with the first sample that the encoder of the sound was given.
    let index_in_front = ["-movflags", "+faststart"];
    for (name, demuxer, late, more) in [
        ("end.mp4", "mov,mp4,m4a,3gp,3g2,mj2", 0, &[][..]),
        ("front.mp4", "mov,mp4,m4a,3gp,3g2,mj2", 0, &index_in_front),
        ("a.mkv", "matroska,webm", 1024, &[]),
    ] {
        let mut desk = Desk::open().await;
        let film = Film::new(&desk.folder(), 200);
        let file = film.file(name, &[&H264[..], &["-ar", "48000", "-ac", "1"], more].concat());
        let mut plan = copied(with_sound(with_picture(plan(demuxer, &[0, 8000]), &[(256, 144)]), 1));
        let (upload, probe) = desk.planned(&file, &mut plan).await;
        let [first, cuts @ ..] = &probe.key_frames_us[..] else { panic!("{name}: {probe:?}") };
        plan.cuts = [0].into_iter().chain(cuts.iter().map(|us| us * 9 / 100)).chain([8 * 90_000]).collect();
        assert_eq!(plan.cuts.len(), 5, "{name}");
        for (first, end) in [(1, 3), (0, 1), (3, 4)] {
            desk.done(&upload, segments(&plan, first, end)).await.completed();
        }
        let played = desk.play("v0", 0..4).await;
        assert_eq!(played.numbers, (0..200).collect::<Vec<_>>(), "{name}");
        for (index, (_, dts, _)) in packets(&played, &desk.folder()).iter().enumerate() {
            let turn = index as f64 / 25.0 + *first as f64 / 1e6;
            assert!((dts - turn).abs() < 0.0011, "{name}: picture {index} is decoded at {dts}");
        }
        let samples = [vec![0.0; late], film.samples()].concat();
        assert_same_sound(&samples, &desk.play("a0", 0..4).await.samples, &[2.0, 6.0]);
        assert_eq!(desk.play("v0", 2..3).await.numbers, (100..150).collect::<Vec<_>>(), "{name}");
    }
}

// Case M13: the sound has no plain configuration, so it alone is encoded.
#[tokio::test(flavor = "multi_thread")]
async fn a_copied_picture_goes_with_encoded_sound() {
    let mut desk = Desk::open().await;
    let film = Film::new(&desk.folder(), 100);
    let file = film.file("a.mp4", &[&H264[..], &["-af", "aformat=channel_layouts=2.1"]].concat());
    let mut plan =
        with_sound(with_picture(plan("mov,mp4,m4a,3gp,3g2,mj2", &[0, 2000, 4000]), &[(256, 144)]), 1);
    plan.videos = plan.videos.into_iter().map(|video| VideoRendition { copied: true, ..video }).collect();
    let upload = desk.upload(&fs::read(file).unwrap()).await;
    desk.done(&upload, segments(&plan, 0, 2)).await.completed();
    assert_eq!(desk.play("v0", 0..2).await.numbers, (0..100).collect::<Vec<_>>());
    let sound = desk.play("a0", 0..2).await;
    assert_eq!(sound.samples.len() / 48_000, 4);
}

// Case M14.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_holds_no_place() {
    let mut desk = Desk::open().await;
    let film = Film::new(&desk.folder(), 50);
    let file = film.file("a.mov", &[&H264[..], &["-metadata", "location=+52.5200+013.4050/"]].concat());
    let plan =
        copied(with_sound(with_picture(plan("mov,mp4,m4a,3gp,3g2,mj2", &[0, 2000]), &[(256, 144)]), 1));
    let upload = desk.upload(&fs::read(file).unwrap()).await;
    desk.done(&upload, segments(&plan, 0, 1)).await.completed();
    for name in ["v0", "a0"] {
        let bytes = desk.play(name, 0..1).await.bytes;
        assert!(!bytes.windows(5).any(|part| part == b"+52.5"), "{name}");
    }
}

// Case M10.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_ends_before_the_picture_does_is_tried_again() {
    for (name, demuxer) in [("a.mp4", "mov,mp4,m4a,3gp,3g2,mj2"), ("a.mkv", "matroska,webm")] {
        let mut desk = Desk::open().await;
        let film = Film::new(&desk.folder(), 150);
        // The sound is longer, as it often is.
        let sound = ["-ac", "1", "-af", "apad=pad_dur=2"];
        let file = film.file(name, &[&H264[..], &sound].concat());
        let mut plan =
            copied(with_sound(with_picture(plan(demuxer, &[0, 2000, 4000, 8000]), &[(256, 144)]), 1));
        let (upload, probe) = desk.planned(&file, &mut plan).await;
        let Some(Kind::Video(picture)) = &probe.streams[0].kind else { panic!("{name}: {probe:?}") };
        assert!((picture.end_us - 6_020_000).abs() <= 21_000, "{name}: {}", picture.end_us);
        plan.cuts = [0].into_iter().chain(probe.key_frames_us[1..].iter().map(|us| us * 9 / 100)).collect();
        plan.cuts.push(8 * 90_000);
        plan.video.as_mut().unwrap().end_us = picture.end_us;
        desk.done(&upload, segments(&plan, 0, 3)).await.completed();
        plan.video.as_mut().unwrap().end_us = picture.end_us + 1_000_000;
        let failed = desk.done(&upload, segments(&plan, 0, 3)).await.failed();
        assert!(failed.retryable && failed.reason.is_empty(), "{name}: {failed:?}");
        assert!(failed.message.contains("the picture ends after 60"), "{name}: {}", failed.message);
        assert_eq!(desk.published(), [0, 1, 2, 0, 1], "{name}: the last one is not published");
        // In the middle of the film nothing is compared.
        desk.done(&upload, segments(&plan, 0, 2)).await.completed();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_without_a_key_frame_is_a_damaged_index() {
    let mut desk = Desk::open().await;
    let film = Film::new(&desk.folder(), 150);
    let file = film.file("a.mp4", &H264);
    let plan = copied(with_picture(plan("mov,mp4,m4a,3gp,3g2,mj2", &[0, 1000, 6000]), &[(256, 144)]));
    let upload = desk.upload(&fs::read(file).unwrap()).await;
    let failed = desk.done(&upload, segments(&plan, 0, 2)).await.failed();
    assert_eq!((&*failed.reason, failed.retryable), ("FILE_UNREADABLE", false), "{}", failed.message);
    assert!(failed.message.contains("1000 ms"), "{}", failed.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn sound_that_ends_before_the_picture_is_silent_to_the_end() {
    let mut desk = Desk::open().await;
    let film = Film::new(&desk.folder(), 200);
    let file = film.file("a.mp4", &[&H264[..], &["-ac", "1", "-af", "atrim=end=3"]].concat());
    let plan: Plan = copied(with_sound(
        with_picture(plan("mov,mp4,m4a,3gp,3g2,mj2", &[0, 2000, 4000, 6000, 8000]), &[(256, 144)]),
        1,
    ));
    let upload = desk.upload(&fs::read(file).unwrap()).await;
    desk.done(&upload, segments(&plan, 0, 4)).await.completed();
    let samples = desk.play("a0", 0..4).await.samples;
    assert_eq!(samples.len() / 1024, 375);
    assert!(samples[240_000..].iter().all(|sample| sample.abs() < 0.01));
}
