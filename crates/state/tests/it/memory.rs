//! What only memory does.

#[tokio::test]
async fn there_is_no_clock_to_follow_and_nothing_outlives_the_process() {
    let state = state::connect("").await.unwrap();
    assert!(state.clock.is_none());
    assert!(!state.log.outlives_process());
}
