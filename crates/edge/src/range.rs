//! The byte range that a request asks for (RFC 9110, 14).

/// The part of the file to answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it: the request has no range, or one that we do not serve.
    Whole,
    /// Some of it; both ends are included, as in `Content-Range`.
    Bytes {
        /// Offset of the first byte.
        first: u64,
        /// Offset of the last byte.
        last: u64,
    },
    /// The range lies outside the file.
    Unsatisfiable,
}

/// Reads the `Range` header of a request for a file of `size` bytes. A header that is not one well-formed byte range is
/// ignored (14.2): several ranges at once would cost a multipart body, which no player asks for.
pub fn part(range: Option<&str>, size: u64) -> Part {
    let Some((unit, spec)) = range.and_then(|range| range.split_once('=')) else { return Part::Whole };
    let Some((first, last)) =
        spec.trim().split_once('-').filter(|_| unit.trim().eq_ignore_ascii_case("bytes"))
    else {
        return Part::Whole;
    };
    match (number(first), number(last)) {
        (Number::Is(first), last) if !matches!(last, Number::Malformed) => {
            let last = if let Number::Is(last) = last { last } else { u64::MAX };
            match () {
                () if last < first => Part::Whole,
                () if first >= size => Part::Unsatisfiable,
                () => Part::Bytes { first, last: last.min(size - 1) },
            }
        }
        (Number::Missing, Number::Is(suffix)) if suffix == 0 || size == 0 => Part::Unsatisfiable,
        (Number::Missing, Number::Is(suffix)) => {
            Part::Bytes { first: size.saturating_sub(suffix), last: size - 1 }
        }
        _ => Part::Whole,
    }
}

#[derive(Clone, Copy)]
enum Number {
    Missing,
    Is(u64),
    Malformed,
}

fn number(text: &str) -> Number {
    match text {
        "" => Number::Missing,
        // More digits than a size can have: beyond every end.
        _ if text.bytes().all(|byte| byte.is_ascii_digit()) => Number::Is(text.parse().unwrap_or(u64::MAX)),
        _ => Number::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_are_read_by_the_specification() {
        let bytes = |first, last| Part::Bytes { first, last };
        for (range, expected) in [
            ("bytes=0-0", bytes(0, 0)),
            ("bytes=0-", bytes(0, 99)),
            ("bytes=10-19", bytes(10, 19)),
            ("Bytes= 10-19", bytes(10, 19)),
            ("bytes=90-200", bytes(90, 99)),
            ("bytes=99-99999999999999999999999", bytes(99, 99)),
            ("bytes=-1", bytes(99, 99)),
            ("bytes=-100", bytes(0, 99)),
            ("bytes=-1000", bytes(0, 99)),
            ("bytes=100-", Part::Unsatisfiable),
            ("bytes=99999999999999999999999-", Part::Unsatisfiable),
            ("bytes=-0", Part::Unsatisfiable),
            ("bytes=20-10", Part::Whole),
            ("bytes=0-1,5-6", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("items=0-1", Part::Whole),
            ("nonsense", Part::Whole),
        ] {
            assert_eq!(part(Some(range), 100), expected, "{range}");
        }
        assert_eq!(part(None, 100), Part::Whole);
        assert_eq!(part(Some("bytes=0-"), 0), Part::Unsatisfiable);
        assert_eq!(part(Some("bytes=-5"), 0), Part::Unsatisfiable);
    }

    proptest! {
        #[test]
        fn a_range_lies_within_the_file(range in "(bytes=)?[0-9]{0,4}-?[0-9]{0,21}|.*", size in 0..5000_u64) {
            if let Part::Bytes { first, last } = part(Some(&range), size) {
                prop_assert!(first <= last && last < size);
            }
        }
    }
}
