//! Countries of ISO 3166-1 and the form of the regions of ISO 3166-2.

/// Every officially assigned two-letter code with its English short name, by code.
pub static COUNTRIES: [(&str, &str); 249] = [
    ("AD", "Andorra"),
    ("AE", "United Arab Emirates"),
    ("AF", "Afghanistan"),
    ("AG", "Antigua and Barbuda"),
    ("AI", "Anguilla"),
    ("AL", "Albania"),
    ("AM", "Armenia"),
    ("AO", "Angola"),
    ("AQ", "Antarctica"),
    ("AR", "Argentina"),
    ("AS", "American Samoa"),
    ("AT", "Austria"),
    ("AU", "Australia"),
    ("AW", "Aruba"),
    ("AX", "Åland Islands"),
    ("AZ", "Azerbaijan"),
    ("BA", "Bosnia and Herzegovina"),
    ("BB", "Barbados"),
    ("BD", "Bangladesh"),
    ("BE", "Belgium"),
    ("BF", "Burkina Faso"),
    ("BG", "Bulgaria"),
    ("BH", "Bahrain"),
    ("BI", "Burundi"),
    ("BJ", "Benin"),
    ("BL", "Saint Barthélemy"),
    ("BM", "Bermuda"),
    ("BN", "Brunei"),
    ("BO", "Bolivia"),
    ("BQ", "Bonaire, Sint Eustatius and Saba"),
    ("BR", "Brazil"),
    ("BS", "Bahamas"),
    ("BT", "Bhutan"),
    ("BV", "Bouvet Island"),
    ("BW", "Botswana"),
    ("BY", "Belarus"),
    ("BZ", "Belize"),
    ("CA", "Canada"),
    ("CC", "Cocos (Keeling) Islands"),
    ("CD", "Congo (Democratic Republic)"),
    ("CF", "Central African Republic"),
    ("CG", "Congo"),
    ("CH", "Switzerland"),
    ("CI", "Côte d'Ivoire"),
    ("CK", "Cook Islands"),
    ("CL", "Chile"),
    ("CM", "Cameroon"),
    ("CN", "China"),
    ("CO", "Colombia"),
    ("CR", "Costa Rica"),
    ("CU", "Cuba"),
    ("CV", "Cabo Verde"),
    ("CW", "Curaçao"),
    ("CX", "Christmas Island"),
    ("CY", "Cyprus"),
    ("CZ", "Czechia"),
    ("DE", "Germany"),
    ("DJ", "Djibouti"),
    ("DK", "Denmark"),
    ("DM", "Dominica"),
    ("DO", "Dominican Republic"),
    ("DZ", "Algeria"),
    ("EC", "Ecuador"),
    ("EE", "Estonia"),
    ("EG", "Egypt"),
    ("EH", "Western Sahara"),
    ("ER", "Eritrea"),
    ("ES", "Spain"),
    ("ET", "Ethiopia"),
    ("FI", "Finland"),
    ("FJ", "Fiji"),
    ("FK", "Falkland Islands"),
    ("FM", "Micronesia"),
    ("FO", "Faroe Islands"),
    ("FR", "France"),
    ("GA", "Gabon"),
    ("GB", "United Kingdom"),
    ("GD", "Grenada"),
    ("GE", "Georgia"),
    ("GF", "French Guiana"),
    ("GG", "Guernsey"),
    ("GH", "Ghana"),
    ("GI", "Gibraltar"),
    ("GL", "Greenland"),
    ("GM", "Gambia"),
    ("GN", "Guinea"),
    ("GP", "Guadeloupe"),
    ("GQ", "Equatorial Guinea"),
    ("GR", "Greece"),
    ("GS", "South Georgia and the South Sandwich Islands"),
    ("GT", "Guatemala"),
    ("GU", "Guam"),
    ("GW", "Guinea-Bissau"),
    ("GY", "Guyana"),
    ("HK", "Hong Kong"),
    ("HM", "Heard Island and McDonald Islands"),
    ("HN", "Honduras"),
    ("HR", "Croatia"),
    ("HT", "Haiti"),
    ("HU", "Hungary"),
    ("ID", "Indonesia"),
    ("IE", "Ireland"),
    ("IL", "Israel"),
    ("IM", "Isle of Man"),
    ("IN", "India"),
    ("IO", "British Indian Ocean Territory"),
    ("IQ", "Iraq"),
    ("IR", "Iran"),
    ("IS", "Iceland"),
    ("IT", "Italy"),
    ("JE", "Jersey"),
    ("JM", "Jamaica"),
    ("JO", "Jordan"),
    ("JP", "Japan"),
    ("KE", "Kenya"),
    ("KG", "Kyrgyzstan"),
    ("KH", "Cambodia"),
    ("KI", "Kiribati"),
    ("KM", "Comoros"),
    ("KN", "Saint Kitts and Nevis"),
    ("KP", "Korea (North)"),
    ("KR", "Korea (South)"),
    ("KW", "Kuwait"),
    ("KY", "Cayman Islands"),
    ("KZ", "Kazakhstan"),
    ("LA", "Laos"),
    ("LB", "Lebanon"),
    ("LC", "Saint Lucia"),
    ("LI", "Liechtenstein"),
    ("LK", "Sri Lanka"),
    ("LR", "Liberia"),
    ("LS", "Lesotho"),
    ("LT", "Lithuania"),
    ("LU", "Luxembourg"),
    ("LV", "Latvia"),
    ("LY", "Libya"),
    ("MA", "Morocco"),
    ("MC", "Monaco"),
    ("MD", "Moldova"),
    ("ME", "Montenegro"),
    ("MF", "Saint Martin (French part)"),
    ("MG", "Madagascar"),
    ("MH", "Marshall Islands"),
    ("MK", "North Macedonia"),
    ("ML", "Mali"),
    ("MM", "Myanmar"),
    ("MN", "Mongolia"),
    ("MO", "Macao"),
    ("MP", "Northern Mariana Islands"),
    ("MQ", "Martinique"),
    ("MR", "Mauritania"),
    ("MS", "Montserrat"),
    ("MT", "Malta"),
    ("MU", "Mauritius"),
    ("MV", "Maldives"),
    ("MW", "Malawi"),
    ("MX", "Mexico"),
    ("MY", "Malaysia"),
    ("MZ", "Mozambique"),
    ("NA", "Namibia"),
    ("NC", "New Caledonia"),
    ("NE", "Niger"),
    ("NF", "Norfolk Island"),
    ("NG", "Nigeria"),
    ("NI", "Nicaragua"),
    ("NL", "Netherlands"),
    ("NO", "Norway"),
    ("NP", "Nepal"),
    ("NR", "Nauru"),
    ("NU", "Niue"),
    ("NZ", "New Zealand"),
    ("OM", "Oman"),
    ("PA", "Panama"),
    ("PE", "Peru"),
    ("PF", "French Polynesia"),
    ("PG", "Papua New Guinea"),
    ("PH", "Philippines"),
    ("PK", "Pakistan"),
    ("PL", "Poland"),
    ("PM", "Saint Pierre and Miquelon"),
    ("PN", "Pitcairn"),
    ("PR", "Puerto Rico"),
    ("PS", "Palestine"),
    ("PT", "Portugal"),
    ("PW", "Palau"),
    ("PY", "Paraguay"),
    ("QA", "Qatar"),
    ("RE", "Réunion"),
    ("RO", "Romania"),
    ("RS", "Serbia"),
    ("RU", "Russia"),
    ("RW", "Rwanda"),
    ("SA", "Saudi Arabia"),
    ("SB", "Solomon Islands"),
    ("SC", "Seychelles"),
    ("SD", "Sudan"),
    ("SE", "Sweden"),
    ("SG", "Singapore"),
    ("SH", "Saint Helena, Ascension and Tristan da Cunha"),
    ("SI", "Slovenia"),
    ("SJ", "Svalbard and Jan Mayen"),
    ("SK", "Slovakia"),
    ("SL", "Sierra Leone"),
    ("SM", "San Marino"),
    ("SN", "Senegal"),
    ("SO", "Somalia"),
    ("SR", "Suriname"),
    ("SS", "South Sudan"),
    ("ST", "Sao Tome and Principe"),
    ("SV", "El Salvador"),
    ("SX", "Sint Maarten (Dutch part)"),
    ("SY", "Syria"),
    ("SZ", "Eswatini"),
    ("TC", "Turks and Caicos Islands"),
    ("TD", "Chad"),
    ("TF", "French Southern Territories"),
    ("TG", "Togo"),
    ("TH", "Thailand"),
    ("TJ", "Tajikistan"),
    ("TK", "Tokelau"),
    ("TL", "Timor-Leste"),
    ("TM", "Turkmenistan"),
    ("TN", "Tunisia"),
    ("TO", "Tonga"),
    ("TR", "Türkiye"),
    ("TT", "Trinidad and Tobago"),
    ("TV", "Tuvalu"),
    ("TW", "Taiwan"),
    ("TZ", "Tanzania"),
    ("UA", "Ukraine"),
    ("UG", "Uganda"),
    ("UM", "United States Minor Outlying Islands"),
    ("US", "United States"),
    ("UY", "Uruguay"),
    ("UZ", "Uzbekistan"),
    ("VA", "Holy See"),
    ("VC", "Saint Vincent and the Grenadines"),
    ("VE", "Venezuela"),
    ("VG", "Virgin Islands (British)"),
    ("VI", "Virgin Islands (US)"),
    ("VN", "Viet Nam"),
    ("VU", "Vanuatu"),
    ("WF", "Wallis and Futuna"),
    ("WS", "Samoa"),
    ("YE", "Yemen"),
    ("YT", "Mayotte"),
    ("ZA", "South Africa"),
    ("ZM", "Zambia"),
    ("ZW", "Zimbabwe"),
];

/// What is no country, but makes law: the European Union, the Council of Europe, the United Nations.
pub const UNIONS: &[&str] = &["EU", "COE", "UN"];

/// Russian names of the countries where people who refuse come from, pass through and stay.
static RUSSIAN: [(&str, &str); 58] = [
    ("AE", "ОАЭ"),
    ("AL", "Албания"),
    ("AM", "Армения"),
    ("AR", "Аргентина"),
    ("AT", "Австрия"),
    ("AZ", "Азербайджан"),
    ("BA", "Босния и Герцеговина"),
    ("BE", "Бельгия"),
    ("BG", "Болгария"),
    ("BY", "Беларусь"),
    ("CA", "Канада"),
    ("CH", "Швейцария"),
    ("CY", "Кипр"),
    ("CZ", "Чехия"),
    ("DE", "Германия"),
    ("DK", "Дания"),
    ("EE", "Эстония"),
    ("ES", "Испания"),
    ("FI", "Финляндия"),
    ("FR", "Франция"),
    ("GB", "Великобритания"),
    ("GE", "Грузия"),
    ("GR", "Греция"),
    ("HR", "Хорватия"),
    ("HU", "Венгрия"),
    ("IE", "Ирландия"),
    ("IL", "Израиль"),
    ("IS", "Исландия"),
    ("IT", "Италия"),
    ("KG", "Кыргызстан"),
    ("KG", "Киргизия"),
    ("KZ", "Казахстан"),
    ("LT", "Литва"),
    ("LU", "Люксембург"),
    ("LV", "Латвия"),
    ("MD", "Молдова"),
    ("ME", "Черногория"),
    ("MK", "Северная Македония"),
    ("MN", "Монголия"),
    ("NL", "Нидерланды"),
    ("NO", "Норвегия"),
    ("PL", "Польша"),
    ("PT", "Португалия"),
    ("RO", "Румыния"),
    ("RS", "Сербия"),
    ("RU", "Россия"),
    ("SE", "Швеция"),
    ("SI", "Словения"),
    ("SK", "Словакия"),
    ("TH", "Таиланд"),
    ("TJ", "Таджикистан"),
    ("TM", "Туркменистан"),
    ("TR", "Турция"),
    ("UA", "Украина"),
    ("US", "США"),
    ("UZ", "Узбекистан"),
    ("VN", "Вьетнам"),
    ("CN", "Китай"),
];

/// Members of the European Union.
const UNION: &[&str] = &[
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// Members of the Council of Europe that are not in the Union.
const COUNCIL: &[&str] = &[
    "AD", "AL", "AM", "AZ", "BA", "CH", "GB", "GE", "IS", "LI", "MC", "MD", "ME", "MK", "NO", "RS",
    "SM", "TR", "UA",
];

/// The unions of states that a country belongs to, as records name them: what holds in them holds there.
pub fn unions(code: &str) -> &'static [&'static str] {
    if UNION.contains(&code) {
        &["EU", "COE", "UN"]
    } else if COUNCIL.contains(&code) {
        &["COE", "UN"]
    } else if is_country(code) {
        &["UN"]
    } else {
        &[]
    }
}

/// The code of a country that is given by its code or by its English or Russian name, in either case.
pub fn find(text: &str) -> Option<&'static str> {
    let folded = crate::fold::fold(text.trim());
    let is = |(code, name): &&(&str, &str)| {
        code.eq_ignore_ascii_case(text.trim()) || crate::fold::fold(name) == folded
    };
    COUNTRIES.iter().chain(&RUSSIAN).find(is).map(|(code, _)| *code)
}

/// The English name of a country's code in capital letters.
pub fn name(code: &str) -> Option<&'static str> {
    let index = COUNTRIES.binary_search_by(|(known, _)| (*known).cmp(code)).ok()?;
    COUNTRIES.get(index).map(|(_, name)| *name)
}

/// Whether this is a country's code in capital letters.
pub fn is_country(code: &str) -> bool {
    name(code).is_some()
}

/// Whether this has the form of a region of ISO 3166-2: a country, a hyphen and one to three
/// capital letters or digits.
///
/// The list of regions changes too often to be part of a release, so only the form and the country
/// are checked.
pub fn is_region(code: &str) -> bool {
    let Some((country, part)) = code.split_once('-') else {
        return false;
    };
    is_country(country)
        && (1..=3).contains(&part.len())
        && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// The country of a country's or region's code.
pub fn country_of(code: &str) -> Option<&str> {
    let country = code.split_once('-').map_or(code, |(country, _)| country);
    is_country(country).then_some(country)
}

/// Whether this is a country, a region, or a union that makes law.
pub fn is_area(code: &str) -> bool {
    is_country(code) || is_region(code) || UNIONS.contains(&code)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_country_is_found_by_its_russian_name_and_knows_its_unions() {
        for (text, code) in [("Финляндия", "FI"), ("грузия", "GE"), ("США", "US")]
        {
            assert_eq!(find(text), Some(code), "{text}");
        }
        assert!(RUSSIAN.iter().all(|(code, _)| is_country(code)));
        assert!(UNION.iter().chain(COUNCIL).all(|code| is_country(code)));
        assert_eq!((UNION.len(), UNION.len() + COUNCIL.len()), (27, 46));
        for (code, expected) in
            [("FI", &["EU", "COE", "UN"][..]), ("GE", &["COE", "UN"]), ("RU", &["UN"]), ("EU", &[])]
        {
            assert_eq!(unions(code), expected, "{code}");
        }
    }

    #[test]
    fn the_table_is_sorted_and_has_no_repeats() {
        assert!(COUNTRIES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(COUNTRIES.iter().all(|(code, name)| code.len() == 2 && !name.is_empty()));
    }

    #[test]
    fn countries_are_found_by_their_codes() {
        for (code, expected) in [
            ("EE", Some("Estonia")),
            ("AD", Some("Andorra")),
            ("ZW", Some("Zimbabwe")),
            ("UA", Some("Ukraine")),
            ("ee", None),
            ("XX", None),
            ("EST", None),
            ("", None),
        ] {
            assert_eq!(name(code), expected, "{code}");
        }
    }

    #[test]
    fn a_region_belongs_to_a_country() {
        for (code, expected) in [
            ("EE-45", true),
            ("FI-18", true),
            ("DE-BE", true),
            ("RU-MOW", true),
            ("XX-45", false),
            ("EE", false),
            ("EE-", false),
            ("EE-ABCD", false),
            ("ee-45", false),
            ("EE-4 ", false),
            ("EE-45-1", false),
        ] {
            assert_eq!(is_region(code), expected, "{code}");
        }
    }

    #[test]
    fn an_area_may_be_a_union() {
        for (code, expected) in
            [("EU", true), ("COE", true), ("UN", true), ("EE-45", true), ("NATO", false)]
        {
            assert_eq!(is_area(code), expected, "{code}");
        }
        assert_eq!(country_of("EE-45"), Some("EE"));
        assert_eq!(country_of("EU"), None);
    }
}
