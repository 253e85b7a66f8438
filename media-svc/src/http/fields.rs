//! Header fields of a request, read strictly: a field that is there twice, or is no text, is refused by name.

use http::{
    HeaderMap, HeaderName,
    header::{CONTENT_LENGTH, TRANSFER_ENCODING},
};

use super::answer::Refused;

pub(super) const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
pub(super) const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
pub(super) const TUS_EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
pub(super) const TUS_MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
pub(super) const TUS_CHECKSUM_ALGORITHM: HeaderName = HeaderName::from_static("tus-checksum-algorithm");
pub(super) const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
pub(super) const UPLOAD_COMPLETE: HeaderName = HeaderName::from_static("upload-complete");
pub(super) const UPLOAD_CONCAT: HeaderName = HeaderName::from_static("upload-concat");
pub(super) const UPLOAD_DEFER_LENGTH: HeaderName = HeaderName::from_static("upload-defer-length");
pub(super) const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
pub(super) const UPLOAD_INTEROP: HeaderName = HeaderName::from_static("upload-draft-interop-version");
pub(super) const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub(super) const UPLOAD_LIMIT: HeaderName = HeaderName::from_static("upload-limit");
pub(super) const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
pub(super) const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub(super) const METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");

/// The fields of one request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a HeaderMap);

impl<'a> Fields<'a> {
    /// The value of a field that may be there once.
    pub(super) fn one(self, name: &HeaderName) -> Result<Option<&'a str>, Refused> {
        let mut values = self.0.get_all(name).iter();
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(Refused::field(name, "is there twice; send it once"));
        }
        let text = std::str::from_utf8(value.as_bytes()).ok().filter(|text| !text.contains(char::is_control));
        text.map(|text| Some(text.trim())).ok_or_else(|| Refused::field(name, "is no text"))
    }

    /// The value of a field that has to be there.
    pub(super) fn needed(self, name: &HeaderName) -> Result<&'a str, Refused> {
        self.one(name)?.ok_or_else(|| Refused::field(name, "is missing"))
    }

    pub(super) fn has(self, name: &HeaderName) -> bool {
        self.0.contains_key(name)
    }

    /// A number of bytes: digits alone.
    pub(super) fn number(self, name: &HeaderName) -> Result<Option<u64>, Refused> {
        let Some(text) = self.one(name)? else { return Ok(None) };
        let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // The database counts in signed numbers.
        let number = text.parse::<u64>().ok().filter(|number| is_plain && i64::try_from(*number).is_ok());
        number.map(Some).ok_or_else(|| Refused::field(name, "is no number of bytes"))
    }

    /// Size of the body; `None` where only its end tells.
    pub(super) fn body_length(self) -> Result<Option<u64>, Refused> {
        if self.has(&TRANSFER_ENCODING) {
            return Ok(None);
        }
        self.number(&CONTENT_LENGTH)
    }
}
