//! Words of the field that mean the same in several languages.
//!
//! Who looks for убежище means the template whose topic is `asylum`, and who looks for a lawyer means
//! him whose entry says адвокат. Only what centers are asked for is here; it is no dictionary.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::fold::fold;

/// One thing in a row: English, Russian, Ukrainian, Estonian, Latvian, Finnish, German.
const ROWS: &[&str] = &[
    "asylum убежище притулок varjupaik patvērums turvapaikka asyl",
    "refugee беженец біженець pagulane bēglis pakolainen flüchtling",
    "lawyer attorney адвокат юрист advokaat jurist advokāts asianajaja anwalt rechtsanwalt",
    "doctor врач лікар arst ārsts lääkäri arzt",
    "psychologist психолог psühholoog psihologs psykologi psychologe",
    "notary нотариус нотаріус notar notārs notaari",
    "translator interpreter переводчик перекладач tõlk tulks tulkki dolmetscher übersetzer",
    "translation перевод переклад tõlge tulkojums käännös übersetzung",
    "embassy посольство консульство saatkond vēstniecība suurlähetystö botschaft",
    "hotline телефон линия vihjeliin uzticības neuvontapuhelin",
    "housing жильё жилье житло eluase mājoklis asuminen wohnung unterkunft",
    "detention задержание затримання kinnipidamine aizturēšana säilöönotto haft",
    "military военный військовий армия sõjavägi militārs sotilas militär wehrdienst",
    "objection отказ відмова keeldumine atteikšanās kieltäytyminen verweigerung",
    "conscientious совесть совість сумління südametunnistus sirdsapziņa omatunto gewissen",
    "mobilization mobilisation мобилизация мобілізація mobilisatsioon mobilizācija liikekannallepano mobilmachung",
    "deferment отсрочка відстрочка ajapikendus atlikšana lykkäys zurückstellung",
    "documents документы документи dokumendid dokumenti asiakirjat papiere",
    "passport паспорт pass pase passi reisepass",
    "residence внж посвідка elamisluba uzturēšanās oleskelulupa aufenthalt",
    "deportation депортация депортація väljasaatmine izraidīšana karkotus abschiebung",
    "medical медицинский медичний meditsiiniline medicīnas lääketieteellinen medizinisch",
    "family семья родина сім'я perekond ģimene perhe familie",
    "education образование освіта haridus izglītība koulutus bildung",
    "work labor работа трудовой робота töö darbs työ arbeit",
    "money деньги гроші raha nauda geld",
    "torture пытки катування piinamine spīdzināšana kidutus folter",
    "transport транспорт kuljetus",
];

/// Shortest beginning by which a word in another case is still that word.
const SHORTEST: usize = 4;

/// Every folded word with the number of its row.
static WORDS: LazyLock<BTreeMap<String, usize>> = LazyLock::new(|| {
    let words = |(row, text): (usize, &&str)| -> Vec<(String, usize)> {
        text.split_whitespace().map(|word| (fold(word), row)).collect()
    };
    ROWS.iter().enumerate().flat_map(words).collect()
});

/// Other folded words for what a folded word means; its own case forms may be given by their beginning.
pub(super) fn others(exact: &str, prefix: Option<&str>) -> Vec<String> {
    let by_beginning = || {
        let prefix = prefix.filter(|prefix| prefix.len() >= SHORTEST)?;
        let mut after = WORDS.range(prefix.to_owned()..);
        let (word, row) = after.next().filter(|(word, _)| word.starts_with(prefix))?;
        // Another ending, and not a longer word that only begins alike.
        (word.len().abs_diff(exact.len()) <= 3).then_some(row)
    };
    let Some(row) = WORDS.get(exact).or_else(by_beginning) else { return Vec::new() };
    let all = WORDS.iter().filter(|(word, its)| *its == row && *word != exact);
    all.map(|(word, _)| word.clone()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_word_means_the_same_in_other_languages_and_cases() {
        for (word, prefix, expected) in [
            ("ubezhishche", None, "asylum"),
            ("asylum", None, "turvapaikka"),
            ("lawyer", None, "advokat"),
            ("advokata", Some("advok"), "lawyer"),
            ("turvapaikkaa", Some("turvapai"), "asylum"),
        ] {
            let word = if word == "ubezhishche" { fold("убежище") } else { word.to_owned() };
            let others = others(&word, prefix);
            assert!(others.contains(&expected.to_owned()), "{word}: {others:?}");
            assert!(!others.contains(&word));
        }
        assert!(others("narva", Some("narv")).is_empty());
        assert!(others("passage", Some("passa")).is_empty());
    }

    #[test]
    fn no_word_is_in_two_rows() {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (row, text) in ROWS.iter().enumerate() {
            for word in text.split_whitespace() {
                let before = seen.insert(fold(word), row);
                assert!(before.is_none_or(|before| before == row), "{word}");
            }
        }
    }
}
