## Другие центры
nav-network = Сеть
network-title = Сеть
network-centers = Центры
network-nobody = У этого центра пока нет партнёров. Того, что знают другие, здесь нет, а то, что знаете вы, нигде больше не хранится.
network-about = { $all ->
    [one] { $all } центр
    [few] { $all } центра
   *[many] { $all } центров
}: { $peers ->
    [one] { $peers } партнёр
    [few] { $peers } партнёра
   *[many] { $peers } партнёров
}, из них с нами в согласии { $same }.
network-heard = Последняя связь: { $when }.
network-never = Связи ещё не было.
network-in-sync = в согласии
network-behind = { $changes ->
    [one] отстаёт на { $changes } изменение
    [few] отстаёт на { $changes } изменения
   *[many] отстаёт на { $changes } изменений
}
network-comparing = сверяется
network-down = нет связи
network-introduced = представлен
network-suspended = приостановлен
network-kept-out = не допускается
network-peer = Наш партнёр
network-through = Известен через: { $names }
network-through-nobody = Больше никто его не представляет
network-records = { $count ->
    [one] { $count } запись
    [few] { $count } записи
   *[many] { $count } записей
}
network-until = До { $day }
network-waits = Его изменения ждут: он присылает больше, чем может партнёр.
network-clock = { $minutes ->
    [one] Его часы расходятся с нашими на { $minutes } минуту.
    [few] Его часы расходятся с нашими на { $minutes } минуты.
   *[many] Его часы расходятся с нашими на { $minutes } минут.
}
network-none-next = Партнёра добавляет администратор: hospes peer add FILE
network-alarms = Тревоги
network-accused = { $by } предупреждает о центре { $accused }: { $cause } ({ $when }).
network-next = Не полагайтесь на его предложения. Позвоните в центр, прежде чем кого-то туда направлять.
network-counts-not = Здесь это его не закрывает: так решил администратор, или это только один голос. Позвоните обоим.
network-accused-us = { $by } предупреждает о нашем центре: { $cause } ({ $when }).
network-accused-us-next = Сейчас же позвоните администратору. Если это правда, узел надо закрыть: hospes seal
network-warnings = Для администраторов
network-all-well = Смотреть не на что: всё в порядке.
network-quarantine = Отвергнутые изменения
network-quarantine-about = Изменения, которые нарушают правила. Они хранятся отдельно, и никому не показываются.
network-quarantine-none = Ничего не отвергнуто.
network-by-over = { $author }, через { $peer }
network-more = { $count ->
    [one] И ещё { $count }: hospes quarantine list
    [few] И ещё { $count }: hospes quarantine list
   *[many] И ещё { $count }: hospes quarantine list
}
word-cause-seized = машина захвачена
word-cause-key-stolen = ключ у кого-то другого
word-cause-suspicious = что-то не так
