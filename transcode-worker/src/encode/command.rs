//! The arguments of ffmpeg. Pure: a plan and a range of segments in, arguments out.

use std::fmt::Write as _;

use proto::transcode::v1::{AudioRendition, Plan, VideoInput, VideoRendition};

use super::grid::{AAC_FRAME, FrameRate, Grid};

/// AAC frames that an encoder makes before the first one that is wanted: the first is empty, and the next ones are made by an
/// encoder that has not heard what came before.
pub(crate) const LEAD_FRAMES: i64 = 8;

/// AAC frames behind the last one that is wanted: a frame overlaps the next, which another run makes from the same samples.
const TAIL_FRAMES: i64 = 2;

/// Sound is decoded from this much earlier, since decoders need some packets to get right.
const SOUND_LEAD_US: i64 = 500_000;

/// Even loudness: the gain of each frame follows from this many frames, the frame itself in the middle. The filter looks at them
/// twice (the least gain, then a smooth one), and fades from the frame before.
const GAIN_FRAMES: i64 = 11;
/// Milliseconds of such a frame.
const GAIN_FRAME_MS: i64 = 400;
/// Frames of that kind before the first one that is wanted: all that its gain follows from, so every run finds the same.
const GAIN_LEAD_FRAMES: i64 = GAIN_FRAMES + 1;

/// How ffmpeg encodes.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// Preset of libx264.
    pub(crate) preset: String,
    /// Constant rate factor; the bit rate of the plan caps it.
    pub(crate) crf: u32,
    /// Threads of each decoder, filter graph and encoder.
    pub(crate) threads: u32,
}

/// Segments to encode in one go.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) grid: &'a Grid,
    /// Renditions of the picture, encoded.
    pub(crate) videos: Vec<(&'a VideoRendition, String)>,
    /// Renditions of the sound, encoded.
    pub(crate) sounds: Vec<(&'a AudioRendition, String)>,
    /// First segment.
    pub(crate) first: usize,
    /// Behind the last segment.
    pub(crate) end: usize,
}

/// The frame rate of the renditions.
pub(crate) fn frame_rate(video: &VideoInput) -> FrameRate {
    FrameRate { num: i64::from(video.frame_rate_num).max(1), den: i64::from(video.frame_rate_den).max(1) }
}

/// Arguments that make segments. Each rendition goes to the URL beside it: pictures as fragments of an mp4, one for each segment,
/// sound as ADTS.
pub(crate) fn segments(run: &Run<'_>, input: &str, options: &Options) -> Vec<String> {
    let start_us = run.grid.cut_us(run.first);
    let mut arguments = general(options);
    let has_picture = !run.videos.is_empty();
    // Two readers, because sound begins a little earlier, where the picture would cost a whole group of pictures.
    let has_own_reader = has_picture && !run.sounds.is_empty() && start_us > 0;
    if has_picture {
        read(&mut arguments, run.plan, input, start_us, options);
    }
    if !has_picture || has_own_reader {
        if has_own_reader {
            arguments.push("-vn".into());
        }
        read(&mut arguments, run.plan, input, start_us - sound_lead_us(&run.sounds), options);
    }
    let sound_reader = usize::from(has_own_reader);
    if let Some(video) = run.plan.video.as_ref().filter(|_| has_picture) {
        arguments.extend(["-filter_complex".into(), picture_filters(run, video).join(";")]);
    }
    for (index, (sound, _)) in run.sounds.iter().enumerate() {
        arguments.extend(["-filter_complex".into(), sound_filters(run, sound, sound_reader, index)]);
    }
    for (index, (video, url)) in run.videos.iter().enumerate() {
        write_picture(&mut arguments, run, video, index, url, options);
    }
    for (index, (sound, url)) in run.sounds.iter().enumerate() {
        let bit_rate = sound.bit_rate.max(16_000).to_string();
        extend(
            &mut arguments,
            &["-map", &format!("[a{index}]"), "-c:a", "aac", "-profile:a", "aac_low", "-b:a", &bit_rate],
        );
        extend(&mut arguments, &["-map_metadata", "-1", "-f", "adts", url]);
    }
    arguments
}

/// Arguments before the inputs.
pub(crate) fn general(options: &Options) -> Vec<String> {
    let mut arguments = Vec::new();
    extend(&mut arguments, &["-hide_banner", "-nostdin", "-nostats", "-loglevel", "warning", "-y"]);
    extend(&mut arguments, &["-progress", "pipe:1", "-stats_period", "1"]);
    extend(&mut arguments, &["-filter_complex_threads", &options.threads.to_string()]);
    // Times of the file, so that every run cuts at the same frames.
    extend(&mut arguments, &["-copyts"]);
    arguments
}

/// Adds an input that is read from `from_us` on, counted from the first frame.
pub(crate) fn read(arguments: &mut Vec<String>, plan: &Plan, url: &str, from_us: i64, options: &Options) {
    let demuxer = plan.demuxer.split(',').next().unwrap_or_default();
    extend(arguments, &["-threads", &options.threads.to_string()]);
    extend(
        arguments,
        &["-protocol_whitelist", "http,tcp", "-format_whitelist", &plan.demuxer, "-f", demuxer],
    );
    extend(arguments, &["-itsoffset", &format!("{}us", -plan.start_us)]);
    if from_us > 0 {
        let from_us = from_us + plan.start_us;
        extend(arguments, &["-seek_timestamp", "1", "-noaccurate_seek", "-ss", &format!("{from_us}us")]);
    }
    extend(arguments, &["-i", url]);
}

/// The filters that turn HDR into SDR. BT.2020 is what HDR has; files often leave it out.
pub(crate) const TO_SDR: &str = "zscale=pin=bt2020:min=bt2020nc:t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv";

fn picture_filters(run: &Run<'_>, video: &VideoInput) -> Vec<String> {
    let rate = frame_rate(video);
    let (start, end) = (rate.frames(run.grid, run.first).start, rate.frames(run.grid, run.end - 1).end);
    // A whole number of seconds, which every clock of a container can express: frame numbers are then the same in every run.
    let origin = start / rate.num;
    let mut chain = format!("[0:{}]", video.stream);
    if video.interlaced {
        chain.push_str("bwdif=mode=send_frame:deint=all,");
    }
    // The last frame is held until the end, since a picture may end before its sound, and the first one is shown from the start.
    let _ = write!(
        chain,
        "fps={0}/{1}:round=near,tpad=stop=-1:stop_mode=clone,fps={0}/{1}:start_time={2},trim=start_pts={start}:end_pts={end},setpts=PTS-{start}",
        rate.num,
        rate.den,
        origin * rate.den
    );
    if video.hdr {
        // Scaled first, because tone mapping is slow.
        if let Some((largest, _)) = run.videos.iter().max_by_key(|(video, _)| video.width) {
            let _ = write!(chain, ",scale={}:{}:flags=bicubic,{TO_SDR}", largest.width, largest.height);
        }
    }
    let _ = write!(chain, ",split={}", run.videos.len());
    (0..run.videos.len()).for_each(|index| _ = write!(chain, "[s{index}]"));
    let mut graph = vec![chain];
    for (index, (video, _)) in run.videos.iter().enumerate() {
        graph.push(format!(
            "[s{index}]scale={}:{}:flags=bicubic,setsar=1,format=yuv420p[v{index}]",
            video.width, video.height
        ));
    }
    graph
}

/// How much earlier the sound is read.
fn sound_lead_us(sounds: &[(&AudioRendition, String)]) -> i64 {
    let is_even = sounds.iter().any(|(sound, _)| sound.even_loudness);
    SOUND_LEAD_US + if is_even { (GAIN_LEAD_FRAMES + 1) * GAIN_FRAME_MS * 1000 } else { 0 }
}

/// Sound on the grid of AAC frames, in a graph of its own, since ffmpeg may hand the encoder wrong pieces where a graph has pictures
/// too: begins exactly at a sample, gaps filled, silence behind the end.
fn sound_filters(run: &Run<'_>, sound: &AudioRendition, reader: usize, index: usize) -> String {
    let rate = i64::from(sound.sample_rate_hz).max(8000);
    let first = run.grid.sound(run.first, rate).start - LEAD_FRAMES;
    let count = run.grid.sound(run.end - 1, rate).end + TAIL_FRAMES - first;
    let layout = if sound.channels == 1 { "mono" } else { "stereo" };
    let (start, length) = (first * AAC_FRAME, count * AAC_FRAME);
    let (read_from, even) =
        if sound.even_loudness { even_loudness(start, rate) } else { (start, String::new()) };
    let skipped = start - read_from;
    format!(
        "[{reader}:{}]aresample={rate}:async=1:first_pts={read_from},aformat=sample_fmts=fltp:channel_layouts={layout},apad{even},atrim=start_sample={skipped}:end_sample={},asetnsamples=n={AAC_FRAME}:p=0[a{index}]",
        sound.stream,
        skipped + length
    )
}

/// The filter that makes the loudness even, and the sample from which it has to hear. Its frames lie on a grid from the start of the
/// film and their gain follows from a few frames around each, so segments of different runs join without a seam, and no run needs
/// to hear the whole film first, as one gain for all of it (EBU R 128) would.
fn even_loudness(start: i64, rate: i64) -> (i64, String) {
    let frame = rate * GAIN_FRAME_MS / 1000;
    let read_from = (start.div_euclid(frame) - GAIN_LEAD_FRAMES) * frame;
    // A mean of -20 dBFS, by a gain of 8 at most, and never above -1 dBFS.
    (read_from, format!(",dynaudnorm=f={GAIN_FRAME_MS}:g={GAIN_FRAMES}:r=0.1:m=8:p=0.89:b=1"))
}

fn write_picture(
    arguments: &mut Vec<String>,
    run: &Run<'_>,
    video: &VideoRendition,
    index: usize,
    url: &str,
    options: &Options,
) {
    let rate = run.plan.video.as_ref().map_or(FrameRate { num: 25, den: 1 }, frame_rate);
    let start = rate.frames(run.grid, run.first).start;
    let cuts: Vec<_> = (run.first..run.end)
        .map(|segment| format!("{}us", rate.us(rate.frames(run.grid, segment).start - start)))
        .collect();
    extend(arguments, &["-map", &format!("[v{index}]"), "-fps_mode", "passthrough"]);
    extend(arguments, &["-c:v", "libx264", "-preset", &options.preset, "-crf", &options.crf.to_string()]);
    let max = i64::from(video.max_bit_rate).max(64_000);
    extend(arguments, &["-maxrate", &max.to_string(), "-bufsize", &max.to_string()]);
    if let Some((profile, level)) = profile(&video.codec) {
        extend(arguments, &["-profile:v", profile, "-level:v", &level]);
    }
    // Key frames at the cuts and nowhere else. The buffer of a second, half full at the start of a run, keeps any six seconds below
    // 7/6 of the limit, which is what playlists say.
    let parameters = "keyint=infinite:scenecut=0:open-gop=0:vbv-init=0.5";
    extend(arguments, &["-x264-params", parameters, "-forced-idr", "1"]);
    extend(arguments, &["-force_key_frames", &cuts.join(",")]);
    extend(
        arguments,
        &["-threads", &options.threads.to_string(), "-map_metadata", "-1", "-map_chapters", "-1"],
    );
    let flags = "empty_moov+frag_keyframe+default_base_moof+negative_cts_offsets";
    extend(arguments, &["-f", "mp4", "-movflags", flags, url]);
}

/// Profile and level of a codec string such as `avc1.64001f`, as ffmpeg writes them.
fn profile(codec: &str) -> Option<(&'static str, String)> {
    let hex = codec.strip_prefix("avc1.")?;
    let number = |range| u8::from_str_radix(hex.get(range)?, 16).ok();
    let profile = match number(0..2)? {
        66 => "baseline",
        77 => "main",
        100 => "high",
        _ => return None,
    };
    let level = number(4..6)?;
    Some((profile, format!("{}.{}", level / 10, level % 10)))
}

pub(crate) fn extend(arguments: &mut Vec<String>, more: &[&str]) {
    arguments.extend(more.iter().map(|&argument| argument.to_owned()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        Plan {
            timescale: 90_000,
            cuts: vec![0, 180_000, 360_000, 900_000],
            demuxer: "matroska,webm".into(),
            start_us: -7000,
            video: Some(VideoInput {
                stream: 2,
                frame_rate_num: 25,
                frame_rate_den: 1,
                ..VideoInput::default()
            }),
            ..Plan::default()
        }
    }

    fn arguments(plan: &Plan, first: usize) -> String {
        let grid = Grid::new(plan).unwrap();
        let rendition = |width, height| VideoRendition {
            width,
            height,
            max_bit_rate: 800_000,
            codec: "avc1.64001f".into(),
            ..VideoRendition::default()
        };
        let (small, large) = (rendition(640, 360), rendition(1280, 720));
        let sound = AudioRendition {
            stream: 1,
            channels: 2,
            sample_rate_hz: 48_000,
            bit_rate: 128_000,
            ..AudioRendition::default()
        };
        let run = Run {
            plan,
            grid: &grid,
            videos: vec![(&small, "v0".into()), (&large, "v1".into())],
            sounds: vec![(&sound, "a0".into())],
            first,
            end: 3,
        };
        segments(&run, "in", &Options { preset: "veryfast".into(), crf: 23, threads: 2 }).join(" ")
    }

    #[test]
    fn a_run_from_the_start_reads_the_file_once_and_decodes_it_once() {
        let text = arguments(&plan(), 0);
        assert_eq!(text.matches("-i in").count(), 1);
        assert!(text.contains("-protocol_whitelist http,tcp -format_whitelist matroska,webm -f matroska -itsoffset 7000us -i in"), "{text}");
        assert!(
            text.contains("fps=25/1:round=near,tpad=stop=-1:stop_mode=clone,fps=25/1:start_time=0,")
                && text.contains("trim=start_pts=0:end_pts=250"),
            "{text}"
        );
        assert!(text.contains("split=2[s0][s1];[s0]scale=640:360"), "{text}");
        assert!(text.contains("-force_key_frames 0us,2000000us,4000000us"), "{text}");
        assert!(text.contains("-profile:v high -level:v 3.1"), "{text}");
        // Silence before the first sample, so that the empty frame of the encoder is never kept.
        assert!(text.contains("first_pts=-8192"), "{text}");
    }

    #[test]
    fn a_run_in_the_middle_seeks_to_the_picture_and_a_little_before_it_for_the_sound() {
        let text = arguments(&plan(), 1);
        assert!(text.contains("-ss 1993000us -i in -vn"), "{text}");
        assert!(text.contains("-ss 1493000us -i in -filter_complex"), "{text}");
        assert!(text.contains("start_time=2,") && text.contains("trim=start_pts=50:end_pts=250"), "{text}");
        assert!(text.contains("-force_key_frames 0us,2000000us "), "{text}");
        // Frame 94 is the first that starts in the segment.
        assert!(
            text.contains(&format!("[1:1]aresample=48000:async=1:first_pts={}", (94 - 8) * 1024)),
            "{text}"
        );
    }

    #[test]
    fn even_loudness_begins_on_a_grid_of_its_own() {
        let (frame, start) = (19_200, 86 * 1024);
        let (read_from, filter) = even_loudness(start, 48_000);
        assert_eq!((read_from % frame, filter.contains("f=400:g=11")), (0, true));
        assert_eq!((start - read_from) / frame, GAIN_LEAD_FRAMES);
        assert_eq!(even_loudness(-8 * 1024, 48_000).0, -13 * frame, "before the first sample is silence");
    }

    #[test]
    fn hdr_is_mapped_and_interlaced_pictures_are_made_whole() {
        let mut plan = plan();
        plan.video = plan.video.map(|video| VideoInput { hdr: true, interlaced: true, ..video });
        let text = arguments(&plan, 0);
        assert!(
            text.contains("[0:2]bwdif")
                && text.contains("scale=1280:720:flags=bicubic,zscale")
                && text.contains("tonemap"),
            "{text}"
        );
    }
}
