//! The films of the cases: small ones, with bytes behind them that players skip.

use std::{path::Path, process::Command};

use bytes::Bytes;

/// A kind of film.
pub(super) struct Film {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    bytes: Vec<u8>,
}

/// 24 seconds: thirteen segments, so two tasks for a layer.
const SOURCE: [&str; 8] = [
    "-f",
    "lavfi",
    "-i",
    "testsrc2=size=160x90:rate=25:duration=24",
    "-f",
    "lavfi",
    "-i",
    "sine=sample_rate=44100:duration=24",
];
const COPIED: [&str; 12] = [
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-pix_fmt",
    "yuv420p",
    "-profile:v",
    "baseline",
    "-g",
    "50",
    "-c:a",
    "aac",
];

impl Film {
    /// One that is copied, one with its index at the end, and one that is encoded.
    pub(super) fn all(dir: &Path) -> [Self; 3] {
        let faststart: Vec<_> = COPIED.into_iter().chain(["-movflags", "+faststart"]).collect();
        [
            Self::make(dir, "copied.mp4", "video/mp4", &faststart),
            Self::make(dir, "index-last.mp4", "video/mp4", &COPIED),
            Self::make(dir, "encoded.mkv", "video/x-matroska", &["-c:v", "mpeg4", "-c:a", "libmp3lame"]),
        ]
    }

    fn make(dir: &Path, name: &'static str, kind: &'static str, codecs: &[&str]) -> Self {
        let path = dir.join(name);
        let status =
            Command::new("ffmpeg").args(["-v", "error", "-y"]).args(SOURCE).args(codecs).arg(&path).status();
        assert!(status.unwrap().success(), "ffmpeg is needed (scripts/setup.sh test)");
        Self { name, kind, bytes: std::fs::read(path).unwrap() }
    }

    /// The film with so many bytes behind it: a box `free`, or an element `Void`.
    pub(super) fn padded(&self, padding: usize, seed: u64) -> Bytes {
        let mut bytes = self.bytes.clone();
        if padding >= 16 {
            if self.kind == "video/mp4" {
                bytes.extend_from_slice(&u32::try_from(padding).unwrap().to_be_bytes());
                bytes.extend_from_slice(b"free");
            } else {
                let size = (padding as u64 - 9) | 1 << 56;
                bytes.push(0xec);
                bytes.extend_from_slice(&size.to_be_bytes());
            }
            let end = self.bytes.len() + padding;
            let mut state = seed;
            while bytes.len() < end {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                bytes.extend_from_slice(&state.to_be_bytes());
            }
            bytes.truncate(end);
        }
        bytes.into()
    }
}
