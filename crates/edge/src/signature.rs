//! Signed URLs of the data plane. Whoever has one may fetch that file until it expires. It names the room and the person
//! for whom it was signed, so that a leak can be traced.

use std::{fmt::Write as _, time::Duration};

use anyhow::Context as _;
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use hmac::{Hmac, Mac as _};
use rand::{RngCore as _, rngs::OsRng};
use runtime::Secret;
use sha2::Sha256;
use url::form_urlencoded;

/// URLs signed within this time of each other are identical, so that a browser finds the film in its cache.
const STEP_S: i64 = 600;

/// Claims of a signed URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Path of the file below `/media/`. One that ends with `/` means everything below it; see [`Signer::token`].
    pub path: String,
    /// Id of the room.
    pub room_id: String,
    /// Id of the person.
    pub subject_id: String,
    /// Expiry, as Unix time in seconds.
    pub expires_at_s: i64,
}

impl Claims {
    /// Expiry of a URL signed now: at least `lifetime` ahead.
    pub fn expiry(now_s: i64, lifetime: Duration) -> i64 {
        let earliest = now_s.saturating_add_unsigned(lifetime.as_secs());
        earliest.saturating_add(STEP_S - earliest.rem_euclid(STEP_S))
    }

    /// The signed text. Each field is preceded by its length, so that no two claims have the same text.
    fn canonical(&self) -> String {
        let mut canonical = String::from("syncwatch-link-1");
        for text in [&self.path, &self.room_id, &self.subject_id] {
            let _ = write!(canonical, "\n{}:{text}", text.len());
        }
        let _ = write!(canonical, "\n{}", self.expires_at_s);
        canonical
    }
}

/// Why a URL is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Its expiry has passed.
    #[error("the link has expired; ask for a new one")]
    Expired,
    /// Its signature does not match, or a part is missing.
    #[error("the link was not made here, or it was changed; ask for a new one")]
    Invalid,
}

/// Signs URLs and verifies them (HMAC-SHA256, RFC 2104).
#[derive(Clone)]
pub struct Signer(Hmac<Sha256>);

impl Signer {
    /// `secret` is the setting `media.link_secret`: base64 of at least 32 bytes.
    pub fn new(secret: &Secret) -> anyhow::Result<Self> {
        anyhow::ensure!(
            !secret.is_empty(),
            "media.link_secret is empty; set it to base64 of 32 random bytes, the same for every media-svc"
        );
        let key = BASE64_STANDARD.decode(secret.expose()).ok().context("media.link_secret is not base64")?;
        anyhow::ensure!(key.len() >= 32, "media.link_secret has {} bytes; it needs 32", key.len());
        Ok(Self(Hmac::new_from_slice(&key).context("media.link_secret cannot be a key")?))
    }

    /// The signed URL, relative to this server.
    pub fn sign(&self, claims: &Claims) -> String {
        let signature = self.mac(claims).finalize().into_bytes();
        let mut query = form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("room", &claims.room_id)
            .append_pair("sub", &claims.subject_id)
            .append_pair("exp", &claims.expires_at_s.to_string())
            .append_pair("sig", &BASE64_URL_SAFE_NO_PAD.encode(signature));
        format!("/media/{}?{}", claims.path, query.finish())
    }

    /// The claims of a URL that is valid now.
    pub fn verify(&self, path: &str, query: &str, now_s: i64) -> Result<Claims, LinkError> {
        let (mut room, mut subject, mut expires, mut signature) = (None, None, None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let slot = match name.as_ref() {
                "room" => &mut room,
                "sub" => &mut subject,
                "exp" => &mut expires,
                "sig" => &mut signature,
                _ => continue,
            };
            if slot.replace(value.into_owned()).is_some() {
                return Err(LinkError::Invalid);
            }
        }
        let (Some(room_id), Some(subject_id), Some(expires), Some(signature)) =
            (room, subject, expires, signature)
        else {
            return Err(LinkError::Invalid);
        };
        let expires_at_s = expires.parse().map_err(|_| LinkError::Invalid)?;
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| LinkError::Invalid)?;
        let claims = Claims { path: path.to_owned(), room_id, subject_id, expires_at_s };
        self.settle(claims, &signature, now_s)
    }

    /// A segment of a path that opens everything below `claims.path`, which ends with `/`. In the path, so that the relative URLs in
    /// a playlist carry it on.
    pub fn token(&self, claims: &Claims) -> String {
        let encoded = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.mac(claims).finalize().into_bytes());
        let (room, subject) = (encoded(&claims.room_id), encoded(&claims.subject_id));
        format!("{}.{room}.{subject}.{signature}", claims.expires_at_s)
    }

    /// The claims of a token that is valid now for everything below `prefix`.
    pub fn verify_token(&self, prefix: &str, token: &str, now_s: i64) -> Result<Claims, LinkError> {
        let mut parts = token.split('.');
        let (Some(expires), Some(room), Some(subject), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(LinkError::Invalid);
        };
        let bytes = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| LinkError::Invalid);
        let text = |part: &str| String::from_utf8(bytes(part)?).map_err(|_| LinkError::Invalid);
        let claims = Claims {
            path: prefix.to_owned(),
            room_id: text(room)?,
            subject_id: text(subject)?,
            expires_at_s: expires.parse().map_err(|_| LinkError::Invalid)?,
        };
        self.settle(claims, &bytes(signature)?, now_s)
    }

    /// Checks the signature first, so that forged claims get no other error.
    fn settle(&self, claims: Claims, signature: &[u8], now_s: i64) -> Result<Claims, LinkError> {
        // In constant time.
        self.mac(&claims).verify_slice(signature).map_err(|_| LinkError::Invalid)?;
        if now_s >= claims.expires_at_s { Err(LinkError::Expired) } else { Ok(claims) }
    }

    fn mac(&self, claims: &Claims) -> Hmac<Sha256> {
        self.0.clone().chain_update(claims.canonical())
    }
}

/// A random secret in the form of the setting.
pub fn generate_secret() -> String {
    let mut bytes = [0; 32];
    OsRng.fill_bytes(&mut bytes);
    BASE64_STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn signer() -> Signer {
        Signer::new(&Secret::new(BASE64_STANDARD.encode([7; 32]))).unwrap()
    }

    fn verify(signer: &Signer, link: &str, now_s: i64) -> Result<Claims, LinkError> {
        let (path, query) = link.strip_prefix("/media/").unwrap().split_once('?').unwrap();
        signer.verify(path, query, now_s)
    }

    prop_compose! {
        fn claims()(path in "[a-z/.]{1,20}", room_id in ".{0,20}", subject_id in ".{0,20}", expires_at_s in 1..i64::MAX) -> Claims {
            Claims { path, room_id, subject_id, expires_at_s }
        }
    }

    proptest! {
        #[test]
        fn a_signed_url_round_trips_its_claims(claims in claims()) {
            let link = signer().sign(&claims);
            prop_assert_eq!(verify(&signer(), &link, claims.expires_at_s - 1), Ok(claims.clone()));
            prop_assert_eq!(verify(&signer(), &link, claims.expires_at_s), Err(LinkError::Expired));
        }

        #[test]
        fn different_claims_are_signed_differently(a in claims(), b in claims()) {
            prop_assert_eq!(a == b, a.canonical() == b.canonical());
        }

        #[test]
        fn a_text_cannot_shift_between_claims(a in "[a-c\n:0-9]{0,6}", b in "[a-c\n:0-9]{0,6}", cut in 0..12_usize) {
            let all = format!("{a}{b}");
            let cut = cut.min(all.len());
            let moved = Claims { path: "f".into(), room_id: all[..cut].into(), subject_id: all[cut..].into(), expires_at_s: 1 };
            let original = Claims { path: "f".into(), room_id: a.clone(), subject_id: b, expires_at_s: 1 };
            prop_assert_eq!(moved.canonical() == original.canonical(), cut == a.len());
        }

        #[test]
        fn a_changed_character_invalidates_a_signed_url(claims in claims(), at: prop::sample::Index, to in "[a-z0-9]") {
            let link = signer().sign(&claims);
            let start = link.find("sig=").unwrap() + 4;
            // The last character carries unused bits, which the decoder refuses on its own.
            let at = start + at.index(link.len() - start - 1);
            prop_assume!(link[at..=at] != to);
            let forged = format!("{}{to}{}", &link[..at], &link[at + 1..]);
            prop_assert_eq!(verify(&signer(), &forged, 0), Err(LinkError::Invalid));
        }

        #[test]
        fn a_token_round_trips_its_claims_and_opens_its_prefix_alone(claims in claims(), other in "[a-z/]{1,9}") {
            let token = signer().token(&claims);
            prop_assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)), "{}", token);
            let (before, at) = (claims.expires_at_s - 1, claims.expires_at_s);
            prop_assert_eq!(signer().verify_token(&claims.path, &token, before), Ok(claims.clone()));
            prop_assert_eq!(signer().verify_token(&claims.path, &token, at), Err(LinkError::Expired));
            prop_assume!(other != claims.path);
            prop_assert_eq!(signer().verify_token(&other, &token, before), Err(LinkError::Invalid));
        }

        #[test]
        fn no_token_causes_a_panic(token in "[0-9a-zA-Z.]*|.*") {
            prop_assert_eq!(signer().verify_token("hls/a/", &token, 0), Err(LinkError::Invalid));
        }

        #[test]
        fn no_query_causes_a_panic(query in ".*") {
            prop_assert_eq!(signer().verify("film/test.mp4", &query, 0), Err(LinkError::Invalid));
        }
    }

    #[test]
    fn a_url_of_another_secret_or_file_or_with_repeated_claims_is_invalid() {
        let claims = Claims {
            path: "film/a.mp4".into(),
            room_id: "room_a".into(),
            subject_id: "user_a".into(),
            expires_at_s: 100,
        };
        let link = signer().sign(&claims);
        let other = Signer::new(&Secret::new(generate_secret())).unwrap();
        assert_eq!(verify(&other, &link, 0), Err(LinkError::Invalid));
        assert_eq!(verify(&signer(), &link.replace("a.mp4", "b.mp4"), 0), Err(LinkError::Invalid));
        assert_eq!(verify(&signer(), &link.replace("exp=100", "exp=200"), 0), Err(LinkError::Invalid));
        assert_eq!(verify(&signer(), &format!("{link}&exp=200"), 0), Err(LinkError::Invalid));
    }

    #[test]
    fn urls_signed_close_together_are_equal() {
        let hour = Duration::from_hours(1);
        assert_eq!(Claims::expiry(1000, hour), Claims::expiry(1100, hour));
        for now_s in [0, 599, 600, 1000, 1_764_000_000] {
            let expiry = Claims::expiry(now_s, hour);
            assert!(expiry > now_s + 3600 && expiry <= now_s + 3600 + STEP_S, "{now_s}");
        }
    }

    #[test]
    fn a_weak_secret_is_named() {
        for secret in ["", "not base64!", &BASE64_STANDARD.encode([7; 31])] {
            let error = Signer::new(&Secret::new(secret)).err().unwrap().to_string();
            assert!(error.contains("media.link_secret"), "{error}");
        }
        assert!(Signer::new(&Secret::new(generate_secret())).is_ok());
    }
}
