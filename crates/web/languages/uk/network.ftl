## Інші центри
nav-network = Мережа
network-title = Мережа
network-centers = Центри
network-nobody = У цього центру ще немає партнерів. Того, що знають інші, тут немає, а те, що знаєте ви, більше ніде не зберігається.
network-about = { $all ->
    [one] { $all } центр
    [few] { $all } центри
   *[many] { $all } центрів
}: { $peers ->
    [one] { $peers } партнер
    [few] { $peers } партнери
   *[many] { $peers } партнерів
}, з них узгоджено з нами { $same }.
network-heard = Останній зв’язок: { $when }.
network-never = Зв’язку ще не було.
network-in-sync = узгоджено
network-behind = { $changes ->
    [one] відстає на { $changes } зміну
    [few] відстає на { $changes } зміни
   *[many] відстає на { $changes } змін
}
network-comparing = звіряється
network-down = немає зв’язку
network-introduced = представлений
network-suspended = призупинений
network-kept-out = не допускається
network-peer = Наш партнер
network-through = Відомий через: { $names }
network-through-nobody = Більше ніхто його не представляє
network-records = { $count ->
    [one] { $count } запис
    [few] { $count } записи
   *[many] { $count } записів
}
network-until = До { $day }
network-waits = Його зміни чекають: він надсилає більше, ніж може партнер.
network-clock = { $minutes ->
    [one] Його годинник розходиться з нашим на { $minutes } хвилину.
    [few] Його годинник розходиться з нашим на { $minutes } хвилини.
   *[many] Його годинник розходиться з нашим на { $minutes } хвилин.
}
network-none-next = Партнера додає адміністратор: hospes peer add FILE
network-alarms = Тривоги
network-accused = { $by } попереджає про центр { $accused }: { $cause } ({ $when }).
network-next = Не покладайтеся на його пропозиції. Зателефонуйте до центру, перш ніж когось туди скеровувати.
network-counts-not = Тут це його не закриває: так вирішив адміністратор, або це лише один голос. Зателефонуйте обом.
network-accused-us = { $by } попереджає про наш центр: { $cause } ({ $when }).
network-accused-us-next = Негайно зателефонуйте адміністраторові. Якщо це правда, вузол треба закрити: hospes seal
network-warnings = Для адміністраторів
network-all-well = Дивитися немає на що: усе гаразд.
network-quarantine = Відхилені зміни
network-quarantine-about = Зміни, які порушують правила. Вони зберігаються окремо, і нікому не показуються.
network-quarantine-none = Нічого не відхилено.
network-by-over = { $author }, через { $peer }
network-more = { $count ->
    [one] І ще { $count }: hospes quarantine list
    [few] І ще { $count }: hospes quarantine list
   *[many] І ще { $count }: hospes quarantine list
}
word-cause-seized = машину захоплено
word-cause-key-stolen = ключ у когось іншого
word-cause-suspicious = щось не так
