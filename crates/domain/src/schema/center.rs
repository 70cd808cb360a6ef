//! The fields of a center's profile.

use super::FieldType::{
    Bytes64, Integer, Languages, List, NodeAddress, OpeningHours, Set, Text, TimeZone,
};
use super::{Field, FieldType, Schema, Weight};
use crate::Kind;

static ADDRESS: FieldType = NodeAddress;
static KEY: FieldType = Bytes64 { max_bytes: 2_048 };

/// What a center's profile may hold.
pub(super) static SCHEMA: Schema = Schema {
    kind: Kind::Center,
    about: "What a center tells its peers about itself. It names roles, never persons.",
    fields: &[
        Field::new(
            "name",
            "Name",
            "What the center is called; it may be a code name.",
            Text { max_chars: 120, lint: false, lines: false },
        )
        .required()
        .searched(Weight::Title),
        Field::new("languages", "Languages", "Languages spoken there, and how well.", Languages),
        Field::new(
            "roles",
            "Roles",
            "What the center does in the network.",
            Set(&["steward", "legal", "hotline", "observer"]),
        ),
        Field::new(
            "node_addresses",
            "Node addresses",
            "Where its nodes listen.",
            List { of: &ADDRESS, max: 8 },
        ),
        Field::new(
            "sealing_keys",
            "Sealing keys",
            "Public keys to which contacts are sealed.",
            List { of: &KEY, max: 4 },
        ),
        Field::new("contact_windows", "Contact windows", "When somebody answers.", OpeningHours),
        Field::new("time_zone", "Time zone", "The zone of the contact windows.", TimeZone),
        Field::new(
            "software",
            "Software",
            "The version that its node runs.",
            Text { max_chars: 40, lint: false, lines: false },
        ),
        Field::new(
            "schema_version",
            "Schema version",
            "The newest version of these fields that it knows.",
            Integer { min: 1, max: 65_535 },
        ),
    ],
    forbidden: &[
        "address",
        "street",
        "phone",
        "phones",
        "email",
        "contact",
        "contacts",
        "counselor",
        "counselors",
        "members",
        "staff",
        "admin",
        "admins",
        "logins",
        "coordinates",
        "latitude",
        "longitude",
        "photo",
        "certificate",
        "epoch",
    ],
};
