//! What the worker finds out about files, and which ones it refuses.

use std::{fs, path::Path};

use proto::transcode::v1::{MediaProbe, MediaStream, media_stream::Kind};

use super::{
    desk::Desk,
    film::{Film, HEIGHT, WIDTH},
    plans::probe,
};

async fn probed(desk: &mut Desk, file: &Path) -> MediaProbe {
    let upload = desk.upload(&fs::read(file).unwrap()).await;
    desk.done(&upload, probe()).await.completed().probe.unwrap()
}

fn video(stream: &MediaStream) -> &proto::transcode::v1::VideoStream {
    let Some(Kind::Video(video)) = &stream.kind else { panic!("{stream:?}") };
    video
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_copied_is_told_wherever_the_index_is() {
    let mut desk = Desk::open().await;
    let film = Film::new(&desk.folder(), 75);
    let options = [
        "-c:v",
        "libx264",
        "-g",
        "25",
        "-sc_threshold",
        "0",
        "-bf",
        "2",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
        "-ac",
        "2",
    ];
    // In Matroska the first sample of the encoder comes 21 ms before the picture.
    for (name, late_us, more) in [
        ("front.mp4", 0, &["-movflags", "+faststart"][..]),
        ("end.mp4", 0, &[]),
        ("cues.mkv", 21_000, &["-metadata:s:v", "language=ger"]),
    ] {
        let probe = probed(&mut desk, &film.file(name, &[&options[..], more].concat())).await;
        let [picture, sound] = &probe.streams[..] else { panic!("{probe:?}") };
        assert_eq!(probe.key_frames_us, [0, 1_000_000, 2_000_000].map(|us| us + late_us), "{name}");
        assert!((2_990_000..3_050_000).contains(&probe.duration_us), "{name}: {}", probe.duration_us);
        assert_eq!((&*picture.codec, picture.profile), ("h264", 100), "{name}");
        let video = video(picture);
        assert_eq!(video.codec_string, format!("avc1.64{:04x}", picture.level), "{name}");
        assert_eq!((video.width, video.height), (256, 144));
        assert_eq!((video.frame_rate_num, video.frame_rate_den), (25, 1), "{name}");
        assert_eq!((&*video.pixel_format, video.interlaced, video.rotation), ("yuv420p", false, 0));
        assert_eq!((&*sound.codec, sound.profile), ("aac", 1), "{name}: AAC-LC");
        let Some(Kind::Audio(audio)) = &sound.kind else { panic!("{sound:?}") };
        assert_eq!((audio.sample_rate_hz, audio.channels, audio.channel_configuration), (48_000, 2, 2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn properties_that_need_an_encode_are_told() {
    let mut desk = Desk::open().await;
    let film = Film::new(&desk.folder(), 25);

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
    let probe = probed(&mut desk, &film.file("hdr.mp4", &hdr)).await;
    let picture = video(&probe.streams[0]);
    assert_eq!((&*picture.pixel_format, &*picture.transfer), ("yuv420p10le", "smpte2084"));
    assert!(picture.codec_string.is_empty() && probe.key_frames_us.is_empty());

    let turned = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-an"];
    let probe = probed(&mut desk, &film.turned("turned.mp4", &turned)).await;
    assert_eq!(video(&probe.streams[0]).rotation, 90);

    let interlaced =
        ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-vf", "interlace", "-flags", "+ilme+ildct", "-an"];
    let probe = probed(&mut desk, &film.file("interlaced.mkv", &interlaced)).await;
    assert!(video(&probe.streams[0]).interlaced);

    // Case M11.
    let wide = ["-c:v", "mpeg2video", "-vf", "setsar=64/45", "-an"];
    let probe = probed(&mut desk, &film.file("wide.mpg", &wide)).await;
    let shape = f64::from(video(&probe.streams[0]).sar_num) / f64::from(video(&probe.streams[0]).sar_den);
    // MPEG-2 knows a few shapes of the whole picture alone, here 2.21:1.
    assert!((shape - 1.243).abs() < 0.001, "{shape}");

    // Case M12.
    let high10 = ["-c:v", "libx264", "-pix_fmt", "yuv420p10le", "-an"];
    let probe = probed(&mut desk, &film.file("high10.mkv", &high10)).await;
    assert_eq!((probe.streams[0].profile, &*video(&probe.streams[0]).pixel_format), (110, "yuv420p10le"));

    // Case M13: 2.1 channels have no configuration of their own.
    let surround =
        ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-af", "aformat=channel_layouts=2.1"];
    let probe = probed(&mut desk, &film.file("surround.mp4", &surround)).await;
    let Some(Kind::Audio(audio)) = &probe.streams[1].kind else { panic!("{probe:?}") };
    assert_eq!((audio.channels, audio.channel_configuration), (3, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn languages_chapters_covers_and_attachments_are_told() {
    let mut desk = Desk::open().await;
    let film = Film::new(&desk.folder(), 50);
    let folder = desk.folder();
    fs::write(folder.join("a.srt"), "1\n00:00:00,500 --> 00:00:01,000\nHello\n").unwrap();
    fs::write(folder.join("font.ttf"), b"\0\x01\0\0font").unwrap();
    let chapters = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=2000\ntitle=Two\n";
    fs::write(folder.join("chapters.txt"), chapters).unwrap();
    let file = film.file_with(
        "all.mkv",
        &["-i", "a.srt", "-i", "chapters.txt"],
        &[
            "-map",
            "0:v",
            "-map",
            "1:a",
            "-map",
            "1:a",
            "-map",
            "2:s",
            "-map_metadata",
            "3",
            "-c:v",
            "mpeg4",
            "-c:a",
            "libmp3lame",
            "-metadata:s:a:0",
            "language=ger",
            "-metadata:s:a:1",
            "title=Comments",
            "-disposition:a:0",
            "default",
            "-disposition:a:1",
            "0",
            "-disposition:s:0",
            "forced",
            "-attach",
            "font.ttf",
            "-metadata:s:t:0",
            "mimetype=application/octet-stream",
        ],
    );
    let probe = probed(&mut desk, &file).await;
    let [picture, german, comments, subtitle, font] = &probe.streams[..] else { panic!("{probe:?}") };
    assert_eq!(picture.codec, "mpeg4");
    assert_eq!((&*german.language, german.is_default), ("ger", true));
    assert_eq!((&*comments.title, comments.is_default), ("Comments", false));
    assert!(matches!(subtitle.kind, Some(Kind::Subtitle(_))) && subtitle.is_forced);
    let Some(Kind::Attachment(attachment)) = &font.kind else { panic!("{font:?}") };
    assert_eq!((&*attachment.filename, &*attachment.content_type), ("font.ttf", "application/octet-stream"));
    let chapters: Vec<_> = probe.chapters.iter().map(|chapter| (chapter.start_us, &*chapter.title)).collect();
    assert_eq!(chapters, [(0, "One"), (1_000_000, "Two")]);

    film.file("cover.png", &["-frames:v", "1", "-map", "0:v"]);
    let covered = film.file_with(
        "covered.mp4",
        &["-i", "cover.png"],
        &["-map", "1:a", "-map", "2:v", "-c:a", "aac", "-c:v", "copy", "-disposition:v", "attached_pic"],
    );
    let probe = probed(&mut desk, &covered).await;
    let cover = probe.streams.iter().find(|stream| matches!(stream.kind, Some(Kind::Video(_)))).unwrap();
    assert!(video(cover).attached_picture);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_no_films_are_refused_with_a_reason() {
    let mut desk = Desk::open().await;
    let film = Film::new(&desk.folder(), 250);
    let whole =
        fs::read(film.file("whole.mp4", &["-c:v", "libx264", "-c:a", "aac", "-movflags", "+faststart"]))
            .unwrap();
    let mut patched = whole.clone();
    patched.truncate(whole.len() / 2);
    let slow = film.file(
        "slow.mkv",
        &[
            "-map",
            "0:v",
            "-c:v",
            "mjpeg",
            "-frames:v",
            "2",
            "-vf",
            "setpts=N*108000/TB",
            "-fps_mode",
            "passthrough",
        ],
    );
    let own = format!(
        "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile://{}/whole.mp4\n#EXT-X-ENDLIST\n",
        desk.folder().display()
    );
    let internal =
        "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nhttp://169.254.169.254/latest\n#EXT-X-ENDLIST\n";
    for (what, bytes, reason, words) in [
        ("truncated", patched, "FILE_UNREADABLE", "cut short"),
        (
            "a zip",
            b"PK\x03\x04\x14\0\0\0\x08\0this is no film at all".repeat(50),
            "FILE_UNREADABLE",
            "no media file",
        ),
        ("a playlist of files", own.into_bytes(), "UNSUPPORTED_FORMAT", "not taken"),
        ("a playlist of addresses", internal.as_bytes().to_vec(), "UNSUPPORTED_FORMAT", "not taken"),
        ("30 hours", fs::read(slow).unwrap(), "TOO_LONG", "3 h 0 min"),
        (
            "subtitles",
            b"1\n00:00:00,000 --> 00:00:02,000\nHello\n".to_vec(),
            "UNSUPPORTED_FORMAT",
            "not taken",
        ),
    ] {
        let upload = desk.upload(&bytes).await;
        let failed = desk.done(&upload, probe()).await.failed();
        assert_eq!(failed.reason, reason, "{what}: {}", failed.message);
        assert!(failed.message.contains(words) && !failed.retryable, "{what}: {}", failed.message);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_probed_while_it_is_sent() {
    let mut desk = Desk::open().await;
    let film = Film::new(&desk.folder(), 250);
    let options = ["-c:v", "libx264", "-g", "25", "-sc_threshold", "0", "-pix_fmt", "yuv420p", "-c:a", "aac"];
    // The index is at the end, which the client sends first.
    let bytes = fs::read(film.file("end.mp4", &options)).unwrap();
    let (upload, tail) = (desk.begin_upload(bytes.len()), bytes.len() - 16_384);
    let task = desk.add(&upload, probe());
    desk.until(|book| (!book.leases.is_empty()).then_some(())).await;
    // libav reads across a gap of less than 32 KiB instead of seeking.
    desk.send(&upload, 0, &bytes[..tail / 2]).await;
    desk.send(&upload, tail, &bytes[tail..]).await;
    let probe = desk.ended(&task).await.completed().probe.unwrap();
    let keys: Vec<_> = (0..10).map(|second| second * 1_000_000).collect();
    assert_eq!(probe.key_frames_us, keys);
    assert_eq!(
        (video(&probe.streams[0]).width, video(&probe.streams[0]).height),
        (WIDTH as i32, HEIGHT as i32)
    );
}
