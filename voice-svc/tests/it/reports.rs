//! Reports of connections.

use proto::voice::v1::*;
use rpc::Reason;

use super::world::{World, reason};

#[tokio::test]
async fn reports_are_taken_from_people_in_voice_alone() {
    let world = World::new().await;
    let instance = world.start();
    let (mia, ben) = (world.person("mia"), world.person("ben"));
    instance.join(&mia, "session_mia").await.unwrap();
    let report = |session: &str, loss_percent: f64| ReportVoiceRequest {
        room: instance.room.clone(),
        session_id: session.into(),
        connections: vec![VoiceConnection {
            peer_session_id: "session_ben".into(),
            path: IcePath::RelayUdp.into(),
            loss_percent: Some(loss_percent),
            failure: IceFailure::Lost.into(),
            ..VoiceConnection::default()
        }],
    };
    let mut service = instance.service.clone();
    service.report_voice(mia.request(report("session_mia", 4.0))).await.unwrap();
    for (who, message, wanted) in [
        (&ben, report("session_ben", 4.0), Reason::NotInVoice),
        (&ben, report("session_mia", 4.0), Reason::NotInVoice),
        (&mia, report("session_mia", 101.0), Reason::InvalidField),
        (&mia, report("session_mia", f64::NAN), Reason::InvalidField),
    ] {
        let refused = service.report_voice(who.request(message)).await.unwrap_err();
        assert_eq!(reason(&refused), wanted);
    }
}
