//! The encoding of a file of subtitles, which nothing in the file names.

use chardetng::EncodingDetector;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::Unreadable;

/// Bytes that are looked at to tell UTF-16 without a byte order mark.
const LOOKED_AT: usize = 4096;

/// A text, and the encoding in which it was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub(crate) text: String,
    pub(crate) encoding: &'static str,
}

/// Reads bytes in the encoding that `label` names (Encoding standard); empty: detects it.
pub(crate) fn decode(bytes: &[u8], label: &str) -> Result<Decoded, Unreadable> {
    let encoding = match label {
        "" => detected(bytes),
        label => Encoding::for_label(label.as_bytes()).ok_or(Unreadable::Encoding)?,
    };
    // A byte order mark wins over everything else.
    let (text, encoding, _) = encoding.decode(bytes);
    Ok(Decoded { text: text.into_owned(), encoding: encoding.name() })
}

fn detected(bytes: &[u8]) -> &'static Encoding {
    if std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0) {
        return UTF_8;
    }
    // The times of UTF-16 have a zero in every other byte, and no other text has zeros.
    let zeros =
        |from: usize| bytes.iter().take(LOOKED_AT).skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    if (first + second) * 20 >= bytes.len().min(LOOKED_AT) && first != second {
        return if first > second { UTF_16BE } else { UTF_16LE };
    }
    let mut detector = EncodingDetector::new();
    detector.feed(bytes, true);
    detector.guess(None, false)
}
