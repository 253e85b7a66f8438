//! What only memory does.

#[tokio::test]
async fn the_memory_store_has_no_shared_clock_and_keeps_nothing() {
    let state = state::connect("").await.unwrap();
    assert!(state.clock.is_none());
    assert!(!state.log.outlives_process());
}
