//! Why a web page cannot be shown in a room. A page is never framed; its headers only tell why it could not be.

/// Why a page cannot be shown in a room either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageCause {
    /// Its `X-Frame-Options` forbid it.
    XFrameOptions,
    /// Its content security policy forbids it.
    CspBlocked,
    /// Its site is not among those with an official player.
    UnknownProvider,
}

impl PageCause {
    /// Reads the headers `X-Frame-Options` (RFC 7034) and `Content-Security-Policy` of a page.
    pub(crate) fn of(x_frame_options: Option<&str>, csp: Option<&str>) -> Self {
        let forbids = |value: &str| {
            let value = value.trim();
            value.eq_ignore_ascii_case("deny") || value.eq_ignore_ascii_case("sameorigin")
        };
        let directives = || csp.into_iter().flat_map(|csp| csp.split(';')).map(str::trim);
        let ancestors = directives().find_map(|directive| directive.strip_prefix("frame-ancestors"));
        match () {
            () if x_frame_options.is_some_and(forbids) => Self::XFrameOptions,
            () if ancestors.is_some_and(|sources| sources.trim() != "*") => Self::CspBlocked,
            () => Self::UnknownProvider,
        }
    }

    /// As document 004 names it (4.5.3).
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::XFrameOptions => "x_frame_options",
            Self::CspBlocked => "csp_blocked",
            Self::UnknownProvider => "unknown_provider",
        }
    }

    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::XFrameOptions | Self::CspBlocked => " whose site does not allow other sites to show it",
            Self::UnknownProvider => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_forbid_framing_are_recognised() {
        for (frame, csp, name) in [
            (Some("DENY"), None, "x_frame_options"),
            (Some("sameorigin"), Some("frame-ancestors 'none'"), "x_frame_options"),
            (None, Some("default-src 'self'; frame-ancestors 'none'"), "csp_blocked"),
            (None, Some("frame-ancestors *"), "unknown_provider"),
            (None, Some("default-src 'self'"), "unknown_provider"),
            (None, None, "unknown_provider"),
        ] {
            assert_eq!(PageCause::of(frame, csp).name(), name, "{frame:?} {csp:?}");
        }
    }
}
