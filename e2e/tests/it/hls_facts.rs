//! Compares playlists with the segments, as ffprobe reads them.

use std::{path::Path, process::Command};

use anyhow::{Context as _, anyhow, ensure};
use testkit::hls::{MediaPlaylist, Variant, master, media};

/// Times are rounded to a tick of 90 kHz at most, and Matroska has milliseconds.
const TIME_TOLERANCE_S: f64 = 0.002;

/// Reads all playlists of the film at this URL by the rules of RFC 8216, and compares them with the segments.
pub(crate) async fn check(url: &str) -> anyhow::Result<()> {
    let base = url.strip_suffix("master.m3u8").context("another name")?;
    let master = master(&text(url).await?).map_err(|rule| anyhow!("master.m3u8: {rule}"))?;
    let mut sounds = Vec::new();
    for track in master.renditions {
        let playlist = playlist(base, &track.uri).await?;
        match playlist.init {
            Some(_) => sounds.push(Parts::fetch(base, &track.uri, playlist).await?),
            None => ensure!(track.kind == "SUBTITLES", "{}: no EXT-X-MAP", track.uri),
        }
    }
    for sound in &sounds {
        sound.check("mp4a")?;
    }
    let pictures = master.variants.iter().filter(|variant| variant.resolution.is_some());
    for variant in pictures {
        let picture = Parts::fetch(base, &variant.uri, playlist(base, &variant.uri).await?).await?;
        picture.check("avc1")?;
        picture.check_variant(variant, &sounds)?;
    }
    Ok(())
}

async fn get(url: &str) -> anyhow::Result<Vec<u8>> {
    let answer = e2e::http().build()?.get(url).send().await?;
    ensure!(answer.status() == 200, "{url}: {}", answer.status());
    Ok(answer.bytes().await?.into())
}

async fn text(url: &str) -> anyhow::Result<String> {
    Ok(String::from_utf8(get(url).await?)?)
}

async fn playlist(base: &str, uri: &str) -> anyhow::Result<MediaPlaylist> {
    media(&text(&format!("{base}{uri}")).await?).map_err(|rule| anyhow!("{uri}: {rule}"))
}

/// A rendition: its init segment and its segments.
struct Parts {
    uri: String,
    playlist: MediaPlaylist,
    init: Vec<u8>,
    segments: Vec<Vec<u8>>,
}

impl Parts {
    async fn fetch(base: &str, uri: &str, playlist: MediaPlaylist) -> anyhow::Result<Self> {
        let init = get(&format!("{base}{}", playlist.init.as_deref().unwrap_or_default())).await?;
        let mut segments = Vec::new();
        for (name, _) in &playlist.segments {
            segments.push(get(&format!("{base}{name}")).await?);
        }
        Ok(Self { uri: uri.to_owned(), playlist, init, segments })
    }

    /// Every segment begins where the lengths before it add up to, and can be decoded alone.
    fn check(&self, entry: &str) -> anyhow::Result<()> {
        let uri = &self.uri;
        ensure!(self.init.windows(4).any(|part| part == entry.as_bytes()), "{uri}: no {entry}");
        ensure!(self.playlist.independent, "{uri}: segments are not said to be independent");
        let mut start_s = 0.0;
        for ((name, seconds), bytes) in self.playlist.segments.iter().zip(&self.segments) {
            // Decoding begins with the picture that is shown first. To times of showing ffprobe adds the largest offset that is
            // below zero.
            let told = probe(&[&self.init[..], bytes].concat(), "packet=dts_time,flags")?;
            let (first_s, flags) =
                told.lines().next().and_then(|line| line.split_once(',')).context("no packet")?;
            let first_s: f64 = first_s.parse()?;
            // A copied picture may begin a little after its sound.
            let is_first = start_s == 0.0 && first_s < 0.5;
            ensure!(
                is_first || (first_s - start_s).abs() < TIME_TOLERANCE_S,
                "{name} begins at {first_s} s instead of {start_s} s"
            );
            ensure!(flags.starts_with('K'), "{name} does not begin with a key frame");
            start_s += seconds;
        }
        Ok(())
    }

    /// The attributes of a variant are those of its picture, and of the largest of its sounds.
    fn check_variant(&self, variant: &Variant, sounds: &[Self]) -> anyhow::Result<()> {
        let uri = &self.uri;
        let whole = [self.init.clone(), self.segments.concat()].concat();
        let told = probe(&whole, "stream=width,height,avg_frame_rate")?;
        let fields: Vec<_> = told.trim().split(',').collect();
        let (width, height) = variant.resolution.context("no RESOLUTION")?;
        ensure!(
            fields[..2] == [width.to_string(), height.to_string()],
            "{uri}: {told} is not {width}x{height}"
        );
        let (frames, per) = fields[2].split_once('/').context("no rate")?;
        let rate = frames.parse::<f64>()? / per.parse::<f64>()?;
        let said = variant.frame_rate.context("no FRAME-RATE")?;
        ensure!((rate - said).abs() < 0.01, "{uri}: {rate} frames a second, and {said} are said");
        let at = self.init.windows(4).position(|part| part == b"avcC").context("no avcC")? + 5;
        let codec = format!("avc1.{:02x}{:02x}{:02x}", self.init[at], self.init[at + 1], self.init[at + 2]);
        let mut codecs = vec![codec];
        if variant.audio.is_some() {
            codecs.push("mp4a.40.2".to_owned());
        }
        ensure!(variant.codecs == codecs, "{uri}: {codecs:?}, and {:?} are said", variant.codecs);

        let sizes: Vec<u32> = (0..self.segments.len())
            .map(|index| {
                let sound = sounds.iter().map(|sound| sound.segments[index].len()).max().unwrap_or_default();
                u32::try_from(self.segments[index].len() + sound)
            })
            .collect::<Result<_, _>>()?;
        let peak = self.peak(&sizes);
        ensure!(
            peak <= f64::from(variant.bandwidth),
            "{uri}: {peak} bits per second, and {} are said",
            variant.bandwidth
        );
        Ok(())
    }

    /// The largest bit rate of any segments in a row that last between a half and one and a half target durations (4.1).
    fn peak(&self, sizes: &[u32]) -> f64 {
        let target_s = f64::from(self.playlist.target);
        let mut peak = 0.0_f64;
        for start in 0..sizes.len() {
            let (mut bits, mut seconds) = (0.0, 0.0);
            for (size, (_, length)) in sizes.iter().zip(&self.playlist.segments).skip(start) {
                bits += 8.0 * f64::from(*size);
                seconds += length;
                if (0.5 * target_s..=1.5 * target_s).contains(&seconds) {
                    peak = peak.max(bits / seconds);
                }
            }
        }
        peak
    }
}

/// Output of ffprobe for a stream, as comma-separated lines.
fn probe(bytes: &[u8], entries: &str) -> anyhow::Result<String> {
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), bytes)?;
    let path: &Path = file.path();
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-show_entries", entries, "-of", "csv=p=0"])
        .arg(path)
        .output()?;
    ensure!(
        output.status.success() && output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}
