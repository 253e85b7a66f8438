//! What is protected by DRM (digital rights management): recognised, never worked around.

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

/// Whether a DASH manifest asks for a key of a DRM system (ISO/IEC 23009-1, 5.8.4.1). `mp4protection` alone names the
/// scheme of the encryption.
pub(crate) fn is_dash_protected(manifest: &[u8]) -> bool {
    String::from_utf8_lossy(manifest).split("ContentProtection").skip(1).any(|element| {
        let attributes = element.split('>').next().unwrap_or_default().to_ascii_lowercase();
        attributes.contains("urn:uuid:")
    })
}

/// Whether a tag of an HLS playlist asks for a key of a DRM system (RFC 8216, 4.3.2.4): `attributes` is what follows
/// `#EXT-X-KEY:`. AES-128 with a key that is simply fetched is no DRM.
pub(crate) fn is_key_protected(attributes: &str) -> bool {
    let upper = attributes.to_ascii_uppercase();
    let method = upper.split("METHOD=").nth(1).and_then(|rest| rest.split(',').next()).unwrap_or_default();
    let format =
        upper.split("KEYFORMAT=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("IDENTITY");
    method.trim().starts_with("SAMPLE-AES") || (format != "IDENTITY" && method.trim() != "NONE")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_known_by_their_domains() {
        for (link, name) in [
            ("https://www.netflix.com/watch/81234567", Some("Netflix")),
            ("https://www.disneyplus.com/play/abc", Some("Disney+")),
            ("https://notnetflix.com/film.mp4", None),
            ("https://netflix.com.example.org/film.mp4", None),
        ] {
            assert_eq!(protected_service(&link.parse().unwrap()), name, "{link}");
        }
    }

    #[test]
    fn keys_of_drm_systems_are_told_from_plain_ones() {
        for (attributes, protected) in [
            ("METHOD=AES-128,URI=\"key.bin\"", false),
            ("METHOD=NONE", false),
            ("METHOD=AES-128,URI=\"k\",KEYFORMAT=\"identity\"", false),
            ("METHOD=SAMPLE-AES,URI=\"skd://k\"", true),
            ("METHOD=SAMPLE-AES-CTR,KEYFORMAT=\"urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed\"", true),
            ("METHOD=AES-128,URI=\"k\",KEYFORMAT=\"com.apple.streamingkeydelivery\"", true),
        ] {
            assert_eq!(is_key_protected(attributes), protected, "{attributes}");
        }
    }

    #[test]
    fn manifests_with_keys_of_drm_systems_are_protected() {
        assert!(is_dash_protected(b"<ContentProtection schemeIdUri=\"urn:uuid:EDEF8BA9-79D6\"/>"));
        assert!(!is_dash_protected(b"<ContentProtection schemeIdUri=\"urn:mpeg:dash:mp4protection:2011\"/>"));
        assert!(!is_dash_protected(b"<MPD></MPD>"));
    }
}
