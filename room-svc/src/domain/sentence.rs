//! The sentence that explains a permission to people.

use chrono::{DateTime, Utc};
use proto::room::v1::{Permission, Role, permission_rule::Kind};

use super::{Member, RoomRole};

/// What the sentence is made of.
pub(crate) struct Facts<'a> {
    pub(crate) permission: Permission,
    /// Name of the person; `None`: the reader.
    pub(crate) who: Option<&'a str>,
    pub(crate) allowed: bool,
    pub(crate) decided_by: Kind,
    /// Roles whose members have it.
    pub(crate) roles: &'a [&'a RoomRole],
    /// Members who have it beyond their role.
    pub(crate) members: &'a [Member],
    /// Name of the owner, if they are a member.
    pub(crate) owner: Option<&'a str>,
    pub(crate) muted_until: Option<DateTime<Utc>>,
}

/// Names that a sentence lists before it counts.
const NAMED: usize = 3;

/// One sentence: "You cannot control playback: the room allows it for Mia and moderators."
pub(crate) fn explained(facts: &Facts<'_>) -> String {
    let (can, doing) = (if facts.allowed { "can" } else { "cannot" }, action(facts.permission));
    let who = facts.who.unwrap_or("You");
    format!("{who} {can} {doing}: {}.", because(facts))
}

fn because(facts: &Facts<'_>) -> String {
    let them = facts.who.unwrap_or("you");
    match facts.decided_by {
        Kind::Owner if facts.who.is_none() => "you own this room".to_owned(),
        Kind::Owner => "they own this room".to_owned(),
        Kind::OwnerOnly => format!("only the owner{} can", named(facts.owner)),
        Kind::MemberAdded => format!("it was given to {them}"),
        Kind::MemberRemoved => format!("it was taken from {them}"),
        Kind::VoiceOff => "the voice chat of this room is switched off".to_owned(),
        Kind::Muted => match facts.muted_until {
            Some(until) => format!("muted until {} UTC", until.format("%H:%M on %d %B %Y")),
            None => "muted".to_owned(),
        },
        _ if facts.allowed => format!("the room allows it for {}", holders(facts)),
        _ => match holders(facts) {
            nobody if nobody.is_empty() => {
                format!("the room allows it for the owner{} only", named(facts.owner))
            }
            holders => format!("the room allows it for {holders}"),
        },
    }
}

fn named(owner: Option<&str>) -> String {
    owner.map(|name| format!(", {name},")).unwrap_or_default()
}

/// "Mia and moderators"; empty when nobody but the owner has it.
fn holders(facts: &Facts<'_>) -> String {
    let mut parts: Vec<String> =
        facts.members.iter().take(NAMED).map(|member| member.display_name.clone()).collect();
    match facts.members.len().saturating_sub(NAMED) {
        0 => {}
        1 => parts.push("one more member".to_owned()),
        more => parts.push(format!("{more} more members")),
    }
    parts.extend(facts.roles.iter().map(|role| match (role.is_custom(), role.base) {
        (true, _) => role.name.clone(),
        (false, Role::Guest) => "guests".to_owned(),
        (false, Role::Member) => "members".to_owned(),
        (false, _) => "moderators".to_owned(),
    }));
    match parts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

/// What somebody does with a permission.
fn action(permission: Permission) -> &'static str {
    match permission {
        Permission::Unspecified => "do this",
        Permission::SendChat => "write in the chat",
        Permission::ViewChatHistory => "read earlier messages",
        Permission::PlayControl => "control playback",
        Permission::ChangeCurrentMedia => "choose what plays",
        Permission::AddMedia => "add to the playlist",
        Permission::EditOwnMedia => "rename and remove what they added",
        Permission::RemoveMedia => "remove what others added",
        Permission::ReorderPlaylist => "reorder the playlist",
        Permission::ViewMembers => "see who is in the room",
        Permission::DeleteRoom => "delete the room",
        Permission::ManageSettings => "change the room's settings",
        Permission::DeleteChat => "delete messages of others",
        Permission::React => "react",
        Permission::ClearPlaylist => "clear the playlist",
        Permission::BrowseProviders => "browse media libraries",
        Permission::PublishLive => "send a livestream",
        Permission::UseVoice => "speak",
        Permission::ShareScreen => "share a screen",
        Permission::Invite => "make invites",
        Permission::ApproveJoin => "let people in",
        Permission::Kick => "remove people",
        Permission::Ban => "ban or mute people",
        Permission::ManageMembers => "change roles and permissions",
        Permission::ViewHistory => "see what was played",
        Permission::Vote => "vote",
    }
}

#[cfg(test)]
mod tests {
    use ids::GuestId;

    use super::*;
    use crate::domain::RoleChanges;

    fn member(name: &str) -> Member {
        Member {
            subject_id: GuestId::new().into(),
            display_name: name.into(),
            role: Role::Guest,
            joined_at: DateTime::UNIX_EPOCH,
            custom_role_id: None,
            muted_until: None,
            room: RoleChanges::default(),
            custom: None,
            own: RoleChanges::default(),
            voice_off: false,
        }
    }

    fn role(base: Role, name: &str) -> RoomRole {
        RoomRole {
            id: String::new(),
            base,
            name: name.into(),
            color: String::new(),
            changes: RoleChanges::default(),
        }
    }

    #[test]
    fn the_sentence_says_who_may_and_why() {
        let (moderators, dj, mia) = (role(Role::Moderator, ""), role(Role::Member, "DJs"), [member("Mia")]);
        let facts = Facts {
            permission: Permission::PlayControl,
            who: None,
            allowed: false,
            decided_by: Kind::RoomRemoved,
            roles: &[&moderators],
            members: &mia,
            owner: Some("Ada"),
            muted_until: None,
        };
        assert_eq!(
            explained(&facts),
            "You cannot control playback: the room allows it for Mia and moderators."
        );
        let four = ["Ben", "Cleo", "Dan", "Eve"].map(member);
        let facts = Facts { roles: &[&moderators, &dj], members: &four, ..facts };
        assert_eq!(
            explained(&facts),
            "You cannot control playback: the room allows it for Ben, Cleo, Dan, one more member, moderators and DJs."
        );
        let facts = Facts { roles: &[], members: &[], ..facts };
        assert_eq!(
            explained(&facts),
            "You cannot control playback: the room allows it for the owner, Ada, only."
        );
        let facts = Facts { decided_by: Kind::MemberRemoved, who: Some("Bob"), ..facts };
        assert_eq!(explained(&facts), "Bob cannot control playback: it was taken from Bob.");
        let facts =
            Facts { decided_by: Kind::VoiceOff, permission: Permission::UseVoice, who: None, ..facts };
        assert_eq!(explained(&facts), "You cannot speak: the voice chat of this room is switched off.");
        let facts = Facts { permission: Permission::PlayControl, ..facts };
        let facts = Facts { decided_by: Kind::Owner, who: None, allowed: true, ..facts };
        assert_eq!(explained(&facts), "You can control playback: you own this room.");
    }
}
