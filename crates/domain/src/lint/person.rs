//! Names of persons: a given name with a surname, after a word that introduces it, or a title with a
//! surname.
//!
//! A list cannot know all names. It knows the frequent ones of the countries that people flee from and
//! to; what it does not know stays with whoever writes.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::finding::{Findings, Suspicion};
use super::word::Word;

/// Frequent given names, by the languages that they are frequent in. Names that are also words or towns
/// are left out: Sofia, Roman, Victoria.
const GIVEN: &[&str] = &[
    // Russian, Ukrainian, Belarusian
    "александр александра алексей алена алёна алина алла анастасия анатолий андрей андрій анжела анна антон \
     антонина арина аркадий артем артём богдан борис вадим валентин валентина валерий валерия варвара \
     василий василь вероника виктор віктор виктория вікторія виталий віталій владимир володимир владислав \
     вячеслав галина геннадий георгий григорий дарья дарина денис дмитрий дмитро евгений євген евгения \
     екатерина катерина елена олена елизавета жанна зинаида зоя иван іван игорь ігор инна ирина ірина \
     кирилл константин ксения лариса леонид лидия людмила максим маргарита марина мария марія михаил \
     михайло надежда надія наталия наталья наталія наташа никита микита николай микола нина оксана олег \
     ольга павел павло петр пётр петро полина раиса руслан светлана світлана семен семён сергей сергій \
     станислав степан таисия тамара тарас татьяна тетяна тимофей ульяна федор фёдор юлия юлія юрий юрій \
     яна ярослав катя маша даша саша таня оля лена света ира наташа юля дима коля миша серёжа вова",
    "aleksandr aleksandra aleksei alexei alexey alena alina alla anastasia anastasiia anatoly andrei andrey \
     andriy anna anton antonina arkady artem artyom bogdan boris vadim valentin valentina valery varvara \
     vasily vasyl veronika viktor vitaly vladimir volodymyr vladislav vyacheslav galina gennady grigory \
     daria darya denis dmitry dmitri dmytro evgeny evgenia yevgeny ekaterina kateryna elena olena elizaveta \
     zhanna zinaida zoya igor inna irina iryna kirill konstantin ksenia larisa leonid lidia lyudmila \
     ludmila maksim maxim margarita marina maria mikhail mykhailo nadezhda natalia natalya nataliia nikita \
     nikolai nikolay mykola nina oksana oleg oleh olga pavel pavlo petr petro pyotr polina raisa ruslan \
     svetlana semyon sergei sergey serhiy stanislav stepan tamara taras tatiana tatyana tetiana timofey \
     ulyana fyodor yulia yuliia yuri yury yana yaroslav katya masha dasha sasha tanya lena natasha misha",
    // Estonian, Latvian, Lithuanian, Finnish
    "aivar ants anneli anu eero eha ene epp evelin hannes helle helve indrek jaak jaan janne juhan jüri \
     kadri kaisa kalev katrin kersti kristel kristjan kristi külli küllike leida liina liis maarja mart \
     mati merike mihkel peeter piret priit raivo rein riho siim sirje tarmo tiina tiit toomas triin ülle \
     urmas veiko aigars aija andris arvids dace daina edgars egils guntis ilze inese ineta jānis juris \
     kristaps laila līga māris mārtiņš normunds raimonds sandra sarmīte valdis vilnis zane algirdas \
     asta audrius dainius daiva darius gintaras giedrė jonas jurga kęstutis linas mindaugas rasa rimantas \
     rūta saulius tomas vaida vytautas antti eeva esa hanna heikki helena ilkka inkeri jaana jari johanna \
     juha jukka kaarina kalle kari kirsi leena liisa marja marjatta markku matti mika mikko minna pasi \
     pekka petri pirjo päivi riitta sari satu seppo tapio tarja timo tuomas tuula ville",
    // Georgian, Armenian, Kazakh, Azerbaijani, Turkish
    "ana avtandil davit eka giga giorgi givi irakli ketevan koba lado lasha levan maia mamuka mariam merab \
     natia nato nika nino nodar otar rusudan shota tamar tamaz temur vakhtang zaza zurab anahit ani ara \
     armen arpine artak artur ashot gagik gayane gevorg hakob hasmik hayk hovhannes hrant karen lilit \
     lusine mariam narine nune ruben samvel sargis tigran vahan vardan aigerim aigul ainur aizhan almas \
     askar assel baurzhan bolat daulet dinara erlan gulnara kanat madina marat nurlan saule serik timur \
     zarina zhanar ayşe elif emre fatma hakan hasan hüseyin mehmet murat mustafa zeynep гиорги нино тамар \
     айгуль аскар динара ерлан мадина марат нурлан тимур армен ашот тигран гаянэ лилит",
    // German, Dutch, Scandinavian, Polish, English, French, Spanish, Italian, Romanian
    "andreas anja annette bernd birgit christian christina claudia dieter elke erika frank gerhard gisela \
     hans heike heinz helga holger ingrid jens jürgen karin karl katharina klaus kurt lars manfred martina \
     matthias michael monika norbert petra rainer ralf renate sabine silke sebastian stefan stefanie susanne \
     thomas ulrike ursula uwe werner wolfgang anders astrid birgitta björn erik eva gunnar håkan ingrid \
     johan karin kristina lars lennart magnus marie mats mikael olof per sven agnieszka andrzej barbara \
     beata danuta dorota elżbieta ewa grażyna grzegorz halina iwona jacek jadwiga jan janina jerzy joanna \
     józef katarzyna krystyna krzysztof maciej magdalena małgorzata marek mariusz marta michał paweł piotr \
     ryszard stanisław teresa tomasz urszula wojciech zbigniew zofia alice andrew charles christopher daniel \
     david deborah edward elizabeth emily george helen james jennifer jessica john joseph julia karen laura \
     linda margaret mary matthew nancy patricia paul peter rebecca richard robert ruth samuel sarah simon \
     stephen susan william antoine catherine céline françois guillaume isabelle jacques jean julien \
     laurent mathieu michel monique nathalie nicolas philippe pierre sophie sylvie alejandro ana antonio \
     carlos carmen francisco javier jorge josé juan lucía luis manuel miguel pablo pedro pilar alessandro \
     andrea chiara francesca francesco giovanni giulia giuseppe lucia luigi marco paolo alexandru andrei \
     cristian elena gheorghe ioana ion mihai vasile",
];

/// Words after which somebody is named, up to two words later.
const INTRODUCING: &str = "called named name names ask host hostess owner landlord landlady contact call ring \
    зовут звать звати звуть спросить спросите спросіть имя ім'я хозяйка хозяйку хозяйке \
    хозяин хозяина хозяину господар господиня звонить звоните дзвонити обращаться nimi \
    küsi küsige perenaine peremees kysy isäntä emäntä heißt heisst namens frag fragen \
    gastgeber gastgeberin sauc vārds saimniece saimnieks vardas imię nazywa pytać appelle \
    demander llama preguntar chiama";

/// Titles, after which a word with a capital is a surname.
const TITLES: &str = "mr mrs ms miss frau herr г-н г-жа господин госпожа пан пані pan pani mme madame \
    monsieur señor señora signor signora härra proua herra rouva";

struct Lists {
    given: BTreeSet<&'static str>,
    introducing: BTreeSet<&'static str>,
    titles: BTreeSet<&'static str>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| Lists {
    given: GIVEN.iter().flat_map(|row| row.split_whitespace()).collect(),
    introducing: INTRODUCING.split_whitespace().collect(),
    titles: TITLES.split_whitespace().collect(),
});

pub(super) fn scan(words: &[Word<'_>], findings: &mut Findings) {
    let mut taken = 0;
    for (index, word) in words.iter().enumerate().filter(|(_, word)| word.is_capitalized()) {
        if index < taken {
            continue;
        }
        let next = words.get(index + 1).filter(|next| is_beside(word, next));
        let surname = next.filter(|next| next.is_capitalized() && !next.begins && is_a_name(next));
        let named = is_given(word.text) && (surname.is_some() || is_introduced(words, index));
        let titled = is_titled(words, index) && is_a_name(word);
        if named || titled {
            let parts = std::iter::once(word).chain(surname);
            let texts: Vec<&str> = parts.map(|part| part.text).collect();
            taken = index + texts.len();
            findings.add(Suspicion::Name, &texts.join(" "));
        }
    }
}

/// With nothing but a space between them.
fn is_beside<'t>(word: &Word<'t>, next: &Word<'t>) -> bool {
    word.gap_to(next) == " "
}

/// Letters, and not a sentence in capitals.
fn is_a_name(word: &Word<'_>) -> bool {
    let letters = word.text.chars().filter(|c| c.is_alphabetic()).count();
    let shouted = letters > 1 && word.text.chars().skip(1).all(|c| !c.is_lowercase());
    letters > 1 && !shouted
}

/// Whether one of the two words before it in its sentence introduces somebody.
fn is_introduced(words: &[Word<'_>], index: usize) -> bool {
    let mut later = words.get(index);
    for word in words.get(..index).unwrap_or_default().iter().rev().take(2) {
        if later.is_some_and(|later| later.begins) {
            return false;
        }
        if LISTS.introducing.contains(word.text.to_lowercase().as_str()) {
            return true;
        }
        later = Some(word);
    }
    false
}

fn is_titled(words: &[Word<'_>], index: usize) -> bool {
    let Some(title) = index.checked_sub(1).and_then(|at| words.get(at)) else { return false };
    let Some(word) = words.get(index) else { return false };
    let gap = title.gap_to(word);
    // The full stop of a title begins no sentence.
    (gap == " " && !word.begins || gap == ". ")
        && LISTS.titles.contains(title.text.to_lowercase().as_str())
}

/// Whether a word is a given name, also in another case of Russian and its neighbors.
fn is_given(word: &str) -> bool {
    let lower = word.to_lowercase();
    if LISTS.given.contains(lower.as_str()) {
        return true;
    }
    if lower.is_ascii() {
        return lower.strip_suffix("'s").is_some_and(|name| LISTS.given.contains(name));
    }
    let signs = lower.chars().count();
    (1..=2.min(signs.saturating_sub(3))).any(|ending| {
        let stem: String = lower.chars().take(signs - ending).collect();
        let end: String = lower.chars().skip(signs - ending).collect();
        let is_ending =
            ["а", "у", "е", "ы", "и", "ю", "я", "ой", "ей", "ом", "ем", "і", "ою", "ею"]
                .contains(&end.as_str());
        is_ending
            && ["", "а", "я", "й", "ь"]
                .iter()
                .any(|nominative| LISTS.given.contains(format!("{stem}{nominative}").as_str()))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;
    use crate::lint::lint;

    fn named(text: &str) -> Vec<String> {
        let found = lint(text).into_iter().filter(|finding| finding.what == Suspicion::Name);
        found.map(|finding| finding.excerpt).collect()
    }

    #[test]
    fn a_person_is_found_by_a_name_with_a_surname_an_introduction_or_a_title() {
        for (text, expected) in [
            ("Host is called Anna Petrova.", "Anna Petrova"),
            ("Анна Петрова, звонить вечером", "Анна Петрова"),
            ("Ask for Olga at the door", "Olga"),
            ("Спросить Анну после шести", "Анну"),
            ("Хозяйку зовут Марина", "Марина"),
            ("Ключ у Сергея Иванова", "Сергея Иванова"),
            ("The host, Pekka Virtanen, speaks Finnish", "Pekka Virtanen"),
            ("Klingeln bei Frau Schmidt", "Schmidt"),
            ("Mrs. Tamm lives below", "Tamm"),
            ("Perenaine Kadri räägib vene keelt", "Kadri"),
            ("Дзвонити Олені Коваль", "Олені Коваль"),
            ("Key with Giorgi Beridze", "Giorgi Beridze"),
        ] {
            assert_eq!(named(text), [expected], "{text}");
        }
    }

    #[test]
    fn towns_saints_and_sentences_are_no_persons() {
        for text in [
            "Anna is a nice name for a cat",
            "Near the church of St. Anna, quiet",
            "Two rooms near Viktoria Park",
            "Tallinn Airport, bus 2 to Tartu Mnt",
            "Хозяйка говорит по-русски. Как вас зовут?",
            "The host is called before arrival",
            "Ask for a key. Anna is the cat",
            "HOST SPEAKS RUSSIAN AND FINNISH",
            "Gastgeber spricht Deutsch und Russisch",
            "Хозяин Русский и Украинский понимает",
            "Herr und Frau willkommen",
        ] {
            assert!(named(text).is_empty(), "{text}: {:?}", named(text));
        }
    }
}
