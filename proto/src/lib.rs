//! The contract as Rust: messages and services generated from `proto/syncwatch/**`, their descriptors, and the codec
//! that refuses requests which break the contract's validation rules.

pub mod codec;
mod plan;
pub mod rules;

use std::sync::LazyLock;

use prost_reflect::DescriptorPool;

pub use plan::{PLAN_OBJECT, Rendition, prefix_of_asset};

/// The encoded `FileDescriptorSet` of the contract, comments included.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// The contract as descriptors, with the options that only extensions describe.
#[expect(clippy::expect_used, reason = "the bytes were made by this crate's own build")]
pub static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(DESCRIPTORS).expect("the contract's descriptors decode"));

macro_rules! package {
    ($module:ident, $name:literal) => {
        #[doc = concat!("Package `", $name, "`.")]
        #[allow(
            clippy::all,
            clippy::pedantic,
            missing_docs,
            reason = "generated; documented in the .proto files"
        )]
        pub mod $module {
            #[doc = "Version 1."]
            pub mod v1 {
                tonic::include_proto!($name);
            }
        }
    };
}

package!(common, "syncwatch.common.v1");
package!(auth, "syncwatch.auth.v1");
package!(room, "syncwatch.room.v1");
package!(sync, "syncwatch.sync.v1");
package!(media, "syncwatch.media.v1");
package!(transcode, "syncwatch.transcode.v1");
package!(voice, "syncwatch.voice.v1");
package!(provider, "syncwatch.provider.v1");
package!(realtime, "syncwatch.realtime.v1");

/// The HTTP binding of RPCs, as the options of the contract carry it.
#[allow(clippy::all, clippy::pedantic, missing_docs, reason = "generated; documented in the .proto files")]
pub mod google {
    /// Package `google.api`.
    pub mod api {
        tonic::include_proto!("google.api");
    }
}

#[allow(clippy::all, clippy::pedantic, clippy::expect_used, unused_parens, reason = "generated")]
mod checks {
    use crate::rules::{self, At, Checked, Violations};

    include!(concat!(env!("OUT_DIR"), "/checks.rs"));
}
