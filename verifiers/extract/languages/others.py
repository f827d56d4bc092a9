"""The words of smaller languages, together."""

from verifiers.extract.languages.language import Language

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
