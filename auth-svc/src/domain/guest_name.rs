//! Names for people who give none.

use rand::{Rng, seq::SliceRandom as _};

const ADJECTIVES: [&str; 60] = [
    "Amber", "Agile", "Bold", "Brave", "Breezy", "Bright", "Bubbly", "Calm", "Candid", "Cheery", "Clever",
    "Cosmic", "Cosy", "Curious", "Dapper", "Daring", "Dreamy", "Eager", "Early", "Fancy", "Fluffy",
    "Friendly", "Gentle", "Gilded", "Golden", "Happy", "Hazel", "Honest", "Humble", "Jolly", "Kind",
    "Lively", "Lucky", "Lunar", "Mellow", "Merry", "Mighty", "Misty", "Nimble", "Noble", "Patient", "Peppy",
    "Playful", "Plucky", "Polite", "Quick", "Quiet", "Rosy", "Rustic", "Silver", "Sleepy", "Snowy", "Solar",
    "Sunny", "Swift", "Tidy", "Velvet", "Vivid", "Witty", "Zesty",
];

const ANIMALS: [&str; 60] = [
    "Alpaca",
    "Badger",
    "Beaver",
    "Bison",
    "Bobcat",
    "Camel",
    "Cheetah",
    "Chipmunk",
    "Cougar",
    "Crane",
    "Cricket",
    "Dolphin",
    "Eagle",
    "Egret",
    "Falcon",
    "Ferret",
    "Finch",
    "Firefly",
    "Fox",
    "Gazelle",
    "Gecko",
    "Gibbon",
    "Hedgehog",
    "Heron",
    "Ibex",
    "Iguana",
    "Jackdaw",
    "Kestrel",
    "Kingfisher",
    "Koala",
    "Lark",
    "Lemur",
    "Lynx",
    "Magpie",
    "Manatee",
    "Marmot",
    "Meerkat",
    "Moose",
    "Narwhal",
    "Newt",
    "Ocelot",
    "Orca",
    "Otter",
    "Owl",
    "Panda",
    "Pelican",
    "Penguin",
    "Puffin",
    "Quokka",
    "Rabbit",
    "Raven",
    "Robin",
    "Seal",
    "Sparrow",
    "Squirrel",
    "Swallow",
    "Tapir",
    "Toucan",
    "Walrus",
    "Wombat",
];

/// One of 3,600, such as "Merry Otter".
pub(crate) fn made_up_name(random: &mut impl Rng) -> String {
    let mut word = |words: &[&'static str]| words.choose(random).copied().unwrap_or_default();
    format!("{} {}", word(&ADJECTIVES), word(&ANIMALS))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;

    #[test]
    fn generated_names_differ_and_have_two_words() {
        let mut random = StdRng::seed_from_u64(7);
        let names: HashSet<_> = (0..200).map(|_| made_up_name(&mut random)).collect();
        assert!(names.len() > 150, "{} of 200 differ", names.len());
        assert!(names.iter().all(|name| name.split(' ').filter(|word| !word.is_empty()).count() == 2));
    }

    #[test]
    fn no_word_is_listed_twice() {
        assert_eq!(ADJECTIVES.iter().collect::<HashSet<_>>().len(), ADJECTIVES.len());
        assert_eq!(ANIMALS.iter().collect::<HashSet<_>>().len(), ANIMALS.len());
    }
}
