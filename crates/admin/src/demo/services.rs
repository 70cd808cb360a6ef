//! Made-up entries of the directory.
//!
//! Nobody can call by mistake: the phones are of the ranges that the British and the North American
//! numbering authorities keep for films and books, the mail addresses and pages of example.org.

use hospes_domain::{Fields, Timestamp, Value};

use super::places::DemoCenter;
use super::sheet::{Sheet, map};

/// The entries of a center, each with the name under which it is imported.
pub fn services(center: DemoCenter, now: Timestamp) -> Vec<(String, Fields)> {
    SERVICES
        .iter()
        .filter(|service| service.center == center)
        .map(|service| (service.key.to_owned(), service.fields(now)))
        .collect()
}

struct Service {
    center: DemoCenter,
    key: &'static str,
    name: &'static str,
    organization: &'static str,
    description: &'static str,
    profession: &'static str,
    competences: &'static [&'static str],
    languages: &'static [(&'static str, &'static str)],
    country: &'static str,
    town: u32,
    zone: &'static str,
    phone: &'static str,
    hours: &'static str,
    start: &'static str,
    channels: &'static [&'static str],
    fees: &'static str,
}

impl Service {
    fn fields(&self, now: Timestamp) -> Fields {
        let mut sheet = Sheet::default();
        sheet.put("name", self.name);
        sheet.put("organization", self.organization);
        sheet.put("description", format!("{} This entry is fictional.", self.description));
        sheet.put("status", "active");
        sheet.put("profession", self.profession);
        sheet.put_set("competences", self.competences.to_vec());
        sheet.put_map("languages", self.languages.iter().copied());
        sheet.put("country", self.country);
        sheet.put("near_town", i64::from(self.town));
        sheet.put("time_zone", self.zone);
        sheet.put("opening_hours", self.hours);
        sheet.put("start_time", self.start);
        sheet.put_set("secure_channels", self.channels.to_vec());
        sheet.put("fees_description", self.fees);
        sheet.put("location_type", if self.profession == "other" { "virtual" } else { "withheld" });
        sheet.put_list("service_areas", vec![Value::from(self.country)]);
        sheet.put("email", format!("{}@example.org", self.key));
        sheet.put("url", format!("https://example.org/{}", self.key));
        let phone = map([("number", self.phone), ("type", "voice")]);
        sheet.put_list("phones", vec![phone]);
        let term = map([("vocabulary", "hospes"), ("code", self.profession)]);
        sheet.put_list("taxonomy_terms", vec![term]);
        // Checked some weeks ago, not all on one day.
        let days = 3 + i64::try_from(self.key.len()).unwrap_or_default();
        let day = now.plus(-days * Timestamp::DAY).to_string();
        sheet.put("assured_on", day.split('T').next().unwrap_or_default());
        sheet.into_fields()
    }
}

use DemoCenter::{Narva, Riga, Tbilisi};

static SERVICES: &[Service] = &[
    Service {
        center: Narva,
        key: "law-narva",
        name: "Law office at the river",
        organization: "Law office at the river",
        description: "Two lawyers for asylum and residence. They have taken refusers through the \
                      first interview and through appeals.",
        profession: "lawyer",
        competences: &["asylum", "residence", "conscientious_objection"],
        languages: &[("et", "native"), ("ru", "fluent"), ("en", "fluent")],
        country: "EE",
        town: 590_031,
        zone: "Europe/Tallinn",
        phone: "+447700900101",
        hours: "Mo-Fr 09:00-17:00",
        start: "within_days",
        channels: &["signal", "pgp_email"],
        fees: "First talk free, then state legal aid or by agreement.",
    },
    Service {
        center: Narva,
        key: "night-line-gulf",
        name: "Night line Gulf of Finland",
        organization: "Night line association",
        description: "A hotline for people who have been called up or have left their unit. The \
                      volunteers listen, explain and put callers through to a center.",
        profession: "other",
        competences: &["conscientious_objection", "military_law", "mental_health"],
        languages: &[("ru", "native"), ("uk", "fluent"), ("fi", "basic")],
        country: "FI",
        town: 658_225,
        zone: "Europe/Helsinki",
        phone: "+447700900102",
        hours: "Mo-Su 18:00-24:00",
        start: "within_hours",
        channels: &["signal", "session"],
        fees: "Free.",
    },
    Service {
        center: Narva,
        key: "doctor-tallinn",
        name: "Clinic by the lighthouse",
        organization: "Clinic by the lighthouse",
        description: "General practice. Sees people without insurance on Thursday afternoons and \
                      writes reports on injuries for the asylum procedure.",
        profession: "doctor",
        competences: &["medical", "torture_survivors"],
        languages: &[("et", "native"), ("ru", "native"), ("en", "basic")],
        country: "EE",
        town: 588_409,
        zone: "Europe/Tallinn",
        phone: "+447700900103",
        hours: "Mo-We 08:00-16:00; Th 12:00-19:00",
        start: "within_week",
        channels: &["signal"],
        fees: "Free on Thursdays.",
    },
    Service {
        center: Narva,
        key: "psychologist-tartu",
        name: "Talking room Tartu",
        organization: "Talking room",
        description: "Psychologist for people who cannot sleep after what they saw. Ten meetings, \
                      alone or as a couple, also by video.",
        profession: "psychologist",
        competences: &["mental_health", "torture_survivors"],
        languages: &[("ru", "native"), ("et", "fluent")],
        country: "EE",
        town: 588_335,
        zone: "Europe/Tallinn",
        phone: "+447700900104",
        hours: "Tu-Fr 10:00-18:00",
        start: "within_weeks",
        channels: &["signal", "threema"],
        fees: "By income, from nothing to 20 euros.",
    },
    Service {
        center: Narva,
        key: "translator-helsinki",
        name: "Sworn translations at the north harbor",
        organization: "North harbor translators",
        description: "Sworn translations from Russian and Ukrainian into Finnish and Swedish: \
                      military papers, call-up orders, court decisions.",
        profession: "sworn_translator",
        competences: &["translation", "documents"],
        languages: &[("fi", "native"), ("sv", "fluent"), ("ru", "fluent"), ("uk", "fluent")],
        country: "FI",
        town: 658_225,
        zone: "Europe/Helsinki",
        phone: "+447700900105",
        hours: "Mo-Fr 10:00-16:00",
        start: "within_days",
        channels: &["pgp_email"],
        fees: "Half price for papers that a center sends.",
    },
    Service {
        center: Narva,
        key: "social-lahti",
        name: "Arrival desk Lahti",
        organization: "Arrival desk association",
        description: "Social workers who help with registration, a bank account, school for the \
                      children and the first flat.",
        profession: "social_worker",
        competences: &["housing", "education", "family", "money"],
        languages: &[("fi", "native"), ("en", "fluent"), ("ru", "basic")],
        country: "FI",
        town: 649_360,
        zone: "Europe/Helsinki",
        phone: "+447700900106",
        hours: "Mo,We,Fr 09:00-15:00",
        start: "within_week",
        channels: &[],
        fees: "Free.",
    },
    Service {
        center: Narva,
        key: "notary-kohtla",
        name: "Notary at the old mine",
        organization: "Notary at the old mine",
        description: "Certifies statements and powers of attorney, with an interpreter on request.",
        profession: "notary",
        competences: &["documents"],
        languages: &[("et", "native"), ("ru", "fluent")],
        country: "EE",
        town: 591_260,
        zone: "Europe/Tallinn",
        phone: "+447700900107",
        hours: "Mo-Th 09:00-16:00",
        start: "within_days",
        channels: &[],
        fees: "By the table of the chamber.",
    },
    Service {
        center: Narva,
        key: "interpreters-turku",
        name: "Interpreters' round Turku",
        organization: "Interpreters' round",
        description: "Volunteer interpreters for doctor's visits and offices, in person or by phone.",
        profession: "interpreter",
        competences: &["translation", "medical"],
        languages: &[("fi", "fluent"), ("ru", "native"), ("ka", "fluent"), ("kk", "basic")],
        country: "FI",
        town: 633_679,
        zone: "Europe/Helsinki",
        phone: "+447700900108",
        hours: "Mo-Sa 08:00-20:00",
        start: "within_days",
        channels: &["signal"],
        fees: "Free, travel costs if you can.",
    },
    Service {
        center: Riga,
        key: "law-riga",
        name: "Chambers on the Daugava",
        organization: "Chambers on the Daugava",
        description: "Lawyers for asylum, detention at the border and appeals. One of them served \
                      as a military judge and knows the law of the army.",
        profession: "lawyer",
        competences: &["asylum", "detention", "military_law", "conscientious_objection"],
        languages: &[("lv", "native"), ("ru", "fluent"), ("en", "fluent")],
        country: "LV",
        town: 456_172,
        zone: "Europe/Riga",
        phone: "+447700900201",
        hours: "Mo-Fr 09:00-18:00",
        start: "within_days",
        channels: &["signal", "matrix"],
        fees: "State legal aid; the center pays for urgent cases.",
    },
    Service {
        center: Riga,
        key: "defence-vilnius",
        name: "Defence counsel Vilnius",
        organization: "Chambers at the cathedral hill",
        description: "Criminal defence and extradition: when a warrant comes after a refuser.",
        profession: "lawyer",
        competences: &["criminal_defense", "detention", "asylum"],
        languages: &[("lt", "native"), ("ru", "fluent"), ("pl", "basic"), ("en", "fluent")],
        country: "LT",
        town: 593_116,
        zone: "Europe/Vilnius",
        phone: "+447700900202",
        hours: "Mo-Fr 08:30-17:30; Sa-Su \"urgent calls\"",
        start: "within_hours",
        channels: &["signal"],
        fees: "First talk free.",
    },
    Service {
        center: Riga,
        key: "objectors-line-warsaw",
        name: "Objectors' line Warsaw",
        organization: "Objectors' line",
        description: "Advice by phone for people from Belarus and Russia who refuse to serve, and \
                      for their parents.",
        profession: "other",
        competences: &["conscientious_objection", "family", "documents"],
        languages: &[("pl", "native"), ("be", "native"), ("ru", "native")],
        country: "PL",
        town: 756_135,
        zone: "Europe/Warsaw",
        phone: "+447700900203",
        hours: "Mo-Fr 12:00-20:00",
        start: "within_hours",
        channels: &["signal", "threema", "briar"],
        fees: "Free.",
    },
    Service {
        center: Riga,
        key: "doctor-kaunas",
        name: "Doctors' evening Kaunas",
        organization: "Doctors' evening",
        description: "Doctors who see people without papers two evenings a week, with a dentist \
                      once a month.",
        profession: "doctor",
        competences: &["medical"],
        languages: &[("lt", "native"), ("ru", "fluent"), ("en", "basic")],
        country: "LT",
        town: 598_316,
        zone: "Europe/Vilnius",
        phone: "+447700900204",
        hours: "Tu,Th 17:00-20:00",
        start: "within_days",
        channels: &[],
        fees: "Free.",
    },
    Service {
        center: Riga,
        key: "psychologist-riga",
        name: "House of quiet Riga",
        organization: "House of quiet",
        description: "Trauma therapy and a weekly group for men who left the army.",
        profession: "psychologist",
        competences: &["mental_health", "torture_survivors"],
        languages: &[("lv", "fluent"), ("ru", "native"), ("uk", "fluent")],
        country: "LV",
        town: 456_172,
        zone: "Europe/Riga",
        phone: "+447700900205",
        hours: "Mo-Th 10:00-19:00",
        start: "within_weeks",
        channels: &["signal"],
        fees: "Free for guests of a center.",
    },
    Service {
        center: Riga,
        key: "work-gdansk",
        name: "Work and rights Gdańsk",
        organization: "Work and rights",
        description: "Advice on work permits, contracts and unpaid wages.",
        profession: "social_worker",
        competences: &["labor", "residence", "money"],
        languages: &[("pl", "native"), ("uk", "fluent"), ("ru", "fluent")],
        country: "PL",
        town: 3_099_434,
        zone: "Europe/Warsaw",
        phone: "+447700900206",
        hours: "Mo-Fr 09:00-15:00",
        start: "within_week",
        channels: &["signal"],
        fees: "Free.",
    },
    Service {
        center: Riga,
        key: "translator-daugavpils",
        name: "Document translations Daugavpils",
        organization: "Translators' bureau at the fortress",
        description: "Certified translations of military and civil papers into Latvian, within \
                      three days.",
        profession: "sworn_translator",
        competences: &["translation", "documents"],
        languages: &[("lv", "native"), ("ru", "native"), ("be", "fluent")],
        country: "LV",
        town: 460_413,
        zone: "Europe/Riga",
        phone: "+447700900207",
        hours: "Mo-Fr 09:00-17:00",
        start: "within_days",
        channels: &[],
        fees: "12 euros a page.",
    },
    Service {
        center: Riga,
        key: "transport-liepaja",
        name: "Drivers' circle Liepāja",
        organization: "Drivers' circle",
        description: "Volunteers who drive people to offices, hospitals and interviews inside the \
                      country.",
        profession: "transport",
        competences: &["medical", "documents"],
        languages: &[("lv", "native"), ("ru", "fluent")],
        country: "LV",
        town: 457_954,
        zone: "Europe/Riga",
        phone: "+447700900208",
        hours: "Mo-Su 07:00-22:00",
        start: "within_days",
        channels: &["signal"],
        fees: "Fuel, if you can.",
    },
    Service {
        center: Tbilisi,
        key: "law-tbilisi",
        name: "Law clinic under the plane trees",
        organization: "Law clinic under the plane trees",
        description: "Residence, asylum and international protection. Students prepare the files, \
                      lawyers sign them.",
        profession: "lawyer",
        competences: &["asylum", "residence", "conscientious_objection"],
        languages: &[("ka", "native"), ("en", "fluent"), ("ru", "fluent")],
        country: "GE",
        town: 611_717,
        zone: "Asia/Tbilisi",
        phone: "+12025550101",
        hours: "Mo-Fr 10:00-18:00",
        start: "within_days",
        channels: &["signal"],
        fees: "Free.",
    },
    Service {
        center: Tbilisi,
        key: "law-yerevan",
        name: "Counsel Yerevan",
        organization: "Counsel Yerevan",
        description: "Extradition requests, residence permits and powers of attorney.",
        profession: "lawyer",
        competences: &["criminal_defense", "residence", "military_law"],
        languages: &[("hy", "native"), ("ru", "native"), ("en", "basic")],
        country: "AM",
        town: 616_052,
        zone: "Asia/Yerevan",
        phone: "+12025550102",
        hours: "Mo-Sa 10:00-19:00",
        start: "within_days",
        channels: &["signal", "threema"],
        fees: "By agreement.",
    },
    Service {
        center: Tbilisi,
        key: "steppe-line",
        name: "Steppe line",
        organization: "Steppe line",
        description: "A hotline in Russian and Kazakh for people who arrived without a plan: where \
                      to register, whom to ask, what not to sign.",
        profession: "other",
        competences: &["documents", "residence", "conscientious_objection"],
        languages: &[("ru", "native"), ("kk", "native")],
        country: "KZ",
        town: 1_526_384,
        zone: "Asia/Almaty",
        phone: "+12025550103",
        hours: "Mo-Su 10:00-22:00",
        start: "within_hours",
        channels: &["session", "signal"],
        fees: "Free.",
    },
    Service {
        center: Tbilisi,
        key: "doctor-batumi",
        name: "Family doctor by the sea",
        organization: "Family doctor by the sea",
        description: "Family practice with vaccinations for school and kindergarten.",
        profession: "doctor",
        competences: &["medical", "family"],
        languages: &[("ka", "native"), ("ru", "fluent"), ("tr", "basic")],
        country: "GE",
        town: 615_532,
        zone: "Asia/Tbilisi",
        phone: "+12025550104",
        hours: "Mo-Fr 09:00-14:00",
        start: "within_week",
        channels: &[],
        fees: "From 40 lari a visit.",
    },
    Service {
        center: Tbilisi,
        key: "psychologist-tbilisi",
        name: "Warm chairs",
        organization: "Warm chairs",
        description: "A group every Sunday and single talks, also for those who do not know yet \
                      whether they will refuse.",
        profession: "psychologist",
        competences: &["mental_health", "conscientious_objection"],
        languages: &[("ru", "native"), ("ka", "fluent"), ("en", "fluent")],
        country: "GE",
        town: 611_717,
        zone: "Asia/Tbilisi",
        phone: "+12025550105",
        hours: "We-Su 12:00-20:00",
        start: "within_week",
        channels: &["signal"],
        fees: "As much as you can.",
    },
    Service {
        center: Tbilisi,
        key: "translator-istanbul",
        name: "Sworn translator on the Golden Horn",
        organization: "Golden Horn translations",
        description: "Turkish translations with notarial certification for residence files.",
        profession: "sworn_translator",
        competences: &["translation", "documents", "residence"],
        languages: &[("tr", "native"), ("ru", "fluent"), ("en", "fluent")],
        country: "TR",
        town: 745_044,
        zone: "Europe/Istanbul",
        phone: "+12025550106",
        hours: "Mo-Fr 09:00-18:00",
        start: "within_days",
        channels: &["signal"],
        fees: "By the page.",
    },
    Service {
        center: Tbilisi,
        key: "school-tbilisi",
        name: "Sunday school of languages",
        organization: "Sunday school of languages",
        description: "Georgian and English for adults, homework help for children, and papers for \
                      the school board.",
        profession: "social_worker",
        competences: &["education", "family"],
        languages: &[("ka", "native"), ("ru", "fluent"), ("uk", "fluent")],
        country: "GE",
        town: 611_717,
        zone: "Asia/Tbilisi",
        phone: "+12025550107",
        hours: "Sa-Su 10:00-16:00",
        start: "within_week",
        channels: &[],
        fees: "Free.",
    },
    Service {
        center: Tbilisi,
        key: "housing-kutaisi",
        name: "Rooms and leases Kutaisi",
        organization: "Rooms and leases",
        description: "Reads leases before they are signed and talks to landlords.",
        profession: "social_worker",
        competences: &["housing", "money"],
        languages: &[("ka", "native"), ("ru", "basic"), ("en", "fluent")],
        country: "GE",
        town: 613_607,
        zone: "Asia/Tbilisi",
        phone: "+12025550108",
        hours: "Tu-Sa 11:00-17:00",
        start: "within_days",
        channels: &["signal"],
        fees: "Free.",
    },
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::{Kind, gazetteer, schema::schema};

    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T19:40:00Z".parse().unwrap()
    }

    #[test]
    fn there_are_two_dozen_and_each_passes_the_strict_check() {
        assert_eq!(SERVICES.len(), 24);
        for center in DemoCenter::ALL {
            let services = services(center, now());
            assert_eq!(services.len(), 8);
            for (key, fields) in services {
                let found = schema(Kind::Service).check(&fields);
                assert!(found.is_empty(), "{key}: {found:?}");
            }
        }
    }

    #[test]
    fn phones_are_kept_for_fiction_and_every_one_is_another() {
        let mut seen = std::collections::BTreeSet::new();
        for service in SERVICES {
            let fiction = ["+447700900", "+120255501"];
            let kept = fiction.iter().any(|range| service.phone.starts_with(range));
            assert!(kept, "{}", service.phone);
            assert_eq!(service.phone.len(), if service.phone.starts_with("+44") { 13 } else { 12 });
            assert!(seen.insert(service.phone), "{}", service.phone);
            assert!(seen.insert(service.key), "{}", service.key);
        }
    }

    #[test]
    fn a_service_is_in_the_country_of_its_town() {
        for service in SERVICES {
            let town = gazetteer::town(service.town).unwrap();
            assert_eq!(town.country, service.country, "{}", service.key);
            assert_eq!(town.time_zone, service.zone, "{}", service.key);
        }
    }
}
