"""The words of German."""

from verifiers.extract.languages.language import Language

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
    because=(r",?\s+(?:weil|da|denn)\b", "Es sind 42, weil 41 nicht geht"),
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
