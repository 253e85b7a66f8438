//! Browsers keep refresh tokens in an httpOnly cookie, where no script reads them. Which fields those are is an option
//! in the contract; a browser asks for it with the header `X-SyncWatch-Tokens: cookie`.

use http::{
    HeaderMap, HeaderValue,
    header::{COOKIE, SET_COOKIE},
};
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};

use super::routes::cookie_of;

/// The header by which a browser asks for cookies. A page of another site cannot send it without our leave (CORS).
pub(crate) const TOKENS: &str = "x-syncwatch-tokens";

/// Only these paths ever need the cookies.
const PATH: &str = "/api/auth";
const MAX_AGE_SECONDS: u32 = 7 * 24 * 3600;
/// Messages of the contract are not nested deeper where cookies are.
const DEPTH: usize = 3;

/// A field in a reply or a request that a cookie stands for.
#[derive(Debug, Clone)]
pub(crate) struct CookieField {
    path: Vec<FieldDescriptor>,
    name: String,
}

impl CookieField {
    /// All of them in a message, those in messages within it too.
    pub(crate) fn all(message: &MessageDescriptor) -> Vec<Self> {
        let mut all = Vec::new();
        collect(message, &mut Vec::new(), &mut all);
        all
    }

    fn is_top_level(&self) -> bool {
        self.path.len() == 1
    }
}

fn collect(message: &MessageDescriptor, path: &mut Vec<FieldDescriptor>, all: &mut Vec<CookieField>) {
    for field in message.fields().filter(|field| !field.is_list() && !field.is_map()) {
        path.push(field.clone());
        match field.kind() {
            Kind::String => {
                all.extend(cookie_of(&field).map(|name| CookieField { path: path.clone(), name }));
            }
            Kind::Message(inner) if path.len() < DEPTH => collect(&inner, path, all),
            _ => {}
        }
        path.pop();
    }
}

/// Whether the client wants cookies.
pub(crate) fn wanted(headers: &HeaderMap) -> bool {
    headers.get(TOKENS).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"cookie"))
}

/// Fills the fields that the client left to its cookies.
pub(crate) fn fill(request: &mut DynamicMessage, fields: &[CookieField], headers: &HeaderMap) {
    for field in fields.iter().filter(|field| field.is_top_level()) {
        if !request.has_field(&field.path[0])
            && let Some(value) = cookie(headers, &field.name)
        {
            request.set_field(&field.path[0], Value::String(value.to_owned()));
        }
    }
}

/// Moves the fields of a reply into cookies. An empty one at the top tells the browser to drop its cookie.
pub(crate) fn take(reply: &mut DynamicMessage, fields: &[CookieField], secure: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for field in fields {
        let value = take_value(reply, &field.path);
        let value = match value {
            Some(value) if !value.is_empty() => value,
            _ if field.is_top_level() => String::new(),
            _ => continue,
        };
        let age = if value.is_empty() { 0 } else { MAX_AGE_SECONDS };
        let secure = if secure { "; Secure" } else { "" };
        let cookie =
            format!("{}={value}; Path={PATH}; Max-Age={age}; HttpOnly; SameSite=Strict{secure}", field.name);
        if let Ok(mut cookie) = HeaderValue::from_str(&cookie) {
            cookie.set_sensitive(true);
            headers.append(SET_COOKIE, cookie);
        }
    }
    headers
}

fn take_value(message: &mut DynamicMessage, path: &[FieldDescriptor]) -> Option<String> {
    let (first, rest) = path.split_first()?;
    if !message.has_field(first) {
        return None;
    }
    if rest.is_empty() {
        return message.take_field(first)?.as_str().map(str::to_owned);
    }
    take_value(message.get_field_mut(first).as_message_mut()?, rest)
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
        .filter(|value| !value.is_empty())
}
