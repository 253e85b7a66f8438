//! Faults of one case and their moments, made from the seed.

use crate::random::Random;

/// A fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The client breaks off its request.
    ClientLeaves,
    /// A replica of media-svc is killed.
    ReplicaDies(usize),
    /// The worker is killed.
    WorkerDies,
    /// PostgreSQL is killed.
    DatabaseDies,
    /// The store answers so many requests by 503.
    StoreRefuses(usize),
    /// The store does what one request wants, and its answer is lost.
    StoreLosesAnswer,
    /// Connections to the store break, and so many new ones are refused.
    StoreIsCut(usize),
    /// Connections of the worker to media-svc break, and so many new ones are refused.
    WorkerIsCut(usize),
}

/// A kind of request to the store, by which the phases of a film are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Access {
    /// A part of the file is written.
    PartWritten,
    /// A part of the file is read, to examine it or to encode it.
    PartRead,
    /// The plan is written: the file was examined, and its tasks are about to be queued.
    PlanWritten,
    /// A segment, an init segment or a sheet of pictures is written.
    FilmWritten,
}

/// When something fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// The client sends this byte of the file.
    Sent(usize),
    /// The store gets this request of its kind, counted from 1.
    Stored(Access, usize),
}

/// A case.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) seed: u64,
    /// Which of the films is sent.
    pub(super) film: usize,
    /// Bytes that are put behind it, which players skip.
    pub(super) padding: usize,
    /// The client speaks the protocol of the IETF instead of tus.
    pub(super) is_ietf: bool,
    /// Bytes of one request at most; `None`: all that is left.
    pub(super) piece: Option<usize>,
    pub(super) faults: Vec<(Moment, Fault)>,
}

const MIB: usize = 1 << 20;
/// Kinds of faults.
const FAULTS: u64 = 8;
/// Phases of a film: sent, examined, queued, encoded.
const PHASES: u64 = 4;

impl Plan {
    /// The case of a seed. 32 seeds in a row have every fault in every phase.
    pub(super) fn of(seed: u64, films: usize) -> Self {
        let mut random = Random(seed);
        let mut below = |limit: usize| usize::try_from(random.below(limit as u64)).unwrap();
        let film = below(films);
        let padding = if below(3) == 0 { 0 } else { below(20 * MIB) };
        let is_ietf = below(2) == 0;
        let piece = (below(2) == 0).then(|| MIB + below(7 * MIB + 1));
        let mut faults = vec![fault(seed % FAULTS, (seed + seed / FAULTS) % PHASES, padding, &mut below)];
        for _ in 0..below(3) {
            let kind = below(8) as u64;
            let phase = below(4) as u64;
            faults.push(fault(kind, phase, padding, &mut below));
        }
        Self { seed, film, padding, is_ietf, piece, faults }
    }
}

fn fault(kind: u64, phase: u64, padding: usize, below: &mut impl FnMut(usize) -> usize) -> (Moment, Fault) {
    let fault = match kind {
        0 => Fault::ClientLeaves,
        1 => Fault::ReplicaDies(below(2)),
        2 => Fault::WorkerDies,
        3 => Fault::DatabaseDies,
        4 => Fault::StoreRefuses(1 + below(6)),
        5 => Fault::StoreLosesAnswer,
        6 => Fault::StoreIsCut(below(4)),
        _ => Fault::WorkerIsCut(below(3)),
    };
    let sent = |below: &mut dyn FnMut(usize) -> usize| Moment::Sent(1 + below(100_000 + padding));
    let moment = match phase {
        _ if fault == Fault::ClientLeaves => sent(below),
        0 if below(2) == 0 => sent(below),
        0 => Moment::Stored(Access::PartWritten, 1 + below(1 + padding / (8 * MIB))),
        1 => Moment::Stored(Access::PartRead, 1 + below(3)),
        2 => Moment::Stored(Access::PlanWritten, 1),
        _ => Moment::Stored(Access::FilmWritten, 1 + below(20)),
    };
    (moment, fault)
}
