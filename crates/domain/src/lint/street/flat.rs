//! A house with its flat, without any word for a street: "Puškini 12-3".

use super::plain::{is_counted, is_describing};
use crate::lint::word::Word;

/// Words before a number that has a second part and is neither house nor flat: laws and their parts,
/// days, hours, ages, products.
const NUMBERED: &str = "
    article articles art arts artikel artikkel artículo articolo articles artigo articolul artykuł
    section sections sec rule rules regulation regulations directive resolution order law act part
    chapter annex appendix paragraph para item point clause case cases no nr note page pages table
    figure version covid iso iec unit units number group level class bus tram route line room rooms
    train flight channel building floor floors block gate volume
    статья статьи статье статью статей ст закон закона указ приказ постановление пункт пункта часть
    глава раздел приложение дело номер страница стр автобус трамвай маршрут поезд комната этаж группа
    глава таблица стаття статті пункту частина розділ додаток справа наказ постанова маршрут автобус
    артыкул закону seadus seaduse paragrahv lõige peatükk lisa buss liin tuba laki lain pykälä luku
    momentti liite bussi linja huone likums pants panta likuma pielikums autobuss istaba įstatymo
    straipsnis autobusas artikkeli gesetz paragraf absatz kapitel teil anlage zimmer linie nummer raum
    gruppe loi décret arrêté chapitre annexe titre chambre ligne ley decreto capítulo anexo título
    habitación línea ustawa rozdział załącznik punkt pokój linia legge capitolo allegato stanza linea
    madde kanun bölüm ek oda otobüs бап бабы заң заңы կետ հոդված მუხლი
    monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun weekdays
    weekend weekends night nights evening morning open closed hours time quiet curfew daily from
    понедельник вторник среда четверг пятница суббота воскресенье будни выходные ночь вечер тишина
    ежедневно понеділок вівторок середа четвер пʼятниця п'ятниця субота неділя будні вихідні ніч тиша
    esmaspäev teisipäev kolmapäev neljapäev reede laupäev pühapäev öörahu avatud maanantai tiistai
    keskiviikko torstai perjantai lauantai sunnuntai yörauha avoinna pirmdiena otrdiena trešdiena
    ceturtdiena piektdiena sestdiena svētdiena montag dienstag mittwoch donnerstag freitag samstag
    sonntag nachtruhe ruhezeit ruhe uhr kinder alter jahre personen betten lundi mardi mercredi jeudi
    vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo poniedziałek wtorek
    środa czwartek piątek sobota niedziela
    age ages aged kids children child adults sleeps guests people beds windows season winter summer
    spring autumn дети детям возраст гости гостей взрослых діти вік гостей lapsed lapset bērni enfants
    niños dzieci çocuk";

/// Words after which a name with a number is where somebody lives.
const PLACED: &str = "at in on address aadress aadressil osoite osoitteessa adrese adresē adresas
    adresse dirección direccion adres indirizzo endereço adresa cím адрес адресу адреса адресою lives
    live живет живёт живу живём живем проживает мешкає живе мешкаю elan elab asun asuu dzīvo gyvena
    wohnt habite vive mieszka";

/// Words for a flat between two numbers.
const FLATS: &str = "кв квартира krt korter kv apt apartment flat bt butas dz dzīvoklis byt asunto
    daire top app wohnung";

/// Whether an address ends at this word.
pub(super) fn is_address(words: &[Word<'_>], index: usize) -> bool {
    let back = |steps: usize| index.checked_sub(steps).and_then(|at| words.get(at));
    let (Some(word), Some(previous)) = (words.get(index), back(1)) else { return false };
    if word.begins && !previous.dotted {
        return false;
    }
    let has = |list: &str, text: &str| {
        let text = text.to_lowercase();
        list.split_whitespace().any(|word| word == text)
    };
    if let Some(house) = back(2)
        && is_small(house.text)
        && is_small(word.text)
        && has(FLATS, previous.text)
        && house.gap_to(previous).trim_matches([' ', ',']).is_empty()
        && previous.gap_to(word).trim_matches([' ', '.']).is_empty()
    {
        return !words.get(index + 1).is_some_and(|next| is_counted(next.text));
    }
    let Some((house, flat)) = word.text.split_once('-') else { return false };
    let value = |text: &str| {
        text.trim_end_matches(char::is_alphabetic).parse().ok().filter(|_| is_small(text))
    };
    let (Some(house), Some(flat)): (Option<u16>, Option<u16>) = (value(house), value(flat)) else {
        return false;
    };
    let named = previous.is_capitalized()
        && previous.text.chars().count() >= 3
        && previous.text.contains(char::is_lowercase)
        && previous.text.chars().all(|c| c.is_alphabetic() || c == '-' || c == '\'')
        && !has(NUMBERED, previous.text)
        && !is_describing(previous.text)
        && !is_counted(previous.text)
        && previous.gap_to(word).trim_start_matches(',') == " ";
    let counted = words.get(index + 1).is_some_and(|next| {
        is_counted(next.text) && word.gap_to(next).chars().all(char::is_whitespace)
    });
    // A range grows, and the night begins late and ends early. A flat has mostly a lower number
    // than its house, and otherwise what stands before must say that this is a place.
    let night = (18..=24).contains(&house) && flat <= 12 && previous.begins;
    let placed = back(2).is_some_and(|word| has(PLACED, word.text)) && !previous.begins;
    named && !counted && flat > 0 && !night && (flat < house || placed)
}

/// A number of a house or flat, such as 12 or 12a.
fn is_small(text: &str) -> bool {
    let digits = text.trim_end_matches(char::is_alphabetic);
    (1..=3).contains(&digits.len())
        && digits.chars().all(|c| c.is_ascii_digit())
        && text.chars().count() <= digits.len() + 1
}
