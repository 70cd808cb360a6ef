//! The fields of an entry of the service directory, named as in HSDS 3.1 where it has a name.

use super::FieldType::{
    Area, Center, Choice, Country, Date, Email, Integer, Key, Language, Languages, List,
    OpeningHours, Phone, Region, Set, Struct, Text, TimeZone, Town, Url,
};
use super::{Field, FieldType, Schema, Weight};
use crate::Kind;

const NAME: FieldType = Text { max_chars: 200, lint: false, lines: false };
const REMARK: FieldType = Text { max_chars: 280, lint: true, lines: true };
const LINE: FieldType = Text { max_chars: 100, lint: false, lines: false };

static PHONE: FieldType = Struct(&[
    Field::new("number", "Number", "The public number.", Phone).required(),
    Field::new(
        "type",
        "Type",
        "What the line is for.",
        Choice(&["voice", "cell", "text", "fax", "video", "pager", "textphone"]),
    ),
    Field::new(
        "extension",
        "Extension",
        "What to dial after the number, 0..=99999999.",
        Integer { min: 0, max: 99_999_999 },
    ),
    Field::new("language", "Language", "The language that is spoken on this line.", Language),
    Field::new("description", "Description", "When and for whom the line is.", REMARK),
]);

static TERM: FieldType = Struct(&[
    Field::new(
        "vocabulary",
        "Vocabulary",
        "Whose term it is: open_eligibility, hospes, or another list of terms.",
        Key { max_chars: 40, separator: '_' },
    )
    .required(),
    Field::new("code", "Code", "The term's code in that vocabulary.", LINE).required(),
]);

const VERIFIED: FieldType = Struct(&[
    Field::new("by", "By", "The center that checked the entry.", Center).required(),
    Field::new("on", "On", "When it was checked.", Date).required(),
    Field::new(
        "how",
        "How",
        "How it was checked.",
        Choice(&["call", "email", "visit", "official_register", "website", "own_experience"]),
    ),
]);

const ADDRESS: FieldType = Struct(&[
    Field::new("address_1", "Address", "Street and number.", LINE).required(),
    Field::new("address_2", "Address, second line", "Floor, room, or whom to ask for.", LINE),
    Field::new("city", "City", "The town.", LINE).required(),
    Field::new("state_province", "State or province", "The region, as written there.", LINE),
    Field::new("postal_code", "Postal code", "The postal code.", LINE),
    Field::new("country", "Country", "The country.", Country).required(),
]);

/// What an entry of the service directory may hold.
pub(super) static SCHEMA: Schema = Schema {
    kind: Kind::Service,
    about: "An entry of the directory: a lawyer, a doctor, an interpreter, a hotline, an embassy. \
            Only what may be public; names follow HSDS 3.1 (Open Referral).",
    fields: &[
        Field::new("name", "Name", "What the service is called.", NAME)
            .required()
            .searched(Weight::Title),
        Field::new("alternate_name", "Other name", "Another name that people use.", NAME)
            .searched(Weight::Title),
        Field::new(
            "description",
            "Description",
            "What the service does and for whom.",
            Text { max_chars: 2_000, lint: true, lines: true },
        )
        .searched(Weight::Text),
        Field::new("organization", "Organization", "Who runs the service.", NAME)
            .searched(Weight::Text),
        Field::new("url", "Web page", "The public page.", Url),
        Field::new("email", "E-mail", "The public e-mail address.", Email),
        Field::new(
            "status",
            "Status",
            "Whether the service works now.",
            Choice(&["active", "inactive", "defunct", "temporarily closed"]),
        )
        .required(),
        Field::new("alert", "Alert", "What is different just now.", REMARK).searched(Weight::Text),
        Field::new("eligibility_description", "For whom", "Who may use the service.", REMARK)
            .searched(Weight::Text),
        Field::new(
            "minimum_age",
            "Age from",
            "The youngest age in years.",
            Integer { min: 0, max: 150 },
        ),
        Field::new(
            "maximum_age",
            "Age to",
            "The oldest age in years.",
            Integer { min: 0, max: 150 },
        ),
        Field::new(
            "application_process",
            "How to apply",
            "What a person has to do to be served.",
            REMARK,
        )
        .searched(Weight::Text),
        Field::new("fees_description", "Fees", "What it costs.", REMARK),
        Field::new(
            "interpretation_services",
            "Interpretation",
            "Which interpretation can be arranged.",
            REMARK,
        ),
        Field::new(
            "assured_on",
            "Assured on",
            "When the entry was last checked as a whole. After 180 days it is shown as stale.",
            Date,
        ),
        Field::new("phones", "Phones", "Public phone numbers.", List { of: &PHONE, max: 12 }),
        Field::new("languages", "Languages", "Languages spoken there, and how well.", Languages),
        Field::new("opening_hours", "Opening hours", "When it is open.", OpeningHours),
        Field::new("time_zone", "Time zone", "The zone of the opening hours.", TimeZone),
        Field::new(
            "service_areas",
            "Areas served",
            "Countries and regions that the service is for.",
            List { of: &Area, max: 60 },
        ),
        Field::new("country", "Country", "Where the service is.", Country),
        Field::new("region", "Region", "Where the service is.", Region),
        Field::new("near_town", "Near town", "The nearest town of at least 15,000 people.", Town),
        Field::new(
            "location_type",
            "Place",
            "Where one meets: withheld means that the address is given on request.",
            Choice(&["physical", "postal", "virtual", "withheld"]),
        ),
        Field::new(
            "address",
            "Address",
            "The street address, only if it is public and the place is physical.",
            ADDRESS,
        ),
        Field::new(
            "taxonomy_terms",
            "Terms",
            "Terms of a taxonomy, such as Open Eligibility.",
            List { of: &TERM, max: 40 },
        ),
        Field::new(
            "profession",
            "Profession",
            "Who helps there.",
            Choice(&[
                "lawyer",
                "notary",
                "doctor",
                "psychologist",
                "sworn_translator",
                "interpreter",
                "social_worker",
                "embassy",
                "transport",
                "other",
            ]),
        )
        .searched(Weight::Text),
        Field::new(
            "competences",
            "Competences",
            "What they know well.",
            Set(&[
                "asylum",
                "conscientious_objection",
                "criminal_defense",
                "detention",
                "documents",
                "education",
                "family",
                "housing",
                "labor",
                "medical",
                "mental_health",
                "military_law",
                "money",
                "residence",
                "torture_survivors",
                "translation",
            ]),
        )
        .searched(Weight::Text),
        Field::new(
            "secure_channels",
            "Secure channels",
            "Ways to write to them that others cannot read.",
            Set(&[
                "briar",
                "matrix",
                "pgp_email",
                "session",
                "signal",
                "simplex",
                "threema",
                "wire",
            ]),
        ),
        Field::new(
            "start_time",
            "First answer",
            "How soon they can begin.",
            Choice(&[
                "within_hours",
                "within_days",
                "within_week",
                "within_weeks",
                "not_accepting",
            ]),
        ),
        Field::new(
            "verified",
            "Verified",
            "Which center checked that they are who they say.",
            VERIFIED,
        ),
    ],
    forbidden: &[
        "contact",
        "contacts",
        "contact_name",
        "private_phone",
        "private_email",
        "home_address",
        "latitude",
        "longitude",
        "coordinates",
        "metadata",
        "last_modified_by",
        "updated_by",
        "assurer_email",
        "clients",
        "cases",
        "counselor",
        "counselors",
        "complaints",
        "vetting_notes",
        "refusals",
    ],
};
