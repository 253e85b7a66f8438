//! The pictures for the seek bar: key frames alone are decoded, so a film of two hours costs seconds.

use bytes::Bytes;
use proto::transcode::v1::{Plan, Storyboard, VideoInput};

use super::{
    command::{self, Options, TO_SDR, extend},
    process::Programs,
};
use crate::{
    failure::{Failure, Outcome},
    original::Listener,
};

/// Largest sheet, in bytes.
const MAX_SHEET: usize = 16 << 20;

/// Makes the sheets, in order.
pub(crate) async fn sheets(
    plan: &Plan,
    input: &str,
    programs: &Programs,
    options: &Options,
    listener: &Listener,
) -> Outcome<Vec<Bytes>> {
    let (Some(board), Some(video)) = (&plan.storyboard, &plan.video) else {
        return Err(Failure::passing("the plan has no pictures for the seek bar"));
    };
    let mut sink = listener.sink("storyboard");
    let closer = sink.closer();
    let running = programs.ffmpeg(&arguments(plan, board, video, input, &sink.url, options))?;
    let progress = running.progress();
    let read = async {
        let (mut buffer, mut sheets) = (Vec::new(), Vec::new());
        while let Some(bytes) = sink.next().await {
            progress.add(1);
            buffer.extend_from_slice(&bytes);
            while let Some(end) = end_of_picture(&buffer) {
                let rest = buffer.split_off(end);
                sheets.push(Bytes::from(std::mem::replace(&mut buffer, rest)));
            }
            if buffer.len() > MAX_SHEET {
                return Err(Failure::passing("ffmpeg made a sheet of pictures that is too large"));
            }
        }
        Ok(sheets)
    };
    let finish = async {
        let finished = running.finish().await;
        drop(closer);
        finished
    };
    let (sheets, finished) = tokio::join!(read, finish);
    finished?;
    let (sheets, expected) = (sheets?, expected_sheets(board));
    if sheets.len() != expected {
        return Err(Failure::passing(format!(
            "ffmpeg made {} of {expected} sheets of pictures",
            sheets.len()
        )));
    }
    Ok(sheets)
}

fn expected_sheets(board: &Storyboard) -> usize {
    let tiles = (board.columns * board.rows).max(1);
    usize::try_from((board.count + tiles - 1) / tiles).unwrap_or_default()
}

fn arguments(
    plan: &Plan,
    board: &Storyboard,
    video: &VideoInput,
    input: &str,
    output: &str,
    options: &Options,
) -> Vec<String> {
    let mut arguments = command::general(options);
    extend(&mut arguments, &["-skip_frame", "nokey"]);
    command::read(&mut arguments, plan, input, 0, options);
    let sdr = if video.hdr { format!(",{TO_SDR}") } else { String::new() };
    let graph = format!(
        "[0:{}]fps=1000000/{}:start_time=0:round=up,tpad=stop=-1:stop_mode=clone,trim=end_frame={},scale={}:{}:flags=bilinear{sdr},setsar=1,format=yuvj420p,tile={}x{}[t]",
        video.stream,
        board.interval_us.max(1),
        board.count.max(1),
        board.tile_width,
        board.tile_height,
        board.columns,
        board.rows,
    );
    extend(&mut arguments, &["-filter_complex", &graph, "-map", "[t]", "-fps_mode", "passthrough"]);
    extend(
        &mut arguments,
        &["-c:v", "mjpeg", "-q:v", "5", "-map_metadata", "-1", "-f", "image2pipe", output],
    );
    arguments
}

/// Length of the JPEG that these bytes begin with, once it is whole (ITU-T T.81, B.1).
fn end_of_picture(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        let &[0xff, marker, high, low] = bytes.get(at..at + 4)? else { return None };
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
        // Start of scan: the picture goes on until a marker that is no restart, and 0xff 0x00 is a byte of it.
        if marker == 0xda {
            let end = bytes.get(at..)?.windows(2).position(|pair| pair == [0xff, 0xd9])?;
            return Some(at + end + 2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::end_of_picture;

    #[test]
    fn pictures_are_found_by_their_ends() {
        let picture = [0xff, 0xd8, 0xff, 0xdb, 0, 4, 0xff, 0xd9, 0xff, 0xda, 0, 2, 1, 0xff, 0, 2, 0xff, 0xd9];
        assert_eq!(end_of_picture(&picture), Some(picture.len()));
        assert_eq!(end_of_picture(&[&picture[..], &picture].concat()), Some(picture.len()));
        assert_eq!(end_of_picture(&picture[..picture.len() - 1]), None);
    }
}
