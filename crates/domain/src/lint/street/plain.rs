//! Words beside which a street or a number is none.

/// What a number counts, or the month of a day: then it is no house.
const COUNTED: &str = "
    m m2 km min mins minutes minuten minuutti minuuttia minutit minuti minūtes minutės minuty minut
    minutos minuti minuta minute perc dakika dəqiqə წუთი րոպե минут мин минуты минута хв хвилин хвилини
    хвіліны daqiqa мүнөт h hours hour uhr std stunden stunde tunti tuntia tundi heures horas ore godzin
    stundas saat сағат საათი ժամ ч час часа часов години годин м м2 км кв kg кг g
    eur euro euros € usd $ £ gbp chf zł pln kr sek nok dkk kč czk huf ft lei ron lv rub руб рублей ₽ грн
    ₴ тенге тг ₸ gel ლარი amd դրամ uah byn kzt лв tl lira som so'm сом % ° rooms room beds bed persons
    person people guests guest personen gäste betten zimmer jahre jahr tage tag nächte nacht cafes
    shops stops houses flats floors times days nights weeks months years henkilöä henkeä huonetta
    sänkyä vuotta päivää yötä inimest tuba voodit kohta päeva ööd personnes chambres lits jours nuits
    ans personas habitaciones camas días noches años persone letti camere notti osób osoby pokoje
    pokoi łóżka dni nocy lat cilvēki cilvēkiem istabas gultas dienas naktis žmonės žmonėms kambariai
    lovos dienos naktys человек человека людей чел комнат комнаты комната мест места место кровати
    кроватей ночей ночи дней дня суток лет года год людини осіб кімнат кімнати місць місця ліжка ночі
    днів років этаж этажа этажей поверх поверхи чалавек пакоі месцаў kişi oda yatak gün gece yıl адам
    бөлме төсек күн түн жыл კაცი ოთახი ადგილი მարդ սենյակ տեղ օր ր דקות דקה חדרים אנשים מיטות ימים st nd rd th
    january february march april may june july august september october november december jan feb mar
    apr jun jul aug sep sept oct nov dec januar februar märz mai juni juli oktober dezember января
    февраля марта апреля мая июня июля августа сентября октября ноября декабря січня лютого березня
    квітня травня червня липня серпня вересня жовтня листопада грудня janvier février mars avril juin
    juillet août septembre octobre novembre décembre enero febrero marzo abril mayo junio julio agosto
    septiembre octubre noviembre diciembre stycznia lutego marca kwietnia maja czerwca lipca sierpnia
    września października listopada grudnia jaanuar veebruar märts aprill mai juuni juuli august
    september oktoober november detsember tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta
    kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta";

/// Words that begin a sentence with a capital, or describe a street. None of them is its name.
const DESCRIBING: &str = "
    the this that these our your my their his her its every each any one no on in at from to near by
    quiet calm busy noisy narrow side next whole nice safe dark steep small     pretty beautiful shady one-way dead-end pedestrian residential public same another all
    тихая тихой тихую спокойная спокойной шумная шумной оживленная оживлённая узкая широкая соседняя
    соседней темная тёмная красивая хорошая безопасная пешеходная ближайшая каждая любая наша нашей
    ваша моя твоя эта этой вся весь самая одна маленькая обычная главная сама
    тиха тихій спокійна гучна шумна вузька широка сусідня сусідній темна гарна безпечна пішохідна
    найближча кожна наша наша ця цій вся одна     ціхая спакойная шумная вузкая суседняя наша гэтая уся
    vaikne rahulik lärmakas kitsas kõrval meie see kogu ilus ohutu kogu sama
    rauhallinen hiljainen vilkas kapea leveä viereinen meidän tämä koko kaunis turvallinen
    klusa klusā kluss mierīga mierīgā šaura plaša mūsu šī visa skaista droša blakus
    rami triukšminga siaura plati mūsų ši visa graži saugi gretima
    ruhige ruhigen ruhiger stille laute enge schmale unsere diese eine keine die der den an auf
    in schöne sichere nächste kleine verkehrsberuhigte belebte
    cicha spokojna głośna wąska szeroka nasza ta cała ładna bezpieczna sąsiednia
    tichá klidná hlučná úzká naše tato celá hezká bezpečná kľudná pokojná naša táto
    tiha mirna bučna bučna uska naša ta ova cijela cela
    csendes nyugodt zajos szűk széles az a egy ez egész szép
    sessiz sakin gürültülü dar geniş bu bizim bütün güzel bir ana ara yan
    sakit dar geniş bu bizim тыныш біздің бұл кең тар тынч биздин бул tinch bizning bu keng tor
    հանգիստ լուռ նեղ լայն մեր այս ամբողջ ողջ
    нам тайван манай энэ
        ";

/// Of these a court is one of justice.
const COURTS: &str = "supreme high district regional county administrative constitutional criminal
    appeal appeals federal european international city municipal local civil crown magistrates family
    arbitration ecthr rights justice human the a this";

/// Words that only end like a street.
const COMPOUNDS: &str = "sackgasse seitenstraße nebenstraße einbahnstraße wohnstraße querstraße
    durchgangsstraße spielstraße landstraße fußgängerstraße hauptverkehrsstraße seitenstrasse
    nebenstrasse einbahnstrasse wohnstrasse querstrasse durchgangsstrasse spielstrasse landstrasse
    kävelykatu kävelykadulla sivukatu sivukadulla umpikatu umpikuja schlafplatz stellplatz parkplatz
    spielplatz arbeitsplatz sitzplatz campingplatz supermarkt flohmarkt baumarkt wochenmarkt
    arbeitsmarkt bahnsteig radweg fußweg gehweg heimweg schulweg umweg rückweg brigade
    soveplads soveplass sengeplass sengeplads parkeringsplass parkeringsplads lekeplass legeplads
    garantie partie motorvägen motorveien gågatan gågata gågade winkelstraat zijstraat";

/// Words before a street that is any: "une rue", "una calle de Madrid".
const ANY: &str =
    "a an one une un una unas uma um o cette cet esta este cada chaque toute toda quelle
    otra autre outra eine keine jede μια ένα κάθε jedna każda ta każdej pewna žádná egy";

/// Articles and titles within the name of a street.
const PARTICLES: &str =
    "de des du la le les del las los dos das da do di dei degli della delle dello
    dell al el i e y et van von der den dem het of the dr gen sf sv św im им имени ім імені акад
    академика академіка ген генерала маршала маршалу проф профессора св адмирала героев героїв lui
    cel sfântul sfânta stefan της του των άγιου αγίου";

/// What stands between a street and the number of a house.
const NUMBER_WORDS: &str =
    "no nr n num número numero č čp č.p br бр д дом буд будинок house nº αρ № номер
    үй uy nro numărul номер ev maja hiša dom dům bina kv кв";

fn has(list: &str, text: &str) -> bool {
    let text = text.to_lowercase();
    list.split_whitespace().any(|word| word == text)
}

pub(super) fn is_counted(text: &str) -> bool {
    has(COUNTED, text)
}

pub(super) fn is_describing(text: &str) -> bool {
    has(DESCRIBING, text)
}

pub(super) fn is_justice(text: &str) -> bool {
    has(COURTS, text)
}

pub(super) fn is_compound(text: &str) -> bool {
    has(COMPOUNDS, text)
}

pub(super) fn is_any(text: &str) -> bool {
    has(ANY, text)
}

pub(super) fn is_particle(text: &str) -> bool {
    has(PARTICLES, text)
}

pub(super) fn is_number_word(text: &str) -> bool {
    has(NUMBER_WORDS, text)
}
