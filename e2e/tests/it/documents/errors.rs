//! `docs/errors.md`: its table comes from the reasons of the contract. `make gen` writes it, a test holds that it is the
//! same.

use std::{fmt::Write as _, fs};

use prost_reflect::EnumValueDescriptor;
use proto::common::v1::Reason;
use tonic::Code;

use super::{read, root};

const PAGE: &str = "docs/errors.md";
const BEGIN: &str = "<!-- Written by `make gen`. -->\n";
const END: &str = "<!-- End of what `make gen` writes. -->";

#[test]
fn the_page_of_errors_has_the_reasons_of_the_contract() {
    let page = read(PAGE);
    let (head, rest) = page.split_once(BEGIN).unwrap();
    let (_, tail) = rest.split_once(END).unwrap();
    let fresh = format!("{head}{BEGIN}{}{END}{tail}", table());
    if std::env::var_os("SYNCWATCH_WRITE_DOCS").is_some() {
        fs::write(root().join(PAGE), &fresh).unwrap();
    } else {
        assert!(page == fresh, "{PAGE} differs from the contract: run make gen");
    }
}

fn table() -> String {
    let mut table = String::from(
        "| Reason | HTTP | gRPC | It means | What a client does |\n| --- | --- | --- | --- | --- |\n",
    );
    let reasons = proto::POOL.get_enum_by_name("syncwatch.common.v1.Reason").unwrap();
    for value in reasons.values().filter(|value| value.number() != 0) {
        let name = value.name().trim_start_matches("REASON_");
        let code = code(&value);
        let status = rpc::http_status(code, Reason::try_from(value.number()).ok());
        let meaning = comment(&value);
        assert!(!meaning.is_empty(), "{name} has no comment");
        writeln!(table, "| `{name}` | {status} | {} | {meaning} | {} |", grpc_name(code), action(name, code))
            .unwrap();
    }
    table
}

fn code(value: &EnumValueDescriptor) -> Code {
    let option = proto::POOL.get_extension_by_name("syncwatch.common.v1.code").unwrap();
    Code::from_i32(value.options().get_extension(&option).as_enum_number().unwrap())
}

pub(super) fn comment(value: &EnumValueDescriptor) -> String {
    let file = value.parent_enum().parent_file();
    let locations = file.file_descriptor_proto().source_code_info.as_ref().unwrap().location.iter();
    let location = locations.into_iter().find(|location| location.path == value.path());
    let text = location.and_then(|location| location.leading_comments.clone()).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// `InvalidArgument` as gRPC writes it: `INVALID_ARGUMENT`.
fn grpc_name(code: Code) -> String {
    let mut name = String::new();
    for c in format!("{code:?}").chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(c.to_ascii_uppercase());
    }
    name
}

/// What helps with one reason, else what helps with its code. A new reason needs a line here only when it wants more than
/// its code does.
fn action(reason: &str, code: Code) -> &'static str {
    match reason {
        "TOO_MANY_CONNECTIONS" => "Close another WebSocket of this person in this room, then open it again.",
        "TOO_MANY_OBSERVATIONS" => "Unobserve a resource first.",
        "ROOM_FULL" => {
            "Tell the person. It works again when someone has left or the owner has raised the limit."
        }
        "VOICE_FULL" => "Tell the person. It works again when somebody has left the voice chat.",
        "VOICE_OFFER_INVALID" => {
            "Do not retry with the same offer: the message names what it lacks. docs/voice.md has its shape."
        }
        "VOICE_SFU_OFF" => "Stay in the mesh. Only the operator can switch the media server on.",
        "VOICE_SFU_FULL" => "Keep the connection that there is, and retry after a second, doubling.",
        "NOT_IN_VOICE" => "Read who is in voice. A client that believes itself in it joins again.",
        "PLAYLIST_FULL" => "Remove an item first.",
        "CHAT_LIST_FULL" => "Remove an entry of the `list` that the metadata name.",
        "ROOM_CLOSED" => "Tell the person. Somebody who manages the room can reopen it.",
        "TOO_MANY_FAVOURITES" => "Remove a favourite first.",
        "TOO_MANY_FOLDERS" | "PERSON_ITEMS_FULL" | "TOO_MANY_SAVED_QUEUES" | "TOO_MANY_TRACKS" => {
            "Tell the person, who has to remove one first."
        }
        "TOO_MANY_LINKS" => "Send the links in parts of `max`.",
        "STORAGE_FULL" => "Wait as long as `Retry-After` says, then retry. Only the operator can free space.",
        "NO_SUCH_ROUTE" => "Do not retry. Check the path and the method.",
        "ORIGIN_NOT_ALLOWED" => {
            "Do not retry. The operator has to add the origin to the setting that the metadata names."
        }
        "TOKEN_EXPIRED" => "Refresh the token, then repeat the call once.",
        "TOKEN_FOR_ANOTHER_ROOM" => "Use the token of this room, or request a new guest token.",
        "ACCOUNT_REQUIRED" => "Offer to sign in or to register.",
        "WRONG_CREDENTIALS" => "Ask for name and password again.",
        "USERNAME_TAKEN" => "Ask for another name.",
        "CEREMONY_EXPIRED" => "Begin the sign-in or sign-up again.",
        "REFRESH_INVALID" | "REFRESH_REUSED" => "Drop both tokens and sign in again.",
        "NOT_A_MEMBER" => "Join the room, then repeat the call.",
        "PERMISSION_MISSING" => "Tell the person which `permission` of the metadata is missing.",
        "RANK_TOO_LOW" => "Do not retry. Show who ranks higher: ExplainPermission names them.",
        "BANNED" | "IN_COOLDOWN" | "JOIN_DECLINED" => {
            "Do not retry by yourself. Show the metadata: `by` whom, `until` when, and the `note`."
        }
        "WRONG_ROOM_PASSWORD" => "Ask for the password of the room again.",
        "MUTED" => "Show `until` of the metadata. It works again then.",
        "LIST_FULL" => "Remove one first; the metadata name the `list` and its `max`.",
        "INVITE_EXPIRED" | "INVITE_USED_UP" => "Tell the person to ask for a new invite.",
        "PAGE_TOKEN_INVALID" => "Read the list from its first page.",
        "REQUEST_ID_REUSED" => "Repeat the call with a new request id.",
        "RECLAIM_OVER" => "Read the room again; its owner can hand it over.",
        "STALE_SEQUENCE" => "Take the state that comes along, then let the person decide again.",
        "ITEM_MISMATCH" => "Take the current item from the room's state, then let the person decide again.",
        "PROTOCOL_UNSUPPORTED" => "Update the client; a page reloads itself.",
        "TICKET_INVALID" => "Request a new ticket, then open the WebSocket again.",
        "LINK_EXPIRED" | "LINK_INVALID" => {
            "Ask for the playback of the item again; the answer has a new URL."
        }
        "SOURCE_UNREACHABLE" | "SOURCE_REFUSED" | "SOURCE_HOST_FAILED" => {
            "Show the `suggestions` of the metadata. `addAnyway` adds the link all the same."
        }
        reason if reason.starts_with("SOURCE_") => "Show the `suggestions` of the metadata.",
        _ => by_code(code),
    }
}

fn by_code(code: Code) -> &'static str {
    match code {
        Code::InvalidArgument | Code::OutOfRange => {
            "Do not retry. Correct the request; `details` names the field, if one is wrong."
        }
        Code::Unauthenticated => "Sign in, or request a guest token, then repeat the call.",
        Code::PermissionDenied => "Do not retry. Tell the person.",
        Code::NotFound => "Do not retry. Drop what you have stored about it.",
        Code::AlreadyExists => "Do not retry. Choose another value.",
        Code::FailedPrecondition => "Read the current state, then decide again.",
        Code::Aborted => "Read the current state, then retry.",
        Code::ResourceExhausted => "Wait as long as `Retry-After` says, then retry.",
        Code::Unimplemented => "Do not retry. Check the path and the method.",
        Code::Unavailable | Code::DeadlineExceeded => {
            "Retry with back-off and jitter. Repeat a call that creates something under its request id."
        }
        _ => "Retry once. If it fails again, report the `requestId`.",
    }
}
