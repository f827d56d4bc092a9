r"""The words with which languages state, deny, doubt and compare: data, one table per language.

Every entry is a pattern and an example of it, in which the value is 42 or the option B. A test
reads each example. A language is added by a table; the grammar is in `roles`.

`answer` announces a value that follows it, and begins with one of the `anchors`, which are written
small. `copula` may stand between the two, also several times. `predicate` is what a value ends with
where the verb comes last. `denies` stands right before what it denies, with nothing but `filler`
between; `denies_list` denies up to the end of its clause; `denies_after` stands right behind.
`hedge` stands right before a value, `others` anywhere before it in the sentence: words of others,
traps, suppositions. `bound` and `bound_after` make a value one side of a comparison; so does
`limit` at the start of a statement (elsewhere, one needs at least 42). `or_` joins rivals.
`chooses` is said before the letter of an option, `chosen` behind it. `corrects` announces another
value; `withdraws` says of the value before it that it is wrong; `renounces` says anywhere behind it
that there is no answer; `yes` answers a question about one.
"""

from typing import NamedTuple

Entry = tuple[str, str]
"""A pattern, and an example that it is found in."""

NONE: Entry = ("", "")


class Language(NamedTuple):
    """One language; see the module's docstring."""

    anchors: tuple[str, ...]
    answer: Entry
    copula: Entry
    denies: Entry = NONE
    filler: Entry = NONE
    denies_after: Entry = NONE
    denies_list: Entry = NONE
    hedge: Entry = NONE
    others: Entry = NONE
    bound: Entry = NONE
    limit: Entry = NONE
    bound_after: Entry = NONE
    or_: Entry = NONE
    chooses: Entry = NONE
    chosen: Entry = NONE
    corrects: Entry = NONE
    withdraws: Entry = NONE
    renounces: Entry = NONE
    yes: Entry = NONE
    predicate: Entry = NONE


ENGLISH = Language(
    anchors=("answer", "result", "reply"),
    answer=(
        r"answers?\s*(?=is\b|are\b|(?:should|must|would|will|can(?:not|['’]t)?) |isn['’]t|[=:$]"
        r"|\*\*\s*:|\\\(|\\\[|to [^.\n]{0,60} is\b|for [^.\n:]{0,40}:|comes? (?:out )?to\b)"
        r"|(?<=final )answers?\b|(?<=final  )answers?\b|answer\s+(?=-?\d)"
        r"|answers?\s*\*{0,2}\s*\Z|reply(?= is)"
        r"|result(?=\s+is\b(?! \w+ed (?:by|from|using|with|via|through)\b)|\s*:)",
        "The final answer is 42",
    ),
    copula=(
        r"should be|must be|would be|will be|is|are|be|equals?|to [^.\n]{0,60} is"
        r"|comes? (?:out )?to|for [^.\n:]{0,40}(?=:)|therefore|thus|hence|then|simply|just"
        r"|exactly|precisely|indeed|given by|found to be",
        "The answer must be exactly 42",
    ),
    denies=(
        r"\b(?:not|never|neither|nor|cannot|except(?: for)?|other than|rather than|instead of"
        r"|different from|excluding|excludes?|rul(?:e|es|ed|ing) out|eliminat(?:e|es|ed|ing)"
        r"|reject(?:s|ed|ing)?|unlike)\b|n['’]t\b",
        "The answer is not 42",
    ),
    filler=(
        r"be|been|equals?|equal to|to|the|an?|options?|choices?|answers?|value|number|simply"
        r"|just|actually|exactly|really|possibly",
        "It cannot be equal to 42",
    ),
    denies_after=(
        r"(?:\s+(?!because|since|and|but|while|so|which|if|or)[^\W\d]{2,}){0,2}?(?:\s+(?:is|are"
        r"|was|were|would be|seems?|looks?)|['’]s)\s+(?:(?:clearly|obviously|definitely"
        r"|certainly|also|therefore|thus|just|simply|plainly)\s+)*(?:wrong|incorrect|false"
        r"|invalid|impossible|ruled out|eliminated|excluded|a trap|a distractor|tempting"
        r"|too (?:big|small|large|high|low|many|few|much)|not\s+(?:(?:the|an?|actually|really"
        r"|quite)\s+)*(?:\w+ )?(?:answer|correct|right|valid|possible|acceptable|allowed|true|it"
        r"|what|solution|enough|among)\b)|(?:\s+(?!because|since|and|but|while|so|which|if"
        r"|or)[^\W\d]{2,}){0,2}?\s+(?:isn['’]t|aren['’]t|wasn['’]t|can['’]?t be|cannot be"
        r"|can not be)\s+(?:(?:the|an?)\s+)?(?:\w+ )?(?:answer|correct|right|valid|possible|it"
        r"|true|solution)\b|(?:\s+(?!because|since|and|but|while|so|which|if"
        r"|or)[^\W\d]{2,}){0,2}?\s+(?:does(?:n['’]t| not)|did(?:n['’]t| not)) (?:work|fit|hold"
        r"|satisfy)\b",
        "42 is not correct",
    ),
    denies_list=(
        r"\b(?:neither|none of|rul(?:e|es|ed|ing) out|eliminat(?:e|es|ed|ing)|exclud(?:e|es|ed"
        r"|ing)|discard(?:s|ed|ing)?|except|(?:cannot|can['’]t|could not|couldn['’]t) be)\b",
        "None of 40, 41 or 42 works",
    ),
    hedge=(
        r"\b(?:maybe|perhaps|possibly|(?:might|may|could)(?: well| also| possibly)? (?:be|equal)"
        r"|(?:might|may|could) have been)\b",
        "It might be 42",
    ),
    others=(
        r"\b(?:tempting|trap|distractor|at first glance|naive(?:ly)?|common (?:wrong "
        r"|incorrect )?(?:mistake|error|misconception|answer|guess)|(?:wrong|incorrect|mistaken"
        r"|false) (?:answer|result|value|option|choice)|(?:one|you|some(?:one|body)?"
        r"|some (?:people|students?)|people|students?|many) (?:might|may|could"
        r"|would)(?: \w+)? (?:say|think|claim|guess|argue|answer|expect|be tempted|conclude|get"
        r"|believe)|(?:student|friend|teacher|book|hint|manual|author|prompt|user|he|she"
        r"|they) (?:says?|said|claim(?:s|ed)?|suggest(?:s|ed)?|wr(?:ites|ote)|think(?:s)?"
        r"|thought|guess(?:es|ed))|suppose|assum(?:e|ing) (?:that )?the answer|(?:it is"
        r"|it['’]s) not (?:true|the case) that|if (?:the|it|we|there)\b[^,.]{0,60}\b(?:were|was"
        r"|had been))\b",
        "One might say that it is 42",
    ),
    bound=(
        r"\b(?:(?:less|more|fewer|greater|smaller|larger|bigger|lower"
        r"|higher) than(?: or equal to)?|below|above|twice|thrice|double|triple|half(?: of)?"
        r"|close to|near(?:ly)?|almost|exceeds|between|within)\b",
        "The answer is less than 42",
    ),
    limit=(
        r"(?:at (?:most|least)|no (?:less|more|fewer|greater) than|up to|under|over|less than"
        r"|more than|around|somewhere)\b",
        "at most 42",
    ),
    or_=(r"\b(?:or|or else|or maybe|versus|vs\.?)\b", "42 or 43"),
    chooses=(
        r"\b(?:answer|option|choice|choose|chose|pick|select(?:ing|ed)?|finali[sz]e(?: on)?"
        r"|it['’]s|is|be|are|go(?:ing)? with|leaves?|leaving|left with|corresponds? to"
        r"|match(?:es)?|letter|only|but|so|thus|hence|therefore|gives|namely|reply|response"
        r"|settle (?:on|for))\b",
        "The answer is B",
    ),
    chosen=(
        r"\s+(?:is|must be|would be)\s+(?:(?:the|clearly|therefore|indeed|thus)\s+)*(?:(?:only"
        r"|best|most)\s+)*(?:\w+ )?(?:correct|right|answer|best|true|one|choice|option)\b",
        "B is the correct answer",
    ),
    corrects=(
        r"\b(?:wait|hold on|actually|correction|corrected|correcting|oops|sorry|on reflection"
        r"|scratch that|let me re\w+|i (?:made|need to correct)|an? (?:error|mistake)|misread"
        r"|should (?:instead )?be|reconsider\w*|instead|revised|rather)\b",
        "Wait, it should be 42",
    ),
    withdraws=(
        r"(?:which|that|this|it|(?:the|my|this|that) (?:answer|value|result|box|guess))(?:['’]s"
        r"| is| was| seems| looks| would be)\s+(?:(?:clearly|obviously|actually|definitely|also"
        r"|just|simply)\s+)*(?:wrong|incorrect|false|invalid|impossible|mistaken|a mistake"
        r"|an error|too (?:big|small|large|high|low)|not\s+(?:quite )?(?:right|correct"
        r"|the (?:\w+ )?answer|it|valid|possible|true|what))|(?:that|this|it)\s+(?:can['’]?t be"
        r"|cannot be|isn['’]t|wasn['’]t)\s+(?:quite )?(?:right|correct|the answer|it|true)|(?:i"
        r"|we) (?:retract|withdraw|take (?:that|it) back)|disregard (?:that|this)|ignore (?:that"
        r"|this)",
        "That is wrong",
    ),
    renounces=(
        r"\b(?:i|we)\b(?: \w+){0,2}? (?:withdraw|retract|take back) (?:it\b|(?:this|that|my|the)"
        r"(?: \w+)? (?:answer|result|value|claim))|\b(?:i|we)(?: \w+)? have no (?:final )?"
        r"(?:answer|result|value)\b|\b(?:i|we)\b(?: \w+){0,2}? (?:cannot|can['’]t|could not"
        r"|couldn['’]t|(?:am|are|was|were) (?:unable|not able) to|did not|didn['’]t|failed to)"
        r"(?: \w+)? (?:give|offer|provide|state|complete|finish|reach|find|determine|obtain"
        r"|arrive at|commit to) (?:(?:the|an?|any|my|this) )?(?:\w+ )?(?:answer|result|calculation"
        r"|computation|conclusion|solution)\b(?! (?:in|by|with|without|using|other|for [a-z]) )",
        "I withdraw this answer",
    ),
    yes=(r"(?:yes|yep|indeed|correct|right|exactly|it is)\b", "Yes, it is"),
)

FRENCH = Language(
    anchors=("réponse", "solution", "résultat"),
    answer=(r"(?:réponse|solution|résultat)s?\b(?=\W)", "La réponse finale est 42"),
    copula=(
        r"finale?|correcte?|exacte|juste|bonne|est|sont|vaut|serait|doit être|égale?s?|à|donc"
        r"|alors|ainsi|de",
        "La réponse correcte est donc 42",
    ),
    denies=(
        r"\b(?:n['’]est pas|ne (?:vaut|peut|sera|fait|serait) pas|pas|jamais|plutôt que"
        r"|au lieu de|sauf)\b",
        "La réponse n'est pas 42",
    ),
    filler=(r"égale?|à|le|la|être|l['’]?|option|celle|réponse", "Elle n'est pas égale à 42"),
    denies_after=(
        r"\s+(?:n['’]est pas (?:la |une )?(?:bonne|correcte?|juste|réponse)|est (?:faux|fausse"
        r"|incorrecte?|erronée?))",
        "42 n'est pas correct",
    ),
    hedge=(r"\b(?:peut-être|pourrait (?:être|valoir)|éventuellement)\b", "C'est peut-être 42"),
    others=(
        r"\b(?:on pourrait (?:croire|penser|dire)|mauvaise réponse|certains (?:diraient|pensent)"
        r"|supposons|erreur (?:courante|fréquente))\b",
        "On pourrait croire que c'est 42",
    ),
    bound=(
        r"\b(?:(?:moins|plus) de|au (?:moins|plus)|(?:inférieur|supérieur)e?s? à|le double de"
        r"|la moitié de|près de|presque|deux fois)\b",
        "La réponse est moins de 42",
    ),
    or_=(r"\b(?:ou(?: bien)?|soit)\b", "42 ou 43"),
    chooses=(
        r"\b(?:réponse|option|choix|est|sera|choisi[st]|choisissons|alternative|proposition"
        r"|donc)\b|l['’]option",
        "La bonne réponse est la B",
    ),
    chosen=(
        r"\s+est (?:la |le )?(?:bonne|correcte?|juste|réponse|vraie?)",
        "B est la bonne réponse",
    ),
    corrects=(
        r"\b(?:en fait|attendez|erreur|correction|plutôt|je me suis trompée?)\b",
        "En fait, c'est 42",
    ),
    withdraws=(
        r"(?:c['’]est|ce(?:la|ci) est|elle est|il est) (?:faux|incorrect|erroné)"
        r"|ce n['’]est pas (?:la bonne|correct|juste)",
        "C'est faux",
    ),
    renounces=(
        r"je (?:retire|n['’]ai pas de) (?:cette |ma |la )?réponse"
        r"|je (?:ne (?:peux|sais) pas|n['’]ai pas pu) (?:donner|terminer|trouver|conclure)",
        "Je retire cette réponse",
    ),
    yes=(r"oui\b", "Oui"),
)

SPANISH = Language(
    anchors=("respuesta", "solución", "resultado"),
    answer=(r"(?:respuestas?|solución|resultado)\b(?=\W)", "La respuesta final es 42"),
    copula=(
        r"final|correcta|exacta|es|son|será|sería|debe ser|igual|a|de|por (?:lo )?tanto|entonces",
        "La respuesta correcta es 42",
    ),
    denies=(
        r"\b(?:no|nunca|tampoco|en (?:lugar|vez) de|excepto|salvo)\b",
        "La respuesta no es 42",
    ),
    filler=(r"es|puede ser|debe ser|será|igual|a|el|la|ser|opción|respuesta", "No puede ser 42"),
    denies_after=(
        r"\s+(?:no es (?:la |una )?(?:correct[ao]|respuesta|solución)|es (?:incorrect[ao]"
        r"|fals[ao]|un error)|está mal)",
        "42 no es correcto",
    ),
    hedge=(
        r"\b(?:quizás?|tal vez|podría (?:ser|valer)|puede que sea|posiblemente)\b",
        "Quizás 42",
    ),
    others=(
        r"\b(?:se podría (?:pensar|decir)|respuesta incorrecta|algunos (?:dirían|piensan)"
        r"|supongamos|error común)\b",
        "Se podría pensar que es 42",
    ),
    bound=(
        r"\b(?:(?:menos|más) de|(?:menor|mayor) (?:que|a)|al menos|por lo menos|como máximo"
        r"|a lo sumo|el doble de|la mitad de|cerca de|casi)\b",
        "La respuesta es menor que 42",
    ),
    or_=(r"\b(?:o|u|o bien)\b", "42 o 43"),
    chooses=(
        r"\b(?:respuesta|opción|es|elijo|elegimos|alternativa|letra|inciso)\b",
        "La respuesta es la B",
    ),
    chosen=(
        r"\s+es (?:la |el )?(?:correct[ao]|respuesta|opción|verdader[ao])",
        "B es la correcta",
    ),
    corrects=(
        r"\b(?:en realidad|espera|error|corrección|mejor dicho|me equivoqué)\b",
        "En realidad es 42",
    ),
    withdraws=(
        r"(?:eso|esto) (?:es (?:incorrecto|falso)|está mal|no es (?:correcto|la respuesta))",
        "Eso es incorrecto",
    ),
    renounces=(
        r"retiro (?:esta|mi|la) respuesta|no tengo (?:una |ninguna )?respuesta"
        r"|no (?:puedo|pude|he podido) (?:dar|completar|terminar|encontrar)",
        "Retiro esta respuesta",
    ),
    yes=(r"sí\b", "Sí"),
)

PORTUGUESE = Language(
    anchors=("resposta", "solução", "resultado"),
    answer=(r"(?:respostas?|solução|resultado)\b(?=\W)", "A resposta final é 42"),
    copula=(
        r"final|correta|certa|exata|é|são|será|seria|deve ser|igual|a|de|portanto|então",
        "A resposta correta é 42",
    ),
    denies=(r"\b(?:não|nunca|em vez de|exceto)\b", "A resposta não é 42"),
    filler=(r"é|pode ser|deve ser|será|igual|a|o|ser|opção|alternativa", "Não pode ser 42"),
    denies_after=(
        r"\s+(?:não é (?:a |uma )?(?:corret[ao]|resposta|solução|cert[ao])|(?:é"
        r"|está) (?:incorret[ao]|fals[ao]|errad[ao]))",
        "42 não é correto",
    ),
    hedge=(r"\b(?:talvez|poderia ser|pode ser que seja|possivelmente)\b", "Talvez 42"),
    others=(
        r"\b(?:alguém poderia (?:pensar|dizer)|resposta errada|suponhamos|erro comum"
        r"|poderíamos pensar)\b",
        "Uma resposta errada é 42",
    ),
    bound=(
        r"\b(?:(?:menos|mais) (?:de|que|do que)|(?:menor|maior) (?:que|do que)|pelo menos"
        r"|no (?:máximo|mínimo)|o dobro de|metade de|perto de|quase)\b",
        "A resposta é menor que 42",
    ),
    or_=(r"\bou\b", "42 ou 43"),
    chooses=(
        r"\b(?:resposta|opção|é|escolho|alternativa|letra)\b",
        "A alternativa correta é a letra B",
    ),
    chosen=(r"\s+(?:é|está) (?:a |o )?(?:corret[ao]|resposta|cert[ao])", "B está correta"),
    corrects=(r"\b(?:na verdade|espere|erro|correção|melhor dizendo)\b", "Na verdade, é 42"),
    withdraws=(
        r"(?:isso|isto) (?:está|é) (?:incorreto|errado|falso)|(?:isso|isto) não (?:está"
        r"|é) (?:correto|certo)",
        "Isso está errado",
    ),
    renounces=(
        r"retiro (?:esta|essa|minha|a) resposta|não tenho (?:uma |nenhuma )?resposta"
        r"|não (?:posso|pude|consegui|consigo) (?:dar|completar|terminar|encontrar)",
        "Retiro esta resposta",
    ),
    yes=(r"sim\b", "Sim"),
)

GERMAN = Language(
    anchors=("antwort", "lösung", "ergebnis", "endergebnis", "gesamtergebnis", "schlussantwort"),
    answer=(
        r"(?:(?:schluss)?antwort|lösung|(?:end|gesamt)?ergebnis)\b(?=\W)",
        "Die Antwort lautet 42",
    ),
    copula=(
        r"lautet|ist|sind|beträgt|wäre|muss|sein|also|somit|daher|gleich|richtige",
        "Die Antwort ist also 42",
    ),
    denies=(
        r"\b(?:nicht|keine?[nsrm]?|niemals|nie|statt|anstatt|außer|weder)\b",
        "Die Antwort ist nicht 42",
    ),
    filler=(r"die|der|das|gleich|etwa|einfach|option|antwort", "Das ist nicht gleich 42"),
    denies_after=(
        r"\s+(?:ist|wäre) (?:(?:aber|jedoch|leider) )?(?:nicht (?:die |das )?(?:richtige?"
        r"|korrekte?|antwort|lösung)|falsch|inkorrekt|unmöglich)",
        "42 ist falsch",
    ),
    hedge=(r"\b(?:vielleicht|möglicherweise|eventuell|könnte)\b", "Vielleicht 42"),
    others=(
        r"\b(?:man könnte (?:meinen|denken|sagen)|falsche antwort|angenommen|häufiger fehler"
        r"|verlockend\w*)\b",
        "Eine falsche Antwort ist 42",
    ),
    bound=(
        r"\b(?:(?:weniger|mehr|kleiner|größer) als|mindestens|höchstens|doppelt so"
        r"|das doppelte von|die hälfte von|nahe(?: bei)?|fast|beinahe|unter|über)\b",
        "Die Antwort ist kleiner als 42",
    ),
    or_=(r"\b(?:oder|beziehungsweise|bzw\.)(?=\W)", "42 oder 43"),
    chooses=(
        r"\b(?:antwort|option|ist|lautet|wähle|möglichkeit|buchstabe|also|sondern)\b",
        "Richtig ist B",
    ),
    chosen=(
        r"\s+(?:ist|wäre) (?:(?:die|das|somit|also|daher) )*(?:richtig|korrekt|antwort|lösung"
        r"|richtige)",
        "B ist richtig",
    ),
    corrects=(
        r"\b(?:moment|tatsächlich|korrektur|fehler|eigentlich|vielmehr)\b",
        "Korrektur: 42",
    ),
    withdraws=(
        r"(?:das|dies) (?:ist|war) (?:falsch|nicht (?:richtig|korrekt)|ein fehler)|(?:das"
        r"|dies) stimmt nicht",
        "Das ist falsch",
    ),
    renounces=(
        r"ich (?:ziehe|nehme) (?:diese|die|meine) antwort zurück|ich habe keine (?:\w+ )?antwort"
        r"|ich (?:kann|konnte) (?:\w+ ){0,4}nicht (?:\w+ )?(?:angeben|abschließen|beenden"
        r"|bestimmen|nennen)",
        "Ich ziehe diese Antwort zurück",
    ),
    yes=(r"ja\b", "Ja"),
)

RUSSIAN = Language(
    anchors=("ответ", "результат", "решение"),
    answer=(r"(?:ответ(?:ом)?|результат|решение)\b(?=\W)", "Ответ: 42"),
    copula=(
        r"равен|равна|равно|является|это|есть|будет|таков|следовательно|итак",
        "Ответ равен 42",
    ),
    denies=(r"\b(?:не|ни|никогда|вместо|кроме)\b", "Ответ не 42"),
    filler=(
        r"равен|равна|равно|является|может|быть|есть|это|вариант",
        "Ответ не может быть равен 42",
    ),
    denies_after=(
        r"\s*[—–-]?\s*(?:это )?(?:неверн\w+|неправильн\w+|не является|не подходит|ошибк\w+"
        r"|не ответ)",
        "42 — неверно",
    ),
    hedge=(r"\b(?:возможно|может быть|вероятно)\b,?", "Возможно, 42"),
    others=(
        r"\b(?:можно подумать|неверный ответ|неправильный ответ|предположим|частая ошибка)\b",
        "Неверный ответ: 42",
    ),
    bound=(
        r"\b(?:(?:меньше|больше|менее|более)(?: чем)?|не (?:менее|более|меньше|больше)"
        r"|по крайней мере|вдвое|половина от|почти|близко к)\b",
        "Ответ меньше 42",
    ),
    or_=(r"\b(?:или|либо)\b", "42 или 43"),
    chooses=(
        r"\b(?:ответ|вариант|выбираю|выбираем|буква|это|правильный|значит)\b",
        "Правильный вариант B",
    ),
    chosen=(r"\s*(?:[—–-]|является)?\s*(?:правильн\w+|верн\w+)", "B — правильный ответ"),
    corrects=(r"\b(?:на самом деле|подождите|ошибка|исправление|вернее)\b", "На самом деле 42"),
    withdraws=(r"это (?:неверно|неправильно|ошибка|не так)", "Это неверно"),
    renounces=(
        r"(?:отзываю|беру назад|снимаю) (?:этот |свой )?ответ|у меня нет (?:\w+ )?ответа"
        r"|я не (?:смог|смогла|могу) (?:дать|закончить|завершить|найти|назвать)",
        "Я отзываю этот ответ",
    ),
    yes=(r"да\b", "Да"),
)

ARABIC = Language(
    anchors=("الجواب", "الإجابة", "الاجابة", "الناتج", "الحل", "النتيجة"),
    answer=(r"(?:الجواب|الإجابة|الاجابة|الناتج|الحل|النتيجة)", "الجواب هو 42"),
    copula=(
        r"النهائية|النهائي|الصحيحة|الصحيح|هو|هي|يساوي|تساوي|إذن|إذا",
        "الإجابة الصحيحة هي 42",
    ),
    denies=(r"(?<!\w)(?:ليس|ليست|لا|لن|غير|باستثناء)(?!\w)", "الجواب ليس 42"),
    filler=(r"هو|هي|يساوي|تساوي|يمكن|أن|يكون|تكون|الخيار", "لا يمكن أن يكون 42"),
    denies_after=(r"\s+(?:ليس(?:ت)?|خطأ|غير صحيح(?:ة)?|خاطئ(?:ة)?)", "42 خطأ"),
    hedge=(r"(?<!\w)(?:ربما|قد يكون|قد تكون|من الممكن)(?!\w)", "ربما 42"),
    others=(r"(?:قد يقول|قد يظن|إجابة خاطئة|الإجابة الخاطئة|لنفترض)", "الإجابة الخاطئة هي 42"),
    bound=(
        r"(?<!\w)(?:(?:أقل|أكثر|أكبر|أصغر) من|على (?:الأقل|الأكثر)|ضعف|نصف|قريب من"
        r"|تقريبا من)(?!\w)",
        "الجواب أقل من 42",
    ),
    or_=(r"(?<!\w)(?:أو|أم)(?!\w)", "42 أو 43"),
    chooses=(
        r"(?:الجواب|الإجابة|الخيار|الصحيحة|الصحيح|هو|هي|أختار|نختار)",
        "الإجابة الصحيحة هي B",
    ),
    chosen=(r"\s+(?:هو|هي) (?:الجواب|الإجابة|الخيار|الصحيح)", "B هو الجواب الصحيح"),
    corrects=(r"(?:في الواقع|تصحيح|انتظر|بل هو)", "تصحيح: 42"),
    withdraws=(r"هذا (?:خطأ|غير صحيح)|هذه إجابة خاطئة", "هذا خطأ"),
    renounces=(
        r"أسحب (?:هذه )?(?:الإجابة|الجواب)|ليس لدي (?:إجابة|جواب)|لا أستطيع (?:إعطاء|إكمال)",
        "أسحب هذه الإجابة",
    ),
    yes=(r"نعم", "نعم"),
)

INDONESIAN = Language(
    anchors=("jawaban", "hasil"),
    answer=(r"(?:jawaban(?:nya)?|hasil(?:nya)?)\b(?=\W)", "Jawabannya adalah 42"),
    copula=(
        r"akhir(?:nya)?|yang|benar|tepat|adalah|ialah|yaitu|sama dengan|jadi",
        "Jawaban yang benar adalah 42",
    ),
    denies=(r"\b(?:bukan(?:lah)?|tidak|kecuali|selain)\b", "Jawabannya bukan 42"),
    filler=(r"sama|dengan|mungkin|adalah|jawaban|pilihan", "Tidak mungkin 42"),
    denies_after=(
        r"\s+(?:(?:adalah )?salah|tidak (?:benar|tepat)|bukan(?:lah)? jawaban)",
        "42 salah",
    ),
    hedge=(r"\b(?:mungkin(?: saja)?|barangkali|bisa jadi)\b", "Mungkin 42"),
    others=(
        r"\b(?:orang mungkin|jawaban yang salah|misalkan|kesalahan umum|ada yang mengira)\b",
        "Jawaban yang salah adalah 42",
    ),
    bound=(
        r"\b(?:(?:kurang|lebih)(?: kecil| besar| sedikit| banyak)? dari(?:pada)?|setidaknya"
        r"|paling (?:banyak|sedikit)|dua kali|setengah dari|hampir|mendekati)\b",
        "Jawabannya kurang dari 42",
    ),
    or_=(r"\batau\b", "42 atau 43"),
    chooses=(
        r"\b(?:jawaban(?:nya)?|pilihan(?:nya)?|opsi|adalah|memilih|pilih|huruf|benar|tepat)\b",
        "Jawaban yang benar adalah B",
    ),
    chosen=(
        r"\s+(?:adalah|merupakan) (?:jawaban|pilihan|yang benar)|\s+benar\b",
        "B adalah jawaban yang benar",
    ),
    corrects=(r"\b(?:sebenarnya|tunggu|koreksi|ralat|seharusnya)\b", "Sebenarnya 42"),
    withdraws=(r"(?:itu|ini) (?:salah|tidak benar|keliru)", "Itu salah"),
    renounces=(
        r"saya (?:menarik (?:kembali )?jawaban|tidak (?:punya|memiliki) jawaban"
        r"|tidak (?:dapat|bisa) (?:memberikan|menyelesaikan|menemukan))",
        "Saya menarik jawaban ini",
    ),
    yes=(r"ya\b", "Ya"),
)

CHINESE = Language(
    anchors=("答案", "结果", "答", "结论"),
    answer=(r"答案|结果(?=[是为:：])|答(?=[:：])|结论(?=[是为:：])", "最终答案是42"),
    copula=(r"应该是|应该为|应为|应是|就是|等于|是|为|為|确定为|：", "正确答案应该是42"),
    denies=(
        r"不是|不等于|不为|并非|而非|不可能是|不会是|绝不是|不应是|不应该是|不选|排除|除了"
        r"|不能选",
        "答案不是42",
    ),
    filler=(r"选项|答案|等于|是", "不可能是选项B"),
    denies_after=(
        r"\s*(?:[^\W\d_]{0,3}?)(?:是|就是)?(?:都|均|显然)?(?:错误|错的|错了|不对|不正确|不符合"
        r"|不成立|不是(?:正确)?答案|被排除)",
        "42不正确",
    ),
    denies_list=(r"排除|不选", "排除A、C、D"),
    hedge=(r"可能是|也许是?|或许是?|大概是", "可能是42"),
    others=(
        r"有人(?:可能)?会?(?:说|认为)|错误(?:的)?答案|误以为|假设答案|如果答案",
        "错误答案是42",
    ),
    bound=(
        r"小于|大于|少于|多于|低于|高于|不超过|至少|至多|最多|最少|不到|超过|接近|不足",
        "答案小于42",
    ),
    bound_after=(r"\s*(?:以上|以下|以内|的两倍|的一半|倍)", "42以上"),
    or_=(r"或者|或|还是", "42或43"),
    chooses=(r"答案|选项|故选|应选|只选|选择|选|答|是|为|只有|即|对应", "故选：B"),
    chosen=(r"\s*(?:项|选项)?(?:才)?(?:是)?(?:唯一)?(?:正确|对的|答案|符合)", "B是正确答案"),
    corrects=(r"等等|更正|修正|实际上|应该是|不对|重新", "更正：42"),
    withdraws=(
        r"(?:但)?(?:这|那|此)(?:个答案)?是?(?:错的|错误的?|不对|不正确)|不对|错了",
        "这是错误的",
    ),
    renounces=(
        r"(?:我)?(?:撤回|收回)(?:这个|该|此|上述|我的)?(?:答案|结果)|我?没有(?:最终)?答案|(?:我)?(?:无法|未能|没能)(?:给出|完成|得出)"
        r"\w{0,4}(?:答案|结果|计算)",
        "我撤回这个答案",
    ),
    yes=(r"是的|对|正确", "是的"),
)

JAPANESE = Language(
    anchors=("答え", "解答", "正解", "最終回答", "回答"),
    answer=(r"答え|解答|正解|最終回答|回答(?=[はが:：])", "答えは42です"),
    copula=(r"は|が|：|つまり", "答えは42"),
    denies_after=(
        r"\s*(?:では?(?:ない|ありません|なく|あり得)|じゃ(?:ない|ありません)|は(?:間違い|誤り"
        r"|不正解|正しくない|正しくありません|違)|以外|ではあるまい)",
        "答えは42ではありません",
    ),
    hedge=(r"おそらく|たぶん|もしかすると", "おそらく42"),
    others=(r"誤った答え|よくある間違い|間違った答え|仮に|もし", "誤った答えは42です"),
    bound_after=(
        r"\s*(?:未満|以上|以下|より(?:大き|小さ|多|少)|を超え|の(?:2|２|二)倍|の半分|弱|強"
        r"|に近い|かもしれ)",
        "42未満です",
    ),
    or_=(r"または|あるいは|もしくは|か(?=\s*\d)", "42または43"),
    chooses=(r"答え|正解|選択肢|選ぶ|は|が", "正解はBです"),
    chosen=(r"\s*(?:が|は)?(?:正解|正しい|答え)", "Bが正解です"),
    corrects=(r"訂正|実は|待って|いや", "訂正：42"),
    withdraws=(
        r"(?:これ|それ)は(?:間違い|誤り|正しくない|正しくありません|違い)",
        "これは間違いです",
    ),
    renounces=(
        r"答え(?:を|は)(?:撤回|取り消|ありません)|答えを出(?:せません|せない|せなかった)|計算を完了でき",
        "この答えを撤回します",
    ),
    yes=(r"はい", "はい"),
    predicate=(
        r"\s*(?:となります|になります|である|となる|になる|です|だ|と(?:なり|答え)ます)",
        "42です",
    ),
)

KOREAN = Language(
    anchors=("정답", "답", "결과"),
    answer=(r"정답|답|결과(?=[는:])", "정답은 42입니다"),
    copula=(r"은|는|이|:|따라서", "정답은 42"),
    denies_after=(
        r"\s*(?:[이가])?\s*(?:아니|아닙|아닌)|\s*(?:[은는이가])\s*(?:틀|오답|잘못)|\s*(?:을"
        r"|를)?\s*제외",
        "정답은 42가 아닙니다",
    ),
    hedge=(r"아마도?|어쩌면", "아마 42"),
    others=(r"틀린 답|오답|흔한 실수|만약", "흔한 오답은 42입니다"),
    bound_after=(
        r"\s*(?:미만|이상|이하|초과|보다|의 (?:두|2) ?배|의 절반|에 가깝|일 수도|일지도)",
        "42 미만입니다",
    ),
    or_=(r"또는|혹은|이거나", "42 또는 43"),
    chooses=(r"정답|답|선택지|보기|은|는|이", "정답은 B입니다"),
    chosen=(r"\s*(?:가|이|번이|번)?\s*(?:정답|맞|옳)", "B가 정답입니다"),
    corrects=(r"정정|사실|잠깐|다시", "정정: 42"),
    withdraws=(r"(?:이것|그것|이|그)[은는] (?:틀|잘못|오답)", "이것은 틀렸습니다"),
    renounces=(
        r"답(?:을|은) (?:철회|취소|없습니다)|답을 (?:낼|제시할|구할) 수 없",
        "이 답을 철회합니다",
    ),
    yes=(r"네|예", "네"),
    predicate=(r"\s*(?:입니다|이다|이에요|예요|이야|임|다)", "42입니다"),
)

OTHERS = Language(
    anchors=(
        "risposta",
        "cevap",
        "odpowiedź",
        "đáp án",
        "antwoord",
        "svar",
        "odpověď",
        "उत्तर",
        "উত্তর",
        "జవాబు",
        "คำตอบ",
    ),
    answer=(
        r"(?:risposta|cevap|odpowiedź|đáp án|antwoord|svar(?:et)?|odpověď)(?=\W)|उत्तर|উত্তর"
        r"|జవాబు|คำตอบ",
        "La risposta è 42",
    ),
    copula=(r"corretta|finale|è|doğru|to|là|is|är|je|est|है", "La risposta corretta è 42"),
    denies=(r"\b(?:non è|nie jest|değil|không phải)\b", "La risposta non è 42"),
    or_=(r"\b(?:oppure|veya|lub|hoặc|या)\b", "42 oppure 43"),
    chooses=(
        r"\b(?:risposta|opzione|è|cevap|odpowiedź|đáp án|antwoord|svar|là|to)\b",
        "La risposta corretta è B",
    ),
)

LANGUAGES = {
    "English": ENGLISH, "French": FRENCH, "Spanish": SPANISH, "Portuguese": PORTUGUESE,
    "German": GERMAN, "Russian": RUSSIAN, "Arabic": ARABIC, "Indonesian": INDONESIAN,
    "Chinese": CHINESE, "Japanese": JAPANESE, "Korean": KOREAN, "others": OTHERS,
}  # fmt: skip
