//! What goes over a wire.
//!
//! The code generated from `proto/`, every size in one place, and checked conversions to and from
//! the types of the domain, and how a command is written so that a shell takes it as it stands.
//! Nothing here decides anything.

mod desk;
pub mod limits;
pub mod quote;
pub mod status;
pub mod value;

pub use generated::admin::v1 as admin;
pub use generated::local::v1 as local;
pub use generated::peer::v1 as peer;

/// The code that the protocol compiler wrote, in the shape of the protocol's packages.
mod generated {
    #![allow(missing_docs, clippy::all, rust_2018_idioms)]

    pub mod peer {
        pub mod v1 {
            tonic::include_proto!("hospes.peer.v1");
        }
    }
    pub mod local {
        pub mod v1 {
            tonic::include_proto!("hospes.local.v1");
        }
    }
    pub mod admin {
        pub mod v1 {
            tonic::include_proto!("hospes.admin.v1");
        }
    }
}

/// All protocol files as a `FileDescriptorSet`, for reflection and for review.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
