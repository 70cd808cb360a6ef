//! The placeholders of the sample templates, with what people are asked in each language.

use hospes_domain::Value;

use super::sheet::{Sheet, map};
use super::templates::LANGUAGES;

/// A placeholder; texts are in the order of [`LANGUAGES`].
pub(super) struct Placeholder {
    key: &'static str,
    form: Form,
    labels: [&'static str; 3],
    help: [&'static str; 3],
}

/// What is filled in, and how carefully it is to be treated.
#[derive(Clone, Copy)]
enum Form {
    /// A name as it stands in the passport.
    Name,
    /// Something that could harm the person, such as where the person lives.
    Sensitive(&'static str),
    /// A long answer in the person's own words; it could harm the person.
    Story,
    /// Something that must be filled.
    Plain(&'static str),
    /// Something that may be left empty.
    Optional(&'static str),
}

impl Placeholder {
    const fn new(
        key: &'static str,
        form: Form,
        labels: [&'static str; 3],
        help: [&'static str; 3],
    ) -> Self {
        Self { key, form, labels, help }
    }

    /// As a record holds it.
    pub(super) fn value(&self) -> Value {
        let (kind, required, sensitive) = match self.form {
            Form::Name => ("person_name", true, true),
            Form::Sensitive(kind) => (kind, true, true),
            Form::Story => ("long_text", true, true),
            Form::Plain(kind) => (kind, true, false),
            Form::Optional(kind) => (kind, false, false),
        };
        let mut sheet = Sheet::default();
        sheet.put("key", self.key);
        sheet.put("type", kind);
        sheet.put("required", required);
        sheet.put("sensitive", sensitive);
        match kind {
            "long_text" => sheet.put("max_len", 4_000),
            "text" | "list" => sheet.put("max_len", 500),
            _ => {}
        }
        if kind == "person_name" {
            sheet.put("name_form", "as_in_passport");
        }
        sheet.put("label", map(LANGUAGES.into_iter().zip(self.labels)));
        sheet.put("help", map(LANGUAGES.into_iter().zip(self.help)));
        Value::Map(sheet.into_fields())
    }
}

const FULL_NAME: Placeholder = Placeholder::new(
    "full_name",
    Form::Name,
    ["Full name", "Имя и фамилия", "Ім’я та прізвище"],
    [
        "As in the passport, in the letters of the passport.",
        "Как в паспорте, теми же буквами.",
        "Як у паспорті, тими самими літерами.",
    ],
);
const BIRTH_DATE: Placeholder = Placeholder::new(
    "birth_date",
    Form::Sensitive("date"),
    ["Date of birth", "Дата рождения", "Дата народження"],
    ["As in the passport.", "Как в паспорте.", "Як у паспорті."],
);
const CITIZENSHIP: Placeholder = Placeholder::new(
    "citizenship",
    Form::Sensitive("country"),
    ["Citizenship", "Гражданство", "Громадянство"],
    [
        "With several, the one whose army is meant.",
        "Если их несколько — то, о чьей армии идёт речь.",
        "Якщо їх кілька — те, про чию армію йдеться.",
    ],
);
const CONTACT_ADDRESS: Placeholder = Placeholder::new(
    "contact_address",
    Form::Sensitive("address"),
    ["Address for letters", "Адрес для писем", "Адреса для листів"],
    [
        "It may be the lawyer's. Do not give a host's address without asking.",
        "Можно указать адрес адвоката. Адрес принимающих людей — только с их согласия.",
        "Можна вказати адресу адвоката. Адресу господарів — лише за їхньою згодою.",
    ],
);
const PLACE_AND_DATE: Placeholder = Placeholder::new(
    "place_and_date",
    Form::Plain("place_date"),
    ["Place and date", "Место и дата", "Місце й дата"],
    ["Where and when it is signed.", "Где и когда подписано.", "Де й коли підписано."],
);
const SIGNATURE: Placeholder = Placeholder::new(
    "signature",
    Form::Plain("signature"),
    ["Signature", "Подпись", "Підпис"],
    ["By hand, on paper.", "От руки, на бумаге.", "Від руки, на папері."],
);

/// Of the statement of conscientious objection.
pub(super) static OBJECTION: &[Placeholder] = &[
    Placeholder::new(
        "addressee",
        Form::Plain("text"),
        ["To whom", "Кому", "Кому"],
        [
            "The office, commander or court, with its address.",
            "Орган, командир или суд, с адресом.",
            "Орган, командир або суд, з адресою.",
        ],
    ),
    FULL_NAME,
    BIRTH_DATE,
    CITIZENSHIP,
    CONTACT_ADDRESS,
    Placeholder::new(
        "summons",
        Form::Story,
        ["Your situation", "Ваше положение", "Ваше становище"],
        [
            "Were you called up, when, and by whom? Are you in service now?",
            "Призвали ли вас, когда и кто? Служите ли вы сейчас?",
            "Чи вас призвали, коли і хто? Чи служите ви зараз?",
        ],
    ),
    Placeholder::new(
        "convictions",
        Form::Story,
        ["What you believe", "Ваши убеждения", "Ваші переконання"],
        [
            "In your own words: why can you not take part in killing? Faith is not required.",
            "Своими словами: почему вы не можете участвовать в убийстве? Вера не обязательна.",
            "Своїми словами: чому ви не можете брати участь у вбивстві? Віра не обов’язкова.",
        ],
    ),
    Placeholder::new(
        "convictions_since",
        Form::Plain("text"),
        ["Since when", "С каких пор", "Відколи"],
        [
            "A year, or an event that changed you.",
            "Год или событие, которое вас изменило.",
            "Рік або подія, що вас змінила.",
        ],
    ),
    Placeholder::new(
        "actions",
        Form::Story,
        ["How you live by it", "Как вы так живёте", "Як ви так живете"],
        [
            "What you did, said, wrote or gave up. Name no other people.",
            "Что вы делали, говорили, писали, от чего отказались. Не называйте других людей.",
            "Що ви робили, казали, писали, від чого відмовилися. Не називайте інших людей.",
        ],
    ),
    Placeholder::new(
        "alternative_service",
        Form::Plain("long_text"),
        ["Service instead", "Служба взамен", "Служба натомість"],
        [
            "Care, rescue, nature? Or say why you refuse every service.",
            "Уход, спасение, природа? Или объясните, почему отказываетесь от любой службы.",
            "Догляд, порятунок, природа? Або поясніть, чому відмовляєтеся від будь-якої служби.",
        ],
    ),
    Placeholder::new(
        "witnesses",
        Form::Optional("list"),
        ["Who can confirm it", "Кто может подтвердить", "Хто може підтвердити"],
        [
            "Only people who agreed and are safe. It may stay empty.",
            "Только те, кто согласен и в безопасности. Можно оставить пустым.",
            "Лише ті, хто згоден і в безпеці. Можна залишити порожнім.",
        ],
    ),
    Placeholder::new(
        "enclosures",
        Form::Optional("list"),
        ["Enclosed papers", "Приложения", "Додатки"],
        [
            "Copies, never originals.",
            "Копии, ни в коем случае не оригиналы.",
            "Копії, у жодному разі не оригінали.",
        ],
    ),
    PLACE_AND_DATE,
    SIGNATURE,
];

/// Of the cover letter to an application for protection.
pub(super) static ASYLUM: &[Placeholder] = &[
    Placeholder::new(
        "authority",
        Form::Plain("text"),
        ["Authority", "Орган", "Орган"],
        [
            "The office that decides, with its address.",
            "Орган, который принимает решение, с адресом.",
            "Орган, який ухвалює рішення, з адресою.",
        ],
    ),
    Placeholder::new(
        "reference",
        Form::Optional("text"),
        ["File number", "Номер дела", "Номер справи"],
        [
            "Empty if there is none yet.",
            "Пусто, если его ещё нет.",
            "Порожньо, якщо його ще немає.",
        ],
    ),
    FULL_NAME,
    BIRTH_DATE,
    CITIZENSHIP,
    CONTACT_ADDRESS,
    Placeholder::new(
        "representative",
        Form::Optional("text"),
        ["Lawyer", "Представитель", "Представник"],
        [
            "Lawyer or organization with a power of attorney.",
            "Адвокат или организация с доверенностью.",
            "Адвокат або організація з довіреністю.",
        ],
    ),
    Placeholder::new(
        "interview_language",
        Form::Plain("language"),
        ["Language of the interview", "Язык собеседования", "Мова співбесіди"],
        [
            "The one in which you can explain difficult things.",
            "Тот, на котором вы можете объяснить сложные вещи.",
            "Та, якою ви можете пояснити складні речі.",
        ],
    ),
    Placeholder::new(
        "family",
        Form::Sensitive("list"),
        ["Family who apply with you", "Семья, которая просит защиты", "Сім’я, яка просить захисту"],
        [
            "Names and dates of birth; \"none\" if you are alone.",
            "Имена и даты рождения; «нет», если вы один.",
            "Імена й дати народження; «немає», якщо ви самі.",
        ],
    ),
    Placeholder::new(
        "refusal",
        Form::Story,
        ["What you refused", "От чего вы отказались", "Від чого ви відмовилися"],
        [
            "Call-up, order or contract: what, when, and how you said no. No routes.",
            "Призыв, приказ или контракт: что, когда и как вы отказались. Без маршрутов.",
            "Призов, наказ чи контракт: що, коли і як ви відмовилися. Без маршрутів.",
        ],
    ),
    Placeholder::new(
        "consequences",
        Form::Story,
        ["What happened then", "Что было потом", "Що було потім"],
        [
            "Searches, threats, a criminal case; or what others met with.",
            "Обыски, угрозы, уголовное дело; или что случилось с другими.",
            "Обшуки, погрози, кримінальна справа; або що сталося з іншими.",
        ],
    ),
    Placeholder::new(
        "fear",
        Form::Story,
        ["What you are afraid of", "Чего вы опасаетесь", "Чого ви боїтеся"],
        [
            "Who would do what to you, and how you know it.",
            "Кто и что может с вами сделать и откуда вы это знаете.",
            "Хто і що може з вами зробити та звідки ви це знаєте.",
        ],
    ),
    Placeholder::new(
        "special_needs",
        Form::Sensitive("long_text"),
        ["Special needs", "Особые потребности", "Особливі потреби"],
        [
            "Illness, trauma, small children, a woman or a man as interpreter; or \"none\".",
            "Болезнь, травма, маленькие дети, переводчик-женщина или мужчина; или «нет».",
            "Хвороба, травма, малі діти, перекладачка чи перекладач; або «немає».",
        ],
    ),
    Placeholder::new(
        "evidence",
        Form::Plain("list"),
        ["Enclosed papers", "Приложения", "Додатки"],
        [
            "Each paper with its language. Copies, never originals.",
            "Каждый документ и его язык. Копии, не оригиналы.",
            "Кожен документ і його мова. Копії, не оригінали.",
        ],
    ),
    PLACE_AND_DATE,
    SIGNATURE,
];

/// Of the agreement between a host and guests.
pub(super) static HOSTING: &[Placeholder] = &[
    Placeholder::new(
        "host_name",
        Form::Name,
        ["Host", "Принимающая сторона", "Господар (господиня)"],
        ["As in the passport.", "Как в паспорте.", "Як у паспорті."],
    ),
    Placeholder::new(
        "guests",
        Form::Sensitive("list"),
        ["Guests", "Гости", "Гості"],
        [
            "All who stay, children with their age.",
            "Все, кто будет жить, дети с возрастом.",
            "Усі, хто житиме, діти з віком.",
        ],
    ),
    Placeholder::new(
        "address",
        Form::Sensitive("address"),
        ["Place", "Место", "Місце"],
        ["Full address.", "Полный адрес.", "Повна адреса."],
    ),
    Placeholder::new(
        "center_name",
        Form::Plain("text"),
        ["Center", "Центр", "Центр"],
        [
            "Its public name; it may be a code name.",
            "Публичное название, можно условное.",
            "Публічна назва, можна умовна.",
        ],
    ),
    Placeholder::new(
        "rooms",
        Form::Plain("long_text"),
        ["What is given", "Что предоставляется", "Що надається"],
        [
            "Rooms, beds, what is shared.",
            "Комнаты, места, что общее.",
            "Кімнати, місця, що спільне.",
        ],
    ),
    Placeholder::new(
        "keys",
        Form::Plain("text"),
        ["Keys", "Ключи", "Ключі"],
        ["How many, and who has them.", "Сколько и у кого.", "Скільки і в кого."],
    ),
    Placeholder::new(
        "start_date",
        Form::Plain("date"),
        ["First night", "Первая ночь", "Перша ніч"],
        ["The date of its evening.", "Дата вечера.", "Дата вечора."],
    ),
    Placeholder::new(
        "end_date",
        Form::Plain("date"),
        ["Day of leaving", "День отъезда", "День від’їзду"],
        ["It can be changed later.", "Потом можно изменить.", "Потім можна змінити."],
    ),
    Placeholder::new(
        "cost",
        Form::Plain("money"),
        ["Cost per night", "Плата за ночь", "Плата за ніч"],
        ["0 if it is free.", "0, если бесплатно.", "0, якщо безкоштовно."],
    ),
    Placeholder::new(
        "cost_covers",
        Form::Optional("text"),
        ["What the payment covers", "Что входит в плату", "Що входить до плати"],
        [
            "Heating, electricity, food, ...",
            "Отопление, электричество, еда, ...",
            "Опалення, електрика, їжа, ...",
        ],
    ),
    Placeholder::new(
        "registration",
        Form::Plain("yes_no"),
        ["Registration of the address", "Регистрация по адресу", "Реєстрація за адресою"],
        [
            "Ask the owner first if the host rents.",
            "Если жильё съёмное, сначала спросите владельца.",
            "Якщо житло винайняте, спершу спитайте власника.",
        ],
    ),
    Placeholder::new(
        "house_rules",
        Form::Plain("long_text"),
        ["Rules of the house", "Правила дома", "Правила дому"],
        [
            "Quiet hours, smoking, visitors, pets, cleaning.",
            "Тишина, курение, посетители, животные, уборка.",
            "Тиша, куріння, відвідувачі, тварини, прибирання.",
        ],
    ),
    Placeholder::new(
        "notice_days",
        Form::Plain("text"),
        ["Days of notice", "За сколько дней", "За скільки днів"],
        [
            "7 is usual; the law may ask for more.",
            "Обычно 7; закон может требовать больше.",
            "Зазвичай 7; закон може вимагати більше.",
        ],
    ),
    Placeholder::new(
        "emergency_contact",
        Form::Sensitive("phone"),
        ["Contact at any hour", "Связь в любое время", "Зв’язок у будь-який час"],
        [
            "The center's number, not a private one.",
            "Номер центра, а не личный.",
            "Номер центру, а не особистий.",
        ],
    ),
    PLACE_AND_DATE,
    Placeholder::new(
        "host_signature",
        Form::Plain("signature"),
        ["Signature of the host", "Подпись принимающей стороны", "Підпис господаря (господині)"],
        ["By hand, on paper.", "От руки, на бумаге.", "Від руки, на папері."],
    ),
    Placeholder::new(
        "guest_signature",
        Form::Plain("signature"),
        ["Signature of the guests", "Подпись гостей", "Підпис гостей"],
        ["By hand, on paper.", "От руки, на бумаге.", "Від руки, на папері."],
    ),
];
