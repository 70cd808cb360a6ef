//! The one place where a refusal becomes a gRPC status.

use hospes_wire::status::refusal;
use tonic::Status;

use crate::desk::refused::Refused;

impl From<Refused> for Status {
    fn from(refused: Refused) -> Self {
        refusal(refused.0.reason, refused.0.message)
    }
}
