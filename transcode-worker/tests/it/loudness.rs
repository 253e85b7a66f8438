//! Sound of even loudness: quiet passages and loud ones alike, without a seam between segments of different workers.

use serde_json::json;

use super::{
    desk::Desk,
    film::{Film, RATE},
    plans::{plan, segments, with_even_sound, with_picture, with_sound},
    played::assert_same_sound,
};

/// Of half a second, from this second on.
fn level(samples: &[f32], from_s: f64) -> f32 {
    let start = (from_s * RATE as f64) as usize;
    let part = &samples[start..start + RATE / 2];
    (part.iter().map(|sample| sample * sample).sum::<f32>() / part.len() as f32).sqrt()
}

#[tokio::test(flavor = "multi_thread")]
async fn loudness_is_even_and_has_no_seam() {
    let mut desk = Desk::open().await;
    desk.hire(&json!({}));
    let film = Film::new(&desk.folder(), 700);
    let quiet = "volume='if(between(t,8,20),0.1,1)':eval=frame";
    let options = ["-map", "0:v", "-map", "1:a", "-c:v", "mpeg4", "-c:a", "flac", "-af", quiet];
    let file = film.file("a.mkv", &options);
    let picture =
        with_picture(plan("matroska,webm", &[0, 6000, 12_000, 18_000, 24_000, 28_000]), &[(256, 144)]);
    let mut plan = with_even_sound(with_sound(picture, 1), 1);
    let (upload, _) = desk.planned(&file, &mut plan).await;
    desk.done(&upload, segments(&plan, 0, 5)).await.completed();
    let whole = desk.play("a1", 0..5).await.samples;
    let plain = desk.play("a0", 0..5).await.samples;
    assert_eq!(whole.len(), plain.len());
    let tasks = [(2, 5), (0, 1), (1, 2)].map(|(first, end)| desk.add(&upload, segments(&plan, first, end)));
    for task in &tasks {
        desk.ended(task).await.completed();
    }
    let joined = desk.play("a1", 0..5).await.samples;
    assert_same_sound(&whole, &joined, &[6.0, 12.0, 18.0, 24.0]);
    for from_s in [0.5, 5.75, 11.75, 17.75, 23.75, 27.0] {
        let (whole, joined) = (level(&whole, from_s), level(&joined, from_s));
        assert!((whole / joined - 1.0).abs() < 0.01, "at {from_s} s: {whole} and {joined}");
    }
    // Both keep their place in time.
    assert_same_sound(&film.samples()[..RATE * 7], &plain[..RATE * 7], &[6.0]);
    let (loud, quiet) = ([3.0, 25.0], [13.5, 14.0]);
    for (loud, quiet) in loud.into_iter().zip(quiet) {
        assert!(level(&plain, loud) / level(&plain, quiet) > 8.0, "the film has quiet passages");
        let ratio = level(&whole, loud) / level(&whole, quiet);
        assert!((0.8..1.25).contains(&ratio), "{loud} s is {ratio} times as loud as {quiet} s");
        // -20 dBFS on each of two channels.
        assert!((0.13..0.15).contains(&level(&whole, loud)), "{}", level(&whole, loud));
    }
}
