# Что не так с полем. Каждое сообщение стоит у самого поля.

problem-missing = Это нужно заполнить.
problem-unknown = Эта версия не знает такого поля.
problem-forbidden = Этого не должно быть ни в одной общей записи.
problem-long = Здесь { $actual } знаков, можно не больше { $max }.
problem-large = Это больше { $max } байт.
problem-many = Их { $actual }, можно не больше { $max }.
problem-range = Должно быть от { $min } до { $max }.
problem-choice = «{ $found }» нет среди вариантов.
problem-not-a = «{ $found }» не удаётся прочесть. Пишите так: { $example }.
problem-form = Пишите так: «{ $expected }».
problem-hidden = На месте { $at } скрытый знак. Наберите текст заново, не копируйте.
problem-unreadable = Не удаётся прочесть начиная со знака { $at }.
problem-shape = Что-то не так. Загрузите страницу заново и заполните ещё раз.
problem-lint = Это прочтут все центры круга. Похоже на { $what }: «{ $excerpt }». Уберите это.

lint-phone = номер телефона
lint-email = адрес электронной почты
lint-street = улицу
lint-handle = имя в мессенджере
lint-coordinates = точку на карте
lint-passport = номер документа
lint-name = имя человека

rule-zone = Укажите город: иначе непонятно, по какому времени «{ $of }».
rule-country = { $region } — не в этой стране: { $country }.
rule-above = Здесь { $actual }, это больше, чем «{ $other }»: { $limit }.
rule-pause = Укажите, до какого дня.
rule-price = Это нужно заполнить, потому что выбрано «{ $cost }».
rule-note-language = Укажите язык заметки.
rule-address = Адрес бывает только там, где принимают на месте.
rule-after = Должно быть позже, чем «{ $other }».
rule-life = Не больше { $days } дней после отправки.
rule-reference = Укажите, какие известия это меняет или отменяет.
rule-source-page = Укажите адрес официальной страницы.
rule-twice = Два с одним именем.
rule-choices = Укажите варианты ответа.
rule-nothing-to-approve = Нет текста, который можно одобрить.
rule-unused = Эти поля для заполнения не использованы: { $keys }.
rule-undeclared = Эти поля использованы, но не объявлены: { $keys }.
rule-not-fillable = «{ $found }» — не поле для заполнения.
rule-future = Этот день ещё не наступил; сегодня { $today }.
rule-small-town = { $name }: меньше { $smallest } жителей, там хозяев найдут. Возьмите город побольше рядом.
rule-no-town = Такого города здесь не знают.
