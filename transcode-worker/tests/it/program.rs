//! The program as people run it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::{Value, json};

const FILM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../media-svc/assets/test-film.mp4");

fn probe(file: impl AsRef<Path>, flags: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_transcode-worker"))
        .arg("probe")
        .arg(file.as_ref())
        .args(flags)
        .output()
        .unwrap()
}

fn as_json(file: impl AsRef<Path>) -> Value {
    let output = probe(file, &["--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The exit code and the one sentence of a probe that fails.
fn refused(file: impl AsRef<Path>) -> (i32, String) {
    let output = probe(file, &["--json"]);
    assert!(output.stdout.is_empty());
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.starts_with("transcode-worker: "), "{text}");
    (output.status.code().unwrap(), text)
}

struct Samples(tempfile::TempDir);

impl Samples {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Three seconds of picture and sound, as these options have it.
    fn make(&self, name: &str, options: &[&str]) -> PathBuf {
        let file = self.path(name);
        let inputs = [
            "-f",
            "lavfi",
            "-i",
            "testsrc2=size=320x180:rate=30000/1001:duration=3",
            "-f",
            "lavfi",
            "-i",
            "sine=sample_rate=44100:duration=3",
        ];
        let made = Command::new("ffmpeg")
            .args(["-v", "error", "-y"])
            .args(inputs)
            .args(options)
            .arg(&file)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        file
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        fs::write(self.path(name), bytes).unwrap();
        self.path(name)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

#[test]
fn the_test_film_is_described_in_proto_json() {
    let probe = as_json(FILM);
    let bit_rate: u64 = probe["bitRate"].as_str().unwrap().parse().unwrap();
    assert!((50_000..200_000).contains(&bit_rate), "{bit_rate}");
    assert_eq!(
        (&probe["container"], &probe["durationUs"]),
        (&json!("mov,mp4,m4a,3gp,3g2,mj2"), &json!("120000000"))
    );
    let [picture, sound] = &probe["streams"].as_array().unwrap()[..] else { panic!("{probe}") };
    assert_eq!((&picture["codec"], &sound["codec"]), (&json!("h264"), &json!("aac")));
    let size = ["width", "height", "frameRate"].map(|key| picture["video"][key].as_f64().unwrap());
    assert_eq!(size.map(|number| number.round() as i64), [640, 360, 25]);
    assert_eq!(sound["audio"], json!({"sampleRateHz": 48000, "channels": 1, "channelConfiguration": 1}));
    assert_eq!(probe["keyFramesUs"][0], "0");
}

#[test]
fn the_test_film_is_described_for_people() {
    let output = probe(FILM, &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    for words in ["duration   0:02:00.000", "640x360, 25 fps", "48000 Hz, 1 channel", "h264"] {
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn other_containers_codecs_and_languages_are_described() {
    let samples = Samples::new();
    let webm = as_json(samples.make(
        "a.webm",
        &["-c:v", "libvpx", "-c:a", "libopus", "-ac", "2", "-metadata:s:a:0", "language=deu"],
    ));
    assert_eq!(webm["container"], "matroska,webm");
    assert_eq!(webm["streams"][0]["codec"], "vp8");
    assert!((webm["streams"][0]["video"]["frameRate"].as_f64().unwrap() - 29.97).abs() < 0.01);
    assert_eq!(webm["streams"][1]["language"], "deu");
    assert_eq!(webm["streams"][1]["audio"], json!({"sampleRateHz": 48000, "channels": 2}));

    let srt = samples.write("a.srt", "1\n00:00:00,000 --> 00:00:02,000\nHello\n");
    let subtitled = samples.path("subtitled.mkv");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-i", FILM, "-t", "2", "-i"])
        .arg(srt)
        .args(["-c", "copy", "-c:s", "srt"])
        .arg(&subtitled)
        .status();
    assert!(made.unwrap().success());
    let streams = as_json(subtitled)["streams"].take();
    assert!(streams.as_array().unwrap().iter().any(|stream| stream["subtitle"] == json!({})), "{streams}");

    let sound = as_json(samples.make("a.mp3", &["-map", "1:a"]));
    assert_eq!((&sound["container"], &sound["streams"][0]["codec"]), (&json!("mp3"), &json!("mp3")));
    assert_eq!(as_json(samples.make("a.ts", &["-c:v", "mpeg2video", "-c:a", "mp2"]))["container"], "mpegts");
}

#[test]
fn a_missing_file_and_a_folder_are_reported() {
    let samples = Samples::new();
    let (code, text) = refused(samples.path("missing.mp4"));
    assert_eq!(code, 1);
    assert!(text.contains("there is no file") && text.contains("missing.mp4"), "{text}");
    assert_eq!(refused(samples.0.path()).0, 1);
    assert_eq!(refused("http://127.0.0.1:9/film.mp4").0, 1, "no address is opened");
    assert_eq!(
        Command::new(env!("CARGO_BIN_EXE_transcode-worker")).arg("probe").output().unwrap().status.code(),
        Some(2)
    );
}

#[test]
fn a_file_without_media_is_reported() {
    let samples = Samples::new();
    for (name, bytes, expected) in [
        ("empty.mp4", String::new(), 3),
        ("text.mp4", "this is no film\n".repeat(500), 3),
        ("page.html", "<!DOCTYPE html><html></html>".to_owned(), 3),
        ("subtitle.srt", "1\n00:00:00,000 --> 00:00:02,000\nHello\n".to_owned(), 5),
    ] {
        let (code, text) = refused(samples.write(name, bytes));
        assert_eq!(code, expected, "{text}");
        assert!(text.contains(name), "{text}");
    }
}

#[test]
fn files_that_name_other_files_are_not_followed() {
    let samples = Samples::new();
    let part = samples.make("part.ts", &["-c:v", "mpeg2video", "-c:a", "mp2"]);
    let playlist =
        format!("#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{}\n#EXT-X-ENDLIST\n", part.display());
    let (code, text) = refused(samples.write("list.m3u8", playlist));
    assert_eq!(code, 5);
    assert!(text.contains("of a kind that is not taken"), "{text}");
    assert_eq!(
        refused(samples.write("list.txt", format!("ffconcat version 1.0\nfile '{}'\n", part.display()))).0,
        5
    );
}

#[test]
fn a_truncated_file_is_reported() {
    let samples = Samples::new();
    // The index comes first: all of it is there, and the frames are not.
    let film = fs::read(FILM).unwrap();
    for percent in [30, 60, 90] {
        let (code, text) = refused(samples.write("index-first.mp4", &film[..film.len() * percent / 100]));
        assert_eq!(code, 3, "{percent} %: {text}");
        assert!(text.contains("cut short") && text.contains("120 s"), "{percent} %: {text}");
    }
    // The index comes last, and is gone.
    let whole = fs::read(samples.make("whole.mp4", &["-c:v", "libx264", "-c:a", "aac"])).unwrap();
    let (code, text) = refused(samples.write("index-last.mp4", &whole[..whole.len() / 2]));
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("cut short"), "{text}");
    assert_eq!(refused(samples.write("head.mp4", &film[..100])).0, 3);
}
