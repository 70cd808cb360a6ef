//! What streets are called, in the countries whose towns the gazetteer knows.
//!
//! A row says where the words are in use, on which side of a name they stand, and which they are.
//! Cases and short forms are words of their own. Add a row, and a line to the tests, for what is
//! missing.

/// Where a word for streets stands, and what must be there for it to make an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// Before a name: "rue des Lilas".
    Ahead,
    /// Before a name with a number on either side: without one the word means something else too.
    AheadNumbered,
    /// Shortened with a full stop, before a name: "str. Florilor".
    AheadShort,
    /// Shortened with a full stop, before a name or a number: "ул. 5".
    AheadShortOrNumbered,
    /// Behind a name, or before a number: "Pikk tänav".
    Behind,
    /// Behind a name with a number on either side: "12 Elm St", "Kase tee 5".
    BehindNumbered,
    /// The same, with a capital of its own, as it is a common word otherwise: "5 Oak Close".
    BehindCapital,
    /// Shortened with a full stop, behind a name with a number on either side: "Vilniaus g. 5".
    BehindShort,
    /// The beginning of words of any case, on either side of a name: "Садовой улице".
    Stem,
    /// The same, with a number on either side.
    StemNumbered,
    /// The end of a word that begins with a capital: "Kalevankadulla".
    Ending,
    /// The same, where a capital within a sentence or a number must show that it is a name.
    EndingNamed,
    /// The same, with a number behind it, as the ending means other things too: "Lindenweg 5".
    EndingNumbered,
    /// Shortened with a full stop, before the number of a house or a flat.
    House,
}

use Role::{
    Ahead, AheadNumbered, AheadShort, AheadShortOrNumbered, Behind, BehindCapital, BehindNumbered,
    BehindShort, Ending, EndingNamed, EndingNumbered, House, Stem, StemNumbered,
};

/// Countries, what a word does, and the words.
pub(super) const ROWS: &[(&str, Role, &str)] = &[
    // English, also as others write it for foreigners.
    ("GB IE", Behind, "street avenue boulevard"),
    ("GB IE", BehindNumbered, "st str ave av rd blvd ln dr sq road lane drive square court"),
    (
        "GB IE",
        BehindCapital,
        "terrace close crescent way place highway row hill gardens mews quay grove parade walk",
    ),
    ("IE", AheadNumbered, "sráid bóthar"),
    // Russian, Ukrainian, Belarusian.
    ("BY KG KZ MD RU TJ TM UA UZ", AheadShortOrNumbered, "ул вул просп наб бул бульв ул-ца"),
    ("BY KG KZ MD RU TJ TM UA UZ", AheadShort, "пер пр пл мкр мкрн мкр-н б-р ш пр-д туп пров"),
    ("BY KG KZ MD RU TJ TM UA UZ", Ahead, "мкр мкрн мкр-н микрорайон микрорайоне мікрорайон"),
    ("BY KG KZ MD RU TJ TM UA UZ", House, "кв д корп буд"),
    (
        "BY KG KZ MD RU TJ TM UA UZ",
        Stem,
        "улиц вулиц вуліц проспект праспект переулк переулок провулк провулок завулк завулак \
         набережн площад площі площа плошч шоссе шосе шаша бульвар пр-т пр-кт",
    ),
    (
        "BY KG KZ MD RU TJ TM UA UZ",
        StemNumbered,
        "тупик проезд проїзд аллея аллее алея алеї тракт узвіз",
    ),
    // Transcribed.
    ("BY KZ RU UA", Ahead, "ulitsa ulitsy vulytsia vulitsa prospekt pereulok prospect"),
    // Estonian.
    (
        "EE",
        Behind,
        "tänav tänava tänaval tänavale tänavas tänavat tänavalt maantee maanteel puiestee puiesteel \
         mnt tn pst",
    ),
    ("EE", BehindNumbered, "tee teel põik allee väljak väljakul"),
    ("EE FI", House, "krt"),
    // Latvian, Lithuanian.
    ("LV", Behind, "iela ielā ielas ielu prospekts prospektā bulvāris bulvārī"),
    ("LV", BehindNumbered, "gatve laukums šoseja aleja krastmala"),
    ("LV", BehindShort, "bulv prosp"),
    ("LV", House, "dz"),
    ("LT", Behind, "gatvė gatvėje gatvės gatvę prospektas prospekte"),
    ("LT", BehindNumbered, "alėja aikštė plentas takas skersgatvis kelias"),
    ("LT", BehindShort, "g pr al pl skg"),
    ("LT", House, "bt"),
    // Finnish.
    ("FI", Ending, "katu kadun kadulla kadulta kadulle"),
    (
        "FI",
        EndingNumbered,
        "tie tien tiellä kuja kujalla polku aukio kaari raitti rinne väylä penger puistikko puistotie \
         esplanadi",
    ),
    // Swedish, Norwegian, Danish, Icelandic.
    ("DK FI IS NO SE", EndingNamed, "gatan vägen gränd gata gaten veien stræde götu stræti allén"),
    (
        "DK FI IS NO SE",
        EndingNumbered,
        "gade väg vei veg vegen vej allé torget torg plads plass stigen stien backen bakken vænget braut \
         vegur vegi kaj kajen parken svingen tunet",
    ),
    (
        "DK FI IS NO SE",
        BehindNumbered,
        "gata gatan gade väg vägen vei veien vej allé torg torv plads plass",
    ),
    // German.
    ("AT CH DE LU", Behind, "straße strasse allee"),
    ("AT CH DE LU", BehindNumbered, "platz weg gasse ring damm ufer chaussee promenade"),
    ("AT CH DE LU", Ending, "straße strasse gasse"),
    (
        "AT CH DE LU",
        EndingNumbered,
        "str weg allee prospekt platz damm steig chaussee promenade markt pfad",
    ),
    // Dutch.
    ("BE NL", EndingNamed, "straat gracht"),
    ("BE NL", EndingNumbered, "laan weg plein kade steeg dreef singel dijk"),
    ("BE NL", BehindNumbered, "straat gracht laan weg plein kade"),
    // French.
    ("BE CH FR LU", Ahead, "rue avenue boulevard impasse quai ruelle chaussée allée faubourg"),
    (
        "BE CH FR LU",
        AheadNumbered,
        "place chemin cours route passage square sentier montée résidence",
    ),
    ("BE CH FR LU", AheadShort, "av bd blvd boul"),
    // Spanish, Catalan, Galician, Basque.
    (
        "ES",
        Ahead,
        "calle avenida avda paseo travesía callejón glorieta carrer avinguda passeig plaça rúa",
    ),
    ("ES", AheadNumbered, "plaza camino ronda carrera carretera cuesta c pza"),
    ("ES", AheadShort, "av avd avda pl pza"),
    ("ES", BehindNumbered, "kalea kaleko etorbidea"),
    // Portuguese.
    ("PT", Ahead, "rua travessa avenida alameda praça"),
    ("PT", AheadNumbered, "largo estrada calçada beco r"),
    // Italian.
    ("CH IT", Ahead, "viale piazza piazzale vicolo lungomare"),
    ("CH IT", AheadNumbered, "via corso largo contrada strada salita calata"),
    // Romanian.
    ("MD RO", Ahead, "strada strazii bulevardul aleea șoseaua soseaua splaiul"),
    ("MD RO", AheadNumbered, "piața piata intrarea calea drumul"),
    ("MD RO", AheadShort, "str bd bdul b-dul șos"),
    ("MD RO", House, "ap"),
    // Polish.
    ("PL", Ahead, "ulica ulicy ulicę aleja aleje alei osiedle osiedlu"),
    ("PL", AheadNumbered, "plac placu rondo rynek skwer"),
    ("PL", AheadShort, "al os"),
    ("PL", AheadShortOrNumbered, "ul"),
    // Czech, Slovak.
    ("CZ SK", Ahead, "ulice ulici třída třídě náměstí námestie nábřeží nábrežie ulica ulici"),
    ("CZ SK", Behind, "ulice ulici ulica třída náměstí námestie nábřeží"),
    ("CZ SK", AheadShort, "nám tř nábř"),
    ("CZ SK", House, "byt"),
    // Slovene, Croatian, Bosnian, Serbian, Montenegrin, Macedonian, Bulgarian.
    ("BA HR ME MK RS SI", Ahead, "ulica ulici bulevar bulevaru булевар булевару šetalište"),
    ("BA HR ME MK RS SI", Behind, "ulica ulici"),
    ("BA HR ME MK RS SI", BehindNumbered, "cesta cesti trg trgu трг пут"),
    ("BA HR ME MK RS SI", AheadNumbered, "trg trgu трг"),
    ("BA BG ME MK RS", Stem, "улиц булевард"),
    ("BA BG ME MK RS", AheadShortOrNumbered, "ул бул"),
    ("BG", Ahead, "жк площад"),
    // Albanian.
    ("AL ME MK", Ahead, "rruga rrugën rrugës bulevardi bulevardin sheshi"),
    ("AL ME MK", AheadShort, "rr blv"),
    // Hungarian.
    ("HU RO SK", Behind, "utca utcában utcán utcája körút körúton sétány rakpart fasor"),
    ("HU RO SK", BehindNumbered, "út úton útja tér téren tere köz sor dűlő"),
    ("HU", BehindShort, "u krt"),
    // Greek.
    (
        "CY GR",
        Ahead,
        "οδός οδού οδό οδος λεωφόρος λεωφόρου λεωφόρο λεωφορος πλατεία πλατείας odos leoforos",
    ),
    ("CY GR", AheadShort, "λεωφ λ πλ"),
    // Turkish, Azerbaijani, Turkmen.
    (
        "CY TR",
        Behind,
        "sokak sokağı sokağında sokakta sokagi caddesi caddesinde cadde bulvarı bulvarında mahallesi",
    ),
    ("CY TR", BehindShort, "sok sk cad cd bulv blv mah mh"),
    ("CY TR", BehindNumbered, "sok sk cad cd"),
    ("AZ", Behind, "küçəsi küçəsində küçə prospekti prospektində"),
    ("AZ", BehindShort, "küç pr"),
    ("TM", Behind, "köçesi köçesinde şaýoly"),
    // Georgian, Armenian, Hebrew: two of the scripts have no capitals, so that a number must be there.
    ("GE", Behind, "ქუჩა ქუჩის ქუჩაზე გამზირი გამზირის გამზირზე ჩიხი შესახვევი kucha gamziri"),
    ("GE", BehindShort, "ქ გამზ"),
    ("AM", Behind, "փողոց փողոցի փողոցում պողոտա պողոտայի նրբանցք խճուղի poghots"),
    ("AM", BehindShort, "փող պող"),
    ("IL", AheadNumbered, "רחוב ברחוב שדרות רח שד דרך rehov rechov sderot derech"),
    ("IL", AheadNumbered, "شارع"),
    // Kazakh, Kyrgyz, Uzbek, Tajik, Mongolian.
    ("KZ", Behind, "көшесі көшесінде көшесінің даңғылы даңғылында köshesi köşesi kóshesi dañğyly"),
    ("KZ", BehindShort, "көш даң"),
    ("KG", Behind, "көчөсү көчөсүндө проспектиси"),
    ("UZ", Behind, "ko'chasi ko'chasida ko'cha кўчаси кўчасида shohko'cha mavzesi мавзеси kochasi"),
    ("TJ", Ahead, "кӯчаи хиёбони кучаи"),
    ("MN", Behind, "гудамж гудамжинд гудамжны"),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]

    use std::collections::BTreeSet;

    use super::*;
    use crate::gazetteer;

    #[test]
    fn every_country_with_towns_has_its_words() {
        let rows = ROWS.iter().flat_map(|(countries, _, _)| countries.split_whitespace());
        let known: BTreeSet<&str> = rows.collect();
        let narva = gazetteer::find("Narva", Some("EE"))[0].town;
        let towns = gazetteer::within(&narva, 50_000.0);
        assert_eq!(towns.len(), gazetteer::count());
        for (town, _) in towns {
            assert!(known.contains(town.country), "{}", town.country);
        }
    }
}
