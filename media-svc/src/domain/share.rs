//! Share links of file hosts. Where the host documents a form for the file itself, the link becomes that; otherwise the error
//! names the host.

use url::Url;

use super::is_within;

/// Outcome for a share link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Share {
    /// The link of the file itself.
    Direct(Url),
    /// The host documents no link of the file for players.
    NoDirectForm(Refusal),
}

/// A host whose share links lead to pages only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{host} shows this file on a page of its own and has no direct link for players; {advice}")]
pub(crate) struct Refusal {
    pub(crate) host: &'static str,
    advice: &'static str,
}

const ELSEWHERE: &str =
    "put the file on a host with direct links, such as Dropbox or Nextcloud, and paste that link";
const WHOLE_LINK: &str = "share the file by its own link, not its folder";

/// Reads a share link of a known host; `None` for every other link.
pub(crate) fn share_of(url: &Url) -> Option<Share> {
    let host = url.host_str()?;
    let within = |domain: &str| is_within(host, domain);
    let refused = |host, advice| Some(Share::NoDirectForm(Refusal { host, advice }));
    if within("dropbox.com") {
        return match url.path_segments()?.next()? {
            "s" | "scl" if url.path().starts_with("/scl/fo/") => refused("Dropbox", WHOLE_LINK),
            "s" | "scl" => Some(Share::Direct(dropbox(url))),
            "sh" => refused("Dropbox", WHOLE_LINK),
            _ => None,
        };
    }
    if within("drive.google.com") || within("docs.google.com") {
        return refused("Google Drive", ELSEWHERE);
    }
    if within("1drv.ms") || within("onedrive.live.com") || within("sharepoint.com") {
        return refused("OneDrive", ELSEWHERE);
    }
    if within("icloud.com") {
        return refused("iCloud", ELSEWHERE);
    }
    None
}

/// `raw=1` returns the file instead of its page (Dropbox help, "Force a file or folder to download or render").
fn dropbox(url: &Url) -> Url {
    let kept: Vec<(String, String)> =
        url.query_pairs().into_owned().filter(|(name, _)| name != "dl" && name != "raw").collect();
    let mut direct = url.clone();
    direct.query_pairs_mut().clear().extend_pairs(kept).append_pair("raw", "1");
    direct
}

/// The file behind a page that may be a Nextcloud share, `/s/TOKEN` (Nextcloud user manual, "Public link shares"). Any host
/// can run Nextcloud, so callers try this only when the link itself leads to a page.
pub(crate) fn nextcloud_file(url: &Url) -> Option<Url> {
    let path: Vec<_> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
    let is_token = |token: &str| token.len() >= 8 && token.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let [.., "s", token] = path[..] else { return None };
    if !is_token(token) {
        return None;
    }
    let mut file = url.clone();
    file.path_segments_mut().ok()?.pop_if_empty().push("download");
    file.set_query(None);
    Some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn direct(link: &str) -> Option<String> {
        match share_of(&link.parse().unwrap())? {
            Share::Direct(url) => Some(url.into()),
            Share::NoDirectForm(refusal) => Some(refusal.host.to_owned()),
        }
    }

    // Case L9.
    #[test]
    fn share_links_become_direct_where_a_direct_form_is_documented() {
        for (link, expected) in [
            (
                "https://www.dropbox.com/s/abc/film.mp4?dl=0",
                Some("https://www.dropbox.com/s/abc/film.mp4?raw=1"),
            ),
            ("https://www.dropbox.com/s/abc/film.mp4", Some("https://www.dropbox.com/s/abc/film.mp4?raw=1")),
            (
                "https://www.dropbox.com/scl/fi/abc/film.mp4?rlkey=k1&st=s&dl=0",
                Some("https://www.dropbox.com/scl/fi/abc/film.mp4?rlkey=k1&st=s&raw=1"),
            ),
            ("https://www.dropbox.com/scl/fo/abc/h?rlkey=k1&dl=0", Some("Dropbox")),
            ("https://drive.google.com/file/d/1a2b/view?usp=sharing", Some("Google Drive")),
            ("https://1drv.ms/v/s!Abc", Some("OneDrive")),
            ("https://firm-my.sharepoint.com/:v:/g/personal/x", Some("OneDrive")),
            ("https://dl.dropboxusercontent.com/s/abc/film.mp4", None),
            ("https://notdropbox.com/s/abc/film.mp4?dl=0", None),
        ] {
            assert_eq!(direct(link).as_deref(), expected, "{link}");
        }
    }

    // Case L9.
    #[test]
    fn a_page_at_a_share_of_nextcloud_has_a_download() {
        let file = |link: &str| nextcloud_file(&link.parse().unwrap()).map(String::from);
        assert_eq!(
            file("https://cloud.example.org/s/XyZ123abcDEF456").as_deref(),
            Some("https://cloud.example.org/s/XyZ123abcDEF456/download")
        );
        assert_eq!(
            file("https://example.org/nc/index.php/s/XyZ123abcDEF456/?path=x").as_deref(),
            Some("https://example.org/nc/index.php/s/XyZ123abcDEF456/download")
        );
        for link in [
            "https://example.org/s/",
            "https://example.org/s/a-b",
            "https://example.org/s/XyZ123abcDEF456/download",
        ] {
            assert_eq!(file(link), None, "{link}");
        }
    }
}
