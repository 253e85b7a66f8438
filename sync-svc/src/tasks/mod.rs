//! Background work. Each file is one task and says what its failure means.

mod end_streams;
mod expire_holds;
mod follow_clock;
mod read_room_events;
mod save_checkpoints;
mod sweep_rooms;

use std::sync::Arc;

use runtime::Tasks;

use crate::app::App;

pub(crate) fn spawn(tasks: &mut Tasks, app: &Arc<App>) {
    end_streams::spawn(tasks, app.clone());
    expire_holds::spawn(tasks, app.clone());
    follow_clock::spawn(tasks, app);
    read_room_events::spawn(tasks, app.clone());
    save_checkpoints::spawn(tasks, app.clone());
    sweep_rooms::spawn(tasks, app.clone());
}
