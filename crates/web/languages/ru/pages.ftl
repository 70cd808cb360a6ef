## Вокруг каждой страницы
skip = К содержанию страницы
nav = Страницы
nav-tonight = Сегодня
nav-services = Кто помогает
nav-offers = Наши места
nav-people = Люди
menu-account = Учётная запись: { $name }
foot-kept = Что спрошено здесь, нигде не хранится.
foot-languages = Языки

## Вход
login-title = Вход
login-name = Ваше имя здесь
login-passphrase = Парольная фраза
login-proof = Шесть цифр второго фактора
login-proof-help = Из приложения-аутентификатора. Если телефон потерян, введите один из резервных кодов.
login-go = Войти
login-first = У меня одноразовый код
login-wrong = Не подошло. Проверьте имя, парольную фразу и цифры; каждый набор цифр годится один раз.
login-wait = { $minutes ->
    [one] Под этим именем слишком много попыток. Следующая будет принята через { $minutes } минуту. Резервный код открывает и сейчас.
    [few] Под этим именем слишком много попыток. Следующая будет принята через { $minutes } минуты. Резервный код открывает и сейчас.
   *[other] Под этим именем слишком много попыток. Следующая будет принята через { $minutes } минут. Резервный код открывает и сейчас.
}
login-needed = Сначала войдите.
login-over = Сеанс закончился: он длится не больше двенадцати часов. Войдите ещё раз. То, что вы писали, сохранилось.
login-pause = Вас не было больше получаса. Прежде чем что-то изменить, подтвердите, что это вы. То, что вы писали, сохранилось.
login-recovered = Вы вошли по резервному коду. Он больше не действует; осталось кодов: { $left }. Задайте новый второй фактор в своей учётной записи.
logout = Выйти
goodbye-title = Вы вышли
goodbye-text = Ничего из того, что вы спрашивали, не хранится. В Tor Browser выберите «Новая личность», в другом браузере закройте окно.
goodbye-in = Войти снова

## Первый вход
welcome-title = Добро пожаловать
welcome-step = Шаг { $step } из 4
welcome-code = Ваш одноразовый код
welcome-code-help = Его дал вам администратор: три группы по четыре знака. Он годится один раз.
welcome-go = Дальше
welcome-code-wrong = Этот код неизвестен, уже использован или истёк. Попросите у администратора новый.
welcome-over = Прошло больше получаса, или вход был начат в другом месте. Начните снова: код ещё годится, если им никто не воспользовался.
welcome-passphrase-title = Задайте парольную фразу
welcome-passphrase-about = Четыре слова или больше, которых никто не угадает. Записывайте их только там, куда никто не смотрит.
welcome-passphrase = Новая парольная фраза
welcome-passphrase-again = Она же ещё раз
welcome-passphrase-short = Здесь знаков: { $actual }. Нужно 12 или больше: четыре слова запомнить легче, чем знаки.
welcome-passphrase-weak = Такое программа попробует одним из первых. Возьмите четыре слова, никак не связанных между собой.
welcome-passphrase-name = Это почти одно ваше имя. Возьмите четыре слова, никак не связанных между собой.
welcome-passphrase-differ = Они не совпадают.
welcome-factor-title = Второй фактор
welcome-factor-about = Считайте эту картинку приложением-аутентификатором или введите туда секрет. Потом введите шесть цифр, которые оно покажет.
welcome-factor-picture = Секрет в виде QR-кода
welcome-factor-secret = Секрет текстом
welcome-factor-digits = Шесть цифр
welcome-factor-wrong = Это не нынешние цифры. Посмотрите на часы телефона: они должны идти точно до полуминуты.
welcome-codes-title = Резервные коды
welcome-codes-about = Запишите их на бумаге. Каждый откроет один раз в тот день, когда телефона не будет.
welcome-codes-back = Введите код номер { $number }
welcome-codes-why = Чтобы никто не узнал слишком поздно, что их не записали.
welcome-codes-wrong = Это не код номер { $number }.
welcome-done = Вы вошли. Теперь нужны имя, парольная фраза и шесть цифр.

## Сегодня
tonight-title = Ночлег на сегодня
tonight-ask = Кому нужен ночлег?
tonight-near = Возле какого города
tonight-near-help = Любыми буквами. Оставьте пустым, чтобы увидеть все.
tonight-near-unknown = Такого города или места нет в списке. Возьмите город побольше поблизости.
tonight-near-which = Который вы имеете в виду?
tonight-near-other = Ни один; введу заново
tonight-adults = Взрослые
tonight-children = Дети
tonight-children-help = Сколько детей каждого возраста
tonight-age = { $band } лет
tonight-with = С ними
tonight-dog = собака
tonight-cat = кошка
tonight-small = маленькое животное в клетке
tonight-assistance = собака-помощник
tonight-steps = нужно место без ступенек
tonight-women = только там, где одни женщины
tonight-languages = На каких языках говорят
tonight-from = Первая ночь
tonight-from-tonight = сегодня
tonight-from-tomorrow = завтра
tonight-from-date = другая дата
tonight-date = Дата
tonight-date-wrong = Это не ночь, начиная с сегодняшней. Пишите так: 2026-12-24 или 24.12.
tonight-nights = Ночей
tonight-within = До скольких километров
tonight-go = Найти ночлег
tonight-nothing-more = Не спрашивайте ничего лишнего. Ничто из этого не сохраняется и не отправляется.
tonight-change = Изменить запрос
tonight-asked-near = возле { $town }, до { $km } км
tonight-asked-anywhere = где угодно
tonight-asked-nights = { $nights ->
    [one] { $night }, { $nights } ночь
    [few] { $night }, { $nights } ночи
   *[other] { $night }, { $nights } ночей
}
tonight-asked-people = { $adults ->
    [0] без взрослых
    [one] { $adults } взрослый
   *[other] { $adults } взрослых
}
tonight-asked-children = { $children ->
    [one] { $children } ребёнок ({ $ages })
    [few] { $children } ребёнка ({ $ages })
   *[other] { $children } детей ({ $ages })
}
tonight-group-own = Можно сказать «да» сразу
tonight-group-ask = Спросить дежурного
tonight-group-later = Завтра
tonight-group-close = Почти подходит
tonight-own = наше, ответ сразу
tonight-others = спросить: { $center }
tonight-later = свободно с { $night }
tonight-none = На сегодня ничего не подходит.
tonight-none-next = Просите меньшего, смотрите дальше или звоните в центры, чьи места почти подходят. Дежурный другого центра может знать место, которого нет ни в одном списке.
tonight-none-way = { $count ->
    [one] Без условия «{ $what }» есть { $count } место.
    [few] Без условия «{ $what }» есть { $count } места.
   *[other] Без условия «{ $what }» есть { $count } мест.
}
tonight-none-wider = { $count ->
    [one] До { $km } км есть { $count } место.
    [few] До { $km } км есть { $count } места.
   *[other] До { $km } км есть { $count } мест.
}
tonight-none-late = { $count ->
    [one] На сегодня подходит { $count } место, но по его правилам спрашивать уже поздно. Если больше ничего нет, всё равно позвоните в его центр.
    [few] На сегодня подходят { $count } места, но по их правилам спрашивать уже поздно. Если больше ничего нет, всё равно позвоните в их центры.
   *[other] На сегодня подходит { $count } мест, но по их правилам спрашивать уже поздно. Если больше ничего нет, всё равно позвоните в их центры.
}
tonight-none-later = { $count ->
    [one] Начиная с { $night } подходит { $count } место.
    [few] Начиная с { $night } подходят { $count } места.
   *[other] Начиная с { $night } подходит { $count } мест.
}
tonight-more = Есть и другие. Спросите точнее, чтобы увидеть их.
tonight-free-title = Свободно сегодня
tonight-free-none = Свободных на сегодня мест не отмечено. Спросите ниже: покажем и то, что освободится позже или почти подходит.
tonight-alone-title = Стоп: ребёнок один
tonight-alone = Ребёнка без взрослого мы не размещаем никогда, даже на одну ночь. Сейчас же звоните в службу защиты детей. Будьте с ребёнком, пока они не придут.
tonight-alone-number = В Европейском союзе: 116 111. Если есть опасность: 112.
tonight-alone-services = Найти защиту детей поблизости
tonight-alone-mistake = С ними есть взрослый: изменить запрос
tonight-bad = Так спросить нельзя: { $message }

## Места
offer-free = { $places ->
    [one] { $places } свободно
   *[other] { $places } свободно
}
offer-sleeps = мест: { $sleeps }
offer-language = { $language } ({ $level })
offer-until = приезд до { $time }
offer-any-hour = приезд в любой час
offer-notice = спросить за { $notice }
offer-women = только женщины
offer-step-free = без ступенек
offer-cot = есть детская кроватка
offer-pet = можно: { $pet }
offer-animals = там живут: { $animals }
offer-in = { $town }
offer-near = возле { $town }, { $band } минут
offer-km = { $km } км отсюда
offer-confirmed = подтверждено { $ago }, { $center }
offer-confirmed-us = подтверждено { $ago } нами
offer-never = не подтверждалось
offer-stale = не подтверждалось две недели
offer-introduced = знаем через { $center }
why-near = Слишком далеко.
why-night = Свободно не во все эти ночи, или спросить надо было раньше.
why-adults = Не хватает мест на всех.
why-children = Не для детей этого возраста.
why-party = Не для таких гостей.
why-pets = Не с этим животным.
why-step-free = Есть ступеньки.
why-women-only = Не только для женщин.
why-languages = Хозяева говорят на другом языке.
why-stale = Давно никто не подтверждал. Спросите, прежде чем рассчитывать.
why-other = Не подходит: { $what }.
what-near = поблизости
what-night = в эти ночи
what-adults = места для всех
what-children = дети
what-party = такие гости
what-pets = животное
what-step-free = без ступенек
what-women-only = только женщины
what-languages = эти языки
what-stale = недавно подтверждено

## Время
ago-now = только что
ago-minutes = { $n ->
    [one] { $n } минуту назад
    [few] { $n } минуты назад
   *[other] { $n } минут назад
}
ago-hours = { $n ->
    [one] { $n } час назад
    [few] { $n } часа назад
   *[other] { $n } часов назад
}
ago-days = { $n ->
    [1] вчера
    [one] { $n } день назад
    [few] { $n } дня назад
   *[other] { $n } дней назад
}
date-full = { $day } { $month ->
    [1] января
    [2] февраля
    [3] марта
    [4] апреля
    [5] мая
    [6] июня
    [7] июля
    [8] августа
    [9] сентября
    [10] октября
    [11] ноября
   *[12] декабря
} { $year }

## Записи
record-of = { $kind }: { $center }
record-ours = наше
record-erased = Удалено центром { $center }.
record-left-out = Некоторые изменения этой записи не подходят и не показаны.
record-yes = да
record-no = нет
record-print = Печатайте из браузера: печатается только запись.
record-none = Такой записи нет. Её удалили, или адрес неполный.

## Кто помогает
services-title = Кто помогает
services-words = Что или кого вы ищете
services-words-help = Имя, слово, профессия, любыми буквами.
services-near = Возле какого города
services-profession = Профессия
services-any = любая
services-go = Искать
services-found = { $count ->
    [0] Никто не подходит.
    [one] Подходит { $count }
   *[other] Подходят { $count }
}
services-none-next = Уберите что-нибудь или ищите без города: многие помогают по телефону откуда угодно.
services-call = Позвонить { $number }
services-checked = проверено { $ago }, { $center }
services-unchecked = не проверялось
services-more = Есть и другие. Спросите точнее, чтобы увидеть их.

## Наши места
offers-title = Наши места
offers-confirm = Хозяева сегодня сказали «да»
offers-confirmed = Отмечено: хозяева сегодня сказали «да».
offers-more = Это первые { $count }.

## Учётная запись
account-title = Ваша учётная запись
account-who = { $name }, { $role }
account-language = Язык
account-sessions = Где вы вошли
account-session-this = здесь, сейчас
account-session = вход { $since }, последний раз { $seen }
account-session-end = Завершить
account-session-ended = Тот сеанс завершён.
account-factor-about = Для нового телефона или если старый потерян. Старый второй фактор и его резервные коды больше не действуют.
account-factor-new = Задать другой второй фактор
account-factor-done = Второй фактор изменён. Другие ваши сеансы закончены.
account-passphrase = Другая парольная фраза
account-passphrase-present = Нынешняя парольная фраза
account-passphrase-set = Задать
account-passphrase-wrong = Нынешняя парольная фраза не подошла.
account-passphrase-done = Парольная фраза теперь другая. Все остальные сеансы завершены.
account-recovery = { $left ->
    [0] Резервных кодов не осталось. Попросите администратора о сбросе, пока телефон цел.
   *[other] Резервных кодов осталось: { $left }.
}

## Люди
people-title = Люди
people-add = Добавить человека
people-name = Имя
people-name-help = Имя, под которым человека знают здесь. Оно не обязано быть настоящим.
people-role = Роль
people-add-go = Добавить
people-code-title = Одноразовый код: { $name }
people-code = Передайте его ({ $name }) голосом или на бумаге вместе с адресом этих страниц и «/welcome». Он годится один раз, до { $until }. Показан только здесь и сейчас.
people-invited = ещё не входил
people-ready = готов
people-last = был здесь { $ago }
people-never = ещё не был здесь
people-reset = Отнять парольную фразу и второй фактор и дать новый код
people-change-role = Изменить роль
people-remove = Убрать { $name } сейчас
people-exists = Человек с таким именем уже есть.

## Что не так
fault-title-role = Это не для вашей роли
fault-role = Ваша роль здесь: { $role }. Попросите того, у кого роль выше, или администратора изменить вашу.
fault-title-missing = Такой страницы нет
fault-missing = Адрес неполный, или того, что было здесь, больше нет.
fault-title-foreign = Эта форма не принята
fault-foreign = Она уже была отправлена с другими словами, устарела или пришла с другой страницы. Ничего не изменено. Вернитесь, обновите страницу и отправьте один раз.
fault-title-large = Это слишком много
fault-large = Форма больше, чем можно. Ничего не изменено.
fault-title-slow = Это заняло слишком много времени
fault-slow = Форма не пришла вовремя. Ничего не изменено. Попробуйте снова там, где связь лучше.
fault-title-failed = Узел не смог этого сделать
fault-failed = Ничего не изменено. Попробуйте снова; если не поможет, передайте администратору, что здесь написано.
fault-title-restored = Узел ждёт другого центра
fault-restored = Он восстановлен из копии и с тех пор не сверялся: могло бы показаться то, что тем временем удалили. Попросите администратора посмотреть «hospes status».
fault-title-refused = Это не сделано
fault-home = На первую страницу
sealed-title = Узел запечатан
sealed-text = Здесь ничего нельзя прочесть, пока администратор его не откроет, и никто другой не может. Позвоните администратору. До тех пор работайте с бумагой или спросите другой центр по телефону.
sealed-admin = Для администратора: на машине узла выполните
empty-title = Здесь нет центра
empty-text = Его ещё не создали, или данные уничтожены. Спросите администратора.

## Часы работы
hours-open = Сейчас открыто.
hours-open-until = Сейчас открыто, до { $time }.
hours-closed = Сейчас закрыто.
hours-opens-today = Сейчас закрыто. Откроется сегодня в { $time }.
hours-opens-tomorrow = Сейчас закрыто. Откроется завтра в { $time }.
hours-opens-on = Сейчас закрыто. Откроется { $day } в { $time }.
