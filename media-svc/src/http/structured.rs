//! The few forms of structured fields (RFC 9651) that resumable uploads use, and the file name of Content-Disposition (RFC 6266).

use percent_encoding::percent_decode_str;

/// `?1` or `?0`. Parameters are ignored.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text.split(';').next()?.trim() {
        "?1" => Some(true),
        "?0" => Some(false),
        _ => None,
    }
}

/// The file name of a Content-Disposition: `filename*` in UTF-8 before `filename`. Empty: there is none.
pub(super) fn filename(disposition: &str) -> String {
    let mut plain = String::new();
    for parameter in parameters(disposition) {
        let Some((name, value)) = parameter.split_once('=') else { continue };
        match name.trim().to_ascii_lowercase().as_str() {
            "filename*" => {
                let mut parts = value.trim().splitn(3, '\'');
                if let (Some(charset), Some(_), Some(text)) = (parts.next(), parts.next(), parts.next())
                    && charset.eq_ignore_ascii_case("utf-8")
                {
                    return percent_decode_str(text).decode_utf8_lossy().into_owned();
                }
            }
            "filename" => plain = unquoted(value.trim()),
            _ => {}
        }
    }
    plain
}

/// The parameters behind the first `;`, divided by those that no quotes enclose.
fn parameters(text: &str) -> Vec<&str> {
    let (mut all, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                all.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    all.push(&text[start..]);
    all.into_iter().skip(1).collect()
}

fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return value.to_owned();
    };
    let mut plain = String::with_capacity(inner.len());
    let mut escaped = false;
    for c in inner.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            plain.push(c);
            escaped = false;
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans() {
        assert_eq!(
            ["?1", "?0", " ?1 ;x=1", "1", "true", "?2", ""].map(boolean),
            [Some(true), Some(false), Some(true), None, None, None, None]
        );
    }

    #[test]
    fn file_names() {
        for (disposition, expected) in [
            ("attachment; filename=\"film.mkv\"", "film.mkv"),
            ("attachment; filename=film.mkv", "film.mkv"),
            ("attachment; filename=\"a;b \\\"c\\\".mkv\"; size=1", "a;b \"c\".mkv"),
            ("attachment; filename=\"x.mkv\"; filename*=UTF-8''%c3%a9.mkv", "é.mkv"),
            ("attachment; filename*=iso-8859-1''x; filename=y", "y"),
            ("attachment", ""),
            ("", ""),
            ("inline; filename=\"", "\""),
        ] {
            assert_eq!(filename(disposition), expected, "{disposition}");
        }
    }
}
