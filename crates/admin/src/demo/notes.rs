//! Notes of made-up offers.

use super::random::SplitMix;

/// A language's sentences. Every note takes two facts, a word about people and the ending.
struct Phrases {
    language: &'static str,
    facts: &'static [&'static str],
    people: &'static [&'static str],
    endings: &'static [&'static str],
}

/// A note of 60 to 200 characters and its language.
pub(super) fn note(random: &mut SplitMix) -> (&'static str, String) {
    let phrases = random.weighted(&[(&RUSSIAN, 45), (&ENGLISH, 33), (&UKRAINIAN, 22)]);
    let phrases = phrases.unwrap_or(&ENGLISH);
    let first = random.pick(phrases.facts).unwrap_or_default();
    let others: Vec<&str> = phrases.facts.iter().filter(|fact| **fact != first).copied().collect();
    let second = random.pick(&others).unwrap_or_default();
    let people = random.pick(phrases.people).unwrap_or_default();
    let ending = random.pick(phrases.endings).unwrap_or_default();
    (phrases.language, [first, second, people, ending].join(" "))
}

static ENGLISH: Phrases = Phrases {
    language: "en",
    facts: &[
        "Quiet room with a door that locks.",
        "The kitchen and the washing machine can be used.",
        "Good internet and a desk to work at.",
        "The bus stops five minutes away.",
        "A shop and a pharmacy are close by.",
        "Bedding and towels are there.",
        "Warm in winter, shady in summer.",
        "Guests can stay in during the day.",
        "There is room for two bicycles.",
        "A big table where everybody fits.",
        "The garden is for everyone.",
        "Two heavy blankets, a good lamp and many books.",
    ],
    people: &[
        "We cook together in the evening if you like.",
        "Calm house, nobody drinks.",
        "I work at night, so please be quiet in the morning.",
        "We leave you alone unless you want company.",
        "Our children are loud on Saturdays.",
        "I can help with letters from the authorities.",
        "We have hosted before and would do it again.",
        "Please take your shoes off at the door.",
    ],
    endings: &["This offer is fictional.", "All of this is fictional."],
};

static RUSSIAN: Phrases = Phrases {
    language: "ru",
    facts: &[
        "Тихая комната, дверь запирается.",
        "Кухней и стиральной машиной можно пользоваться.",
        "Хороший интернет и стол для работы.",
        "Автобус останавливается в пяти минутах.",
        "Рядом магазин и аптека.",
        "Постельное бельё и полотенца есть.",
        "Зимой тепло, летом не жарко.",
        "Днём можно оставаться дома.",
        "Есть место для двух велосипедов.",
        "Большой стол, за которым помещаются все.",
        "Сад общий, в нём можно отдыхать.",
        "Два тёплых одеяла, хорошая лампа и много книг.",
    ],
    people: &[
        "Вечером при желании готовим вместе.",
        "Спокойный дом, никто не пьёт.",
        "Я работаю ночью, утром прошу не шуметь.",
        "Если хочется побыть одному, никто не потревожит.",
        "По субботам дети шумят.",
        "Могу помочь с письмами от властей.",
        "Мы уже принимали гостей и рады новым.",
        "Обувь, пожалуйста, оставляйте у двери.",
    ],
    endings: &["Это предложение вымышлено.", "Всё здесь вымышлено."],
};

static UKRAINIAN: Phrases = Phrases {
    language: "uk",
    facts: &[
        "Тиха кімната, двері замикаються.",
        "Кухнею та пральною машиною можна користуватися.",
        "Добрий інтернет і стіл для роботи.",
        "Автобус зупиняється за п’ять хвилин звідси.",
        "Поруч крамниця й аптека.",
        "Постільна білизна та рушники є.",
        "Узимку тепло, улітку не спекотно.",
        "Удень можна залишатися вдома.",
        "Є місце для двох велосипедів.",
        "Великий стіл, за яким уміщаються всі.",
        "Садок спільний, у ньому можна відпочивати.",
        "Дві теплі ковдри, добра лампа й багато книжок.",
    ],
    people: &[
        "Увечері за бажання готуємо разом.",
        "Спокійний дім, ніхто не п’є.",
        "Я працюю вночі, вранці прошу не шуміти.",
        "Якщо хочеться побути на самоті, ніхто не потурбує.",
        "Щосуботи діти галасують.",
        "Можу допомогти з листами від установ.",
        "Ми вже приймали гостей і раді новим.",
        "Взуття, будь ласка, залишайте біля дверей.",
    ],
    endings: &["Цю пропозицію вигадано.", "Усе тут вигадано."],
};
