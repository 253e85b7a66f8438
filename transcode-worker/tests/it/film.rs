//! Films whose pictures carry their number, and whose sound rises, so that a wrong frame and a shifted sample are found.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Size of the pictures: 16 fields of 16 pixels in a row.
pub(crate) const WIDTH: usize = 256;
pub(crate) const HEIGHT: usize = 144;

/// Samples per second of the sound.
pub(crate) const RATE: usize = 48_000;

/// A film of so many pictures, 25 a second.
pub(crate) struct Film {
    pub(crate) pictures: usize,
    folder: PathBuf,
}

impl Film {
    pub(crate) fn new(folder: &Path, pictures: usize) -> Self {
        let film = Self { pictures, folder: folder.to_owned() };
        film.write_sound();
        film
    }

    /// The sound as samples: a tone that rises from 200 Hz by 200 Hz a second.
    pub(crate) fn samples(&self) -> Vec<f32> {
        (0..self.pictures * RATE / 25).map(tone).collect()
    }

    fn write_sound(&self) {
        let bytes: Vec<u8> = self.samples().into_iter().flat_map(f32::to_le_bytes).collect();
        fs::write(self.folder.join("sound.f32"), bytes).unwrap();
    }

    /// Makes a file by these options of ffmpeg; input 0 is the picture, input 1 the sound.
    pub(crate) fn file(&self, name: &str, options: &[&str]) -> PathBuf {
        self.file_with(name, &[], options)
    }

    /// The same, marked as to be turned clockwise by a quarter, as phones do.
    pub(crate) fn turned(&self, name: &str, options: &[&str]) -> PathBuf {
        let (file, plain) = (self.folder.join(name), self.file(&format!("plain-{name}"), options));
        let tags = ["-map_metadata", "0", "-movflags", "use_metadata_tags"];
        let arguments =
            [&["-y", "-i", plain.to_str().unwrap(), "-c", "copy", "-metadata:s:v", "rotate=270"][..], &tags];
        ffmpeg(&[&arguments.concat()[..], &[file.to_str().unwrap()]].concat());
        file
    }

    /// The same with more inputs.
    pub(crate) fn file_with(&self, name: &str, inputs: &[&str], options: &[&str]) -> PathBuf {
        let file = self.folder.join(name);
        let size = format!("{WIDTH}x{HEIGHT}");
        let mut ffmpeg = Command::new("ffmpeg")
            .current_dir(&self.folder)
            .args([
                "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray", "-r", "25", "-s", &size, "-i", "-",
            ])
            .args(["-f", "f32le", "-ar", "48000", "-ac", "1", "-i", "sound.f32"])
            .args(inputs)
            .args(options)
            .arg(&file)
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = ffmpeg.stdin.take().unwrap();
        for number in 0..self.pictures {
            // It may want only some of them.
            if stdin.write_all(&picture(number)).is_err() {
                break;
            }
        }
        drop(stdin);
        let output = ffmpeg.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        file
    }
}

fn tone(sample: usize) -> f32 {
    let at = sample as f64 / RATE as f64;
    (0.4 * (std::f64::consts::TAU * (200.0 * at + 100.0 * at * at)).sin()) as f32
}

/// A grey picture with its number as a row of bright and dark fields over its whole height, the lowest bit on the left.
fn picture(number: usize) -> Vec<u8> {
    let row: Vec<u8> = (0..WIDTH).map(|x| if number >> (x / 16) & 1 == 1 { 210 } else { 40 }).collect();
    row.repeat(HEIGHT)
}

/// Time of the first packet of a stream in seconds.
pub(crate) fn start(file: &Path, stream: usize) -> f64 {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-show_entries", "packet=pts_time", "-of", "csv=p=0", "-select_streams"])
        .arg(stream.to_string())
        .arg(file)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().next().unwrap().trim_end_matches(',').parse().unwrap()
}

/// Runs ffmpeg and returns its standard output.
pub(crate) fn ffmpeg(arguments: &[&str]) -> Vec<u8> {
    let output =
        Command::new("ffmpeg").args(["-v", "error"]).args(arguments).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // A stream that decodes with complaints is no good stream.
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
