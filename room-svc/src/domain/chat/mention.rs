//! Mentions: who a text names, and where.

use ids::SubjectId;
use proto::room::v1::Mention;

use crate::error::{Error, Result};

/// The mentions of a request, in the order of the text. `given` is the text of the request, `stored` the one to store: with
/// mentions they have to be the same, or the ranges would count in another text.
pub(crate) fn mentions(given: &str, stored: &str, list: &[Mention]) -> Result<Vec<(SubjectId, Mention)>> {
    let wrong = |what| Error::Field { field: "mentions", what };
    if !list.is_empty() && given != stored {
        return Err(wrong("need a text in NFC without white space around it"));
    }
    let length = i32::try_from(stored.chars().count()).unwrap_or(i32::MAX);
    let mut end = 0;
    list.iter()
        .map(|mention| {
            let subject = mention.subject_id.parse();
            let subject =
                subject.map_err(|_| wrong("must name people by ids of the form `user_…` or `guest_…`"))?;
            if mention.start < end {
                return Err(wrong("must stand in the order of the text and not overlap"));
            }
            end = mention.start.saturating_add(mention.length);
            if end > length {
                return Err(wrong("must lie within the text"));
            }
            Ok((subject, Mention { display_name: String::new(), ..mention.clone() }))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use ids::UserId;

    use super::*;

    fn mention(start: i32, length: i32) -> Mention {
        Mention { subject_id: UserId::new().to_string(), start, length, ..Mention::default() }
    }

    // W14: names with spaces, umlauts and emoji; an emoji before the mention.
    #[test]
    fn ranges_count_scalar_values_of_the_stored_text() {
        let text = "👍🏽 @müller and @Tom🟢";
        let list = [mention(3, 7), mention(15, 5)];
        assert_eq!(mentions(text, text, &list).unwrap().len(), 2);
        let chars: Vec<char> = text.chars().collect();
        assert_eq!(chars[3..10].iter().collect::<String>(), "@müller");
        assert_eq!(chars[15..20].iter().collect::<String>(), "@Tom🟢");
    }

    #[test]
    fn mentions_beyond_the_text_or_over_each_other_are_refused() {
        let refused = |given: &str, list: &[Mention]| {
            matches!(mentions(given, "@ann", list), Err(Error::Field { field: "mentions", .. }))
        };
        assert!(refused("@ann", &[mention(0, 5)]));
        assert!(refused("@ann", &[mention(0, 2), mention(1, 2)]));
        assert!(refused("@ann", &[mention(i32::MAX, i32::MAX)]));
        assert!(refused(" @ann", &[mention(1, 4)]));
        assert!(refused("@ann", &[Mention { subject_id: "ann".into(), ..mention(0, 4) }]));
        assert!(!refused(" @ann", &[]));
    }
}
