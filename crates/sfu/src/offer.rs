//! Checks an SDP offer before it reaches the WebRTC stack: one microphone, 1 to 4 slots, one data channel, and nothing else.

use crate::speakers::SLOTS;

/// Largest offer, in bytes.
pub const MOST_BYTES: usize = 16_384;

/// Why an offer is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// See [`MOST_BYTES`].
    #[error("the offer has more than {MOST_BYTES} bytes")]
    TooLong,
    /// Video or another kind.
    #[error("the offer has a section of kind `{0}`; voice has audio and one data channel")]
    Kind(String),
    /// The first section has to be the microphone.
    #[error("the first section of the offer has to be the microphone: audio that is sent")]
    NoMicrophone,
    /// Sections after the first.
    #[error("the offer needs 1 to {SLOTS} sections of audio that is received, and no second microphone")]
    Slots,
    /// Data channel.
    #[error("the offer needs one data channel")]
    DataChannel,
    /// Codec.
    #[error("a section of audio in the offer has no Opus (48000/2)")]
    NoOpus,
    /// Fingerprint.
    #[error("the offer needs a certificate fingerprint of SHA-256")]
    Fingerprint,
    /// ICE.
    #[error("the offer has no `ice-ufrag` or no `ice-pwd`")]
    Ice,
    /// Bundle.
    #[error("all sections of the offer have to share one transport (BUNDLE)")]
    Bundle,
    /// DTLS role.
    #[error("the client has to be able to begin DTLS (`a=setup:actpass`)")]
    Setup,
    /// Anything else.
    #[error("the offer cannot be read: {0}")]
    Unreadable(String),
}

/// A section that begins with `m=`.
struct Section<'a> {
    kind: &'a str,
    lines: Vec<&'a str>,
}

impl<'a> Section<'a> {
    fn mid(&self) -> Option<&'a str> {
        self.lines.iter().find_map(|line| line.strip_prefix("a=mid:"))
    }

    fn has(&self, line: &str) -> bool {
        self.lines.contains(&line)
    }

    fn has_opus(&self) -> bool {
        let formats = self.lines.iter().filter_map(|line| line.strip_prefix("a=rtpmap:"));
        formats
            .filter_map(|format| format.split_once(' '))
            .any(|(_, codec)| codec.eq_ignore_ascii_case("opus/48000/2"))
    }
}

/// A checked offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// As the WebRTC stack gets it: without the candidates of the client, which a server that only answers checks (ICE-lite) does
    /// not need, and with the client as the one that begins DTLS.
    pub sdp: String,
    /// Names of the sections of audio: the microphone, then the slots.
    pub audio: Vec<String>,
}

/// Checks an offer.
pub fn check(sdp: &str) -> Result<Offer, Fault> {
    if sdp.len() > MOST_BYTES {
        return Err(Fault::TooLong);
    }
    let mut session = Vec::new();
    let mut sections: Vec<Section<'_>> = Vec::new();
    for line in sdp.lines() {
        if let Some(media) = line.strip_prefix("m=") {
            let kind = media.split(' ').next().unwrap_or_default();
            if sections.len() > SLOTS + 1 {
                return Err(Fault::Slots);
            }
            sections.push(Section { kind, lines: vec![line] });
        } else {
            sections.last_mut().map_or(&mut session, |section| &mut section.lines).push(line);
        }
    }
    check_sections(&sections)?;
    check_transport(&session, &sections)?;
    let kept = sdp.lines().filter(|line| !line.starts_with("a=candidate:") && *line != "a=end-of-candidates");
    let kept = kept.map(|line| if line == "a=setup:actpass" { "a=setup:active" } else { line });
    let audio = sections.iter().filter(|section| section.kind == "audio").filter_map(Section::mid);
    Ok(Offer {
        sdp: kept.fold(String::with_capacity(sdp.len()), |text, line| text + line + "\r\n"),
        audio: audio.map(str::to_owned).collect(),
    })
}

fn check_sections(sections: &[Section<'_>]) -> Result<(), Fault> {
    if let Some(foreign) = sections.iter().find(|section| !matches!(section.kind, "audio" | "application")) {
        return Err(Fault::Kind(foreign.kind.chars().take(16).collect()));
    }
    if sections.iter().filter(|section| section.kind == "application").count() != 1 {
        return Err(Fault::DataChannel);
    }
    let mut audio = sections.iter().filter(|section| section.kind == "audio");
    let microphone = audio.next().ok_or(Fault::NoMicrophone)?;
    if ["a=recvonly", "a=inactive"].iter().any(|direction| microphone.has(direction)) {
        return Err(Fault::NoMicrophone);
    }
    let slots: Vec<_> = audio.collect();
    if slots.is_empty() || slots.len() > SLOTS || !slots.iter().all(|slot| slot.has("a=recvonly")) {
        return Err(Fault::Slots);
    }
    if !microphone.has_opus() || !slots.iter().all(|slot| slot.has_opus()) {
        return Err(Fault::NoOpus);
    }
    Ok(())
}

fn check_transport(session: &[&str], sections: &[Section<'_>]) -> Result<(), Fault> {
    let values = |name: &'static str| {
        let all = session.iter().chain(sections.iter().flat_map(|section| section.lines.iter()));
        all.filter_map(move |line| line.strip_prefix(name)).collect::<Vec<_>>()
    };
    let fingerprints = values("a=fingerprint:");
    let is_good = |value: &str| {
        let (algorithm, hash) = value.split_once(' ').unwrap_or_default();
        let bytes: Vec<_> = hash.split(':').collect();
        let is_byte = |byte: &&str| byte.len() == 2 && byte.bytes().all(|digit| digit.is_ascii_hexdigit());
        algorithm.eq_ignore_ascii_case("sha-256") && bytes.len() == 32 && bytes.iter().all(is_byte)
    };
    let is_one = fingerprints.windows(2).all(|pair| pair[0] == pair[1]);
    if fingerprints.is_empty() || !is_one || !fingerprints.iter().all(|value| is_good(value)) {
        return Err(Fault::Fingerprint);
    }
    let is_short =
        |values: Vec<&str>| !values.is_empty() && values.iter().all(|value| (4..=256).contains(&value.len()));
    if !is_short(values("a=ice-ufrag:")) || !is_short(values("a=ice-pwd:")) {
        return Err(Fault::Ice);
    }
    let bundled = values("a=group:BUNDLE ");
    let mids = values("a=mid:");
    let is_bundled = |bundle: &&str| {
        let names: Vec<_> = bundle.split(' ').collect();
        names.len() == sections.len() && mids.iter().all(|mid| names.contains(mid))
    };
    let is_name =
        |mid: &&str| (1..=16).contains(&mid.len()) && mid.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_one_each = sections.iter().all(|section| section.mid().as_ref().is_some_and(is_name));
    if !is_one_each || mids.len() != sections.len() || bundled.len() != 1 || !bundled.iter().all(is_bundled) {
        return Err(Fault::Bundle);
    }
    let setups = values("a=setup:");
    if setups.is_empty() || !setups.iter().all(|setup| matches!(*setup, "actpass" | "active")) {
        return Err(Fault::Setup);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn section(kind: &str, mid: usize, direction: &str) -> String {
        format!(
            "m={kind} 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:{mid}\r\na={direction}\r\na=rtpmap:111 opus/48000/2\r\n"
        )
    }

    fn offer(sections: &[(&str, &str)]) -> String {
        let mids: Vec<_> = (0..sections.len()).map(|mid| mid.to_string()).collect();
        let hash = ["AB"; 32].join(":");
        let mut sdp = format!(
            "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {}\r\na=ice-ufrag:abcd\r\na=ice-pwd:secret\r\n\
             a=fingerprint:sha-256 {hash}\r\na=setup:actpass\r\na=candidate:1 1 udp 1 192.168.0.9 9 typ host\r\n",
            mids.join(" ")
        );
        for (mid, (kind, direction)) in sections.iter().enumerate() {
            sdp += &section(kind, mid, direction);
        }
        sdp
    }

    const GOOD: [(&str, &str); 3] =
        [("audio", "sendonly"), ("audio", "recvonly"), ("application", "sendrecv")];

    #[test]
    fn a_good_offer_loses_its_candidates_and_begins_dtls() {
        let Offer { sdp: checked, audio } = check(&offer(&GOOD)).unwrap();
        assert_eq!(audio, ["0", "1"]);
        assert!(!checked.contains("candidate") && checked.contains("a=setup:active\r\n"));
        assert!(check(&offer(&GOOD).replace("sendonly", "sendrecv")).is_ok());
    }

    #[test]
    fn each_fault_has_a_name() {
        let [microphone, slot, channel] = GOOD;
        let sections = |list: &[(&str, &str)]| check(&offer(list)).unwrap_err();
        assert_eq!(sections(&[("video", "sendonly"), slot, channel]), Fault::Kind("video".into()));
        assert_eq!(sections(&[slot, slot, channel]), Fault::NoMicrophone);
        assert_eq!(sections(&[channel]), Fault::NoMicrophone);
        assert_eq!(sections(&[microphone, channel]), Fault::Slots);
        assert_eq!(sections(&[microphone, microphone, channel]), Fault::Slots);
        assert_eq!(sections(&[microphone, slot, slot, slot, slot, slot, channel]), Fault::Slots);
        assert_eq!(sections(&[microphone, slot]), Fault::DataChannel);
        let replaced = |from: &str, to: &str| check(&offer(&GOOD).replace(from, to)).unwrap_err();
        assert_eq!(replaced("opus", "PCMU"), Fault::NoOpus);
        assert_eq!(replaced("sha-256", "sha-1"), Fault::Fingerprint);
        assert_eq!(replaced("AB:AB", "AB"), Fault::Fingerprint);
        assert_eq!(replaced("a=ice-pwd", "a=x"), Fault::Ice);
        assert_eq!(replaced("BUNDLE 0 1", "BUNDLE 0"), Fault::Bundle);
        assert_eq!(replaced("actpass", "passive"), Fault::Setup);
        assert_eq!(check(&"a".repeat(MOST_BYTES + 1)), Err(Fault::TooLong));
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "(m=audio|a=mid:0|a=group:BUNDLE|a=fingerprint:sha-256|[a-z= :]|é|\r\n){0,60}") {
            let _ = check(&text);
        }
    }
}
