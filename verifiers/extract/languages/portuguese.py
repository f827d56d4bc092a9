"""The words of Portuguese."""

from verifiers.extract.languages.language import Language

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
    because=(r",?\s+(?:porque|pois|já que)\b", "É 42, pois 41 não serve"),
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
