# Що не так із полем. Кожне повідомлення стоїть біля самого поля.

problem-missing = Це треба заповнити.
problem-unknown = Ця версія не знає такого поля.
problem-forbidden = Цього не має бути в жодному спільному записі.
problem-long = Тут { $actual } знаків, можна не більше { $max }.
problem-large = Це більше за { $max } байтів.
problem-many = Їх { $actual }, можна не більше { $max }.
problem-range = Має бути від { $min } до { $max }.
problem-choice = «{ $found }» немає серед варіантів.
problem-not-a = «{ $found }» не вдається прочитати. Пишіть так: { $example }.
problem-form = Пишіть так: «{ $expected }».
problem-hidden = На місці { $at } прихований знак. Наберіть текст заново, не копіюйте.
problem-unreadable = Не вдається прочитати від знака { $at }.
problem-shape = Щось не так. Завантажте сторінку заново й заповніть ще раз.
problem-lint = Це прочитають усі центри кола. Схоже на { $what }: «{ $excerpt }». Приберіть це.

lint-phone = номер телефону
lint-email = адресу електронної пошти
lint-street = вулицю
lint-handle = ім’я в месенджері
lint-coordinates = точку на мапі
lint-passport = номер документа
lint-name = ім’я людини

rule-zone = Вкажіть місто: інакше не зрозуміло, за яким часом «{ $of }».
rule-country = { $region } — не в цій країні: { $country }.
rule-above = Тут { $actual }, це більше, ніж «{ $other }»: { $limit }.
rule-pause = Вкажіть, до якого дня.
rule-price = Це треба заповнити, бо вибрано «{ $cost }».
rule-note-language = Вкажіть мову нотатки.
rule-address = Адреса буває лише там, де приймають на місці.
rule-after = Має бути пізніше, ніж «{ $other }».
rule-life = Не більше { $days } днів після надсилання.
rule-reference = Вкажіть, які повідомлення це змінює чи скасовує.
rule-source-page = Вкажіть адресу офіційної сторінки.
rule-twice = Два з однаковою назвою.
rule-choices = Вкажіть варіанти відповіді.
rule-nothing-to-approve = Немає тексту, який можна схвалити.
rule-unused = Ці поля для заповнення не використано: { $keys }.
rule-undeclared = Ці поля використано, але не оголошено: { $keys }.
rule-not-fillable = «{ $found }» — не поле для заповнення.
rule-future = Цей день ще не настав; сьогодні { $today }.
rule-small-town = { $name }: менше { $smallest } мешканців, там господарів знайдуть. Візьміть більше місто поруч.
rule-no-town = Такого міста тут не знають.
