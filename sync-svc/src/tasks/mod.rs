//! Background work. Each file is one task and says what its failure means.

mod end_streams;
mod follow_clock;
mod keep_time;
mod read_room_events;
mod record_plays;
mod report_presence;
mod save_checkpoints;
mod sweep_rooms;
mod tell_chats;
mod watch_owners;

use std::sync::Arc;

use runtime::Tasks;

use crate::app::App;

pub(crate) fn spawn(tasks: &mut Tasks, app: &Arc<App>) {
    end_streams::spawn(tasks, app.clone());
    follow_clock::spawn(tasks, app);
    keep_time::spawn(tasks, app.clone());
    read_room_events::spawn(tasks, app.clone());
    report_presence::spawn(tasks, app.clone());
    record_plays::spawn(tasks, app.clone());
    save_checkpoints::spawn(tasks, app.clone());
    sweep_rooms::spawn(tasks, app.clone());
    tell_chats::spawn(tasks, app.clone());
    watch_owners::spawn(tasks, app.clone());
}
