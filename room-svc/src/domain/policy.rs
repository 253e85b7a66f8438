//! The playback policy of a room.

use ids::SubjectId;
use prost::Message as _;
use proto::room::v1::{HandOver, PlaybackPolicy, WaitMode};

/// The only place of the defaults. What a request leaves open is filled in here, so that no reader of a policy has to
/// know them.
const DEFAULT_WAIT_LIMIT_MS: i32 = 5000;
const DEFAULT_QUORUM_PERCENT: i32 = 50;

/// A playback policy with all defaults filled in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Policy(PlaybackPolicy);

/// Who becomes the owner of a room whose owner is away or leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heir {
    /// The first candidate who can.
    First,
    /// This person, or nobody.
    Named(SubjectId),
    /// Nobody: the room keeps its owner.
    Nobody,
}

impl Policy {
    /// Reads a stored policy.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, prost::DecodeError> {
        Ok(PlaybackPolicy::decode(bytes)?.into())
    }

    /// The form in which a policy is stored.
    pub(crate) fn encode(&self) -> Vec<u8> {
        self.0.encode_to_vec()
    }

    /// Whether the policy names a delegate, valid or not.
    pub(crate) fn has_delegate(&self) -> bool {
        !self.0.delegate_id.is_empty()
    }

    /// The person who gets the room under `HAND_OVER_DELEGATE`.
    pub(crate) fn delegate(&self) -> Option<SubjectId> {
        self.0.delegate_id.parse().ok()
    }

    /// The same policy without a delegate.
    pub(crate) fn without_delegate(&self) -> Self {
        Self(PlaybackPolicy { delegate_id: String::new(), ..self.0.clone() })
    }

    /// Who gets the room next.
    pub(crate) fn heir(&self) -> Heir {
        match self.0.hand_over() {
            HandOver::Unspecified | HandOver::JoinOrder => Heir::First,
            HandOver::Delegate => self.delegate().map_or(Heir::Nobody, Heir::Named),
            HandOver::Wait => Heir::Nobody,
        }
    }

    /// Whether both policies give the room to the same people.
    pub(crate) fn hands_over_like(&self, other: &Self) -> bool {
        self.0.hand_over == other.0.hand_over && self.0.delegate_id == other.0.delegate_id
    }
}

impl From<PlaybackPolicy> for Policy {
    fn from(given: PlaybackPolicy) -> Self {
        let wait = match given.wait() {
            WaitMode::Unspecified => WaitMode::All,
            wait => wait,
        };
        let hand_over = match given.hand_over() {
            HandOver::Unspecified => HandOver::JoinOrder,
            hand_over => hand_over,
        };
        let or = |given, default| if given == 0 { default } else { given };
        Self(PlaybackPolicy {
            wait: wait.into(),
            wait_limit_ms: or(given.wait_limit_ms, DEFAULT_WAIT_LIMIT_MS),
            quorum_percent: or(given.quorum_percent, DEFAULT_QUORUM_PERCENT),
            hand_over: hand_over.into(),
            ..given
        })
    }
}

impl From<Policy> for PlaybackPolicy {
    fn from(policy: Policy) -> Self {
        policy.0
    }
}

#[cfg(test)]
mod tests {
    use ids::UserId;

    use super::*;

    #[test]
    fn an_empty_policy_means_the_defaults_and_a_stored_one_round_trips() {
        let default = PlaybackPolicy::from(Policy::decode(&[]).unwrap());
        assert_eq!((default.wait(), default.wait_limit_ms), (WaitMode::All, 5000));
        assert_eq!((default.hand_over(), default.quorum_percent), (HandOver::JoinOrder, 50));
        let decided = PlaybackPolicy {
            wait: WaitMode::Quorum.into(),
            wait_limit_ms: 1,
            quorum_percent: 100,
            hand_over: HandOver::Delegate.into(),
            delegate_id: "user_x".into(),
            stop_at_end: true,
        };
        let stored = Policy::from(decided.clone()).encode();
        assert_eq!(PlaybackPolicy::from(Policy::decode(&stored).unwrap()), decided);
    }

    #[test]
    fn the_heir_follows_the_hand_over_mode() {
        let policy = |hand_over: HandOver, delegate: &str| {
            Policy::from(PlaybackPolicy {
                hand_over: hand_over.into(),
                delegate_id: delegate.into(),
                ..Default::default()
            })
        };
        let person = SubjectId::from(UserId::new());
        let named = person.to_string();
        assert_eq!(policy(HandOver::Unspecified, &named).heir(), Heir::First);
        assert_eq!(policy(HandOver::JoinOrder, &named).heir(), Heir::First);
        assert_eq!(policy(HandOver::Delegate, &named).heir(), Heir::Named(person));
        assert_eq!(policy(HandOver::Delegate, "").heir(), Heir::Nobody);
        assert_eq!(policy(HandOver::Wait, &named).heir(), Heir::Nobody);
    }
}
