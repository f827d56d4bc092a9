"""The words of French."""

from verifiers.extract.languages.language import Language

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
    because=(r",?\s+(?:car|parce qu['’]?|puisqu)", "C'est 42, car 41 est faux"),
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
