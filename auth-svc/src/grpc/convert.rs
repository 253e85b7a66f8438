//! Conversions from the types of the use cases to those of the contract.

use chrono::{DateTime, Utc};
use passwords::Stretching;
use prost_types::Timestamp;
use proto::auth::v1::{GetMeResponse, KeyStretching, Session, StartLoginResponse, StartRegistrationResponse};

use crate::app::{Me, SignInStarted, SignUpStarted, SignedIn};

fn timestamp(at: DateTime<Utc>) -> Timestamp {
    Timestamp {
        seconds: at.timestamp(),
        nanos: i32::try_from(at.timestamp_subsec_nanos()).unwrap_or_default(),
    }
}

impl From<SignedIn> for Session {
    fn from(signed_in: SignedIn) -> Self {
        Self {
            access_token: signed_in.access_token,
            access_expires_at: Some(timestamp(signed_in.access_expires_at)),
            refresh_token: signed_in.refresh_token,
            identity: Some(signed_in.identity),
        }
    }
}

fn key_stretching(stretching: Stretching) -> KeyStretching {
    let Stretching { iterations, memory_kib, parallelism } = stretching;
    KeyStretching { iterations, memory_kib, parallelism }
}

impl From<SignUpStarted> for StartRegistrationResponse {
    fn from(started: SignUpStarted) -> Self {
        Self {
            registration_response: started.response,
            key_stretching: Some(key_stretching(started.stretching)),
        }
    }
}

impl From<SignInStarted> for StartLoginResponse {
    fn from(started: SignInStarted) -> Self {
        Self {
            login_id: started.login_id,
            login_response: started.response,
            key_stretching: Some(key_stretching(started.stretching)),
        }
    }
}

impl From<Me> for GetMeResponse {
    fn from(me: Me) -> Self {
        let (username, created_at) =
            me.profile.map(|profile| (profile.username, timestamp(profile.created_at))).unzip();
        Self { identity: Some(me.identity), username: username.unwrap_or_default(), created_at }
    }
}
