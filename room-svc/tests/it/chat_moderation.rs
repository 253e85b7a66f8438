//! Filters, reports, emotes, and clearing a person's messages.

use proto::room::v1::{
    ChatChange, ClearMessagesRequest, CloseReportRequest, CreateFilterRequest, DeleteEmoteRequest,
    DeleteFilterRequest, EditMessageRequest, FilterAction, FilterRule, GetEmoteRequest, ListChangesRequest,
    ListEmotesRequest, ListFiltersRequest, ListMessagesRequest, ListReportsRequest, PinMessageRequest,
    PutEmoteRequest, ReportMessageRequest, SearchMessagesRequest, SendMessageRequest, TryFilterRequest,
    chat_change::Kind as Change, room_event::Kind,
};
use rpc::Reason;

use crate::world::{Instance, Outcome, Person, World, guest, refusal, user};

fn rule(pattern: &str, is_regex: bool, action: FilterAction) -> FilterRule {
    FilterRule { pattern: pattern.into(), is_regex, action: action.into() }
}

async fn add(svc: &Instance, who: &Person, room: &str, rule: FilterRule) -> Outcome<String> {
    let request = CreateFilterRequest { room: room.into(), rule: Some(rule) };
    Ok(svc.moderation().create_filter(who.request(request)).await?.into_inner().filter.unwrap().id)
}

async fn clear(svc: &Instance, who: &Person, room: &str, subject_id: &str) -> Outcome<i32> {
    let request = ClearMessagesRequest { room: room.into(), subject_id: subject_id.into() };
    Ok(svc.moderation().clear_messages(who.request(request)).await?.into_inner().deleted_count)
}

// W16: one event by author and time, also on resume; acts on list, quotes, pins and search.
#[tokio::test]
async fn all_messages_of_a_person_are_deleted_as_one_change() {
    let world = World::start().await;
    let svc = world.instance().await;
    let mut reader = svc.read("test").await;
    let (ada, bob) = (user("Ada"), guest("Bob"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    let mut last = String::new();
    for n in 0..300 {
        last = svc.say(&bob, &room, "spam", &n.to_string()).await.unwrap().id;
    }
    let reply = SendMessageRequest {
        room: room.clone(),
        text: "stop it".into(),
        client_message_id: "1".into(),
        reply_to_message_id: last.clone(),
        ..Default::default()
    };
    svc.chat().send_message(ada.request(reply)).await.unwrap();
    let pin = PinMessageRequest { room: room.clone(), message_id: last.clone() };
    svc.chat().pin_message(ada.request(pin)).await.unwrap();
    svc.leave(&bob, &room).await.unwrap();
    let request = || ListMessagesRequest { room: room.clone(), page_size: 200, ..Default::default() };
    let known = svc.chat().list_messages(ada.request(request())).await.unwrap().into_inner().revision;

    assert_eq!(clear(&svc, &ada, &room, &bob.id()).await.unwrap(), 300, "of someone who has left");
    assert_eq!(clear(&svc, &ada, &room, &bob.id()).await.unwrap(), 0);
    let missed = ListChangesRequest { room: room.clone(), after_revision: known };
    let missed = svc.chat().list_changes(ada.request(missed)).await.unwrap().into_inner();
    let [ChatChange { kind: Some(Change::Cleared(cleared)), .. }] = missed.changes.as_slice() else {
        panic!("{missed:?}")
    };
    assert_eq!((&cleared.author_id, &cleared.up_to_message_id), (&bob.id(), &last));
    let told = loop {
        let event = reader.next_of_all().await.unwrap();
        // A reader gets so many events before it has to acknowledge one.
        svc.acknowledge(std::slice::from_ref(&event)).await;
        if let Some(Kind::ChatChanged(ChatChange { kind: Some(Change::Cleared(told)), .. })) = event.kind {
            break told;
        }
    };
    assert_eq!(told, *cleared);
    let page = svc.chat().list_messages(ada.request(request())).await.unwrap().into_inner().messages;
    assert!(page.iter().all(|message| message.author_id != bob.id() || message.deleted_at.is_some()));
    let quote = page.iter().find_map(|message| message.reply_to.clone()).unwrap();
    assert_eq!((quote.text.as_str(), quote.deleted), ("", true));
    let search = SearchMessagesRequest { room: room.clone(), query: "spam".into(), ..Default::default() };
    assert_eq!(svc.chat().search_messages(ada.request(search)).await.unwrap().into_inner().messages, []);
    let pins = proto::room::v1::ListPinsRequest { room };
    assert_eq!(svc.chat().list_pins(ada.request(pins)).await.unwrap().into_inner().messages, []);
}

// W8: nobody clears the messages of someone who does not rank below them.
#[tokio::test]
async fn nobody_clears_the_messages_of_who_ranks_as_high() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), guest("Bob"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    svc.say(&ada, &room, "mine", "1").await.unwrap();
    assert_eq!(refusal(clear(&svc, &bob, &room, &ada.id()).await), Reason::PermissionMissing);
    assert_eq!(clear(&svc, &ada, &room, &ada.id()).await.unwrap(), 1, "one's own may always go");
}

#[tokio::test]
async fn filters_refuse_or_mask_what_others_write() {
    let world = World::start().await;
    let svc = world.instance().await;
    let other = world.instance().await;
    let (ada, bob) = (user("Ada"), guest("Bob"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    svc.say(&bob, &room, "spoiler: he dies", "0").await.unwrap();
    assert_eq!(
        refusal(add(&svc, &bob, &room, rule("x", false, FilterAction::Mask)).await),
        Reason::PermissionMissing
    );
    let refuse = add(&svc, &ada, &room, rule("Spoiler", false, FilterAction::Refuse)).await.unwrap();
    add(&svc, &ada, &room, rule("d[a-z]mn", true, FilterAction::Mask)).await.unwrap();
    let again = add(&svc, &ada, &room, rule("Spoiler", false, FilterAction::Refuse)).await.unwrap();
    assert_eq!(again, refuse, "the same pattern is one filter");
    assert_eq!(refusal(svc.say(&bob, &room, "a SPO\u{200b}ILER", "1").await), Reason::MessageBlocked);
    assert_eq!(other.say(&bob, &room, "Damn good", "2").await.unwrap().text, "**** good", "on every replica");
    svc.say(&ada, &room, "a spoiler", "3").await.expect("moderators are not filtered");
    let sent = svc.say(&bob, &room, "fine", "4").await.unwrap();
    let edit = EditMessageRequest {
        room: room.clone(),
        message_id: sent.id,
        text: "spoiler".into(),
        ..Default::default()
    };
    let outcome = svc.chat().edit_message(bob.request(edit)).await;
    assert_eq!(refusal(outcome), Reason::MessageBlocked, "edits are filtered, too");

    let delete = DeleteFilterRequest { room: room.clone(), filter_id: refuse };
    svc.moderation().delete_filter(ada.request(delete)).await.unwrap();
    svc.say(&bob, &room, "spoiler", "5").await.unwrap();
    let list = ListFiltersRequest { room: room.clone() };
    let filters = svc.moderation().list_filters(ada.request(list)).await.unwrap().into_inner().filters;
    assert_eq!(filters.len(), 1);
    for bad in ["(", "a{1000}{1000}", "(?=x)", ".*"] {
        let outcome = add(&svc, &ada, &room, rule(bad, true, FilterAction::Refuse)).await;
        assert_eq!(refusal(outcome), Reason::FilterInvalid, "{bad}");
    }
    for n in 0..99 {
        add(&svc, &ada, &room, rule(&format!("word{n}"), false, FilterAction::Refuse)).await.unwrap();
    }
    let outcome = add(&svc, &ada, &room, rule("one more", false, FilterAction::Refuse)).await;
    assert_eq!(refusal(outcome), Reason::ChatListFull);
}

#[tokio::test]
async fn a_filter_is_tried_on_what_was_written() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    for n in 0..30 {
        let text = if n % 3 == 0 { "he dies" } else { "good film" };
        svc.say(&ada, &room, text, &n.to_string()).await.unwrap();
    }
    let request =
        TryFilterRequest { room: room.clone(), rule: Some(rule("dies", false, FilterAction::Refuse)) };
    let tried = svc.moderation().try_filter(ada.request(request)).await.unwrap().into_inner();
    assert_eq!((tried.message_count, tried.match_count, tried.matches.len()), (30, 10, 10));
    assert!(tried.matches.iter().all(|message| message.text == "he dies"));
    assert!(tried.matches.is_sorted_by(|a, b| a.id > b.id), "newest first");
    svc.say(&ada, &room, "he dies", "x").await.expect("nothing was added");
}

#[tokio::test]
async fn reports_reach_the_moderators_with_the_text_as_it_was() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, eve) = (user("Ada"), guest("Bob"), guest("Eve"));
    let room = svc.create(&ada).await.id;
    for who in [&bob, &eve] {
        svc.join(who, &room).await.unwrap();
    }
    let id = svc.say(&bob, &room, "rude", "1").await.unwrap().id;
    let report = async |who: &Person| {
        let request =
            ReportMessageRequest { room: room.clone(), message_id: id.clone(), note: " mean ".into() };
        svc.moderation().report_message(who.request(request)).await.map(|_| ())
    };
    for who in [&eve, &eve, &ada] {
        report(who).await.unwrap();
    }
    let edit = EditMessageRequest {
        room: room.clone(),
        message_id: id.clone(),
        text: "kind".into(),
        ..Default::default()
    };
    svc.chat().edit_message(bob.request(edit)).await.unwrap();
    let list = async |who: &Person| {
        let request = ListReportsRequest { room: room.clone() };
        svc.moderation().list_reports(who.request(request)).await.map(|reply| reply.into_inner().reports)
    };
    assert_eq!(refusal(list(&bob).await), Reason::PermissionMissing);
    let open = list(&ada).await.unwrap();
    assert_eq!(open.len(), 2, "the same person twice is one report");
    assert_eq!(
        (open[1].text.as_str(), open[1].note.as_str(), &open[1].reporter_id),
        ("rude", "mean", &eve.id())
    );
    let request = CloseReportRequest { room: room.clone(), report_id: open[0].id.clone() };
    svc.moderation().close_report(ada.request(request)).await.unwrap();
    assert_eq!(list(&ada).await.unwrap(), [], "the others of the message are closed with it");
}

#[tokio::test]
async fn a_room_has_emotes_of_its_own() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), guest("Bob"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    let put = async |who: &Person, name: &str, image: &[u8]| {
        let request = PutEmoteRequest { room: room.clone(), name: name.into(), image: image.to_vec() };
        svc.moderation().put_emote(who.request(request)).await.map(|reply| reply.into_inner().emote.unwrap())
    };
    let png = b"\x89PNG\r\n\x1a\n...";
    assert_eq!(refusal(put(&bob, "party", png).await), Reason::PermissionMissing);
    assert_eq!(refusal(put(&ada, "party", b"<svg>").await), Reason::EmoteInvalid);
    assert_eq!(
        refusal(put(&ada, "party", &[png.as_slice(), &vec![0; 32 * 1024]].concat()).await),
        Reason::EmoteInvalid
    );
    let emote = put(&ada, "party", png).await.unwrap();
    assert_eq!((emote.content_type.as_str(), emote.digest.len()), ("image/png", 64));
    let list = async || {
        let request = ListEmotesRequest { room: room.clone() };
        svc.moderation().list_emotes(bob.request(request)).await.unwrap().into_inner().emotes
    };
    assert_eq!(list().await, std::slice::from_ref(&emote));
    let get = async |name: &str| {
        let request = GetEmoteRequest { room: room.clone(), name: name.into() };
        svc.moderation().get_emote(bob.request(request)).await.map(tonic::Response::into_inner)
    };
    assert_eq!(get("party").await.unwrap().image, png);
    for n in 0..49 {
        put(&ada, &format!("e{n}_"), png).await.unwrap();
    }
    assert_eq!(refusal(put(&ada, "more", png).await), Reason::ChatListFull);
    put(&ada, "party", b"GIF89a").await.expect("one that is there may be replaced");
    let request = DeleteEmoteRequest { room: room.clone(), name: "party".into() };
    svc.moderation().delete_emote(ada.request(request)).await.unwrap();
    assert_eq!(refusal(get("party").await), Reason::EmoteNotFound);
}
