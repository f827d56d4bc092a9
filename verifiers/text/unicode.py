"""One spelling for what unicode spells in many ways: signs, digits, fractions, superscripts.

Letters keep their script: a Greek capital alpha that looks like an A stays what it is.
"""

import re
import unicodedata
from itertools import groupby

_SYMBOLS = {
    **dict.fromkeys("−–—‐‑‒﹣－⁃", "-"),
    **dict.fromkeys("′’‘ʹ", "'"),
    **dict.fromkeys("“”″", '"'),
    **dict.fromkeys("＋﹢", "+"),
    **dict.fromkeys("∞", r"\infty "),
    **dict.fromkeys("°º˚", r"^\circ "),
    "×": r"\times ",
    "✕": r"\times ",
    "⋅": r"\cdot ",
    "·": r"\cdot ",
    "∙": r"\cdot ",
    "∗": "*",
    "÷": r"\div ",
    "∕": "/",
    "⁄": "/",
    "≤": r"\le ",
    "⩽": r"\le ",
    "≥": r"\ge ",
    "⩾": r"\ge ",
    "≠": r"\ne ",
    "≈": r"\approx ",
    "±": r"\pm ",
    "∓": r"\mp ",
    "∈": r"\in ",
    "∪": r"\cup ",
    "∩": r"\cap ",
    "∖": r"\setminus ",
    "∅": r"\emptyset ",
    "√": r"\sqrt ",
    "∛": r"\sqrt[3] ",
    "π": r"\pi ",
    "𝜋": r"\pi ",
    "θ": r"\theta ",
    "α": r"\alpha ",
    "β": r"\beta ",
    "γ": r"\gamma ",
    "δ": r"\delta ",
    "ε": r"\epsilon ",
    "ϵ": r"\epsilon ",
    "η": r"\eta ",
    "κ": r"\kappa ",
    "λ": r"\lambda ",
    "ν": r"\nu ",
    "ξ": r"\xi ",
    "ρ": r"\rho ",
    "σ": r"\sigma ",
    "τ": r"\tau ",
    "ϕ": r"\phi ",
    "χ": r"\chi ",
    "ψ": r"\psi ",
    "Γ": r"\Gamma ",
    "Δ": r"\Delta ",
    "Λ": r"\Lambda ",
    "Σ": r"\Sigma ",
    "Φ": r"\Phi ",
    "Ψ": r"\Psi ",
    "ħ": r"\hbar ",
    "ℏ": r"\hbar ",
    "ℓ": r"\ell ",
    "∇": r"\nabla ",
    "∂": r"\partial ",
    "∑": r"\sum ",
    "∏": r"\prod ",
    "∫": r"\int ",
    "≡": r"\equiv ",
    "∠": r"\angle ",
    "△": r"\triangle ",
    "∥": r"\parallel ",
    "⊥": r"\perp ",
    "∘": r"\circ ",
    "⋆": r"\star ",
    "⊕": r"\oplus ",
    "⊗": r"\otimes ",
    "ℂ": r"\mathbb{C}",
    "、": ", ",
    "；": ";",
    **dict.fromkeys("✓✔✅☑", ""),
    "μ": r"\mu ",
    "µ": r"\mu ",
    "ω": r"\omega ",
    "φ": r"\phi ",
    "Ω": r"\Omega ",
    "ℝ": r"\mathbb{R}",
    "ℤ": r"\mathbb{Z}",
    "ℕ": r"\mathbb{N}",
    "ℚ": r"\mathbb{Q}",
    "⌊": r"\lfloor ",
    "⌋": r"\rfloor ",
    "⌈": r"\lceil ",
    "⌉": r"\rceil ",
    "→": r"\to ",
    "…": r"\ldots ",
    "％": "%",
    "，": ",",
    "。": ".",
    "：": ":",
    "∶": ":",
}
_LINED = re.compile("(?:[0-9][\u0304\u0305])+")
_CIRCLED = re.compile("[①-⑳](?=[①-⑳])")  # the numbers of statements: `①③` is a list
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", "0123456789+-=()ni", strict=True))
_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", "0123456789+-=()", strict=True))


def plain(text: str) -> str:
    """`text` with signs, digits, superscripts and vulgar fractions in ASCII or LaTeX.

    Zero-width and bidirectional marks and control characters are dropped. ASCII text comes back
    as it is.
    """
    if text.isascii():
        return text.replace("\x00", "") if "\x00" in text else text
    if "\u0305" in text or "\u0304" in text:  # a line over each digit of a period
        text = _LINED.sub(lambda m: rf"\overline{{{re.sub('[^0-9]', '', m[0])}}}", text)
    text = _CIRCLED.sub(r"\g<0>, ", text)
    parts = []
    for scripted, run in groupby(text, key=_script):
        characters = "".join(run)
        if scripted == "^":
            parts.append("^{" + "".join(_SUPERSCRIPTS[c] for c in characters) + "}")
        elif scripted == "_":
            parts.append("_{" + "".join(_SUBSCRIPTS[c] for c in characters) + "}")
        else:
            parts.append("".join(map(_one, characters)))
    return "".join(parts)


def _script(character: str) -> str:
    if character in _SUPERSCRIPTS:
        return "^"
    return "_" if character in _SUBSCRIPTS else ""


def _one(character: str) -> str:
    if character.isascii():
        return character
    if character in _SYMBOLS:
        return _SYMBOLS[character]
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Zs":
        return " "
    if category in ("Cf", "Cc"):
        return ""
    folded = unicodedata.normalize("NFKC", character)
    if category == "No" and "⁄" in folded:
        top, _, bottom = folded.partition("⁄")
        return rf"\frac{{{top}}}{{{bottom}}}"
    if folded == character:
        return character
    return folded if folded.isascii() else _SYMBOLS.get(folded, folded)
