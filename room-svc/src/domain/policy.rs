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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heir {
    /// The first candidate who can.
    First,
    /// The first of these people who can, or nobody.
    Named(Vec<SubjectId>),
    /// The first candidate who is a moderator, or nobody.
    Moderator,
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

    /// The people who get the room under `HAND_OVER_DELEGATE`, in order, as the policy names them.
    pub(crate) fn delegates(&self) -> impl Iterator<Item = &str> {
        self.0.delegate_ids.iter().map(String::as_str)
    }

    /// The same policy without a person as delegate.
    pub(crate) fn without_delegate(&self, subject: SubjectId) -> Self {
        let subject = subject.to_string();
        let delegate_ids = self.0.delegate_ids.iter().filter(|id| **id != subject).cloned().collect();
        Self(PlaybackPolicy { delegate_ids, ..self.0.clone() })
    }

    /// Who gets the room next.
    pub(crate) fn heir(&self) -> Heir {
        match self.0.hand_over() {
            HandOver::Unspecified | HandOver::JoinOrder => Heir::First,
            HandOver::Delegate => {
                Heir::Named(self.delegates().filter_map(|delegate| delegate.parse().ok()).collect())
            }
            HandOver::Moderators => Heir::Moderator,
            HandOver::Wait => Heir::Nobody,
        }
    }

    /// Whether both policies give the room to the same people.
    pub(crate) fn hands_over_like(&self, other: &Self) -> bool {
        self.0.hand_over == other.0.hand_over && self.0.delegate_ids == other.0.delegate_ids
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
        let mut delegate_ids: Vec<String> = Vec::with_capacity(given.delegate_ids.len());
        for delegate in given.delegate_ids {
            if !delegate.is_empty() && !delegate_ids.contains(&delegate) {
                delegate_ids.push(delegate);
            }
        }
        Self(PlaybackPolicy {
            wait: wait.into(),
            wait_limit_ms: or(given.wait_limit_ms, DEFAULT_WAIT_LIMIT_MS),
            quorum_percent: or(given.quorum_percent, DEFAULT_QUORUM_PERCENT),
            hand_over: hand_over.into(),
            delegate_ids,
            stop_at_end: given.stop_at_end,
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
            delegate_ids: vec!["user_x".into(), "user_y".into()],
            stop_at_end: true,
        };
        let stored = Policy::from(decided.clone()).encode();
        assert_eq!(PlaybackPolicy::from(Policy::decode(&stored).unwrap()), decided);
    }

    // Until now a policy named one delegate, in the same field.
    #[test]
    fn a_policy_of_the_version_before_keeps_its_delegate() {
        let stored = b"\x2a\x06user_x";
        assert_eq!(Policy::decode(stored).unwrap().delegates().collect::<Vec<_>>(), ["user_x"]);
    }

    #[test]
    fn the_heir_follows_the_hand_over_mode() {
        let policy = |hand_over: HandOver, delegates: &[SubjectId]| {
            Policy::from(PlaybackPolicy {
                hand_over: hand_over.into(),
                delegate_ids: delegates.iter().map(ToString::to_string).collect(),
                ..Default::default()
            })
        };
        let [ada, bob] = [(); 2].map(|()| SubjectId::from(UserId::new()));
        assert_eq!(policy(HandOver::Unspecified, &[ada]).heir(), Heir::First);
        assert_eq!(policy(HandOver::JoinOrder, &[ada]).heir(), Heir::First);
        assert_eq!(policy(HandOver::Delegate, &[ada, bob, ada]).heir(), Heir::Named(vec![ada, bob]));
        assert_eq!(policy(HandOver::Delegate, &[]).heir(), Heir::Named(Vec::new()));
        assert_eq!(policy(HandOver::Moderators, &[ada]).heir(), Heir::Moderator);
        assert_eq!(policy(HandOver::Wait, &[ada]).heir(), Heir::Nobody);
        let without = policy(HandOver::Delegate, &[ada, bob]).without_delegate(ada);
        assert_eq!(without.heir(), Heir::Named(vec![bob]));
    }
}
