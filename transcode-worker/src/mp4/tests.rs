use super::{read::Piece, *};

fn sample(size: u32, is_sync: bool, composition_offset: i32) -> Sample {
    Sample { duration: 3000, size, is_sync, composition_offset }
}

fn video() -> Track {
    let mut entry = vec![0; 86];
    entry[4..8].copy_from_slice(b"avc1");
    entry[32..36].copy_from_slice(&[2, 0x80, 1, 0x68]);
    entry.extend_from_slice(b"\0\0\0\x0cavcC\x01\x64\0\x1f");
    let size = u32::try_from(entry.len()).unwrap();
    entry[..4].copy_from_slice(&size.to_be_bytes());
    Track { timescale: 90_000, entry }
}

#[test]
fn what_is_written_is_read_back_whatever_the_pieces_it_arrives_in() {
    let samples = [sample(3, true, 0), sample(2, false, 6000), sample(1, false, -3000)];
    let mut bytes = init(&video(), 90_000);
    bytes.extend(segment(7, 540_000, &samples, b"abcdef"));
    for step in [1, 7, bytes.len()] {
        let mut splitter = Splitter::new(1 << 20);
        let mut pieces = Vec::new();
        for chunk in bytes.chunks(step) {
            splitter.push(chunk);
            while let Some(piece) = splitter.next().unwrap() {
                pieces.push(piece);
            }
        }
        assert!(splitter.is_at_boundary());
        let [Piece::Init(track), Piece::Fragment(fragment)] = &pieces[..] else { panic!("{pieces:?}") };
        assert_eq!(*track, video());
        assert_eq!(track.configuration(b"avcC"), Some(&b"\x01\x64\0\x1f"[..]));
        assert_eq!(*fragment, Fragment { samples: samples.to_vec(), data: b"abcdef".to_vec() });
    }
}

#[test]
fn a_segment_carries_its_time_and_its_number() {
    let bytes = segment(7, 1 << 33, &[sample(1, true, 0)], b"a");
    let moof = find(&bytes, &[b"moof"]).unwrap();
    assert_eq!(be_u32(find(moof, &[b"mfhd"]).unwrap(), 4), Some(7));
    assert_eq!(find(moof, &[b"traf", b"tfdt"]).unwrap()[4..], (1_u64 << 33).to_be_bytes());
}

#[test]
fn a_box_that_is_too_large_or_has_no_end_is_refused() {
    for bytes in [&b"\0\0\0\0mdat"[..], b"\0\0\0\x04mdat", b"\x7f\0\0\0mdat"] {
        let mut splitter = Splitter::new(1 << 20);
        splitter.push(bytes);
        assert!(splitter.next().is_err(), "{bytes:?}");
    }
}
