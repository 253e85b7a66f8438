//! A bounded queue of log lines, and one thread that writes them to a pipe or a terminal, which may be slow, stuck or closed.
//! A thread that logs never waits for the reader of the log (cases A19, O17).

use std::{collections::VecDeque, io::Write, mem, sync::Arc, time::Duration};

use parking_lot::{Condvar, Mutex, MutexGuard};

/// Maximum number of waiting lines, and of their bytes.
const MAX_LINES: usize = 16_384;
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// A queue of lines. Copies share it.
#[derive(Clone)]
pub(crate) struct LineQueue(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    lines: VecDeque<Vec<u8>>,
    bytes: usize,
    /// Lines dropped since `on_drops` was called last.
    dropped: u64,
    writing: bool,
}

impl LineQueue {
    /// Starts the thread. It calls `on_drops` with the number of dropped lines once the queue is empty again.
    pub(crate) fn start(
        mut to: impl Write + Send + 'static,
        on_drops: impl Fn(u64) + Send + 'static,
    ) -> std::io::Result<Self> {
        let queue = Self(Arc::new(Shared { state: Mutex::default(), changed: Condvar::new() }));
        let reader = queue.clone();
        std::thread::Builder::new().name("log writer".to_owned()).spawn(move || {
            loop {
                let (lines, dropped) = reader.next();
                if dropped > 0 {
                    on_drops(dropped);
                }
                for line in lines {
                    // A closed pipe stops nothing here: the line is dropped.
                    if to.write_all(&line).and_then(|()| to.flush()).is_err() {
                        count_dropped(1);
                    }
                }
            }
        })?;
        Ok(queue)
    }

    /// Adds a line, or drops it when the queue is full.
    pub(crate) fn push(&self, line: Vec<u8>) {
        let mut state = self.lock();
        if state.lines.len() >= MAX_LINES || state.bytes + line.len() > MAX_BYTES {
            state.dropped += 1;
            drop(state);
            count_dropped(1);
            return;
        }
        state.bytes += line.len();
        state.lines.push_back(line);
        drop(state);
        self.0.changed.notify_all();
    }

    /// Waits until all lines are written, at most for `limit`, because nobody may be reading. Returns whether they are.
    pub(crate) fn flush(&self, limit: Duration) -> bool {
        let waiting = |state: &mut State| state.writing || !state.lines.is_empty();
        !self.0.changed.wait_while_for(&mut self.lock(), waiting, limit).timed_out()
    }

    /// Waits for lines and returns a few of them. With the last ones comes the number of dropped lines.
    fn next(&self) -> (Vec<Vec<u8>>, u64) {
        let mut state = self.lock();
        state.writing = false;
        self.0.changed.notify_all();
        let idle = |state: &mut State| state.lines.is_empty() && state.dropped == 0;
        self.0.changed.wait_while(&mut state, idle);
        state.writing = true;
        let count = state.lines.len().min(64);
        let lines: Vec<_> = state.lines.drain(..count).collect();
        state.bytes -= lines.iter().map(Vec::len).sum::<usize>();
        let dropped = if state.lines.is_empty() { mem::take(&mut state.dropped) } else { 0 };
        (lines, dropped)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock()
    }
}

/// Registered at 0 at the start, so that the first drop shows as an increase.
pub(crate) fn count_dropped(lines: u64) {
    metrics::counter!("syncwatch_log_lines_dropped_total").increment(lines);
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::mpsc::{Receiver, Sender, channel},
    };

    use super::*;

    /// Hands each line over only when it is asked to.
    struct Stuck {
        go: Receiver<()>,
        written: Sender<Vec<u8>>,
    }

    impl Write for Stuck {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            self.go.recv().map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
            self.written.send(line.to_vec()).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    // Cases A19, O17.
    #[test]
    fn a_stalled_log_reader_blocks_nobody() {
        let (go, wait) = channel();
        let (written, lines) = channel();
        let (drops, dropped) = channel();
        let stuck = Stuck { go: wait, written };
        let queue = LineQueue::start(stuck, move |count| drops.send(count).unwrap()).unwrap();
        let all = MAX_LINES + 1000;
        for number in 0..all {
            queue.push(format!("{number}\n").into_bytes());
        }
        assert!(!queue.flush(Duration::ZERO), "nothing is written yet");
        for _ in 0..all {
            go.send(()).unwrap();
        }
        let lost = dropped.recv().unwrap();
        // The thread takes up to 64 lines at a time, which makes room for as many more.
        assert!((1000 - 64..=1000).contains(&lost), "{lost}");
        assert!(queue.flush(Duration::from_mins(1)));
        let arrived = lines.try_iter().count();
        assert_eq!(arrived as u64 + lost, all as u64, "each line arrived or was counted");
        drop((go, lines));
        queue.push(b"nobody is there any more\n".to_vec());
        assert!(queue.flush(Duration::from_mins(1)), "a closed pipe ends nothing");
    }

    #[test]
    fn large_lines_are_bounded_too() {
        let (go, wait) = channel();
        let (written, lines) = channel();
        let queue = LineQueue::start(Stuck { go: wait, written }, |_| {}).unwrap();
        for _ in 0..100 {
            queue.push(vec![b'x'; MAX_BYTES / 4]);
        }
        drop(go);
        assert!(queue.flush(Duration::from_mins(1)));
        assert_eq!(lines.try_iter().count(), 0);
    }
}
