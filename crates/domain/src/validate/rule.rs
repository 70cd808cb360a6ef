//! What is wrong between the fields of a record.

/// Fields that do not fit together, or a value that no type can judge alone. Reads after the name of the
/// field, as [`Problem`](super::Problem) does; pages say it in the person's language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rule {
    /// Times are given, and no zone.
    #[error("is missing: without it nobody knows when {of} is")]
    NoZone {
        /// The field with the times.
        of: &'static str,
    },
    /// A region of another country.
    #[error("is {region}, which is not in the country {country}")]
    OtherCountry {
        /// Code of the region.
        region: String,
        /// Code of the country that the record names.
        country: String,
    },
    /// A number above another one.
    #[error("is {actual}, more than {other}, which is {limit}")]
    Above {
        /// The field that bounds it.
        other: &'static str,
        /// The number.
        actual: i64,
        /// What the other field says.
        limit: i64,
    },
    /// Paused for ever.
    #[error("is missing: say until when the offer is paused")]
    NoEndOfPause,
    /// Guests pay, and nobody knows how much.
    #[error("is missing: the cost is {cost}")]
    NoPrice {
        /// `rent` or `contribution`.
        cost: String,
    },
    /// A note in an unknown language.
    #[error("is missing: say in which language the note is")]
    NoLanguageOfNote,
    /// An address that is withheld, or of a place where nobody meets.
    #[error("is allowed only when location_type is physical")]
    AddressOfNoPlace,
    /// An instant that is not after another one.
    #[error("must be after {other}")]
    NotAfter {
        /// The field with the other one.
        other: &'static str,
    },
    /// A bulletin that would be current for too long.
    #[error("must be at most {days} days after sent")]
    LivesTooLong {
        /// Days at most.
        days: i64,
    },
    /// A change of bulletins that are not named.
    #[error("is missing: say which bulletins it changes or ends")]
    NoReference,
    /// An official page that is not named.
    #[error("is missing: the source is official_url")]
    NoSourcePage,
    /// A placeholder of a name that another one has.
    #[error("is declared twice")]
    DeclaredTwice,
    /// Nothing to choose from.
    #[error("is missing: the type is choice")]
    NoChoices,
    /// An approved template without a text.
    #[error("is missing: there is nothing to approve")]
    NothingToApprove,
    /// A text that leaves declared placeholders out.
    #[error("does not use the placeholders {keys}")]
    Unused {
        /// Their keys, with commas.
        keys: String,
    },
    /// A text with placeholders that nobody has declared.
    #[error("uses placeholders not declared: {keys}")]
    Undeclared {
        /// Their keys, with commas, shortened.
        keys: String,
    },
    /// A text whose placeholders cannot be told from the rest.
    #[error("cannot be filled: {{{{ {found} is not a placeholder such as {{{{ full_name }}}}")]
    NotFillable {
        /// What stands between braces, shortened.
        found: String,
    },
    /// Somebody looked at it on a day that has not come.
    #[error("lies in the future; today is {today}")]
    InFuture {
        /// Today as a date.
        today: String,
    },
    /// A place in which a host would be found.
    #[error(
        "is {number}, {name}, which has fewer than {smallest} people: there a host is found; take a \
         larger town nearby"
    )]
    SmallTown {
        /// Its GeoNames number.
        number: i64,
        /// Its name.
        name: String,
        /// People that a town must have.
        smallest: u32,
    },
    /// A number that no town has.
    #[error("is {number}, which is the GeoNames number of no town that is known here")]
    NoTown {
        /// The number.
        number: i64,
    },
}
