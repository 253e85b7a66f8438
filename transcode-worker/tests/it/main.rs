//! The program on real files, made by ffmpeg.
#![allow(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

fn probe(file: &Path, flags: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_transcode-worker")).arg("probe").arg(file).args(flags).output().unwrap()
}

fn complaint(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said.lines().count(), 1, "one clear line, and none of libav's own: {said}");
    said
}

/// Two seconds of a picture, a tone and a subtitle.
fn sample(dir: &Path, name: &str) -> std::path::PathBuf {
    let (subtitles, file) = (dir.join("s.srt"), dir.join(name));
    fs::write(&subtitles, "1\n00:00:00,000 --> 00:00:01,000\nhello\n").unwrap();
    let status = Command::new("ffmpeg")
        .args([
            "-v",
            "error",
            "-f",
            "lavfi",
            "-i",
            "testsrc2=size=320x180:rate=25:duration=2",
            "-f",
            "lavfi",
            "-i",
            "sine=sample_rate=48000:duration=2",
            "-i",
        ])
        .arg(&subtitles)
        .args(["-c:v", "libx264", "-c:a", "aac", "-c:s", "srt", "-metadata:s:s:0", "language=deu", "-y"])
        .arg(&file)
        .status()
        .unwrap();
    assert!(status.success());
    file
}

#[test]
fn a_file_is_described_for_programs_and_for_people() {
    let dir = tempfile::tempdir().unwrap();
    let file = sample(dir.path(), "sample.mkv");
    let json: Value = serde_json::from_slice(&probe(&file, &["--json"]).stdout).unwrap();
    assert!(json["container"].as_str().unwrap().contains("matroska"));
    let duration_us: i64 = json["durationUs"].as_str().unwrap().parse().unwrap();
    assert!((1_900_000..=2_200_000).contains(&duration_us), "{duration_us}");
    let streams = json["streams"].as_array().unwrap();
    assert_eq!(
        (&streams[0]["codec"], &streams[0]["video"]["width"], &streams[0]["video"]["frameRate"]),
        (&"h264".into(), &320.into(), &25.0.into())
    );
    assert_eq!((&streams[1]["codec"], &streams[1]["audio"]["sampleRateHz"]), (&"aac".into(), &48000.into()));
    assert_eq!((&streams[2]["language"], streams[2]["subtitle"].is_object()), (&"deu".into(), true));

    let text = String::from_utf8(probe(&file, &[]).stdout).unwrap();
    assert!(text.contains("320 x 180, 25.000 frames a second") && text.contains("48000 Hz"), "{text}");
}

#[test]
fn what_is_no_media_is_named() {
    let dir = tempfile::tempdir().unwrap();
    assert!(complaint(&probe(&dir.path().join("missing.mp4"), &[])).contains("missing.mp4"));
    let text = dir.path().join("letter.mp4");
    fs::write(&text, "dear reader, this is no film").unwrap();
    assert!(complaint(&probe(&text, &[])).contains("letter.mp4"));
    assert!(complaint(&probe(dir.path(), &[])).contains("media file"), "a folder");
    let cut = dir.path().join("cut.mp4");
    fs::write(&cut, &fs::read(sample(dir.path(), "whole.mkv")).unwrap()[..100]).unwrap();
    complaint(&probe(&cut, &[]));
}
