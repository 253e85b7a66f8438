//! Renders a probe for people and for programs.

use std::fmt::Write as _;

use prost::Message as _;
use prost_reflect::{DynamicMessage, SerializeOptions};
use proto::transcode::v1::{MediaProbe, MediaStream, media_stream::Kind};

use crate::error::{Error, Result};

/// Renders a probe, with a line end behind the last line.
pub(crate) fn render(probe: &MediaProbe, json: bool) -> Result<String> {
    if json { as_json(probe) } else { Ok(as_table(probe)) }
}

/// `ProtoJSON`, by the descriptors of the contract.
fn as_json(probe: &MediaProbe) -> Result<String> {
    let failed = |error: &dyn std::fmt::Display| {
        Error::ProbeFailed(format!("cannot write the probe as JSON: {error}"))
    };
    let descriptor = proto::POOL
        .get_message_by_name("syncwatch.transcode.v1.MediaProbe")
        .ok_or_else(|| failed(&"the contract has no MediaProbe"))?;
    let message = DynamicMessage::decode(descriptor, probe.encode_to_vec().as_slice())
        .map_err(|error| failed(&error))?;
    let mut bytes = Vec::new();
    message
        .serialize_with_options(&mut serde_json::Serializer::pretty(&mut bytes), &SerializeOptions::new())
        .map_err(|error| failed(&error))?;
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(|error| failed(&error))
}

fn as_table(probe: &MediaProbe) -> String {
    let mut text = format!(
        "container  {}\nduration   {}\nbit rate   {}\n\n",
        probe.container,
        duration(probe.duration_us),
        bit_rate(probe.bit_rate)
    );
    let _ = writeln!(text, "{:>2}  {:8}  {:12}  {:8}  details", "#", "kind", "codec", "language");
    for stream in &probe.streams {
        let (kind, details) = describe(stream);
        let line = format!(
            "{:>2}  {kind:8}  {:12}  {:8}  {details}",
            stream.index,
            stream.codec,
            printable(&stream.language)
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn describe(stream: &MediaStream) -> (&'static str, String) {
    match &stream.kind {
        Some(Kind::Video(video)) => {
            let mut details =
                format!("{}x{}, {:.3} fps", video.width, video.height, Trimmed(video.frame_rate));
            if video.rotation != 0 {
                let _ = write!(details, ", turned by {} degrees", video.rotation);
            }
            if video.interlaced {
                details.push_str(", interlaced");
            }
            ("video", details)
        }
        Some(Kind::Audio(audio)) => (
            "audio",
            format!(
                "{} Hz, {} channel{}",
                audio.sample_rate_hz,
                audio.channels,
                if audio.channels == 1 { "" } else { "s" }
            ),
        ),
        Some(Kind::Subtitle(_)) => ("subtitle", String::new()),
        Some(Kind::Attachment(attachment)) => ("attached", printable(&attachment.filename)),
        None => ("other", String::new()),
    }
}

/// Strips control characters: a file may contain any text, and a terminal would obey some of it.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(16).collect()
}

fn duration(us: i64) -> String {
    if us == 0 {
        return "unknown".to_owned();
    }
    let ms = us / 1000;
    format!("{}:{:02}:{:02}.{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

fn bit_rate(bits: i64) -> String {
    match bits {
        0 => "unknown".to_owned(),
        _ => format!("{} kbit/s", (bits + 500) / 1000),
    }
}

/// Formats a number without trailing zeros: 25, 29.97.
struct Trimmed(f64);

impl std::fmt::Display for Trimmed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = format!("{:.*}", f.precision().unwrap_or(3), self.0);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_formatted_for_people() {
        assert_eq!(duration(3_723_004_999), "1:02:03.004");
        assert_eq!(duration(0), "unknown");
        assert_eq!(bit_rate(89_712), "90 kbit/s");
        assert_eq!(
            format!("{:.3} {:.3} {:.3}", Trimmed(25.0), Trimmed(30000.0 / 1001.0), Trimmed(100.0)),
            "25 29.97 100"
        );
    }

    #[test]
    fn metadata_of_a_file_is_escaped_for_the_terminal() {
        let stream = MediaStream { language: "\u{1b}[2Jeng".into(), ..MediaStream::default() };
        let text = as_table(&MediaProbe { streams: vec![stream], ..MediaProbe::default() });
        assert!(!text.contains('\u{1b}') && text.contains("[2Jeng"), "{text}");
    }
}
