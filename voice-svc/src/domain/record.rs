//! The voice chat of one room: who is in it and who is muted.

use proto::voice::v1::{
    VoiceHost, VoiceMute, VoiceParticipant, VoiceRecord, VoiceRoom, VoiceSelf, VoiceTopology,
};

use crate::error::{Error, Result};

/// Mutes that are kept, so that leaving and coming back does not undo one.
const MOST_MUTES: usize = 100;

/// Limits of the number of people in a voice chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Without the media server.
    pub(crate) mesh: usize,
    /// At all.
    pub(crate) most: usize,
}

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

/// Chooses how audio travels. Above `mesh` people it is the media server, and a mesh again when two fewer than `mesh` are left, so that
/// one person who comes and goes changes nothing. `me` is this replica if it has a media server.
pub(crate) fn settle(record: &mut VoiceRecord, mesh: usize, me: Option<&VoiceHost>) {
    let Some(me) = me else { return };
    let count = record.participants.len();
    if count > mesh {
        record.set_topology(VoiceTopology::Sfu);
        if record.host.is_none() {
            host(record, me);
        }
    } else if count + 2 <= mesh.max(3) {
        record.set_topology(VoiceTopology::Mesh);
    }
}

/// Makes a replica the host of the room's media server.
pub(crate) fn host(record: &mut VoiceRecord, replica: &VoiceHost) {
    if record.host.as_ref() != Some(replica) {
        record.host = Some(replica.clone());
        record.host_epoch += 1;
    }
}

/// The voice chat as people see it.
pub(crate) fn shown(record: &VoiceRecord, most: usize, has_sfu: bool) -> VoiceRoom {
    let topology = match record.topology() {
        VoiceTopology::Unspecified => VoiceTopology::Mesh,
        known => known,
    };
    let participants = record.participants.iter().map(|participant| VoiceParticipant {
        muted: record.mutes.get(&participant.subject_id).cloned(),
        ..participant.clone()
    });
    VoiceRoom {
        participants: participants.collect(),
        max_participants: i32::try_from(most).unwrap_or(i32::MAX),
        topology: topology.into(),
        host_epoch: record.host_epoch,
        has_sfu,
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
    fn a_room_that_outgrows_the_mesh_gets_a_host_and_comes_back_when_it_is_small() {
        let mut record = VoiceRecord::default();
        let me = VoiceHost { replica_id: "one".into(), address: String::new() };
        let other = VoiceHost { replica_id: "other".into(), address: String::new() };
        let mut topologies = Vec::new();
        for count in [5, 6, 5, 4, 5, 3, 4, 5, 6] {
            record.participants = (0..count).map(|number| person(&number.to_string(), "tv")).collect();
            settle(&mut record, 5, Some(&me));
            topologies.push((
                count,
                shown(&record, 64, true).topology() == VoiceTopology::Sfu,
                record.host_epoch,
            ));
        }
        let wanted = [
            (5, false, 0),
            (6, true, 1),
            (5, true, 1),
            (4, true, 1),
            (5, true, 1),
            (3, false, 1),
            (4, false, 1),
            (5, false, 1),
            (6, true, 1),
        ];
        assert_eq!(topologies, wanted, "the host stays");
        host(&mut record, &me);
        host(&mut record, &other);
        assert_eq!(record.host_epoch, 2);
        let mut without = VoiceRecord { participants: record.participants, ..VoiceRecord::default() };
        settle(&mut without, 5, None);
        assert_eq!(without.topology(), VoiceTopology::Unspecified);
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
            shown(record, 5, false).participants[0].muted.as_ref().map(|mute| mute.by_name.clone())
        };
        assert_eq!(muted(&record).as_deref(), Some("ben"), "the first moderator is named");
        mute(&mut record, "mia", None).unwrap();
        assert_eq!(muted(&record), None);
    }
}
