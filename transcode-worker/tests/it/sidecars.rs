//! Subtitles, fonts and the pictures of the seek bar.

use std::fs;

use proto::transcode::v1::{
    Storyboard, StoryboardTask, SubtitleKind, SubtitleRendition, SubtitlesTask, task::Kind,
};

use super::{
    desk::Desk,
    film::{Film, ffmpeg},
    plans::{plan, with_picture},
};

const ASS: &str = "[Script Info]\nScriptType: v4.00+\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\nStyle: Default,Font,20\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\nDialogue: 0,0:00:00.50,0:00:01.50,Default,,0,0,0,,{\\i1}Styled{\\i0}\n";

/// A picture of 8x2 points as PGS: shown after one second.
fn pgs() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut segment = |pts: u32, kind: u8, content: &[u8]| {
        bytes.extend(b"PG");
        bytes.extend(pts.to_be_bytes());
        bytes.extend(0_u32.to_be_bytes());
        bytes.push(kind);
        bytes.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
        bytes.extend(content);
    };
    let shown = [1, 0, 0, 144, 0x10, 0, 0, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    segment(90_000, 0x16, &shown);
    segment(90_000, 0x17, &[1, 0, 0, 0, 0, 0, 0, 0, 8, 0, 2]);
    segment(90_000, 0x14, &[0, 0, 1, 235, 128, 128, 255]);
    let row = [1, 1, 1, 1, 1, 1, 1, 1, 0, 0];
    let object = [&[0, 0, 0, 0xc0, 0, 0, 24, 0, 8, 0, 2][..], &row, &row].concat();
    segment(90_000, 0x15, &object);
    segment(90_000, 0x80, &[]);
    segment(180_000, 0x16, &[1, 0, 0, 144, 0x10, 0, 1, 0, 0, 0, 0]);
    segment(180_000, 0x80, &[]);
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn subtitles_and_fonts_are_taken_out() {
    let mut desk = Desk::open().await;
    let film = Film::new(&desk.folder(), 75);
    let folder = desk.folder();
    fs::write(folder.join("a.srt"), "1\n00:00:00,500 --> 00:00:01,000\n<i>Hello</i>\n").unwrap();
    fs::write(folder.join("a.ass"), ASS).unwrap();
    fs::write(folder.join("a.sup"), pgs()).unwrap();
    fs::write(folder.join("font.bin"), b"OTTO a font").unwrap();
    fs::write(folder.join("font.dat"), b"\0\x01\0\0 another").unwrap();
    fs::write(folder.join("note.txt"), b"no font").unwrap();
    let file = film.file_with(
        "a.mkv",
        &["-i", "a.srt", "-i", "a.ass", "-itsoffset", "1", "-i", "a.sup"],
        &[
            "-map",
            "0:v",
            "-map",
            "2:s",
            "-map",
            "3:s",
            "-map",
            "4:s",
            "-c:v",
            "mpeg4",
            "-c:s",
            "copy",
            "-attach",
            "note.txt",
            "-metadata:s:t:0",
            "mimetype=text/plain",
            "-attach",
            "font.bin",
            "-metadata:s:t:1",
            "mimetype=application/vnd.ms-opentype",
            "-attach",
            "font.dat",
            "-metadata:s:t:2",
            "mimetype=application/octet-stream",
        ],
    );
    let mut plan = with_picture(plan("matroska,webm", &[0, 3000]), &[(256, 144)]);
    plan.subtitles = [SubtitleKind::Vtt, SubtitleKind::Ass, SubtitleKind::Pgs]
        .into_iter()
        .zip(0..)
        .map(|(kind, index)| SubtitleRendition {
            name: format!("s{index}"),
            stream: index + 1,
            kind: kind.into(),
            ..SubtitleRendition::default()
        })
        .collect();
    let upload = desk.upload(&fs::read(file).unwrap()).await;
    let done = desk.done(&upload, Kind::Subtitles(SubtitlesTask { plan: Some(plan) })).await.completed();
    let mut names: Vec<_> =
        done.objects.iter().map(|object| object.key.strip_prefix("hls/asset_1/1/").unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["fonts/0", "fonts/1", "s0.vtt", "s1.ass", "s1.vtt", "s2.sup"]);
    let text =
        async |name: &str| String::from_utf8(desk.object(&format!("hls/asset_1/1/{name}")).await).unwrap();
    // Case M20: at the time that the file says.
    assert!(
        text("s0.vtt").await.contains("00:00.500 --> 00:01.000\n<i>Hello</i>"),
        "{}",
        text("s0.vtt").await
    );
    assert!(text("s1.ass").await.contains("Style: Default,Font") && text("s1.vtt").await.contains("Styled"));
    // Case M24: fonts are recognised by their bytes, whatever their type is.
    assert_eq!(text("fonts/0").await, "OTTO a font");
    assert_eq!(text("fonts/1").await, "\0\x01\0\0 another");
    let pictures = desk.object("hls/asset_1/1/s2.sup").await;
    assert!(pictures.starts_with(b"PG"));
    assert_eq!(u32::from_be_bytes(pictures[2..6].try_into().unwrap()), 90_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pictures_of_the_seek_bar_are_complete() {
    let mut desk = Desk::open().await;
    let film = Film::new(&desk.folder(), 200);
    let file = film.file("a.mkv", &["-map", "0:v", "-c:v", "mpeg4", "-g", "25"]);
    let mut plan = with_picture(plan("matroska,webm", &[0, 8000]), &[(256, 144)]);
    plan.storyboard = Some(Storyboard {
        interval_us: 1_000_000,
        tile_width: 64,
        tile_height: 36,
        columns: 3,
        rows: 2,
        count: 8,
    });
    let upload = desk.upload(&fs::read(file).unwrap()).await;
    let done = desk.done(&upload, Kind::Storyboard(StoryboardTask { plan: Some(plan) })).await.completed();
    let keys: Vec<_> = done.objects.iter().map(|object| &*object.key).collect();
    assert_eq!(keys, ["hls/asset_1/1/storyboard/0.jpg", "hls/asset_1/1/storyboard/1.jpg"]);
    let mut numbers = Vec::new();
    for (sheet, count) in [(0, 6), (1, 2)] {
        let file = desk.folder().join("sheet.jpg");
        fs::write(&file, desk.object(keys[sheet]).await).unwrap();
        let grey = ffmpeg(&["-i", file.to_str().unwrap(), "-f", "rawvideo", "-pix_fmt", "gray", "-"]);
        assert_eq!(grey.len(), 192 * 72);
        for tile in 0..count {
            let (left, top) = (tile % 3 * 64, tile / 3 * 36);
            let bit = |bit: usize| usize::from(grey[(top + 18) * 192 + left + bit * 4 + 2] > 128) << bit;
            numbers.push((0..16).map(bit).sum::<usize>());
        }
    }
    assert_eq!(numbers, [0, 25, 50, 75, 100, 125, 150, 175]);
}
