use proptest::prelude::*;

use super::*;
use crate::domain::parse_link;

fn read(link: &str) -> Option<Result<EmbedSource, NoVideo>> {
    embed_of(&parse_link(link).unwrap().url)
}

/// Every link of the list leads to this video.
fn all_lead_to(service: EmbedService, video_id: &str, hash: &str, links: &[&str]) {
    for link in links {
        let expected = EmbedSource { service: service.into(), video_id: video_id.into(), hash: hash.into() };
        assert_eq!(read(link), Some(Ok(expected)), "{link}");
    }
}

fn none_is_a_video(service: EmbedService, links: &[(&str, Page)]) {
    for (link, page) in links {
        assert_eq!(read(link), Some(Err(NoVideo { service, page: *page })), "{link}");
    }
}

#[test]
fn all_forms_of_youtube_links_are_read() {
    all_lead_to(
        EmbedService::Youtube,
        "dQw4w9WgXcQ",
        "",
        &[
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
            "http://youtube.com/watch?v=dQw4w9WgXcQ",
            "https://m.youtube.com/watch?v=dQw4w9WgXcQ&feature=share",
            "https://music.youtube.com/watch?v=dQw4w9WgXcQ&si=abc",
            "https://gaming.youtube.com/watch?v=dQw4w9WgXcQ",
            "https://WWW.YouTube.com/watch?app=desktop&v=dQw4w9WgXcQ",
            "https://www.youtube.com/watch?list=PL123&v=dQw4w9WgXcQ&index=3",
            "https://www.youtube.com/watch/dQw4w9WgXcQ",
            "https://youtu.be/dQw4w9WgXcQ",
            "https://youtu.be/dQw4w9WgXcQ?si=abc&t=90",
            "https://youtu.be/dQw4w9WgXcQ&t=90",
            "https://www.youtube.com/shorts/dQw4w9WgXcQ?feature=share",
            "https://www.youtube.com/live/dQw4w9WgXcQ?si=abc",
            "https://www.youtube.com/embed/dQw4w9WgXcQ?start=30",
            "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
            "https://youtube-nocookie.com/embed/dQw4w9WgXcQ",
            "https://www.youtube.com/v/dQw4w9WgXcQ",
            "https://www.youtube.com/e/dQw4w9WgXcQ",
            "https://www.youtube.com/attribution_link?a=x&u=%2Fwatch%3Fv%3DdQw4w9WgXcQ%26feature%3Dshare",
        ],
    );
}

#[test]
fn a_start_time_does_not_change_the_video() {
    for tail in ["&t=90", "&t=1m30s", "&start=90", "#t=90", "&time_continue=90"] {
        all_lead_to(
            EmbedService::Youtube,
            "dQw4w9WgXcQ",
            "",
            &[&format!("https://www.youtube.com/watch?v=dQw4w9WgXcQ{tail}")],
        );
    }
    all_lead_to(EmbedService::Vimeo, "76979871", "", &["https://vimeo.com/76979871#t=1m30s"]);
    all_lead_to(
        EmbedService::Dailymotion,
        "x84sh87",
        "",
        &["https://www.dailymotion.com/video/x84sh87?start=90"],
    );
}

// Requirement 4.5.2-7.
#[test]
fn a_live_link_of_youtube_is_recognised() {
    let live = |link: &str, service| is_live(&link.parse().unwrap(), service);
    assert!(live("https://www.youtube.com/live/dQw4w9WgXcQ?si=abc", EmbedService::Youtube));
    assert!(!live("https://www.youtube.com/watch?v=dQw4w9WgXcQ", EmbedService::Youtube));
    assert!(!live("https://vimeo.com/live/1", EmbedService::Vimeo));
}

#[test]
fn all_forms_of_vimeo_links_are_read() {
    all_lead_to(
        EmbedService::Vimeo,
        "76979871",
        "",
        &[
            "https://vimeo.com/76979871",
            "https://www.vimeo.com/76979871/",
            "https://vimeo.com/76979871?share=copy",
            "https://vimeo.com/76979871/description",
            "https://vimeo.com/video/76979871",
            "https://vimeo.com/channels/staffpicks/76979871",
            "https://vimeo.com/groups/motion/videos/76979871",
            "https://vimeo.com/album/1234/video/76979871",
            "https://vimeo.com/showcase/1234/video/76979871",
            "https://vimeo.com/manage/videos/76979871",
            "https://player.vimeo.com/video/76979871?dnt=1",
        ],
    );
    all_lead_to(
        EmbedService::Vimeo,
        "76979871",
        "8272103f6e",
        &[
            "https://vimeo.com/76979871/8272103f6e",
            "https://vimeo.com/76979871/8272103f6e?share=copy",
            "https://vimeo.com/manage/videos/76979871/8272103f6e",
            "https://player.vimeo.com/video/76979871?h=8272103f6e&title=0",
        ],
    );
}

#[test]
fn all_forms_of_dailymotion_links_are_read() {
    all_lead_to(
        EmbedService::Dailymotion,
        "x84sh87",
        "",
        &[
            "https://www.dailymotion.com/video/x84sh87",
            "https://dailymotion.com/video/x84sh87?playlist=x5nmbq",
            "https://m.dailymotion.com/video/x84sh87",
            "https://www.dailymotion.com/video/x84sh87_a-title-in-the-link_news",
            "https://www.dailymotion.com/embed/video/x84sh87",
            "https://dai.ly/x84sh87",
            "https://geo.dailymotion.com/player.html?video=x84sh87",
            "https://geo.dailymotion.com/player/xf7zn.html?mute=true&video=x84sh87",
        ],
    );
    all_lead_to(
        EmbedService::Dailymotion,
        "kMoruavr3wFz7EHkyr0",
        "",
        &["https://dai.ly/kMoruavr3wFz7EHkyr0"],
    );
}

#[test]
fn pages_that_are_not_videos_are_named() {
    none_is_a_video(
        EmbedService::Youtube,
        &[
            ("https://www.youtube.com/playlist?list=PL123", Page::Playlist),
            ("https://www.youtube.com/watch?list=PL123", Page::Playlist),
            ("https://www.youtube.com/embed/videoseries?list=PL123", Page::Playlist),
            ("https://www.youtube.com/@someone", Page::Channel),
            ("https://www.youtube.com/@someone/live", Page::Channel),
            ("https://www.youtube.com/channel/UC123/videos", Page::Channel),
            ("https://www.youtube.com/c/someone", Page::Channel),
            ("https://www.youtube.com/user/someone", Page::Channel),
            ("https://www.youtube.com/embed/live_stream?channel=UC123", Page::Channel),
            ("https://www.youtube.com/clip/Ugkx123", Page::Clip),
            ("https://www.youtube.com/watch", Page::BrokenId),
            ("https://www.youtube.com/watch?v=", Page::BrokenId),
            ("https://www.youtube.com/watch?v=dQw4w9WgXc", Page::BrokenId),
            ("https://www.youtube.com/watch?v=dQw4w9WgXcQQ", Page::BrokenId),
            ("https://youtu.be/dQw4w9WgX%2F", Page::BrokenId),
            ("https://youtu.be/", Page::Other),
            ("https://www.youtube.com/", Page::Other),
            ("https://www.youtube.com/results?search_query=cats", Page::Other),
            ("https://www.youtube.com/feed/subscriptions", Page::Other),
            ("https://studio.youtube.com/video/dQw4w9WgXcQ/edit", Page::Other),
            (
                "https://www.youtube.com/attribution_link?u=https://evil.example/watch?v=dQw4w9WgXcQ",
                Page::Other,
            ),
            ("https://www.youtube.com/attribution_link?u=/attribution_link?u=/watch", Page::Other),
        ],
    );
    none_is_a_video(
        EmbedService::Vimeo,
        &[
            ("https://vimeo.com/", Page::Other),
            ("https://vimeo.com/watch", Page::Other),
            ("https://vimeo.com/someone", Page::Channel),
            ("https://vimeo.com/user1234", Page::Channel),
            ("https://vimeo.com/channels/staffpicks", Page::Channel),
            ("https://vimeo.com/showcase/1234", Page::Playlist),
            ("https://vimeo.com/event/1234", Page::LiveEvent),
            ("https://vimeo.com/ondemand/somefilm/1234", Page::OnDemand),
            ("https://player.vimeo.com/video/abc", Page::BrokenId),
            ("https://vimeo.com/video/1234567890123", Page::BrokenId),
        ],
    );
    none_is_a_video(
        EmbedService::Dailymotion,
        &[
            ("https://www.dailymotion.com/", Page::Other),
            ("https://www.dailymotion.com/fr", Page::Other),
            ("https://www.dailymotion.com/search/cats/videos", Page::Other),
            ("https://www.dailymotion.com/someone", Page::Channel),
            ("https://www.dailymotion.com/playlist/x5nmbq", Page::Playlist),
            ("https://geo.dailymotion.com/player.html?playlist=x5nmbq", Page::Playlist),
            ("https://geo.dailymotion.com/player.html", Page::BrokenId),
            ("https://www.dailymotion.com/video/", Page::BrokenId),
            ("https://www.dailymotion.com/video/12345", Page::BrokenId),
            ("https://dai.ly/x", Page::BrokenId),
        ],
    );
}

#[test]
fn other_hosts_and_plain_files_are_not_embeds() {
    for link in [
        "https://example.org/watch?v=dQw4w9WgXcQ",
        "https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ",
        "https://notyoutube.com/watch?v=dQw4w9WgXcQ",
        "https://notvimeo.com/76979871",
        "https://example.org/https://youtu.be/dQw4w9WgXcQ",
        "http://[2001:db8::1]/watch?v=dQw4w9WgXcQ",
        "https://player.vimeo.com/external/76979871.hd.mp4?s=abc",
        "https://player.vimeo.com/progressive_redirect/playback/76979871/file.mp4",
        "https://www.dailymotion.com/cdn/manifest/video/x84sh87.m3u8",
    ] {
        assert_eq!(read(link), None, "{link}");
    }
}

#[test]
fn each_rejection_names_the_service_and_a_remedy() {
    for service in [EmbedService::Youtube, EmbedService::Vimeo, EmbedService::Dailymotion] {
        for page in [
            Page::Playlist,
            Page::Channel,
            Page::Clip,
            Page::LiveEvent,
            Page::OnDemand,
            Page::BrokenId,
            Page::Other,
        ] {
            let words = NoVideo { service, page }.to_string();
            assert!(words.contains(service_name(service)), "{words}");
            assert!(
                words.contains("; ") && (words.contains("paste the link") || words.contains("copy it again")),
                "{words}"
            );
        }
    }
}

proptest! {
    #[test]
    fn a_video_is_read_back_from_the_link_of_its_page(path in "/[a-z@]{0,9}(/[A-Za-z0-9_-]{0,14}){0,3}", query in "[a-z=&A-Z0-9_-]{0,30}") {
        for host in ["www.youtube.com", "youtu.be", "vimeo.com", "player.vimeo.com", "www.dailymotion.com", "dai.ly"] {
            if let Some(Ok(embed)) = read(&format!("https://{host}{path}?{query}")) {
                prop_assert!(embed.video_id.len() <= 64 && embed.video_id.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)));
                prop_assert_eq!(read(&page_of(&embed)), Some(Ok(embed)));
            }
        }
    }
}
