//! Browsers keep refresh tokens in an httpOnly cookie, which scripts cannot read. An option of the contract marks these
//! fields; a browser asks for cookies with the header `X-SyncWatch-Tokens: cookie`.

use http::{
    HeaderMap, HeaderValue,
    header::{COOKIE, SET_COOKIE},
};

use crate::json::{CookieValue, MessageType, ReadError, Reader};

/// The header by which a browser asks for cookies. CORS keeps pages of other sites from sending it.
pub(crate) const TOKENS: &str = "x-syncwatch-tokens";

/// The paths that need the cookies.
const PATH: &str = "/api/auth";
const MAX_AGE_SECONDS: u32 = 7 * 24 * 3600;

/// Whether the client wants cookies.
pub(crate) fn wanted(headers: &HeaderMap) -> bool {
    headers.get(TOKENS).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"cookie"))
}

/// Fills empty fields from the cookies of the request.
pub(crate) fn fill(request: &mut Reader<'_>, headers: &HeaderMap) -> Result<(), ReadError> {
    for field in request.fields() {
        if let Some(name) = &field.cookie
            && !request.has_value(field)
            && let Some(value) = cookie(headers, name)
        {
            request.text(field, value)?;
        }
    }
    Ok(())
}

/// The fields of a response as cookies. An empty field makes the browser delete its cookie.
pub(crate) fn set(reply: &MessageType, values: &[CookieValue<'_>], secure: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut set = |name: &str, value: &str| {
        let age = if value.is_empty() { 0 } else { MAX_AGE_SECONDS };
        let secure = if secure { "; Secure" } else { "" };
        let cookie = format!("{name}={value}; Path={PATH}; Max-Age={age}; HttpOnly; SameSite=Strict{secure}");
        if let Ok(mut cookie) = HeaderValue::from_str(&cookie) {
            cookie.set_sensitive(true);
            headers.append(SET_COOKIE, cookie);
        }
    };
    for CookieValue { name, value } in values {
        set(name, value);
    }
    for name in reply.fields().iter().filter_map(|field| field.cookie.as_deref()) {
        if !values.iter().any(|value| value.name == name) {
            set(name, "");
        }
    }
    headers
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
        .filter(|value| !value.is_empty())
}
