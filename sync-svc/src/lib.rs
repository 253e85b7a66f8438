//! The playback of every room: one pure state machine over a log.
