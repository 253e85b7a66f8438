//! What a person is and may do in a room.

use crate::{
    app::App,
    domain::{Access, Caller, RoomKey, Traces},
    error::{Error, Result},
    store::{bars, members},
};

impl App {
    /// The caller's role and permissions, in one query. Fails for someone who is no member; who was removed or banned is
    /// told by whom and until when.
    pub(crate) async fn get_access(&self, caller: &Caller, room: &RoomKey) -> Result<Access> {
        let (found, member) = members::standing(&self.pool, room, caller.id).await?;
        caller.admitted_to(found.id)?;
        let now = self.clock.now();
        if let Some(member) = member {
            return Ok(Access { room: found, member, now });
        }
        if let Some(bar) = bars::of(&self.pool, found.id, caller.id, &Traces::default(), now).await? {
            return Err(Error::KeptOut(Box::new(bar)));
        }
        self.must_find_now((room, &found), caller, None).await?;
        Err(Error::NotAMember)
    }
}
