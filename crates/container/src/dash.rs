//! DASH manifests (ISO/IEC 23009-1), as far as they are read: whether they are protected.

/// Whether a manifest asks for a key of a DRM system (5.8.4.1). `mp4protection` alone only names the encryption scheme.
pub fn is_dash_protected(manifest: &[u8]) -> bool {
    String::from_utf8_lossy(manifest).split("ContentProtection").skip(1).any(|element| {
        let attributes = element.split('>').next().unwrap_or_default().to_ascii_lowercase();
        attributes.contains("urn:uuid:")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_with_keys_of_drm_systems_are_protected() {
        assert!(is_dash_protected(b"<ContentProtection schemeIdUri=\"urn:uuid:EDEF8BA9-79D6\"/>"));
        assert!(!is_dash_protected(b"<ContentProtection schemeIdUri=\"urn:mpeg:dash:mp4protection:2011\"/>"));
        assert!(!is_dash_protected(b"<MPD></MPD>"));
    }
}
