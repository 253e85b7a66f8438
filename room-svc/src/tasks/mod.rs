//! Background work. Each file is one task and says what its failure means.

mod clean_up;
mod forget_invites;
mod keep_presence;
mod look_after_chats;

use std::sync::Arc;

use runtime::Tasks;

use crate::app::App;

pub(crate) fn spawn(tasks: &mut Tasks, app: &Arc<App>) {
    clean_up::spawn(tasks, app.clone());
    keep_presence::spawn(tasks, app.clone());
    look_after_chats::spawn(tasks, app.clone());
    forget_invites::spawn(tasks, app.clone());
}
