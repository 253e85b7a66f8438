//! Services whose films are protected by DRM (digital rights management). They are recognised, never worked around.

use url::Url;

use super::is_within;

/// Services whose films play in their own players only, by the domains of their pages.
const SERVICES: [(&str, &str); 22] = [
    ("netflix.com", "Netflix"),
    ("disneyplus.com", "Disney+"),
    ("primevideo.com", "Prime Video"),
    ("hulu.com", "Hulu"),
    ("max.com", "HBO Max"),
    ("hbomax.com", "HBO Max"),
    ("tv.apple.com", "Apple TV"),
    ("music.apple.com", "Apple Music"),
    ("paramountplus.com", "Paramount+"),
    ("peacocktv.com", "Peacock"),
    ("crunchyroll.com", "Crunchyroll"),
    ("dazn.com", "DAZN"),
    ("mubi.com", "MUBI"),
    ("sky.com", "Sky"),
    ("wowtv.de", "WOW"),
    ("nowtv.com", "NOW"),
    ("rtlplus.de", "RTL+"),
    ("canalplus.com", "Canal+"),
    ("viaplay.com", "Viaplay"),
    ("spotify.com", "Spotify"),
    ("deezer.com", "Deezer"),
    ("tidal.com", "TIDAL"),
];

/// The service that a link leads to, if its films are protected.
pub(crate) fn protected_service(url: &Url) -> Option<&'static str> {
    let host = url.host_str()?;
    SERVICES.iter().find(|(domain, _)| is_within(host, domain)).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protected_services_are_known_by_domain() {
        for (link, name) in [
            ("https://www.netflix.com/watch/81234567", Some("Netflix")),
            ("https://www.disneyplus.com/play/abc", Some("Disney+")),
            ("https://notnetflix.com/film.mp4", None),
            ("https://netflix.com.example.org/film.mp4", None),
        ] {
            assert_eq!(protected_service(&link.parse().unwrap()), name, "{link}");
        }
    }
}
