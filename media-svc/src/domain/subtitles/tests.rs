use encoding_rs::{EUC_KR, GBK, SHIFT_JIS, WINDOWS_1256};
use proptest::prelude::*;

use super::*;

fn vtt_of(text: &str) -> String {
    Subtitles::read(text).unwrap().vtt()
}

fn texts(text: &str) -> Vec<String> {
    Subtitles::read(text).unwrap().cues.into_iter().map(|cue| cue.text).collect()
}

// Case M23.
#[test]
fn subrip_as_it_is_found_is_read() {
    let srt = "1\r\n00:00:07,00 --> 00:00:08,5\r\nFirst\r2\n59:57,720 --> 01:00:00,240\nSecond\nline\n3\n\
               00:00:09 --> 00:00:10\n{\\an8}On top\n\n4\n00:00:11,x --> 00:00:12,000\nlost\n";
    let read = Subtitles::read(srt).unwrap();
    assert_eq!(
        read.vtt(),
        "WEBVTT\n\n00:00:07.000 --> 00:00:08.500\nFirst\n\n00:00:09.000 --> 00:00:10.000 line:0\nOn top\n\n\
         00:59:57.720 --> 01:00:00.240\nSecond\nline\n"
    );
    assert_eq!((read.problems[0].line, read.problem_count), (13, 1));
}

// Case M22.
#[test]
fn a_cue_loads_nothing_and_runs_nothing_and_is_shown() {
    let cue = |text: &str| texts(&format!("1\n00:00:01,000 --> 00:00:02,000\n{text}\n")).concat();
    for (text, expected) in [
        ("<img src=http://x.test/p.png onerror=...>", "&lt;img src=http://x.test/p.png onerror=...&gt;"),
        ("<button onclick=...>Buy</button>", "Buy"),
        ("<a[b]>x</a[b]>", "x"),
        ("I <3 you", "I &lt;3 you"),
        ("<i>so</i> <B>loud</B>", "<i>so</i> <b>loud</b>"),
        ("<i>open <b>both</i> end", "<i>open <b>both</b></i> end"),
        ("<font color=\"red\">red</font> & <u>blue", "red &amp; <u>blue</u>"),
        ("a --> b {not a tag}", "a --&gt; b {not a tag}"),
        ("AT&amp;T &lt;b&gt;", "AT&amp;T &lt;b&gt;"),
    ] {
        assert_eq!(cue(text), expected, "{text}");
    }
}

#[test]
fn webvtt_keeps_places_and_drops_styles_notes_and_names() {
    let vtt = "WEBVTT - a film\n\nSTYLE\n::cue { background: url(http://x.test) }\n\nNOTE\nnot shown\n\n\
               intro\n00:01.000 --> 00:02.000 line:0 region:r align:end x:url(1)\n<v Mia>Hello\n\n\
               00:03.000 --> 00:04.000\n<c.loud>Hi</c> <00:03.500>there\n";
    assert_eq!(
        vtt_of(vtt),
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:0 align:end\nHello\n\n00:00:03.000 --> 00:00:04.000\nHi there\n"
    );
}

// Case M20: the header maps the times of a segment to those of its transport stream. A whole file begins where the film does.
#[test]
fn a_file_taken_from_a_stream_keeps_its_times() {
    let vtt = "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n00:10.000 --> 00:12.000\nten\n";
    assert_eq!(vtt_of(vtt), "WEBVTT\n\n00:00:10.000 --> 00:00:12.000\nten\n");
}

// Case M24: without fonts the text comes over whole, in the order of its characters; the browser has a font of the script.
#[test]
fn ass_in_any_script_keeps_its_text_without_its_fonts() {
    let lines = [
        ("我们的生活", "我们的生活"),
        ("{\\fnMalgun Gothic\\fs40}안녕하세요{\\r}", "안녕하세요"),
        ("{\\an5}السلام عليكم\\Nيا صديقي", "السلام عليكم\nيا صديقي"),
    ];
    let events: Vec<_> = lines
        .iter()
        .map(|(text, _)| format!("Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{text}\n"))
        .collect();
    let events = events.concat();
    let fonts = "[Fonts]\nfontname: malgun_0.ttf\n!!!!!!%!Dialogue: 0,0:00:01.00,0:00:02.00,x,,0,0,0,,no\n";
    for ass in [
        format!("[Script Info]\nTitle: x\n\n{fonts}\n[Events]\n{events}"),
        format!("[Script Info]\nTitle: x\n\n[Events]\n{events}\n{fonts}"),
    ] {
        let read = Subtitles::read(&ass).unwrap();
        assert_eq!(read.problem_count, 0);
        assert_eq!(read.first_lines(5), lines.map(|(_, shown)| shown.to_owned()));
    }
}

#[test]
fn ass_becomes_text_with_its_styles_and_places() {
    let ass = "[Script Info]\nTitle: x\n\n[V4+ Styles]\nFormat: Name, Fontname, Alignment\nStyle: Sign,Arial,8\n\n[Events]\n\
               Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n\
               Dialogue: 0,0:00:05.00,0:00:06.00,Default,,0,0,0,,Second, with a comma\n\
               Comment: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,no\n\
               Dialogue: 0,0:00:01.50,0:00:02.00,Sign,,0,0,0,,{\\i1}Two{\\i0}\\Nlines\n\
               Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\\p1}m 0 0 l 1 1{\\p0}\n\
               Dialogue: 0,soon,0:00:04.00,Default,,0,0,0,,lost\n";
    let read = Subtitles::read(ass).unwrap();
    assert_eq!(
        read.vtt(),
        "WEBVTT\n\n00:00:01.500 --> 00:00:02.000 line:0\n<i>Two</i>\nlines\n\n00:00:05.000 --> 00:00:06.000\nSecond, with a comma\n"
    );
    assert_eq!((read.problem_count, read.first_lines(1)), (1, vec!["Two\nlines".to_owned()]));
}

// Case M21.
#[test]
fn the_encoding_is_detected_or_chosen() {
    let srt = |text: &str| {
        let cue = |n| format!("{n}\n00:00:{n:02},000 --> 00:00:{n:02},900\n{text}");
        (1..40).map(cue).collect::<Vec<_>>().join("\n\n")
    };
    for (encoding, text) in [
        (GBK, "我们的生活充满了阳光，今天的天气真好"),
        (WINDOWS_1256, "السلام عليكم ورحمة الله وبركاته يا صديقي"),
        (EUC_KR, "안녕하세요 만나서 반갑습니다 오늘 날씨가 좋네요"),
        (SHIFT_JIS, "こんにちは、元気ですか。今日はいい天気ですね"),
    ] {
        let srt = srt(text);
        let (bytes, _, _) = encoding.encode(&srt);
        let decoded = decode(&bytes, "").unwrap();
        assert_eq!((decoded.encoding, decoded.text.as_str()), (encoding.name(), srt.as_str()));
        let chosen = decode(&bytes, encoding.name()).unwrap();
        assert_eq!(chosen.text, srt);
    }
    let text = srt("Grüße");
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked: Vec<u8> = [0xff, 0xfe].into_iter().chain(wide.iter().copied()).collect();
    let utf_8: Vec<u8> = [0xef, 0xbb, 0xbf].into_iter().chain(text.bytes()).collect();
    for bytes in [wide, marked, utf_8, text.clone().into_bytes()] {
        assert_eq!(texts(&decode(&bytes, "").unwrap().text)[0], "Grüße");
    }
    assert_eq!(decode(b"x", "klingon"), Err(Unreadable::Encoding));
}

#[test]
fn what_is_no_subtitles_is_said() {
    assert_eq!(Subtitles::read("").err(), Some(Unreadable::Format));
    assert_eq!(Subtitles::read("<html>no</html>").err(), Some(Unreadable::Format));
    assert_eq!(Subtitles::read("1\nxx --> yy\ntext").err(), Some(Unreadable::NoCues));
    assert_eq!(Subtitles::read("WEBVTT\n\n").err(), Some(Unreadable::NoCues));
}

#[test]
fn there_is_a_bound_for_cues_and_for_the_length_of_each() {
    let many: String = (0..MOST_CUES + 5).map(|_| "00:00:01,000 --> 00:00:02,000\nx\n\n").collect();
    let read = Subtitles::read(&many).unwrap();
    assert_eq!((read.count(), read.problem_count, read.problems.len()), (MOST_CUES, 5, 5));
    let long =
        format!("00:00:01,000 --> 00:00:02,000\n{}\n\n00:00:02,000 --> 00:00:03,000\nok\n", "x".repeat(2001));
    assert_eq!(texts(&long), ["ok"]);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_and_written_once_more_the_same(lines in prop::collection::vec("(\\PC{0,12}|[0-9:,.]{0,12} --> [0-9:,.]{0,12}|\\{\\\\[a-z]{1,2}[0-9]?\\}|</?[a-z]{1,3}>x|Dialogue: 0,0:00:01.00,0:00:02.00,a,,,,,,\\PC{0,9}|\\[Events\\])", 0..30)) {
        if let Ok(read) = Subtitles::read(&lines.join("\n")) {
            let vtt = read.vtt();
            let again = Subtitles::read(&vtt).unwrap();
            prop_assert_eq!(again.count(), read.count());
            prop_assert_eq!(again.vtt(), vtt);
        }
    }
}
