//! Roles of rooms, explanations, and requests for permissions.

mod explain;
pub(super) mod preset;
mod requests;
mod roles;

pub(crate) use roles::RoleEdit;
pub(super) use roles::given;
