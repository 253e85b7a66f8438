//! The rules of playback, and the only place where they are: a pure state machine. It reads no clock, does no I/O and uses
//! no randomness. What happened, and when, comes in as arguments, so that every replica gets the same result.
//!
//! It is a stack; each part uses only those before it:
//!
//! 1. `model`: the state of a room and functions over it.
//! 2. `draft`: a step in the making: the changed room and the events to announce.
//! 3. `rules`: rules over parts of the state, from waiting up to the absence of the owner.
//! 4. `inputs`: what can happen to a room, and what each does by the rules.
//! 5. [`reduce`], here.

mod draft;
mod inputs;
#[cfg(test)]
mod layers;
mod model;
#[cfg(test)]
mod properties;
mod rules;
#[cfg(test)]
mod tests;

pub(crate) use draft::Step;
pub(crate) use inputs::{Input, Rejection};
pub(crate) use model::{Item, Params, Room, RoomSettings, person, position_us};
pub(crate) use rules::{
    end::{nears_end, wake_again_us, wake_us, wants_more},
    owner::{hand_over, owner_due_us},
    skip::is_skip_due,
};

use self::{
    draft::Draft,
    inputs::{command, playlist, presence, report, settings},
    rules::{
        auto_start::expire_auto_start,
        end::{advance, follow, set_next, skip},
        hold::expire_hold,
        owner::expire_owner,
        skip::set_voters,
    },
};

/// One step of a room.
pub(crate) fn reduce(room: &Room, input: &Input, now_us: i64, params: Params) -> Result<Step, Rejection> {
    let mut draft = Draft::new(room, now_us, params);
    // Before time acts: the guards of a command are about the state that its sender saw.
    if let Input::Command { command, .. } = input {
        command::guard(room, command)?;
    }
    expire_hold(&mut draft);
    expire_owner(&mut draft);
    expire_auto_start(&mut draft);
    match input {
        Input::Command { command, by, item } => command::carry_out(&mut draft, command, by, item.as_ref())?,
        Input::Join { session, gone } => {
            presence::gateways_gone(&mut draft, gone);
            presence::join(&mut draft, session)?;
        }
        Input::Leave { session_id, silent_us } => presence::leave(&mut draft, session_id, *silent_us),
        Input::MemberChanged(member) => presence::member_changed(&mut draft, member),
        Input::GatewaysGone(gateways) => presence::gateways_gone(&mut draft, gateways),
        Input::Report { session_id, status } => report::report(&mut draft, session_id, status)?,
        Input::ItemAdded(item) => playlist::added(&mut draft, item),
        Input::ItemRemoved { item_id, next } => playlist::removed(&mut draft, item_id, next.as_ref()),
        Input::ItemMeasured(item) => playlist::measured(&mut draft, item),
        Input::Advance { from, next } => advance(&mut draft, from, next.as_ref()),
        Input::Follow { from, next } => follow(&mut draft, from, next),
        Input::Settings { settings, instead_of } => {
            settings::change(&mut draft, settings, instead_of.as_ref());
        }
        Input::Following { from, next_id } => set_next(&mut draft, from, next_id),
        Input::Voters(may_vote) => set_voters(&mut draft, may_vote),
        Input::Skip { from, next } => skip(&mut draft, from, next.as_ref()),
        Input::RoomDeleted => playlist::room_deleted(&mut draft),
        Input::RoomClosed => playlist::room_closed(&mut draft),
        Input::TimePassed => {}
    }
    Ok(draft.finish())
}
