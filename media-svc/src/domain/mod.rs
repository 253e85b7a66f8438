//! Types and rules, without I/O.

mod asset;
mod embed;
mod host_name;
mod job;
mod link;
mod page;
pub(crate) mod plan;
mod progress;
mod protection;
mod share;
mod start_time;
pub(crate) mod subtitles;
mod task;
mod title;
pub(crate) mod upload;

pub(crate) use asset::{Asset, MEASURED_FOR, State, identity, is_measurable};
pub(crate) use embed::{NoVideo, embed_of, embed_title, is_live, page_of, service_name};
pub(crate) use host_name::is_within;
pub(crate) use job::{HEARTBEAT, Job, LEASE, MAX_ATTEMPTS, MAX_JOBS, MEASURE, SOON, retry_after};
pub(crate) use link::{InvalidLink, Link, parse_link};
pub(crate) use page::PageCause;
pub(crate) use progress::{Progress, Work};
pub(crate) use protection::protected_service;
pub(crate) use share::{Refusal as ShareRefusal, Share, nextcloud_file, share_of};
pub(crate) use start_time::{start_of_file, start_of_video};
pub(crate) use task::{
    ASKED_LATELY, Answer, ListedTask, RELEASED_FOR, RUN, TASK_LEASE, Task, TaskKind, TaskState, URGENT_SLOTS,
    WAITED_FOR, answer, needed_after, needed_for, task_retry_after,
};
pub(crate) use title::{clean, title_of};
