//! What follows from a plan: names of renditions, layers, and the keys of objects. Workers, media-svc and the data plane share it.

use crate::transcode::v1::{AudioRendition, Plan, VideoRendition};

/// Name of the object that holds the plan itself.
pub const PLAN_OBJECT: &str = "plan.pb";

/// Prefix of the keys of everything that is made of an asset, in all generations.
pub fn prefix_of_asset(asset_id: &str) -> String {
    format!("hls/{asset_id}/")
}

/// A rendition of the picture or of the sound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rendition<'a> {
    /// Of the picture.
    Video(&'a VideoRendition),
    /// Of the sound.
    Audio(&'a AudioRendition),
}

impl Plan {
    /// Number of segments of every rendition.
    pub fn segment_count(&self) -> usize {
        self.cuts.len().saturating_sub(1)
    }

    /// The rendition of the picture or the sound with this name.
    pub fn rendition(&self, name: &str) -> Option<Rendition<'_>> {
        let video = self.videos.iter().find(|rendition| rendition.name == name).map(Rendition::Video);
        video.or_else(|| self.audios.iter().find(|rendition| rendition.name == name).map(Rendition::Audio))
    }

    /// Index of the layer that makes the rendition with this name.
    pub fn layer_of(&self, name: &str) -> Option<usize> {
        self.layers.iter().position(|layer| layer.renditions.iter().any(|rendition| rendition == name))
    }

    /// Prefix of the keys of this generation, with the `/` at its end.
    pub fn prefix(&self) -> String {
        format!("{}{}/", prefix_of_asset(&self.asset_id), self.generation)
    }

    /// Key of the object with this name below the generation, such as `plan.pb` or `v0/init.mp4`.
    pub fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix())
    }

    /// Key of the init segment of a rendition.
    pub fn init_key(&self, rendition: &str) -> String {
        self.key(&format!("{rendition}/init.mp4"))
    }

    /// Key of a segment of a rendition.
    pub fn segment_key(&self, rendition: &str, index: usize) -> String {
        self.key(&format!("{rendition}/{index}.m4s"))
    }

    /// Ticks of the plan as seconds.
    #[expect(clippy::cast_precision_loss, reason = "a film has far fewer than 2^52 ticks")]
    pub fn seconds(&self, ticks: i64) -> f64 {
        ticks as f64 / f64::from(self.timescale.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcode::v1::Layer;

    #[test]
    fn names_lead_to_layers_and_keys() {
        let plan = Plan {
            asset_id: "asset_a".into(),
            generation: 3,
            timescale: 90_000,
            cuts: vec![0, 180_000, 360_000],
            videos: vec![VideoRendition { name: "v0".into(), ..VideoRendition::default() }],
            audios: vec![AudioRendition { name: "a0".into(), ..AudioRendition::default() }],
            layers: vec![Layer { renditions: vec!["a0".into()] }, Layer { renditions: vec!["v0".into()] }],
            ..Plan::default()
        };
        assert_eq!(plan.segment_count(), 2);
        assert_eq!((plan.layer_of("v0"), plan.layer_of("a0"), plan.layer_of("v1")), (Some(1), Some(0), None));
        assert!(matches!(plan.rendition("a0"), Some(Rendition::Audio(_))));
        assert_eq!(plan.segment_key("v0", 1), "hls/asset_a/3/v0/1.m4s");
        assert_eq!(plan.init_key("v0"), "hls/asset_a/3/v0/init.mp4");
        assert_eq!(plan.key(PLAN_OBJECT), "hls/asset_a/3/plan.pb");
        assert!((plan.seconds(180_000) - 2.0).abs() < f64::EPSILON);
        assert_eq!(Plan::default().segment_count(), 0);
    }
}
