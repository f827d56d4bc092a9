"""The words of each language, one a file; what they mean stands in `language`."""

from verifiers.extract.languages.arabic import ARABIC
from verifiers.extract.languages.chinese import CHINESE
from verifiers.extract.languages.english import ENGLISH
from verifiers.extract.languages.french import FRENCH
from verifiers.extract.languages.german import GERMAN
from verifiers.extract.languages.indonesian import INDONESIAN
from verifiers.extract.languages.japanese import JAPANESE
from verifiers.extract.languages.korean import KOREAN
from verifiers.extract.languages.language import Language
from verifiers.extract.languages.others import OTHERS
from verifiers.extract.languages.portuguese import PORTUGUESE
from verifiers.extract.languages.russian import RUSSIAN
from verifiers.extract.languages.spanish import SPANISH

LANGUAGES: dict[str, Language] = {
    "English": ENGLISH, "French": FRENCH, "Spanish": SPANISH, "Portuguese": PORTUGUESE,
    "German": GERMAN, "Russian": RUSSIAN, "Arabic": ARABIC, "Indonesian": INDONESIAN,
    "Chinese": CHINESE, "Japanese": JAPANESE, "Korean": KOREAN, "others": OTHERS,
}  # fmt: skip
