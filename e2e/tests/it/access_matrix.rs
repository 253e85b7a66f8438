//! Access to every RPC of the contract for every kind of caller. The calls are generated from the descriptors, so a new
//! RPC is part of the matrix; the few exceptions are listed below by name.

use anyhow::Context as _;
use e2e::{Guest, Shape, System};
use prost_reflect::MethodDescriptor;
use proto::{common::v1::Access, room::v1::Permission};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// Callers, from the weakest to the strongest. The owner comes last, because some calls end the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caller {
    /// Without a token.
    Nobody,
    /// With a token that we did not sign.
    Forger,
    /// A guest whose token is bound to another room.
    Elsewhere,
    /// A guest who has not joined.
    StrangerGuest,
    /// An account that has not joined.
    StrangerUser,
    /// A guest who has joined.
    Member,
    /// The guest who made the room.
    Owner,
}

use Caller::{Elsewhere, Forger, Member, Nobody, Owner, StrangerGuest, StrangerUser};

const CALLERS: [Caller; 7] = [Nobody, Forger, Elsewhere, StrangerGuest, StrangerUser, Member, Owner];

/// RPCs about a room that a guest who has just joined may not call.
fn is_beyond_a_member(rpc: &str) -> bool {
    match needed(rpc) {
        Needed::Owner => true,
        Needed::Bit(permission) => !BITS_OF_GUESTS.contains(&permission),
        Needed::Nothing | Needed::Membership => false,
    }
}

/// What the caller of an RPC about a room needs there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needed {
    /// Nothing: people call it before they join, or it answers each as it may.
    Nothing,
    /// To be a member.
    Membership,
    /// A permission.
    Bit(Permission),
    /// To be the owner.
    Owner,
}

/// The rule of each RPC that names a room. A new RPC fails the tests until it has one here.
#[expect(clippy::match_same_arms, reason = "an arm with a reason of its own stands alone")]
fn needed(rpc: &str) -> Needed {
    use Needed::{Bit, Membership, Nothing, Owner};
    match rpc {
        "GetRoom"
        | "GetInvitePreview"
        | "JoinRoom"
        | "LeaveRoom"
        | "GetJoinState"
        | "CancelJoinRequest"
        | "StartRoomPasswordProof"
        | "RecoverRoom"
        | "AddFavourite"
        | "RemoveFavourite"
        | "ForgetHistory" => Nothing,
        "GetAccess"
        | "CreateTicket"
        | "ReclaimRoom"
        | "ListItems"
        | "GetPlayback"
        | "GetPlaybackState"
        | "GetPlaybackInfo"
        | "GetSubtitles"
        | "ListVotes"
        | "GetMember"
        | "ExplainPermission"
        | "ListRoles"
        | "ListEmotes"
        | "GetEmote"
        | "RequestPermission"
        | "ListPermissionRequests"
        | "CancelPermissionRequest"
        | "GetVoice"
        | "LeaveVoice"
        | "UpdateVoice"
        | "ReportVoice" => Membership,
        "DeleteRoom" | "TransferRoom" | "CreateRecovery" => Owner,
        "UpdateRoom" | "CloseRoom" | "ReopenRoom" | "ListLog" | "StartRoomPassword" | "SetRoomPassword" => {
            Bit(Permission::ManageSettings)
        }
        "ListJoinRequests" | "DecideJoinRequest" => Bit(Permission::ApproveJoin),
        "CreateInvite" => Bit(Permission::Invite),
        // All invites with `manage_settings`, one's own with `invite`.
        "ListInvites" | "RevokeInvite" | "ListInviteUses" => Membership,
        "ListMembers" => Bit(Permission::ViewMembers),
        "UpdateMember" | "CreateRole" | "UpdateRole" | "DeleteRole" | "DecidePermissionRequest" => {
            Bit(Permission::ManageMembers)
        }
        "KickMember" => Bit(Permission::Kick),
        "GetIceServers" | "JoinVoice" | "ConnectVoice" => Bit(Permission::UseVoice),
        "BanMember" | "ListBans" | "Unban" | "MuteInVoice" => Bit(Permission::Ban),
        "AddItem" | "AddItems" | "AddTrack" => Bit(Permission::AddMedia),
        "MoveItem" | "CreateFolder" | "UpdateFolder" | "MoveFolder" | "RemoveFolder" => {
            Bit(Permission::ReorderPlaylist)
        }
        "ClearPlaylist" | "UndoClear" => Bit(Permission::ClearPlaylist),
        "VoteForItem" => Bit(Permission::Vote),
        "ListHistory" | "PlayAgain" => Bit(Permission::ViewHistory),
        // For accounts only, and the member of this test is a guest. room-svc's tests hold its `add_media`.
        "LoadQueue" => Membership,
        "SendMessage" | "EditMessage" => Bit(Permission::SendChat),
        "ListMessages" | "ListChanges" | "ListPins" | "MarkRead" | "SearchMessages" | "ReportMessage" => {
            Bit(Permission::ViewChatHistory)
        }
        "AddReaction" | "Float" => Bit(Permission::React),
        "PinMessage" | "UnpinMessage" | "ClearMessages" | "ListReports" | "CloseReport" => {
            Bit(Permission::DeleteChat)
        }
        "CreateFilter" | "ListFilters" | "DeleteFilter" | "TryFilter" | "PutEmote" | "DeleteEmote" => {
            Bit(Permission::ManageSettings)
        }
        "SendCommand" => Bit(Permission::PlayControl),
        // Of one's own with `edit_own_media`, of others with another permission.
        "RemoveItem" | "UpdateItem" | "RemoveTrack" | "DeleteMessage" | "RemoveReaction" => Membership,
        other => panic!("{other} names a room: say here what its caller needs"),
    }
}

/// Permissions that a guest has by default and that an RPC needs.
const BITS_OF_GUESTS: [Permission; 10] = [
    Permission::UseVoice,
    Permission::Vote,
    Permission::ViewHistory,
    Permission::React,
    Permission::ViewMembers,
    Permission::AddMedia,
    Permission::ReorderPlaylist,
    Permission::SendChat,
    Permission::ViewChatHistory,
    Permission::PlayControl,
];

/// One RPC, as HTTP offers it.
struct Call {
    name: String,
    access: Access,
    method: Method,
    path: String,
    has_body: bool,
}

#[tokio::test]
async fn every_rpc_admits_its_callers_and_no_others() -> anyhow::Result<()> {
    let system = System::start_with(
        Shape::One,
        &[
            ("LIMITS__TRUSTED_NETWORKS", r#"["127.0.0.0/8", "::1/128"]"#),
            ("LIMITS__ROOMS", "unlimited"),
            ("LIMITS__LINKS", "unlimited"),
            ("LIMITS__LINK_LISTS", "unlimited"),
            ("LIMITS__CALLS", "unlimited"),
        ],
    )?;
    let people = People::arrive(system.url()).await?;
    let calls = calls()?;
    let mut checked = 0;
    for call in &calls {
        let room = people.room().await?;
        for caller in CALLERS {
            let (status, body) = people.call(caller, call, &room).await?;
            let reason = reason(&body);
            let what = format!("{} by {caller:?}: {status} {body}", call.name);
            assert!(!status.is_server_error(), "{what}");
            match refusals(call, caller) {
                Some(expected) => assert!(expected.contains(&reason.as_str()), "{what}, not {expected:?}"),
                None => assert!(!is_refusal_of_the_caller(&reason), "{what}"),
            }
            checked += 1;
        }
    }
    assert!(checked >= 7 * 30, "only {checked} cells were generated");
    Ok(())
}

/// The rule of each RPC about a room, held against the service: without its permission a member with all others is refused
/// by its name; with it alone they are not.
#[tokio::test]
async fn every_rpc_needs_its_permission_and_no_other() -> anyhow::Result<()> {
    let system = System::start_with(
        Shape::One,
        &[
            ("LIMITS__TRUSTED_NETWORKS", r#"["127.0.0.0/8", "::1/128"]"#),
            ("LIMITS__CALLS", "unlimited"),
            ("LIMITS__LINKS", "unlimited"),
            ("LIMITS__LINK_LISTS", "unlimited"),
        ],
    )?;
    let people = People::arrive(system.url()).await?;
    let room = people.room().await?;
    let all: Vec<_> = (1..64).filter_map(|number| Permission::try_from(number).ok()).collect();
    let mut checked = 0;
    for call in calls()?.into_iter().filter(|call| call.path.contains("{room}")) {
        let Needed::Bit(permission) = needed(&call.name) else { continue };
        let name = permission.as_str_name().trim_start_matches("PERMISSION_").to_ascii_lowercase();
        for has in [false, true] {
            let allowed = all.iter().filter(|other| **other != Permission::DeleteRoom);
            let allowed: Vec<_> = allowed.filter(|other| (**other == permission) == has).collect();
            people.allow(&room, &allowed, &all).await?;
            let (status, body) = people.call(Member, &call, &room).await?;
            let what =
                format!("{} {} {name}: {status} {body}", call.name, if has { "with" } else { "without" });
            let missing = body["error"]["details"][0]["metadata"]["permission"].as_str();
            assert_eq!(
                missing == Some(name.as_str()) && reason(&body) == "PERMISSION_MISSING",
                !has,
                "{what}"
            );
            checked += 1;
        }
    }
    assert!(checked >= 2 * 12, "only {checked} cells were generated");
    Ok(())
}

#[tokio::test]
async fn internal_rpcs_are_refused_to_people() -> anyhow::Result<()> {
    let system = System::start(Shape::One)?;
    let ports = std::fs::read_to_string(system.data_dir().join("ports.toml"))?;
    let grpc = ports.lines().find_map(|line| line.strip_prefix("grpc = ")).context("no gRPC listener")?;
    let grpc = grpc.trim_matches('"');
    let people = People::arrive(system.url()).await?;
    let client = e2e::http().http2_prior_knowledge().build()?;
    let mut checked = 0;
    for rpc in methods().filter(|rpc| access(rpc) == Some(Access::Internal)) {
        let path = format!("/{}/{}", rpc.parent_service().full_name(), rpc.name());
        for token in [None, Some(people.owner.token()), Some(people.user.as_str()), Some("forged")] {
            // An empty message: not compressed, 0 bytes long.
            let mut request = client
                .post(format!("http://{grpc}{path}"))
                .header("content-type", "application/grpc")
                .header("te", "trailers")
                .header("x-syncwatch-service", "guessed")
                .body(vec![0_u8; 5]);
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            let response = request.send().await?;
            let status = response.headers().get("grpc-status").and_then(|status| status.to_str().ok());
            // 7 PERMISSION_DENIED, 16 UNAUTHENTICATED, 12 UNIMPLEMENTED: no service here offers it.
            assert!(matches!(status, Some("7" | "12" | "16")), "{path} with {token:?}: {status:?}");
            checked += 1;
        }
    }
    assert!(checked >= 4 * 15, "only {checked} calls were generated");
    Ok(())
}

/// The reasons for which a call must be refused; `None`: the caller may make it.
fn refusals(call: &Call, caller: Caller) -> Option<&'static [&'static str]> {
    if call.access == Access::Public {
        return None;
    }
    let about_a_room = call.path.contains("{room}");
    match caller {
        Nobody => Some(&["UNAUTHENTICATED"]),
        Forger => Some(&["TOKEN_INVALID"]),
        Elsewhere if about_a_room && call.access == Access::User => {
            Some(&["ACCOUNT_REQUIRED", "TOKEN_FOR_ANOTHER_ROOM"])
        }
        // A token for one room makes no other room either.
        Elsewhere if about_a_room || call.name.starts_with("CreateRoom") => Some(&["TOKEN_FOR_ANOTHER_ROOM"]),
        Elsewhere | StrangerGuest | Member | Owner if call.access == Access::User => {
            Some(&["ACCOUNT_REQUIRED"])
        }
        _ if call.access == Access::Admin => Some(&["ADMIN_REQUIRED"]),
        // To leave a room that one is not in is no error: the aim is reached.
        StrangerGuest | StrangerUser if about_a_room => {
            (needed(&call.name) != Needed::Nothing).then_some(&["NOT_A_MEMBER", "PERMISSION_MISSING"])
        }
        Member => (about_a_room && is_beyond_a_member(&call.name))
            .then_some(&["PERMISSION_MISSING"] as &'static [&'static str]),
        _ => None,
    }
}

/// Whether a reason speaks of who calls, and not of what the call says.
fn is_refusal_of_the_caller(reason: &str) -> bool {
    [
        "UNAUTHENTICATED",
        "TOKEN_INVALID",
        "TOKEN_EXPIRED",
        "TOKEN_FOR_ANOTHER_ROOM",
        "ACCOUNT_REQUIRED",
        "ADMIN_REQUIRED",
        "INTERNAL_ONLY",
        "NOT_A_MEMBER",
    ]
    .contains(&reason)
}

/// One caller of each kind.
struct People {
    base: String,
    http: reqwest::Client,
    owner: Guest,
    member: Guest,
    stranger: Guest,
    /// Access tokens.
    elsewhere: String,
    user: String,
}

/// A person who is not there: what a call about them would change is nothing.
const NOBODY: &str = "guest_00000000000000000000000000";

/// A room, and one thing of each kind in it.
struct Room {
    code: String,
    item_id: String,
}

impl People {
    async fn arrive(base: &str) -> anyhow::Result<Self> {
        let [owner, member, stranger] = [
            Guest::arrive(base, "Olga").await?,
            Guest::arrive(base, "Mia").await?,
            Guest::arrive(base, "Sven").await?,
        ];
        let elsewhere = json!({"displayName": "Ella", "roomId": "room_00000000000000000000000000"});
        let elsewhere = owner.ok(Method::POST, "/api/auth/guest", elsewhere).await?;
        let account = json!({"username": "ulla", "password": "correct horse battery"});
        let user = owner.ok(Method::POST, "/api/auth/register", account).await?;
        let token =
            |reply: &Value| reply["session"]["accessToken"].as_str().map(str::to_owned).context("no token");
        let (elsewhere, user) = (token(&elsewhere)?, token(&user)?);
        let http = e2e::http().build()?;
        Ok(Self { base: base.to_owned(), http, owner, member, stranger, elsewhere, user })
    }

    /// A new room with a film, its owner and one member.
    async fn room(&self) -> anyhow::Result<Room> {
        let code = self.owner.make_room().await?;
        let item_id = self.owner.add_test_film(&code).await?;
        self.member.join(&code).await?;
        Ok(Room { code, item_id })
    }

    /// Gives the member these permissions and takes all others.
    async fn allow(&self, room: &Room, allowed: &[&Permission], all: &[Permission]) -> anyhow::Result<()> {
        let names = |list: &[&Permission]| list.iter().map(|one| one.as_str_name()).collect::<Vec<_>>();
        let taken: Vec<_> =
            all.iter().filter(|one| !allowed.contains(one) && **one != Permission::DeleteRoom).collect();
        let body = json!({"added": names(allowed), "removed": names(&taken), "updateMask": "added,removed"});
        let path = format!("/api/rooms/{}/members/{}", room.code, self.member.id);
        self.owner.ok(Method::PATCH, &path, body).await?;
        Ok(())
    }

    /// A valid body of the call: bodies are checked before rooms are.
    fn body(&self, rpc: &str) -> Value {
        match rpc {
            "TransferRoom" => json!({"subjectId": self.member.id}),
            "RecoverRoom" => json!({"secret": "guess"}),
            "BanMember" | "ClearMessages" => json!({"subjectId": NOBODY}),
            "CreateFilter" | "TryFilter" => json!({"rule": {"pattern": "spoiler"}}),
            // The first bytes of a PNG.
            "PutEmote" => json!({"image": "iVBORw0KGgo="}),
            "JoinVoice" => json!({"sessionId": "session_00000000000000000000000000", "own": {}}),
            "UpdateVoice" => json!({"own": {}}),
            "ConnectVoice" => json!({"offer": "v=0"}),
            "MuteInVoice" => json!({"subjectId": NOBODY, "muted": true}),
            "Float" => json!({"key": "👍"}),
            "MarkRead" => json!({"messageId": "msg_00000000000000000000000000"}),
            "UpdateMember" => json!({"updateMask": "added"}),
            "EditMessage" => json!({"text": "hello again"}),
            "StartRoomPasswordProof" | "StartRoomPassword" => json!({"start": "AAAA"}),
            "CreateRole" => json!({"name": "Nobody's"}),
            "RequestPermission" => json!({"permission": "PERMISSION_KICK"}),
            "AddItem" | "CreateRoomWithItem" => json!({"testFilm": true}),
            "AddItems" => json!({"links": [{"url": "http://127.0.0.1/film.mp4"}]}),
            "AddTrack" => json!({"audioUrl": "http://127.0.0.1/film.mp3"}),
            "CreateFolder" | "UpdateFolder" => json!({"title": "A season"}),
            "UndoClear" => json!({"clearId": "clear_00000000000000000000000000"}),
            "LoadQueue" => json!({"savedQueueId": "queue_00000000000000000000000000"}),
            "UpdateUpload" => json!({"title": "A film"}),
            "UpdateItem" => json!({"title": "A film", "updateMask": "title"}),
            "SendMessage" => json!({"text": "hello", "clientMessageId": "matrix"}),
            "SendCommand" => json!({"command": {"id": "12345678", "pause": {}}}),
            "CheckSource" => json!({"url": "http://127.0.0.1/film.mp4"}),
            _ => json!({}),
        }
    }

    async fn call(&self, caller: Caller, call: &Call, room: &Room) -> anyhow::Result<(StatusCode, Value)> {
        // The only call that reads and needs more than its path.
        let query = if call.name == "SearchMessages" { "?query=film" } else { "" };
        let path = call
            .path
            .replace("{room}", &room.code)
            .replace("{item_id}", &room.item_id)
            .replace("{subject_id}", NOBODY)
            .replace("{folder_id}", "folder_00000000000000000000000000")
            .replace("{play_id}", "play_00000000000000000000000000")
            .replace("{track_id}", "track_00000000000000000000000000")
            .replace("{upload_id}", "upload_00000000000000000000000000")
            .replace("{saved_queue_id}", "queue_00000000000000000000000000")
            .replace("{role_id}", "guest")
            .replace("{session_id}", "session_00000000000000000000000000")
            .replace("{filter_id}", "filter_00000000000000000000000000")
            .replace("{report_id}", "report_00000000000000000000000000")
            .replace("{name}", "party")
            .replace("{code}", "zzzzzzzz")
            .replace("{message_id}", "msg_00000000000000000000000000")
            .replace("{key}", "%F0%9F%91%8D")
            .replace("{permission}", "PERMISSION_KICK");
        anyhow::ensure!(!path.contains('{'), "{}: say what stands for the parameters of {path}", call.name);
        let mut request = self.http.request(call.method.clone(), format!("{}{path}{query}", self.base));
        let token = match caller {
            Nobody => None,
            Forger => Some("eyJhbGciOiJFZERTQSIsImtpZCI6IngifQ.e30.AAAA"),
            Elsewhere => Some(self.elsewhere.as_str()),
            StrangerGuest => Some(self.stranger.token()),
            StrangerUser => Some(self.user.as_str()),
            Member => Some(self.member.token()),
            Owner => Some(self.owner.token()),
        };
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if call.has_body {
            request = request.json(&self.body(&call.name));
        }
        let response = request.send().await?;
        let status = response.status();
        Ok((status, response.json().await.with_context(|| format!("{path}: {status} has no JSON body"))?))
    }
}

fn reason(body: &Value) -> String {
    let details = body["error"]["details"].as_array();
    let reason = details.into_iter().flatten().find_map(|detail| detail["reason"].as_str());
    reason.unwrap_or_default().to_owned()
}

fn methods() -> impl Iterator<Item = MethodDescriptor> {
    proto::POOL
        .services()
        .filter(|service| service.full_name().starts_with("syncwatch."))
        .flat_map(|service| service.methods().collect::<Vec<_>>())
}

fn access(rpc: &MethodDescriptor) -> Option<Access> {
    let option = proto::POOL.get_extension_by_name("syncwatch.common.v1.access")?;
    Access::try_from(rpc.options().get_extension(&option).as_enum_number()?).ok()
}

/// Every RPC that HTTP offers, by its first path.
fn calls() -> anyhow::Result<Vec<Call>> {
    let http = proto::POOL.get_extension_by_name("google.api.http").context("no HTTP rules")?;
    let offered = methods().filter(|rpc| rpc.options().has_extension(&http));
    offered
        .map(|rpc| {
            let options = rpc.options();
            let rule = options.get_extension(&http);
            let rule = rule.as_message().context("an HTTP rule is a message")?;
            let (pattern, path) = ["get", "post", "put", "patch", "delete"]
                .into_iter()
                .filter_map(|name| Some((name, rule.get_field_by_name(name)?)))
                .find_map(|(name, path)| {
                    Some((name, path.as_str()?.to_owned())).filter(|(_, path)| !path.is_empty())
                })
                .context("no method and path")?;
            Ok(Call {
                name: rpc.name().to_owned(),
                access: access(&rpc).context("no access level")?,
                method: pattern.to_uppercase().parse()?,
                path,
                has_body: rule.get_field_by_name("body").is_some_and(|body| body.as_str() == Some("*")),
            })
        })
        .collect()
}
