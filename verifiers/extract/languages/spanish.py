"""The words of Spanish."""

from verifiers.extract.languages.language import Language

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
    because=(r",?\s+(?:porque|ya que|puesto que)\b", "Es 42, porque 41 no vale"),
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
