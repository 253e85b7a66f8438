//! Rules for names (case A14): they refuse invisible names, names that pass for another one, and names that speak for the
//! installation. After UTS 39 (Unicode Security Mechanisms).

use std::{collections::HashSet, sync::LazyLock};

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};
use unicode_security::{
    GeneralSecurityProfile as _, MixedScript as _, RestrictionLevel, RestrictionLevelDetection as _, skeleton,
};

/// Reserved names, which others would trust.
const RESERVED: [&str; 12] = [
    "admin",
    "administrator",
    "anonymous",
    "everyone",
    "moderator",
    "official",
    "root",
    "staff",
    "support",
    "syncwatch",
    "sysadmin",
    "system",
];

/// Diacritics on one letter: Vietnamese has two, a third is decoration that covers the lines above and below.
const MAX_DIACRITICS: usize = 2;
/// Marks of any script in a row (UTS 39, 5.4).
const MAX_MARKS: usize = 4;

/// Normalizes a guest's name: NFC, without surrounding or repeated spaces. The error says what is wrong with it.
pub(crate) fn display_name(text: &str) -> Result<String, String> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect::<String>();
    refuse_invisible(&name)?;
    refuse_stacked_marks(&name)?;
    // "Мария (Maria)" is two words of one alphabet each; "Мaria" is none.
    for word in name.split(' ') {
        let letters = word.nfkc().filter(|c| c.is_alphabetic() || c.is_ascii_digit()).collect::<String>();
        refuse_mixed_alphabets(&letters)?;
    }
    refuse_reserved(&name)?;
    Ok(name)
}

/// Checks the name (NFC) of a new account. The error says what is wrong with it.
pub(crate) fn check_username(name: &str) -> Result<(), String> {
    refuse_invisible(name)?;
    refuse_stacked_marks(name)?;
    if let Some(c) = name.chars().find(|c| !c.identifier_allowed()) {
        return Err(format!(
            "must not contain U+{:04X}; use letters of a living alphabet in their plain form",
            u32::from(c)
        ));
    }
    refuse_mixed_alphabets(name)?;
    refuse_reserved(name)
}

/// The skeleton of a name (UTS 39, 4), without case: two names with the same skeleton are hard to tell apart.
pub(crate) fn looks(name: &str) -> String {
    let upper_and_lower = skeleton(&name.nfkc().collect::<String>()).collect::<String>().to_lowercase();
    skeleton(&upper_and_lower).collect()
}

fn refuse_invisible(name: &str) -> Result<(), String> {
    let chars: Vec<char> = name.chars().collect();
    for (index, c) in chars.iter().copied().enumerate() {
        let before = index.checked_sub(1).and_then(|index| chars.get(index)).copied();
        if is_invisible(c) && !may_join(c, before, chars.get(index + 1).copied()) {
            return Err(format!("must not contain invisible characters, such as U+{:04X}", u32::from(c)));
        }
    }
    Ok(())
}

/// Control characters, `Default_Ignorable_Code_Point` (Unicode, `DerivedCoreProperties.txt`), the blank of Braille, line
/// separators, and private use, whose look is unknown.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{2800}' | '\u{3164}' | '\u{E000}'..='\u{F8FF}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{10FFFF}')
}

/// Invisible characters that are allowed: inside emoji, and between letters of joining scripts.
fn may_join(c: char, before: Option<char>, after: Option<char>) -> bool {
    let emoji = |c: char| matches!(c, '\u{2190}'..='\u{2BFF}' | '\u{FE0F}' | '\u{1F000}'..='\u{1FAFF}');
    let joins = |c: char| matches!(c, '\u{600}'..='\u{8FF}' | '\u{900}'..='\u{DFF}');
    match (c, before, after) {
        ('\u{FE0F}', Some(before), _) => !before.is_alphabetic() && !before.is_whitespace(),
        ('\u{200D}', Some(before), Some(after)) if emoji(before) => emoji(after),
        ('\u{200C}' | '\u{200D}', Some(before), Some(after)) => joins(before) && joins(after),
        _ => false,
    }
}

fn refuse_stacked_marks(name: &str) -> Result<(), String> {
    let (mut marks, mut diacritics) = (0, 0);
    let mut last = None;
    // Decomposed first, so that precomposed characters count like letters with marks.
    for c in name.nfd() {
        if is_combining_mark(c) {
            marks += 1;
            diacritics += usize::from(is_diacritic(c));
        } else {
            (marks, diacritics) = (0, 0);
        }
        let twice = marks > 1 && last == Some(c);
        if twice || marks > MAX_MARKS || diacritics > MAX_DIACRITICS || (marks > 0 && last.is_none()) {
            return Err("must not stack combining marks".to_owned());
        }
        last = Some(c);
    }
    Ok(())
}

fn is_diacritic(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{344}' | '\u{346}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

/// "Highly restrictive" of UTS 39, 5.2: one script, or one of the mixtures that East Asian languages are written in.
fn refuse_mixed_alphabets(letters: &str) -> Result<(), String> {
    if letters.is_single_script() || letters.check_restriction_level(RestrictionLevel::HighlyRestrictive) {
        Ok(())
    } else {
        Err("must not mix alphabets whose letters look alike, such as Latin and Cyrillic, in one word"
            .to_owned())
    }
}

/// Refuses a name that looks like a reserved one, whatever stands between its letters.
fn refuse_reserved(name: &str) -> Result<(), String> {
    static LOOKS: LazyLock<HashSet<String>> =
        LazyLock::new(|| RESERVED.iter().map(|name| trusted(name)).collect());
    if LOOKS.contains(&trusted(name)) { Err("is a reserved name; choose another".to_owned()) } else { Ok(()) }
}

/// Like [`looks`], with i and l as one letter: `ADMIN`, `adm1n` and `admln`.
fn trusted(name: &str) -> String {
    let letters: String = name.nfkc().filter(|c| c.is_alphanumeric()).collect();
    looks(&letters).replace('i', "l")
}

#[cfg(test)]
mod tests {
    use super::*;

    // Case A14.
    #[test]
    fn deceptive_names_are_rejected() {
        for (name, what) in [
            ("Mia\u{200B}", "invisible"),
            ("\u{3164}\u{3164}", "invisible"),
            ("\u{2800}", "invisible"),
            ("Mia\u{E0041}", "invisible"),
            ("a\u{202E}b", "invisible"),
            ("\u{200D}Mia", "invisible"),
            ("Mi\u{200D}a", "invisible"),
            ("M\u{301}\u{302}\u{303}ia", "stack"),
            ("q\u{323}\u{323}", "stack"),
            ("\u{301}Mia", "stack"),
            ("p\u{430}ypal", "alphabets"),
            ("Admin", "reserved"),
            ("\u{430}\u{501}min", "alphabets"),
            ("ＡＤＭＩＮ", "reserved"),
            ("adm1n", "reserved"),
            ("S.Y.S.T.E.M", "reserved"),
            ("★ Moderator ★", "reserved"),
            ("sync watch", "reserved"),
        ] {
            let error = display_name(name).expect_err(name);
            assert!(error.contains(what), "{name:?}: {error}");
        }
    }

    #[test]
    fn names_of_all_scripts_are_accepted_unchanged() {
        for name in [
            "Mia",
            "Zoë",
            "Nguyễn Văn An",
            "Мария (Maria)",
            "山田 太郎",
            "みかん123",
            "हिन्दी",
            "မြန်မာ",
            "مُحَمَّد",
            "می\u{200C}خواهم",
            "O'Brien-Smith",
            "Ada \u{1F3AC}",
            "👩\u{200D}💻 Eva",
            "❤\u{FE0F}",
            "👨\u{200D}👩\u{200D}👧",
            "김민수",
            "Ελένη",
            "1️⃣",
            "Owner",
        ] {
            assert_eq!(display_name(name).as_deref(), Ok(name));
        }
        assert_eq!(display_name("  Zoe\u{308}\u{3000}  B ").as_deref(), Ok("Zoë B"), "NFC, one space");
        assert_eq!(display_name(" ").as_deref(), Ok(""));
    }

    #[test]
    fn account_names_have_plain_letters_only() {
        for name in ["ada.lovelace", "Zoë", "мария", "हिन्दी", "山田太郎", "user_1"] {
            assert_eq!(check_username(name), Ok(()), "{name}");
        }
        for name in ["ａｄａ", "𝐚𝐝𝐚", "ad\u{3164}a", "a\u{301}\u{302}\u{303}da", "root", "R00T", "раураl"]
        {
            assert!(check_username(name).is_err(), "{name}");
        }
    }

    #[test]
    fn lookalike_names_have_the_same_skeleton() {
        for (one, other) in [
            ("paypal", "раураӏ"),
            ("paypal", "paypa1"),
            ("PAYPAL", "paypal"),
            ("bob", "b0b"),
            ("modern", "rnodern"),
        ] {
            assert_eq!(looks(one), looks(other), "{one} {other}");
        }
        assert_ne!(looks("ella"), looks("elia"), "both are common");
    }
}
