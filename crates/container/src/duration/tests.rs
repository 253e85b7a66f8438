mod tail;

use proptest::prelude::*;

use super::*;

/// Measures a file in memory. Returns its length and the number of reads.
fn measure(file: &[u8]) -> (Option<i64>, u32) {
    let (mut measurement, mut step) = Measurement::begin();
    let mut reads = 0;
    loop {
        let (at, length) = match step {
            Step::Read { at, length } => (at, length),
            Step::Done(length_us) => return (length_us, reads),
        };
        assert!(length <= LARGEST_READ);
        reads += 1;
        let rest = usize::try_from(at).ok().and_then(|at| file.get(at..)).unwrap_or_default();
        let bytes = &rest[..rest.len().min(length)];
        let size = Some(file.len() as u64);
        step = measurement.next(Window { start: at, bytes, is_last: bytes.len() < length, size });
    }
}

fn boxed(kind: &[u8], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).unwrap();
    [&size.to_be_bytes(), kind, content].concat()
}

fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

fn mvhd(per_second: u32, length: u32) -> Vec<u8> {
    boxed(b"mvhd", &[numbers(&[0, 0, 0, per_second, length]), vec![0; 80]].concat())
}

fn ftyp() -> Vec<u8> {
    boxed(b"ftyp", b"isom\0\0\0\0")
}

/// An index of one track with entries of (size, length).
fn sidx(track: u32, per_second: u32, first: u32, entries: &[(u32, u32)]) -> Vec<u8> {
    let count = u32::try_from(entries.len()).unwrap();
    let entries: Vec<_> = entries.iter().flat_map(|(size, length)| numbers(&[*size, *length, 0])).collect();
    boxed(b"sidx", &[numbers(&[0, track, per_second, 0, first, count]), entries].concat())
}

fn fragmented(movie: &[u8], after: &[Vec<u8>]) -> Vec<u8> {
    [ftyp(), boxed(b"moov", movie), after.concat()].concat()
}

#[test]
fn an_mp4_length_is_read_from_the_front_or_the_end() {
    let movie = boxed(b"moov", &[mvhd(600, 72_000), boxed(b"trak", &vec![0; 40_000])].concat());
    let samples = boxed(b"mdat", &vec![7; 300_000]);
    assert_eq!(measure(&[ftyp(), movie.clone(), samples.clone()].concat()), (Some(120_000_000), 1));
    assert_eq!(measure(&[ftyp(), samples, movie.clone()].concat()), (Some(120_000_000), 2));
    // With the size of the samples in its long form.
    let long = [numbers(&[1]), b"mdat".to_vec(), numbers(&[0, 100_016]), vec![7; 100_000]].concat();
    assert_eq!(measure(&[ftyp(), long, movie].concat()).0, Some(120_000_000));
    let long = [numbers(&[0x0100_0000, 0, 0, 0, 0, 10_000, 1, 0]), vec![0; 80]].concat();
    let days = boxed(b"moov", &boxed(b"mvhd", &long));
    assert_eq!(measure(&[ftyp(), days].concat()).0, Some((1_i64 << 32) * 100));
}

#[test]
fn a_fragmented_mp4_length_is_read_beside_its_first_fragment() {
    let mehd = |length| boxed(b"mvex", &boxed(b"mehd", &numbers(&[0, length])));
    let tail = [boxed(b"moof", &[0; 30]), boxed(b"mdat", &[0; 30])].concat();
    // The length in front is that of the first part alone.
    let movie = [mvhd(1000, 1000), boxed(b"trak", &[0; 100]), mehd(9000)].concat();
    assert_eq!(measure(&fragmented(&movie, std::slice::from_ref(&tail))).0, Some(9_000_000));
    let movie = [mvhd(1000, 1000), mehd(0)].concat();
    assert_eq!(measure(&fragmented(&movie, std::slice::from_ref(&tail))).0, None);

    let size = u32::try_from(tail.len()).unwrap();
    let whole = sidx(1, 90_000, 0, &[(size, 90_000), (size, 45_000)]);
    assert_eq!(measure(&fragmented(&movie, &[whole, tail.clone(), tail.clone()])).0, Some(1_500_000));
    // An index for each part and each of two tracks, of which the second one is passed over.
    let other = sidx(2, 48_000, 0, &[(size, 1)]);
    let other_size = u32::try_from(other.len()).unwrap();
    let part = [sidx(1, 90_000, other_size, &[(size, 90_000)]), other, tail].concat();
    assert_eq!(measure(&fragmented(&movie, &[part.clone(), part.clone(), part])).0, Some(3_000_000));
}

#[test]
fn impossible_lengths_are_ignored() {
    for (per_second, length) in [(0, 5), (1000, 0), (1000, u32::MAX), (1, 604_801)] {
        let file = [ftyp(), boxed(b"moov", &mvhd(per_second, length))].concat();
        assert_eq!(measure(&file).0, None, "{length} of {per_second}");
    }
    for seconds in [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e300, 604_801.0] {
        assert_eq!(of_seconds(seconds), None, "{seconds}");
    }
    assert_eq!(of_seconds(604_800.0), Some(604_800_000_000));
}

#[test]
fn impossible_sizes_end_the_walk() {
    for size in [numbers(&[2]), numbers(&[7])] {
        assert_eq!(measure(&[ftyp(), size, b"free".to_vec(), vec![0; 100]].concat()).0, None);
    }
    let huge = [numbers(&[1]), b"mdat".to_vec(), vec![0xff; 8]].concat();
    assert_eq!(measure(&[ftyp(), huge.clone()].concat()).0, None);
    let behind = [numbers(&[1]), b"mdat".to_vec(), numbers(&[0x7fff_ffff, 0])].concat();
    assert_eq!(measure(&[ftyp(), behind].concat()), (None, 1));
    let index = [numbers(&[0x7fff_ffff]), b"sidx".to_vec(), vec![0; 40_000]].concat();
    assert_eq!(measure(&[ftyp(), index].concat()), (None, 1), "too large to be read");
    // One box after another, each beyond the window: a limit, and not the file, ends it.
    let hops = boxed(b"free", &vec![0; 2 * WINDOW_BYTES]).repeat(200);
    assert_eq!(measure(&[ftyp(), hops].concat()), (None, MAX_READS));
}

/// `Segment { Void, Info { TimestampScale, Duration } }`, with a segment of unknown size.
fn webm(scale_ns: u32, duration: &[u8]) -> Vec<u8> {
    let size = 0x80 | u8::try_from(duration.len()).unwrap();
    let info =
        [&[0x2a, 0xd7, 0xb1, 0x84][..], &scale_ns.to_be_bytes(), &[0x44, 0x89, size], duration].concat();
    let info_size = 0x80 | u8::try_from(info.len()).unwrap();
    let header = [&[0x1a, 0x45, 0xdf, 0xa3, 0x87, 0x42, 0x82, 0x84][..], b"webm"].concat();
    let segment = [0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    [&header[..], &segment, &[0xec, 0x82, 0, 0, 0x15, 0x49, 0xa9, 0x66, info_size], &info].concat()
}

#[test]
fn a_webm_length_is_read_in_its_own_units() {
    assert_eq!(measure(&webm(1_000_000, &3200.0_f64.to_be_bytes())), (Some(3_200_000), 1));
    assert_eq!(measure(&webm(500_000, &3200.0_f32.to_be_bytes())).0, Some(1_600_000));
    assert_eq!(measure(&webm(1_000_000, &f64::NAN.to_be_bytes())).0, None);
    assert_eq!(measure(&webm(1_000_000, &[1, 2, 3])).0, None);
}

proptest! {
    #[test]
    fn no_bytes_cause_a_panic_or_an_endless_walk(
        bytes: Vec<u8>, cut in 0..2000_usize, flips in prop::collection::vec((0..2000_usize, any::<u8>()), 0..8),
        is_webm: bool,
    ) {
        prop_assert!(measure(&bytes).1 <= MAX_READS);
        for start in [&b"ID3\x04\0\0\0\0\0\x05"[..], b"\xff\xfb\x90\x64", b"fLaC", b"OggS....................\x01\x13OpusHead", b"RIFF....WAVE"] {
            prop_assert!(measure(&[start, &bytes].concat()).1 <= MAX_READS);
        }
        let movie = [mvhd(1000, 1000), boxed(b"mvex", &boxed(b"mehd", &numbers(&[0, 0])))].concat();
        let index = sidx(1, 1000, 0, &[(38, 1000), (38, 1000)]);
        let mut file = if is_webm {
            webm(1_000_000, &3200.0_f64.to_be_bytes())
        } else {
            fragmented(&movie, &[index, boxed(b"moof", &[0; 30]).repeat(2)])
        };
        file.extend(bytes);
        for (at, byte) in flips {
            let length = file.len();
            file[at % length] ^= byte;
        }
        file.truncate(cut.max(1));
        prop_assert!(measure(&file).1 <= MAX_READS);
    }
}
