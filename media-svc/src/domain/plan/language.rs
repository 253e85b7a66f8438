//! Languages, as players know them.

/// Codes of ISO 639-2 (both forms) with their two letters of ISO 639-1, which BCP 47 asks for.
const LANGUAGES: &str = "aar aa afr af amh am ara ar aze az bel be ben bn bos bs bul bg cat ca ces cs cze cs chi zh zho zh cym cy \
    wel cy dan da deu de ger de ell el gre el eng en epo eo est et eus eu baq eu fas fa per fa fil fil fin fi fra fr fre fr \
    gle ga glg gl guj gu heb he hin hi hrv hr hun hu hye hy arm hy ind id isl is ice is ita it jpn ja kan kn kat ka geo ka \
    kaz kk khm km kor ko lao lo lat la lav lv lit lt mal ml mar mr mkd mk mac mk mon mn msa ms may ms mya my bur my nep ne \
    nld nl dut nl nno nn nob nb nor no pan pa pol pl por pt ron ro rum ro rus ru sin si slk sk slo sk slv sl spa es sqi sq \
    alb sq srp sr swa sw swe sv tam ta tel te tha th tgl tl tur tr ukr uk urd ur uzb uz vie vi zul zu";

/// The tag of BCP 47 for what a file says; empty: it says nothing that is one.
pub(super) fn language(said: &str) -> String {
    let said = said.trim();
    let lower = said.to_ascii_lowercase();
    if matches!(lower.as_str(), "" | "und" | "mis" | "mul" | "zxx") {
        return String::new();
    }
    let mut words = LANGUAGES.split_whitespace();
    while let (Some(three), Some(two)) = (words.next(), words.next()) {
        if three == lower {
            return two.to_owned();
        }
    }
    let mut parts = said.split('-');
    let is_part = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let is_tag = said.len() <= 35
        && parts
            .next()
            .is_some_and(|first| is_part(first, 2..=3) && first.bytes().all(|b| b.is_ascii_alphabetic()))
        && parts.all(|part| is_part(part, 1..=8));
    if is_tag { said.to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::language;

    #[test]
    fn a_language_is_a_tag_or_nothing() {
        for (said, tag) in [
            ("eng", "en"),
            ("GER", "de"),
            ("deu", "de"),
            ("zho", "zh"),
            ("pt-BR", "pt-BR"),
            ("en", "en"),
            ("tlh", "tlh"),
            ("und", ""),
            ("", ""),
            ("English", ""),
            ("e\"n", ""),
            ("en,fr", ""),
        ] {
            assert_eq!(language(said), tag, "{said}");
        }
    }
}
