## Навколо кожної сторінки
skip = До змісту сторінки
nav = Сторінки
nav-tonight = Сьогодні
nav-services = Хто допомагає
nav-offers = Наші місця
nav-people = Люди
menu-account = Обліковий запис: { $name }
foot-kept = Що питають тут, ніде не зберігається.
foot-languages = Мови

## Вхід
login-title = Вхід
login-name = Ваше ім’я тут
login-passphrase = Парольна фраза
login-proof = Шість цифр другого фактора
login-proof-help = Із застосунку-автентифікатора. Якщо телефон загублено, введіть один із резервних кодів.
login-go = Увійти
login-first = У мене одноразовий код
login-wrong = Не підійшло. Перевірте ім’я, парольну фразу і цифри; кожен набір цифр діє один раз.
login-wait = { $minutes ->
    [one] Під цим ім’ям забагато спроб. Наступну буде прийнято за { $minutes } хвилину. Резервний код відкриває й зараз.
    [few] Під цим ім’ям забагато спроб. Наступну буде прийнято за { $minutes } хвилини. Резервний код відкриває й зараз.
   *[other] Під цим ім’ям забагато спроб. Наступну буде прийнято за { $minutes } хвилин. Резервний код відкриває й зараз.
}
login-needed = Спершу увійдіть.
login-over = Сеанс закінчився: він триває не більше дванадцяти годин. Увійдіть ще раз. Те, що ви писали, збереглося.
login-pause = Вас не було понад пів години. Перш ніж щось змінити, підтвердьте, що це ви. Те, що ви писали, збережено.
login-recovered = Ви увійшли за резервним кодом. Він більше не діє; залишилося кодів: { $left }. Задайте новий другий фактор у своєму обліковому записі.
logout = Вийти
goodbye-title = Ви вийшли
goodbye-text = Ніщо з того, що ви питали, не зберігається. У Tor Browser виберіть «New Identity», в іншому браузері закрийте вікно.
goodbye-in = Увійти знову

## Перший вхід
welcome-title = Ласкаво просимо
welcome-step = Крок { $step } із 4
welcome-code = Ваш одноразовий код
welcome-code-help = Його дав вам адміністратор: три групи по чотири знаки. Він діє один раз.
welcome-go = Далі
welcome-code-wrong = Цей код невідомий, уже використаний або прострочений. Попросіть в адміністратора новий.
welcome-over = Минуло понад пів години, або вхід почато деінде. Почніть знову: код ще діє, якщо ним ніхто не скористався.
welcome-passphrase-title = Задайте парольну фразу
welcome-passphrase-about = Чотири слова або більше, яких ніхто не вгадає. Записуйте їх лише там, куди ніхто не дивиться.
welcome-passphrase = Нова парольна фраза
welcome-passphrase-again = Вона ж іще раз
welcome-passphrase-short = Тут знаків: { $actual }. Потрібно 12 або більше: чотири слова запам’ятати легше, ніж знаки.
welcome-passphrase-weak = Таке програма спробує серед перших. Візьміть чотири слова, ніяк не пов’язані між собою.
welcome-passphrase-name = Це майже саме ваше ім’я. Візьміть чотири слова, ніяк не пов’язані між собою.
welcome-passphrase-differ = Вони не збігаються.
welcome-factor-title = Другий фактор
welcome-factor-about = Зчитайте цей малюнок застосунком-автентифікатором або введіть туди секрет. Потім введіть шість цифр, які він покаже.
welcome-factor-picture = Секрет у вигляді QR-коду
welcome-factor-secret = Секрет текстом
welcome-factor-digits = Шість цифр
welcome-factor-wrong = Це не теперішні цифри. Погляньте на годинник телефона: він має йти точно до пів хвилини.
welcome-codes-title = Резервні коди
welcome-codes-about = Запишіть їх на папері. Кожен відкриє один раз того дня, коли телефона не буде.
welcome-codes-back = Введіть код номер { $number }
welcome-codes-why = Щоб ніхто не дізнався запізно, що їх не записали.
welcome-codes-wrong = Це не код номер { $number }.
welcome-done = Ви увійшли. Відтепер потрібні ім’я, парольна фраза і шість цифр.

## Сьогодні
tonight-title = Ночівля на сьогодні
tonight-ask = Кому потрібна ночівля?
tonight-near = Біля якого міста
tonight-near-help = Будь-якими літерами. Залиште порожнім, щоб побачити всі.
tonight-near-unknown = Такого міста чи місця немає у списку. Візьміть більше місто поблизу.
tonight-near-which = Яке ви маєте на увазі?
tonight-near-other = Жодне; введу заново
tonight-adults = Дорослі
tonight-children = Діти
tonight-children-help = Скільки дітей кожного віку
tonight-age = { $band } років
tonight-with = З ними
tonight-dog = собака
tonight-cat = кіт
tonight-small = маленька тварина у клітці
tonight-assistance = собака-помічник
tonight-steps = потрібне місце без сходинок
tonight-women = лише там, де самі жінки
tonight-languages = Якими мовами говорять
tonight-from = Перша ніч
tonight-from-tonight = сьогодні
tonight-from-tomorrow = завтра
tonight-from-date = інша дата
tonight-date = Дата
tonight-date-wrong = Це не ніч, починаючи з сьогоднішньої. Пишіть так: 2026-12-24 або 24.12.
tonight-nights = Ночей
tonight-within = До скількох кілометрів
tonight-go = Знайти ночівлю
tonight-nothing-more = Не питайте нічого зайвого. Ніщо з цього не зберігається і не надсилається.
tonight-change = Змінити запит
tonight-asked-near = біля { $town }, до { $km } км
tonight-asked-anywhere = будь-де
tonight-asked-nights = { $nights ->
    [one] { $night }, { $nights } ніч
    [few] { $night }, { $nights } ночі
   *[other] { $night }, { $nights } ночей
}
tonight-asked-people = { $adults ->
    [0] без дорослих
    [one] { $adults } дорослий
   *[other] { $adults } дорослих
}
tonight-asked-children = { $children ->
    [one] { $children } дитина ({ $ages })
    [few] { $children } дитини ({ $ages })
   *[other] { $children } дітей ({ $ages })
}
tonight-group-own = Можна сказати «так» одразу
tonight-group-ask = Спитати чергового
tonight-group-later = Завтра
tonight-group-close = Майже підходить
tonight-own = наше, відповідь одразу
tonight-others = спитати: { $center }
tonight-later = вільно з { $night }
tonight-none = На сьогодні нічого не підходить.
tonight-none-next = Просіть меншого, дивіться далі або телефонуйте до центрів, чиї місця майже підходять. Черговий іншого центру може знати місце, якого немає в жодному списку.
tonight-none-way = { $count ->
    [one] Без умови «{ $what }» є { $count } місце.
    [few] Без умови «{ $what }» є { $count } місця.
   *[other] Без умови «{ $what }» є { $count } місць.
}
tonight-none-wider = { $count ->
    [one] До { $km } км є { $count } місце.
    [few] До { $km } км є { $count } місця.
   *[other] До { $km } км є { $count } місць.
}
tonight-none-late = { $count ->
    [one] На сьогодні підходить { $count } місце, але за його правилами питати вже пізно. Якщо більше нічого немає, однаково зателефонуйте до його центру.
    [few] На сьогодні підходять { $count } місця, але за їхніми правилами питати вже пізно. Якщо більше нічого немає, однаково зателефонуйте до їхніх центрів.
   *[other] На сьогодні підходить { $count } місць, але за їхніми правилами питати вже пізно. Якщо більше нічого немає, однаково зателефонуйте до їхніх центрів.
}
tonight-none-later = { $count ->
    [one] Починаючи з { $night } підходить { $count } місце.
    [few] Починаючи з { $night } підходять { $count } місця.
   *[other] Починаючи з { $night } підходить { $count } місць.
}
tonight-more = Є й інші. Спитайте точніше, щоб побачити їх.
tonight-free-title = Вільно сьогодні
tonight-free-none = Вільних на сьогодні місць не позначено. Спитайте нижче: покажемо й те, що звільниться пізніше або майже підходить.
tonight-alone-title = Стоп: дитина сама
tonight-alone = Дитину без дорослого ми не розміщуємо ніколи, навіть на одну ніч. Зараз же телефонуйте до служби захисту дітей. Будьте з дитиною, доки вони не прийдуть.
tonight-alone-number = У Європейському Союзі: 116 111. Якщо є небезпека: 112.
tonight-alone-services = Знайти захист дітей поблизу
tonight-alone-mistake = З ними є дорослий: змінити запит
tonight-bad = Так спитати не можна: { $message }

## Місця
offer-free = { $places ->
    [one] { $places } вільне
   *[other] { $places } вільно
}
offer-sleeps = місць: { $sleeps }
offer-language = { $language } ({ $level })
offer-until = приїзд до { $time }
offer-any-hour = приїзд о будь-якій годині
offer-notice = спитати за { $notice }
offer-women = лише жінки
offer-step-free = без сходинок
offer-cot = є дитяче ліжечко
offer-pet = можна: { $pet }
offer-animals = там живуть: { $animals }
offer-in = { $town }
offer-near = біля { $town }, { $band } хвилин
offer-km = { $km } км звідси
offer-confirmed = підтверджено { $ago }, { $center }
offer-confirmed-us = підтверджено { $ago } нами
offer-never = не підтверджувалося
offer-stale = не підтверджувалося два тижні
offer-introduced = знаємо через { $center }
why-near = Задалеко.
why-night = Вільно не всі ці ночі, або спитати треба було раніше.
why-adults = Не вистачає місць на всіх.
why-children = Не для дітей цього віку.
why-party = Не для таких гостей.
why-pets = Не з цією твариною.
why-step-free = Є сходинки.
why-women-only = Не лише для жінок.
why-languages = Господарі говорять іншою мовою.
why-stale = Давно ніхто не підтверджував. Спитайте, перш ніж розраховувати.
why-other = Не підходить: { $what }.
what-near = поблизу
what-night = у ці ночі
what-adults = місця для всіх
what-children = діти
what-party = такі гості
what-pets = тварина
what-step-free = без сходинок
what-women-only = лише жінки
what-languages = ці мови
what-stale = нещодавно підтверджено

## Час
ago-now = щойно
ago-minutes = { $n ->
    [one] { $n } хвилину тому
    [few] { $n } хвилини тому
   *[other] { $n } хвилин тому
}
ago-hours = { $n ->
    [one] { $n } годину тому
    [few] { $n } години тому
   *[other] { $n } годин тому
}
ago-days = { $n ->
    [1] учора
    [one] { $n } день тому
    [few] { $n } дні тому
   *[other] { $n } днів тому
}
date-full = { $day } { $month ->
    [1] січня
    [2] лютого
    [3] березня
    [4] квітня
    [5] травня
    [6] червня
    [7] липня
    [8] серпня
    [9] вересня
    [10] жовтня
    [11] листопада
   *[12] грудня
} { $year }

## Записи
record-of = { $kind }: { $center }
record-ours = наше
record-erased = Видалено центром { $center }.
record-left-out = Деякі зміни цього запису не підходять і не показані.
record-yes = так
record-no = ні
record-print = Друкуйте з браузера: друкується лише запис.
record-none = Такого запису немає. Його видалено, або адреса неповна.

## Хто допомагає
services-title = Хто допомагає
services-words = Що або кого ви шукаєте
services-words-help = Ім’я, слово, професія, будь-якими літерами.
services-near = Біля якого міста
services-profession = Професія
services-any = будь-яка
services-go = Шукати
services-found = { $count ->
    [0] Ніхто не підходить.
    [one] Підходить { $count }
   *[other] Підходять { $count }
}
services-none-next = Приберіть щось або шукайте без міста: багато хто допомагає телефоном звідки завгодно.
services-call = Зателефонувати { $number }
services-checked = перевірено { $ago }, { $center }
services-unchecked = не перевірялося
services-more = Є й інші. Спитайте точніше, щоб побачити їх.

## Наші місця
offers-title = Наші місця
offers-confirm = Господарі сьогодні сказали «так»
offers-confirmed = Позначено: господарі сьогодні сказали «так».
offers-more = Це перші { $count }.

## Обліковий запис
account-title = Ваш обліковий запис
account-who = { $name }, { $role }
account-language = Мова
account-sessions = Де ви увійшли
account-session-this = тут, зараз
account-session = вхід { $since }, востаннє { $seen }
account-session-end = Завершити
account-session-ended = Той сеанс завершено.
account-factor-about = Для нового телефона або якщо старий загублено. Старий другий фактор і його резервні коди більше не діють.
account-factor-new = Задати інший другий фактор
account-factor-done = Другий фактор змінено. Інші ваші сеанси закінчено.
account-passphrase = Інша парольна фраза
account-passphrase-present = Теперішня парольна фраза
account-passphrase-set = Задати
account-passphrase-wrong = Теперішня парольна фраза не підійшла.
account-passphrase-done = Парольна фраза тепер інша. Усі інші сеанси завершено.
account-recovery = { $left ->
    [0] Резервних кодів не залишилося. Попросіть адміністратора про скидання, доки телефон цілий.
   *[other] Резервних кодів залишилося: { $left }.
}

## Люди
people-title = Люди
people-add = Додати людину
people-name = Ім’я
people-name-help = Ім’я, під яким людину знають тут. Воно не мусить бути справжнім.
people-role = Роль
people-add-go = Додати
people-code-title = Одноразовий код: { $name }
people-code = Передайте його ({ $name }) голосом або на папері разом з адресою цих сторінок і «/welcome». Він діє один раз, до { $until }. Показано лише тут і зараз.
people-invited = ще не входила людина
people-ready = готово
people-last = тут востаннє { $ago }
people-never = ще не було тут
people-reset = Забрати парольну фразу й другий фактор і дати новий код
people-change-role = Змінити роль
people-remove = Прибрати { $name } зараз
people-exists = Людина з таким ім’ям уже є.

## Що не так
fault-title-role = Це не для вашої ролі
fault-role = Ваша роль тут: { $role }. Попросіть того, чия роль вища, або адміністратора змінити вашу.
fault-title-missing = Такої сторінки немає
fault-missing = Адреса неповна, або того, що тут було, більше немає.
fault-title-foreign = Цю форму не прийнято
fault-foreign = Її вже надіслано з іншими словами, вона застаріла або прийшла з іншої сторінки. Нічого не змінено. Поверніться, оновіть сторінку і надішліть один раз.
fault-title-large = Це забагато
fault-large = Форма більша, ніж можна. Нічого не змінено.
fault-title-slow = Це тривало задовго
fault-slow = Форма не прийшла вчасно. Нічого не змінено. Спробуйте знову там, де зв’язок кращий.
fault-title-failed = Вузол не зміг цього зробити
fault-failed = Нічого не змінено. Спробуйте знову; якщо не допоможе, передайте адміністраторові, що тут написано.
fault-title-restored = Вузол чекає на інший центр
fault-restored = Його відновлено з копії, і відтоді він не звірявся: могло б показатися те, що тим часом видалили. Попросіть адміністратора поглянути на «hospes status».
fault-title-refused = Це не зроблено
fault-home = На першу сторінку
sealed-title = Вузол запечатано
sealed-text = Тут нічого не можна прочитати, доки адміністратор його не відкриє, і ніхто інший не може. Зателефонуйте адміністраторові. До того працюйте з папером або спитайте інший центр телефоном.
sealed-admin = Для адміністратора: на машині вузла виконайте
empty-title = Тут немає центру
empty-text = Його ще не створено, або дані знищено. Спитайте адміністратора.

## Години роботи
hours-open = Зараз відчинено.
hours-open-until = Зараз відчинено, до { $time }.
hours-closed = Зараз зачинено.
hours-opens-today = Зараз зачинено. Відчиниться сьогодні о { $time }.
hours-opens-tomorrow = Зараз зачинено. Відчиниться завтра о { $time }.
hours-opens-on = Зараз зачинено. Відчиниться { $day } о { $time }.
