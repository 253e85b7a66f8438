//! Plays what a worker has made: init segment and segments in a row, as a browser gets them.

use std::fs;

use super::{
    desk::Desk,
    film::{self, RATE},
};

/// A rendition that was played.
pub(crate) struct Played {
    /// The numbers of its pictures.
    pub(crate) numbers: Vec<usize>,
    /// Its samples.
    pub(crate) samples: Vec<f32>,
    /// Init segment and segments.
    pub(crate) bytes: Vec<u8>,
}

impl Desk {
    /// Plays the segments of a rendition.
    pub(crate) async fn play(&self, rendition: &str, segments: std::ops::Range<usize>) -> Played {
        let mut bytes = self.object(&format!("hls/asset_1/1/{rendition}/init.mp4")).await;
        for segment in segments {
            bytes.extend(self.object(&format!("hls/asset_1/1/{rendition}/{segment}.m4s")).await);
        }
        let file = self.folder().join(format!("{rendition}.mp4"));
        fs::write(&file, &bytes).unwrap();
        let name = file.to_str().unwrap();
        let is_video = rendition.starts_with('v');
        // The strip of fields from the middle of the picture, whatever its size.
        let filter = "scale=256:144:flags=area,crop=256:16:0:64,scale=16:1:flags=area";
        let numbers = if is_video {
            let fields = film::ffmpeg(&[
                "-i",
                name,
                "-vf",
                filter,
                "-fps_mode",
                "passthrough",
                "-f",
                "rawvideo",
                "-pix_fmt",
                "gray",
                "-",
            ]);
            fields.chunks(16).map(number).collect()
        } else {
            Vec::new()
        };
        let samples = if is_video {
            Vec::new()
        } else {
            let samples = film::ffmpeg(&["-i", name, "-f", "f32le", "-ac", "1", "-ar", "48000", "-"]);
            samples.chunks(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect()
        };
        Played { numbers, samples, bytes }
    }
}

fn number(fields: &[u8]) -> usize {
    fields.iter().enumerate().map(|(bit, field)| usize::from(*field > 128) << bit).sum()
}

/// Times and key frames of the packets, in seconds.
pub(crate) fn packets(bytes_of: &Played, folder: &std::path::Path) -> Vec<(f64, f64, bool)> {
    let file = folder.join("packets.mp4");
    fs::write(&file, &bytes_of.bytes).unwrap();
    let output = std::process::Command::new("ffprobe")
        .args(["-v", "error", "-show_entries", "packet=pts_time,dts_time,flags", "-of", "csv=p=0"])
        .arg(file)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| {
            let fields: Vec<_> = line.split(',').collect();
            (fields[0].parse().unwrap(), fields[1].parse().unwrap(), fields[2].starts_with('K'))
        })
        .collect()
}

/// How many samples later than in the original the sound at a time is, and how much of it is something else (0 to 1).
pub(crate) fn shift(original: &[f32], played: &[f32], at: usize) -> (isize, f32) {
    const WINDOW: usize = 2048;
    let window = &original[at..at + WINDOW];
    let energy: f32 = window.iter().map(|sample| sample * sample).sum();
    let difference = |lag: isize| -> f32 {
        let from = at.checked_add_signed(lag).unwrap();
        window.iter().zip(&played[from..]).map(|(a, b)| (a - b) * (a - b)).sum::<f32>() / energy
    };
    let best = (-300..=300).min_by(|a, b| difference(*a).total_cmp(&difference(*b))).unwrap();
    (best, difference(best))
}

/// Requires the sound to be that of the original, exact to a fraction of a millisecond, also where segments meet.
pub(crate) fn assert_same_sound(original: &[f32], played: &[f32], cuts_s: &[f64]) {
    let places = cuts_s.iter().map(|cut| (cut * RATE as f64) as usize - 1024);
    for at in places.chain([4800, original.len() / 2, original.len() - 8000]) {
        let (shift, rest) = shift(original, played, at);
        assert!(shift.abs() <= 24, "the sound at sample {at} is {shift} samples late ({rest})");
        assert!(rest < 0.05, "the sound at sample {at} differs: {rest}");
    }
}
