//! A field: its name, what it means, and the type that bounds it.

use std::fmt::Write as _;

/// One field of a record or of a structure within a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name in records, files and commands, in snake case.
    pub name: &'static str,
    /// Its name on screen.
    pub label: &'static str,
    /// What it means and how to fill it, in one or two sentences.
    pub help: &'static str,
    /// What values it takes.
    pub ty: FieldType,
    /// Whether a record without it is refused.
    pub required: bool,
    /// How the text search treats it.
    pub weight: Weight,
}

impl Field {
    /// An optional field that the text search leaves alone.
    pub(crate) const fn new(
        name: &'static str,
        label: &'static str,
        help: &'static str,
        ty: FieldType,
    ) -> Self {
        Field { name, label, help, ty, required: false, weight: Weight::None }
    }

    /// The same field, required.
    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same field, found by the text search.
    pub(crate) const fn searched(mut self, weight: Weight) -> Self {
        self.weight = weight;
        self
    }
}

/// How the text search treats a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Not searched as text.
    None,
    /// Searched.
    Text,
    /// Searched, and a hit here ranks first.
    Title,
}

/// What values a field takes. The bounds are part of the type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// Free text.
    Text {
        /// Characters (not bytes) at most.
        max_chars: u32,
        /// Whether text that looks like a phone, an address or a handle is refused when saved.
        lint: bool,
        /// Whether line breaks are allowed.
        lines: bool,
    },
    /// A short ASCII name of lower-case letters and digits, beginning with a letter.
    Key {
        /// Characters at most.
        max_chars: u32,
        /// The one other character that is allowed between letters and digits.
        separator: char,
    },
    /// One word of a vocabulary.
    Choice(&'static [&'static str]),
    /// Some words of a vocabulary: a list, sorted and without repeats.
    Set(&'static [&'static str]),
    /// Yes or no.
    Flag,
    /// A whole number.
    Integer {
        /// The smallest that is allowed.
        min: i64,
        /// The largest that is allowed.
        max: i64,
    },
    /// A calendar date of ISO 8601, as text.
    Date,
    /// A time of day, `HH:MM`, as text.
    Clock,
    /// An instant of RFC 3339 with its offset, as text.
    Instant,
    /// A country of ISO 3166-1, two capital letters.
    Country,
    /// A region of ISO 3166-2.
    Region,
    /// A country, a region, or one of `EU`, `COE`, `UN`.
    Area,
    /// The GeoNames number of a town, as an integer.
    Town,
    /// A time zone of the IANA database.
    TimeZone,
    /// A language tag of BCP 47.
    Language,
    /// Languages with levels: a map from tag to `basic`, `fluent` or `native`.
    Languages,
    /// Free places per night: a map from the date of the evening to 0..=255.
    Nights {
        /// Nights at most.
        max: u32,
    },
    /// An amount as decimal text, such as `12.50`.
    Money,
    /// A currency of ISO 4217.
    Currency,
    /// A phone number of E.164.
    Phone,
    /// A web address, http or https.
    Url,
    /// An e-mail address.
    Email,
    /// Opening hours in the syntax of OpenStreetMap.
    OpeningHours,
    /// A center's identifier, 64 hexadecimal digits.
    Center,
    /// A SHA-256 digest, 64 hexadecimal digits.
    Digest,
    /// The number of another record, a version 4 UUID.
    RecordRef,
    /// `host:port` of a node; the host is an IP literal or an onion name.
    NodeAddress,
    /// Bytes as base64, such as a public key.
    Bytes64 {
        /// Bytes at most, decoded.
        max_bytes: u32,
    },
    /// Several values in order.
    List {
        /// The type of each.
        of: &'static FieldType,
        /// How many at most.
        max: u32,
    },
    /// A structure with fields of its own: a map by their names.
    Struct(&'static [Field]),
    /// One value per language: a map from tag to value.
    PerLanguage {
        /// The type of each.
        of: &'static FieldType,
        /// How many languages at most.
        max: u32,
    },
    /// A long text per language, edited together: a map from tag to text.
    Body {
        /// Characters at most, per language.
        max_chars: u32,
    },
}

impl FieldType {
    /// Languages of one record at most, where the type names no other bound.
    pub const MAX_LANGUAGES: u32 = 40;

    /// Characters of a web address, an e-mail address or opening hours at most.
    pub const MAX_LINE: u32 = 500;

    /// The levels at which a language is spoken, lowest first.
    pub const LEVELS: &'static [&'static str] = &["basic", "fluent", "native"];

    /// The fields within, for a structure or a list or map of structures.
    pub fn inner_fields(&self) -> Option<&'static [Field]> {
        match self {
            FieldType::Struct(fields) => Some(fields),
            FieldType::List { of, .. } | FieldType::PerLanguage { of, .. } => of.inner_fields(),
            _ => None,
        }
    }

    /// How the path of an element is written: `[]` in a list, `.*` per language.
    pub(crate) fn element_mark(&self) -> &'static str {
        match self {
            FieldType::List { .. } => "[]",
            FieldType::PerLanguage { .. } => ".*",
            _ => "",
        }
    }

    /// Whether a value of this type holds other values.
    pub(crate) fn is_container(&self) -> bool {
        matches!(
            self,
            FieldType::Set(_)
                | FieldType::Languages
                | FieldType::Nights { .. }
                | FieldType::List { .. }
                | FieldType::Struct(_)
                | FieldType::PerLanguage { .. }
                | FieldType::Body { .. }
        )
    }

    /// One line for help and documentation: which values are allowed.
    pub fn describe(&self) -> String {
        match self {
            FieldType::Text { max_chars, lines: false, .. } => {
                format!("text, at most {max_chars} characters")
            }
            FieldType::Text { max_chars, lines: true, .. } => {
                format!("text with line breaks, at most {max_chars} characters")
            }
            FieldType::Key { max_chars, separator } => format!(
                "name of a-z, 0-9 and '{separator}', beginning with a letter, at most {max_chars} characters"
            ),
            FieldType::Choice(words) => format!("one of {}", words.join(", ")),
            FieldType::Set(words) => format!("any of {}", words.join(", ")),
            FieldType::Flag => "yes or no".to_owned(),
            FieldType::Integer { min, max } => format!("whole number {min}..={max}"),
            FieldType::Date => "date such as 2026-11-23".to_owned(),
            FieldType::Clock => "time of day such as 21:30".to_owned(),
            FieldType::Instant => "instant such as 2026-11-23T21:30:00+02:00".to_owned(),
            FieldType::Country => "country code of ISO 3166-1 such as EE".to_owned(),
            FieldType::Region => "region code of ISO 3166-2 such as EE-45".to_owned(),
            FieldType::Area => {
                "country or region code such as EE or EE-45, or EU, COE, UN".to_owned()
            }
            FieldType::Town => {
                "town: its name on the command line and in tables, for programs its GeoNames number such as 588409"
                    .to_owned()
            }
            FieldType::TimeZone => "time zone such as Europe/Tallinn".to_owned(),
            FieldType::Language => "language tag such as ru or sr-Latn".to_owned(),
            FieldType::Languages => {
                "languages with level (basic, fluent, native) such as ru:fluent;fi:basic".to_owned()
            }
            FieldType::Nights { max } => {
                format!("nights with free places such as 2026-11-23:2, at most {max} nights")
            }
            FieldType::Money => "amount such as 12.50".to_owned(),
            FieldType::Currency => "currency code of ISO 4217 such as EUR".to_owned(),
            FieldType::Phone => "phone number with country code such as +3725551234".to_owned(),
            FieldType::Url => "web address such as https://example.org".to_owned(),
            FieldType::Email => "e-mail address such as desk@example.org".to_owned(),
            FieldType::OpeningHours => {
                "opening hours as in OpenStreetMap such as Mo-Fr 09:00-17:00".to_owned()
            }
            FieldType::Center => "center identifier, 64 hexadecimal digits".to_owned(),
            FieldType::Digest => "SHA-256 digest, 64 hexadecimal digits".to_owned(),
            FieldType::RecordRef => "record number, a UUID".to_owned(),
            FieldType::NodeAddress => {
                "IP address or onion name with port such as 192.0.2.7:7443".to_owned()
            }
            FieldType::Bytes64 { max_bytes } => format!("base64 of at most {max_bytes} bytes"),
            FieldType::List { of: FieldType::Struct(fields), max } => {
                format!("list of at most {max}, each with {}", names(fields))
            }
            FieldType::List { of, max } => format!("list of at most {max}: {}", of.describe()),
            FieldType::Struct(fields) => format!("group of {}", names(fields)),
            FieldType::PerLanguage { of: FieldType::Struct(fields), max } => {
                format!("per language, at most {max} languages: {}", names(fields))
            }
            FieldType::PerLanguage { of, max } => {
                format!("per language, at most {max} languages: {}", of.describe())
            }
            FieldType::Body { max_chars } => {
                format!("long text per language, at most {max_chars} characters each")
            }
        }
    }

    /// An example of a value in the words of an error: "which is not ...".
    pub(crate) fn what(&self) -> &'static str {
        match self {
            FieldType::Flag => "yes or no",
            FieldType::Integer { .. } => "a whole number",
            FieldType::Key { separator: '_', .. } => "a name of a-z, 0-9 and _",
            FieldType::Key { .. } => "a name of a-z, 0-9 and -",
            FieldType::Date => "a date such as 2026-11-23",
            FieldType::Clock => "a time of day such as 21:30",
            FieldType::Instant => "an instant such as 2026-11-23T21:30:00+02:00",
            FieldType::Country => "a country code of ISO 3166-1 such as EE",
            FieldType::Region => "a region code of ISO 3166-2 such as EE-45",
            FieldType::Area => "a country or region code such as EE or EE-45, nor EU, COE or UN",
            FieldType::Town => "the GeoNames number of a town",
            FieldType::TimeZone => "a time zone such as Europe/Tallinn",
            FieldType::Language => "a language tag such as ru or sr-Latn",
            FieldType::Languages => "a list of languages such as ru:fluent;fi:basic",
            FieldType::Nights { .. } => {
                "nights with free places such as 2026-11-23:2;2026-11-24..2026-11-30:1"
            }
            FieldType::Money => "an amount such as 12.50",
            FieldType::Currency => "a currency code of ISO 4217 such as EUR",
            FieldType::Phone => "a phone number with country code such as +3725551234",
            FieldType::Url => "a web address that begins with https:// or http://",
            FieldType::Email => "an e-mail address",
            FieldType::OpeningHours => "opening hours such as Mo-Fr 09:00-17:00",
            FieldType::Center => "a center identifier of 64 hexadecimal digits",
            FieldType::Digest => "a digest of 64 hexadecimal digits",
            FieldType::RecordRef => "the number of a record (a version 4 UUID)",
            FieldType::NodeAddress => {
                "an IP address or onion name with port such as 192.0.2.7:7443"
            }
            FieldType::Bytes64 { .. } => "base64",
            FieldType::Struct(_) => "a group such as name=value, name=value",
            FieldType::PerLanguage { .. } | FieldType::Body { .. } => {
                "text per language such as en:Text;ru:Текст"
            }
            FieldType::Text { .. } | FieldType::Choice(_) => "text",
            FieldType::Set(_) | FieldType::List { .. } => "a list separated by ;",
        }
    }
}

fn names(fields: &[Field]) -> String {
    fields.iter().enumerate().fold(String::new(), |mut text, (index, field)| {
        let comma = if index > 0 { ", " } else { "" };
        let _ = write!(text, "{comma}{}", field.name);
        text
    })
}
