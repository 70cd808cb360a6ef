//! Made-up bulletins. Every headline says that it is an exercise, and all expire within the month.

use hospes_domain::{Fields, Timestamp, Value};

use super::places::DemoCenter;
use super::sheet::{Sheet, map};

/// The bulletins of a center, each with the name under which it is imported.
pub fn bulletins(center: DemoCenter, now: Timestamp) -> Vec<(String, Fields)> {
    BULLETINS
        .iter()
        .filter(|bulletin| bulletin.center == center)
        .map(|bulletin| (bulletin.key.to_owned(), bulletin.fields(now)))
        .collect()
}

struct Bulletin {
    center: DemoCenter,
    key: &'static str,
    category: &'static str,
    urgency: &'static str,
    severity: &'static str,
    certainty: &'static str,
    source: &'static str,
    area: &'static str,
    /// How long ago it was sent, in hours.
    age: i64,
    /// How long it counts, in days.
    days: i64,
    texts: [Text; 3],
}

struct Text {
    language: &'static str,
    headline: &'static str,
    description: &'static str,
    instruction: &'static str,
}

impl Bulletin {
    fn fields(&self, now: Timestamp) -> Fields {
        let sent = now.plus(-self.age * Timestamp::HOUR);
        let mut sheet = Sheet::default();
        sheet.put("sent", sent.to_string());
        sheet.put("effective", sent.to_string());
        sheet.put("expires", sent.plus(self.days * Timestamp::DAY).to_string());
        // Searches leave out what has the status of an exercise, and then there is nothing to show.
        sheet.put("status", "actual");
        sheet.put("msg_type", "alert");
        sheet.put("category", self.category);
        sheet.put("urgency", self.urgency);
        sheet.put("severity", self.severity);
        sheet.put("certainty", self.certainty);
        sheet.put("source", self.source);
        if self.source == "official_url" {
            sheet.put("source_url", format!("https://example.org/notices/{}", self.key));
        }
        sheet.put_list("areas", vec![Value::from(self.area)]);
        let texts = self.texts.iter().map(|text| (text.language, text.value()));
        sheet.put_map("texts", texts);
        sheet.into_fields()
    }
}

impl Text {
    fn value(&self) -> Value {
        map([
            ("headline", self.headline),
            ("description", self.description),
            ("instruction", self.instruction),
        ])
    }
}

use DemoCenter::{Narva, Riga, Tbilisi};

static BULLETINS: &[Bulletin] = &[
    Bulletin {
        center: Narva,
        key: "office-hours-narva",
        category: "authority",
        urgency: "expected",
        severity: "moderate",
        certainty: "observed",
        source: "official_url",
        area: "EE",
        age: 20,
        days: 14,
        texts: [
            Text {
                language: "en",
                headline: "Exercise: the migration office in Narva closes at noon next week",
                description: "Fictional. The office says on its page that it takes applications \
                              only until noon while its files move to another floor.",
                instruction: "Tell people with an appointment in the afternoon to ask for a new one.",
            },
            Text {
                language: "ru",
                headline: "Учение: на следующей неделе миграционная служба в Нарве работает до полудня",
                description: "Вымышлено. На своей странице служба сообщает, что принимает \
                              заявления только до полудня, пока архив переезжает на другой этаж.",
                instruction: "Скажите тем, кто записан на вторую половину дня, чтобы они записались заново.",
            },
            Text {
                language: "uk",
                headline: "Навчання: наступного тижня міграційна служба в Нарві працює до полудня",
                description: "Вигадано. На своїй сторінці служба повідомляє, що приймає заяви лише \
                              до полудня, доки архів переїжджає на інший поверх.",
                instruction: "Скажіть тим, хто записаний на другу половину дня, щоб вони записалися знову.",
            },
        ],
    },
    Bulletin {
        center: Narva,
        key: "false-lawyers",
        category: "scam",
        urgency: "immediate",
        severity: "severe",
        certainty: "likely",
        source: "first_hand",
        area: "FI",
        age: 5,
        days: 21,
        texts: [
            Text {
                language: "en",
                headline: "Exercise: false lawyers ask for money for a place in the queue",
                description: "Fictional. Three people told us of callers who say that they are \
                              lawyers of a center and who want money in advance. No center of this \
                              network asks for money by phone.",
                instruction: "Ask people whether they were called. Write down the date and the \
                              words, not the person.",
            },
            Text {
                language: "ru",
                headline: "Учение: мнимые адвокаты требуют денег за место в очереди",
                description: "Вымышлено. Три человека рассказали о звонках: звонящие называют себя \
                              адвокатами центра и требуют деньги вперёд. Ни один центр этой сети не \
                              просит денег по телефону.",
                instruction: "Спрашивайте людей, не звонили ли им. Записывайте дату и слова, а не \
                              человека.",
            },
            Text {
                language: "uk",
                headline: "Навчання: несправжні адвокати вимагають грошей за місце в черзі",
                description: "Вигадано. Троє людей розповіли про дзвінки: ті, хто телефонує, \
                              називають себе адвокатами центру й вимагають гроші наперед. Жоден \
                              центр цієї мережі не просить грошей телефоном.",
                instruction: "Питайте людей, чи їм не телефонували. Записуйте дату й слова, а не \
                              людину.",
            },
        ],
    },
    Bulletin {
        center: Riga,
        key: "new-form-riga",
        category: "legal_change",
        urgency: "future",
        severity: "minor",
        certainty: "observed",
        source: "official_url",
        area: "LV",
        age: 40,
        days: 30,
        texts: [
            Text {
                language: "en",
                headline: "Exercise: a new form for asylum applications from next month",
                description: "Fictional. The old form is accepted until the end of the month. The \
                              new one asks for military service in a box of its own.",
                instruction: "Use the new form for everybody who applies after that day.",
            },
            Text {
                language: "ru",
                headline: "Учение: со следующего месяца — новый бланк ходатайства об убежище",
                description: "Вымышлено. Старый бланк принимают до конца месяца. В новом о военной \
                              службе спрашивают в отдельной графе.",
                instruction: "Для всех, кто подаёт ходатайство после этого дня, берите новый бланк.",
            },
            Text {
                language: "uk",
                headline: "Навчання: з наступного місяця — новий бланк клопотання про притулок",
                description: "Вигадано. Старий бланк приймають до кінця місяця. У новому про \
                              військову службу запитують в окремій графі.",
                instruction: "Для всіх, хто подає клопотання після цього дня, беріть новий бланк.",
            },
        ],
    },
    Bulletin {
        center: Riga,
        key: "drill-riga",
        category: "network",
        urgency: "expected",
        severity: "minor",
        certainty: "likely",
        source: "first_hand",
        area: "LV",
        age: 2,
        days: 7,
        texts: [
            Text {
                language: "en",
                headline: "Exercise: on Thursday Riga plays that its server was taken",
                description: "Fictional. For two hours our node will be off. Each center checks \
                              whether it can go on with what it holds.",
                instruction: "Search for beds as usual and note what was missing.",
            },
            Text {
                language: "ru",
                headline: "Учение: в четверг Рига представит, что её сервер изъяли",
                description: "Вымышлено. Два часа наш узел будет выключен. Каждый центр проверит, \
                              может ли он работать с тем, что у него есть.",
                instruction: "Ищите места как обычно и отметьте, чего не хватило.",
            },
            Text {
                language: "uk",
                headline: "Навчання: у четвер Рига уявить, що її сервер вилучили",
                description: "Вигадано. Дві години наш вузол буде вимкнено. Кожен центр перевірить, \
                              чи може він працювати з тим, що має.",
                instruction: "Шукайте місця як завжди й занотуйте, чого бракувало.",
            },
        ],
    },
    Bulletin {
        center: Tbilisi,
        key: "hotline-pause",
        category: "hotline",
        urgency: "immediate",
        severity: "moderate",
        certainty: "observed",
        source: "first_hand",
        area: "GE",
        age: 9,
        days: 5,
        texts: [
            Text {
                language: "en",
                headline: "Exercise: the evening line is closed until Friday",
                description: "Fictional. Both volunteers of the evening line have the flu. Calls \
                              are answered in the mornings only.",
                instruction: "Send urgent questions to the centers that answer at night.",
            },
            Text {
                language: "ru",
                headline: "Учение: вечерняя линия не работает до пятницы",
                description: "Вымышлено. Оба добровольца вечерней линии болеют гриппом. На звонки \
                              отвечают только по утрам.",
                instruction: "С неотложными вопросами обращайтесь в центры, которые отвечают ночью.",
            },
            Text {
                language: "uk",
                headline: "Навчання: вечірня лінія не працює до п’ятниці",
                description: "Вигадано. Обоє добровольців вечірньої лінії хворіють на грип. На \
                              дзвінки відповідають лише вранці.",
                instruction: "З невідкладними питаннями звертайтеся до центрів, які відповідають уночі.",
            },
        ],
    },
    Bulletin {
        center: Tbilisi,
        key: "registration-checks",
        category: "safety",
        urgency: "expected",
        severity: "moderate",
        certainty: "possible",
        source: "media",
        area: "GE",
        age: 30,
        days: 10,
        texts: [
            Text {
                language: "en",
                headline: "Exercise: more checks of address registration are announced",
                description: "Fictional. Two newspapers write that the police will visit large \
                              houses with many tenants. We have seen none yet.",
                instruction: "Remind guests to keep a copy of their registration at hand.",
            },
            Text {
                language: "ru",
                headline: "Учение: обещают чаще проверять регистрацию по месту жительства",
                description: "Вымышлено. Две газеты пишут, что полиция будет обходить большие дома, \
                              где много жильцов. Мы таких проверок пока не видели.",
                instruction: "Напомните гостям, чтобы копия регистрации была под рукой.",
            },
            Text {
                language: "uk",
                headline: "Навчання: обіцяють частіше перевіряти реєстрацію місця проживання",
                description: "Вигадано. Дві газети пишуть, що поліція обходитиме великі будинки, де \
                              багато мешканців. Ми таких перевірок поки не бачили.",
                instruction: "Нагадайте гостям, щоб копія реєстрації була під рукою.",
            },
        ],
    },
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::freshness::{self, Freshness};
    use hospes_domain::{Kind, schema::schema};

    use super::*;

    #[test]
    fn every_bulletin_passes_the_strict_check_and_is_current() {
        let now: Timestamp = "2026-11-23T19:40:00Z".parse().unwrap();
        for center in DemoCenter::ALL {
            let bulletins = bulletins(center, now);
            assert_eq!(bulletins.len(), 2);
            for (key, fields) in bulletins {
                let found = schema(Kind::Bulletin).check(&fields);
                assert!(found.is_empty(), "{key}: {found:?}");
                assert_eq!(freshness::of(Kind::Bulletin, &fields, now), Freshness::Fresh, "{key}");
            }
        }
    }

    #[test]
    fn every_text_says_that_it_is_fictional() {
        for bulletin in BULLETINS {
            for text in &bulletin.texts {
                let word = match text.language {
                    "en" => "Fictional",
                    "ru" => "Вымышлено",
                    _ => "Вигадано",
                };
                assert!(text.description.starts_with(word), "{} {}", bulletin.key, text.language);
                let exercise = ["Exercise: ", "Учение: ", "Навчання: "];
                let marked = exercise.iter().any(|mark| text.headline.starts_with(mark));
                assert!(marked, "{} {}", bulletin.key, text.language);
            }
        }
    }
}
