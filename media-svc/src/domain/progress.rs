//! How far the preparing of an upload is.

use ids::{AssetId, UploadId};
use proto::media::v1::UploadState;

/// What the queue knows of an upload and changes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) id: UploadId,
    pub(crate) owner: String,
    /// `None` for pieces of other uploads.
    pub(crate) asset: Option<AssetId>,
    /// In bytes; `None` while the client has not said it.
    pub(crate) size: Option<i64>,
    /// Bytes from the start that are there.
    pub(crate) received: i64,
    /// All bytes are there.
    pub(crate) complete: bool,
    pub(crate) state: UploadState,
    pub(crate) failure_reason: String,
    pub(crate) failure_message: String,
    /// In percent.
    pub(crate) percent: i32,
    pub(crate) playable: bool,
    /// Generation of the newest plan; 0: none yet.
    pub(crate) generation: i32,
    pub(crate) duration_us: i64,
    /// Of the largest picture, in pixels.
    pub(crate) width: i32,
    pub(crate) height: i32,
    /// Bytes that were made of it.
    pub(crate) prepared_bytes: i64,
}

/// What the queue has for an upload.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Work {
    /// There is a plan.
    pub(crate) planned: bool,
    /// Segments that the plan names.
    pub(crate) expected: i32,
    /// Segments that are there.
    pub(crate) ready: i32,
    /// Bytes that were made.
    pub(crate) bytes: i64,
    /// Tasks that wait or run.
    pub(crate) open: i64,
    /// Tasks that run.
    pub(crate) running: i64,
}

impl Progress {
    /// The state, the percentage and the bytes that follow from the work. A failed upload stays failed. The percentage never goes
    /// back.
    pub(crate) fn settled(&self, work: Work) -> Self {
        if self.state == UploadState::Failed {
            return self.clone();
        }
        let is_made = work.planned && work.ready >= work.expected && work.open == 0;
        let state = match () {
            () if !self.complete => UploadState::Sending,
            () if is_made => UploadState::Ready,
            () if work.planned || work.running > 0 => UploadState::Processing,
            () => UploadState::Pending,
        };
        let percent = match work {
            _ if state == UploadState::Ready => 100,
            Work { expected: 1.., .. } => {
                let part = i64::from(work.ready) * 100 / i64::from(work.expected);
                i32::try_from(part).unwrap_or_default().clamp(0, 99)
            }
            _ => 0,
        };
        Self { state, percent: percent.max(self.percent), prepared_bytes: work.bytes, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(complete: bool) -> Progress {
        Progress {
            id: UploadId::new(),
            owner: String::new(),
            asset: None,
            size: Some(100),
            received: 100,
            complete,
            state: UploadState::Sending,
            failure_reason: String::new(),
            failure_message: String::new(),
            percent: 0,
            playable: false,
            generation: 0,
            duration_us: 0,
            width: 0,
            height: 0,
            prepared_bytes: 0,
        }
    }

    #[test]
    fn the_state_follows_from_the_work() {
        let planned = Work { planned: true, expected: 10, ready: 5, open: 1, ..Work::default() };
        let made = Work { ready: 10, open: 0, ..planned };
        for (complete, work, state, percent) in [
            (false, Work::default(), UploadState::Sending, 0),
            (false, made, UploadState::Sending, 99),
            (true, Work { open: 1, ..Work::default() }, UploadState::Pending, 0),
            (true, Work { open: 1, running: 1, ..Work::default() }, UploadState::Processing, 0),
            (true, planned, UploadState::Processing, 50),
            (true, Work { ready: 10, ..planned }, UploadState::Processing, 99),
            (true, Work { open: 0, ..planned }, UploadState::Processing, 50),
            (true, made, UploadState::Ready, 100),
        ] {
            let settled = upload(complete).settled(work);
            assert_eq!((settled.state, settled.percent), (state, percent), "{complete} {work:?}");
        }
    }

    #[test]
    fn the_percentage_never_goes_back_and_a_failure_stays() {
        let work = Work { planned: true, expected: 10, ready: 5, open: 1, ..Work::default() };
        assert_eq!(Progress { percent: 100, ..upload(true) }.settled(work).percent, 100);
        let failed = Progress { state: UploadState::Failed, ..upload(true) };
        assert_eq!(failed.settled(work), failed);
    }
}
