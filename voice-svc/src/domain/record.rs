//! The voice chat of one room: who is in it and who is muted.

use proto::voice::v1::{VoiceMute, VoiceParticipant, VoiceRecord, VoiceRoom, VoiceSelf};

use crate::error::{Error, Result};

/// Mutes that are kept, so that leaving and coming back does not undo one.
const MOST_MUTES: usize = 100;

/// Enters a person, or renews their entry. A person who comes with another session moves there.
pub(crate) fn join(record: &mut VoiceRecord, participant: VoiceParticipant, most: usize) -> Result<()> {
    let subject_id = participant.subject_id.clone();
    if let Some(known) = record.participants.iter_mut().find(|known| known.subject_id == subject_id) {
        *known = VoiceParticipant { joined_at: known.joined_at, ..participant };
        return Ok(());
    }
    if record.participants.len() >= most {
        return Err(Error::Full(most));
    }
    record.participants.push(participant);
    Ok(())
}

/// Changes what the person of a session says about their microphone.
pub(crate) fn update(
    record: &mut VoiceRecord,
    session_id: &str,
    subject_id: &str,
    own: VoiceSelf,
) -> Result<()> {
    let is_theirs =
        |known: &&mut VoiceParticipant| known.session_id == session_id && known.subject_id == subject_id;
    let participant = record.participants.iter_mut().find(is_theirs).ok_or(Error::NotInVoice)?;
    participant.own = Some(own);
    Ok(())
}

/// Mutes a person who is in voice, or lifts a mute.
pub(crate) fn mute(record: &mut VoiceRecord, subject_id: &str, mute: Option<VoiceMute>) -> Result<()> {
    let Some(mute) = mute else {
        record.mutes.remove(subject_id);
        return Ok(());
    };
    if participant(record, subject_id).is_none() {
        return Err(Error::NotInVoice);
    }
    if record.mutes.len() >= MOST_MUTES {
        let present: Vec<_> = record.participants.iter().map(|present| &present.subject_id).collect();
        record.mutes.retain(|muted, _| present.contains(&muted));
    }
    record.mutes.entry(subject_id.to_owned()).or_insert(mute);
    Ok(())
}

/// The entry of a person.
pub(crate) fn participant<'a>(record: &'a VoiceRecord, subject_id: &str) -> Option<&'a VoiceParticipant> {
    record.participants.iter().find(|participant| participant.subject_id == subject_id)
}

/// The voice chat as people see it.
pub(crate) fn shown(record: &VoiceRecord, most: usize) -> VoiceRoom {
    let participants = record.participants.iter().map(|participant| VoiceParticipant {
        muted: record.mutes.get(&participant.subject_id).cloned(),
        ..participant.clone()
    });
    VoiceRoom {
        participants: participants.collect(),
        max_participants: i32::try_from(most).unwrap_or(i32::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(subject_id: &str, session_id: &str) -> VoiceParticipant {
        VoiceParticipant {
            subject_id: subject_id.into(),
            session_id: session_id.into(),
            ..VoiceParticipant::default()
        }
    }

    fn sessions(record: &VoiceRecord) -> Vec<&str> {
        record.participants.iter().map(|participant| participant.session_id.as_str()).collect()
    }

    #[test]
    fn a_person_is_in_voice_once_and_the_newest_device_counts() {
        let mut record = VoiceRecord::default();
        for (subject, session) in [("mia", "phone"), ("ben", "laptop"), ("mia", "tv")] {
            join(&mut record, person(subject, session), 2).unwrap();
        }
        assert_eq!(sessions(&record), ["tv", "laptop"]);
        assert!(matches!(join(&mut record, person("cleo", "pc"), 2), Err(Error::Full(2))));
        let muted = VoiceSelf { muted: true, ..VoiceSelf::default() };
        assert!(matches!(update(&mut record, "phone", "mia", muted), Err(Error::NotInVoice)));
        assert!(matches!(update(&mut record, "tv", "ben", muted), Err(Error::NotInVoice)));
        update(&mut record, "tv", "mia", muted).unwrap();
        assert_eq!(record.participants[0].own, Some(muted));
    }

    #[test]
    fn a_mute_outlives_the_entry_of_its_person() {
        let mut record = VoiceRecord::default();
        let by = |name: &str| Some(VoiceMute { by_name: name.into(), ..VoiceMute::default() });
        assert!(matches!(mute(&mut record, "mia", by("ben")), Err(Error::NotInVoice)));
        join(&mut record, person("mia", "tv"), 5).unwrap();
        mute(&mut record, "mia", by("ben")).unwrap();
        mute(&mut record, "mia", by("cleo")).unwrap();
        record.participants.clear();
        join(&mut record, person("mia", "phone"), 5).unwrap();
        let muted = |record: &VoiceRecord| {
            shown(record, 5).participants[0].muted.as_ref().map(|mute| mute.by_name.clone())
        };
        assert_eq!(muted(&record).as_deref(), Some("ben"), "the first moderator is named");
        mute(&mut record, "mia", None).unwrap();
        assert_eq!(muted(&record), None);
    }
}
