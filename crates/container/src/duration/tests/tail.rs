//! Fragmented films that say only at their end how long they are.

use super::*;

/// Of the one track of these films; its fragments are a second long, in two samples.
const PER_SECOND: u32 = 1000;

fn full(kind: &[u8], fields: &[u32]) -> Vec<u8> {
    boxed(kind, &numbers(fields))
}

fn moov() -> Vec<u8> {
    let media = boxed(b"mdia", &full(b"mdhd", &[0, 0, 0, PER_SECOND, 0, 0]));
    let track = boxed(b"trak", &[full(b"tkhd", &[7, 0, 0, 1, 0, 0]), media].concat());
    let defaults = boxed(b"mvex", &full(b"trex", &[0, 1, 1, 250, 0, 0]));
    boxed(b"moov", &[mvhd(600, 0), track, defaults].concat())
}

/// A fragment of these `traf`s.
fn moof(trafs: &[Vec<u8>]) -> Vec<u8> {
    boxed(b"moof", &[full(b"mfhd", &[0, 1]), trafs.concat()].concat())
}

fn traf(track: u32, start: u32, run: &[u32]) -> Vec<u8> {
    let header = full(b"tfhd", &[0, track]);
    boxed(b"traf", &[header, full(b"tfdt", &[0, start]), full(b"trun", run)].concat())
}

/// The fragment of a second, with so many bytes of media.
fn fragment(second: u32, media: usize) -> Vec<u8> {
    let traf = traf(1, second * PER_SECOND, &[0x301, 2, 0, 400, 9, 600, 9]);
    [moof(&[traf]), boxed(b"mdat", &vec![0xab; media])].concat()
}

/// A film of so many seconds.
fn film(seconds: u32, media: usize) -> Vec<u8> {
    let fragments: Vec<_> = (0..seconds).flat_map(|second| fragment(second, media)).collect();
    [ftyp(), moov(), fragments].concat()
}

/// A list whose last entry names the fragment at `at`.
fn mfra(at: usize) -> Vec<u8> {
    let at = u32::try_from(at).unwrap();
    let entry = |time, at| [numbers(&[time, at]), vec![1, 1, 1]].concat();
    let list = boxed(b"tfra", &[numbers(&[0, 1, 0, 2]), entry(0, 0), entry(5, at)].concat());
    let size = u32::try_from(8 + list.len() + 16).unwrap();
    boxed(b"mfra", &[list, full(b"mfro", &[0, size])].concat())
}

/// Puts a list of its last fragment behind a film.
fn listed(film: &[u8], last_bytes: usize) -> Vec<u8> {
    [film, &mfra(film.len() - last_bytes)].concat()
}

#[test]
fn the_last_fragment_gives_the_length() {
    let last = fragment(0, 100_000).len();
    let (short, long) = (film(3, 100), film(40, 100_000));
    assert_eq!(measure(&short), (Some(3_000_000), 1));
    assert_eq!(measure(&long), (Some(40_000_000), 3), "beginning, end, tail");
    assert_eq!(measure(&listed(&short, fragment(0, 100).len())), (Some(3_000_000), 1));
    assert_eq!(measure(&listed(&long, last)), (Some(40_000_000), 4), "beginning, end, fragment, end");
    // Of two tracks the longer one counts; samples are as long as the film says, or the fragment.
    let long = [numbers(&[0x0002_0008, 1, 2000]), Vec::new()].concat();
    let long = [boxed(b"tfhd", &long), full(b"tfdt", &[0x0100_0000, 0, 5000]), full(b"trun", &[0, 3])];
    for (trafs, length_us) in [
        (vec![traf(1, 3000, &[1, 4, 0])], 4_000_000),
        (vec![boxed(b"traf", &long.concat()), traf(1, 3000, &[0, 4])], 11_000_000),
    ] {
        let film = [film(3, 100), moof(&trafs), boxed(b"mdat", b"media"), boxed(b"free", b"")].concat();
        assert_eq!(measure(&film).0, Some(length_us));
    }
}

#[test]
fn the_tail_is_searched_up_to_the_bound() {
    let before = film(2, 100);
    let large = [before.clone(), fragment(2, 1_500_000)].concat();
    assert_eq!(measure(&large), (Some(3_000_000), 5), "three parts of the tail");
    let larger = [before.clone(), fragment(2, 5_000_000)].concat();
    assert_eq!(measure(&larger), (None, 10));
    assert_eq!(measure(&listed(&larger, fragment(2, 5_000_000).len())).0, Some(3_000_000), "it is listed");
    // One that lies on the border between two parts that are searched.
    for by in 0..12 {
        let media = 512 * 1024 - 12 + by;
        let size = fragment(2, 0).len();
        let film = [before.clone(), fragment(2, media - size)].concat();
        assert_eq!(measure(&film).0, Some(3_000_000), "{by}");
    }
}

#[test]
fn an_inconsistent_tail_is_ignored() {
    let whole = film(40, 50_000);
    let last = fragment(0, 50_000).len();
    for cut in [1, 7, 8, 9, 1000, 49_999, 50_000, 50_001, 50_008, last - 20, last - 1] {
        assert_eq!(measure(&whole[..whole.len() - cut]).0, None, "without the last {cut} bytes");
    }
    assert_eq!(measure(&whole[..whole.len() - last]).0, Some(39_000_000), "whole fragments");
    for garbage in
        [&[0; 8][..], &[0; 7], b"\0\0\0\x08mdat\0", b"\0\0\0\x10what are", &[0xff; 100], &[7; 9000]]
    {
        assert_eq!(measure(&[&whole, garbage].concat()).0, None, "{garbage:?}");
    }
    let open_end = [&whole[..], &numbers(&[0]), b"mdat", &[1; 100]].concat();
    assert_eq!(measure(&open_end).0, None, "up to wherever the file ends");
    // Media that looks like a fragment, with the true one out of sight.
    let media = [vec![1; 600_000], fragment(3000, 9), vec![2; 100_000]].concat();
    let true_one = moof(&[traf(1, 2000, &[0, 4])]);
    assert_eq!(measure(&[film(2, 100), true_one, boxed(b"mdat", &media)].concat()).0, Some(3_000_000));
}

#[test]
fn ambiguous_fragments_are_ignored() {
    let header = |flags, track| full(b"tfhd", &[flags, track]);
    let (start, run) = (full(b"tfdt", &[0, 5000]), full(b"trun", &[0, 4]));
    let trafs = [
        [header(0, 1), run.clone()].concat(),
        [header(0, 2), start.clone(), run.clone()].concat(),
        [header(8, 1), start.clone(), run.clone()].concat(),
        [start.clone(), run.clone()].concat(),
        [header(0, 1), start.clone(), full(b"trun", &[0x100, 4, 1, 1, 1])].concat(),
        [header(0, 1), start.clone(), full(b"trun", &[0, 4, 1])].concat(),
        [header(0, 1), full(b"tfdt", &[0x0100_0000, 1, 0]), run.clone(), vec![0; 4]].concat(),
        [header(0, 1), full(b"tfdt", &[0x0100_0000, u32::MAX, u32::MAX]), run.clone()].concat(),
        [header(0, 1), full(b"tfdt", &[0, 604_800_000]), run.clone()].concat(),
    ];
    let ends = |moof: Vec<u8>| [film(2, 100), moof, boxed(b"mdat", b"media")].concat();
    for (case, traf) in trafs.iter().enumerate() {
        assert_eq!(measure(&ends(moof(&[boxed(b"traf", traf)]))).0, None, "{case}");
    }
    let good = boxed(b"traf", &[header(0, 1), start, run].concat());
    assert_eq!(measure(&ends(moof(std::slice::from_ref(&good)))).0, Some(6_000_000));
    assert_eq!(measure(&ends(boxed(b"moof", &good))).0, None, "without a number");
    assert_eq!(measure(&[film(2, 100), moof(&[good])].concat()).0, None, "without media");
}

#[test]
fn an_index_that_points_outside_the_file_is_ignored() {
    let film = film(40, 50_000);
    let beyond = [&film[..], &mfra(film.len() + 50)].concat();
    assert_eq!(measure(&beyond).0, Some(40_000_000), "the tail is searched instead");
    let astray = [&film[..], &mfra(film.len() - 1000)].concat();
    assert_eq!(measure(&astray).0, None, "there is no box");
    for size in [0, 8, 1000, u32::MAX] {
        let footer = [&film[..], &boxed(b"mfra", &full(b"mfro", &[0, size]))].concat();
        assert_eq!(measure(&footer).0, Some(40_000_000), "a list of {size} bytes");
    }
}

#[test]
fn a_missing_file_size_leaves_the_length_unknown() {
    let (mut measurement, _) = Measurement::begin();
    let film = film(3, 100);
    let window = Window { start: 0, bytes: &film, is_last: false, size: None };
    assert_eq!(measurement.next(window), Step::Done(None));
}

#[test]
fn the_number_of_indexes_read_is_bounded() {
    let indexed = |seconds: u32| {
        let part = |second| {
            let fragment = fragment(second, 50_000);
            let size = u32::try_from(fragment.len()).unwrap();
            [sidx(1, PER_SECOND, 0, &[(size, 1000)]), fragment].concat()
        };
        [ftyp(), moov(), (0..seconds).flat_map(part).collect()].concat()
    };
    assert_eq!(measure(&indexed(30)).0, Some(30_000_000));
    let (length_us, reads) = measure(&indexed(400));
    assert_eq!(length_us, Some(400_000_000), "and not the length of the indexes that were read");
    assert!(reads < 40, "{reads}");
    let cut = indexed(400);
    assert_eq!(measure(&cut[..cut.len() - 10]).0, None);
}

proptest! {
    #[test]
    fn no_tail_causes_a_panic_or_an_endless_walk(
        with_list: bool, cut in 0..400_usize, flips in prop::collection::vec((0..1500_usize, any::<u8>()), 0..6),
    ) {
        let film = film(5, 100);
        let mut film = if with_list { listed(&film, fragment(0, 100).len()) } else { film };
        film.truncate(film.len() - cut);
        for (at, byte) in flips {
            let length = film.len();
            film[at % length] ^= byte;
        }
        prop_assert!(measure(&film).1 <= MAX_READS);
    }
}
