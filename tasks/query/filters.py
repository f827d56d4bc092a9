"""Named text filters: SQL macros that `where`, `query` and the viewer call by name.

Each is one line of the literature's recipes, as a condition over a text: `where: not
multiple_choice(problem)`. They are DuckDB's macros, so that they cost what the expression costs.
"""

from typing import NamedTuple


class Filter(NamedTuple):
    """A macro over texts.

    sql: its expression over the parameters; paper: whose rule it is
    """

    name: str
    parameters: str
    sql: str
    description: str
    paper: str


BIG_MATH = "Big-Math: https://arxiv.org/abs/2502.17387"
DOLCI = "Olmo 3, open-instruct scripts/data/filtering_and_updates: https://arxiv.org/abs/2512.13961"
DISTILL = "DeepDistill: https://arxiv.org/abs/2504.17565"

DEVELOPERS = (  # "I am Qwen, created by Alibaba Cloud", "As ChatGPT, ..."
    "openai|chatgpt|gpt-[345]|anthropic|claude|google (deepmind|ai)|gemini|deepseek|qwen|alibaba"
    "|mistral|meta ai|llama|moonshot|kimi|zhipu|chatglm|baichuan|bing chat|cohere|nvidia|nemotron"
)
CHOICES = (  # "(A) 1 (B) 2 (C) 3", "A. 1\nB. 2\nC. 3"
    r"(^|\n|\s)\(?A[).:]\s*\S[\s\S]*?(\n|\s)\(?B[).:]\s*\S[\s\S]*?(\n|\s)\(?C[).:]\s*\S"
)
YES_NO = (  # "Is 7 prime?", "True or false: ...", "Does it? Answer yes or no."
    r"\b(yes|true) or (no|false)\b|\byes/no\b|\btrue/false\b|(^|[.!\n]\s*)(is|are|does|do|did|was"
    r"|were|has|have|can|could|will|would|should)\s[^.?!\n]*\?\s*$"
)
IMAGE = (  # ![Image], [asy]draw();[/asy], "in the figure", "the diagram below"
    r"!\[[^\]\n]*\]|<img\b|\\includegraphics|\[/?asy\]|\\begin\{(tikzpicture|asy)\}"
    r"|\b(in|from|see) the (figure|diagram|image|picture|graph)\b"
    r"|\b(figure|diagram|image|picture|graph) (below|above|shown)\b"
)
PROOF = r"(^|[.!?\n]\s*)(prove|show) (that|by)\b|\bprove (that|the)\b"  # "Prove that 1 = 1."
PARTS = r"(^|\n)\s*\(?(a|i|1)[).]\s[\s\S]*?\n\s*\(?(b|ii|2)[).]\s"  # "(a) Find x.\n(b) Find y."

FILTERS = (
    Filter("mentions_developer", "x", f"regexp_matches(x, '(?i)\\b({DEVELOPERS})\\b')",
           "names a company or model that writes such texts", DOLCI),
    Filter("mentions_cutoff", "x",
           "regexp_matches(x, '(?i)\\b(knowledge|training)( data)? cut-?off\\b|\\bmy (last|latest) "
           "(knowledge )?update\\b|\\bas of my last\\b')",
           "speaks of the date up to which its writer was trained", DOLCI),
    Filter("multiple_choice", "x", f"regexp_matches(x, '{CHOICES}')",
           "states lettered options A, B and C", BIG_MATH),
    Filter("yes_no", "x", f"regexp_matches(x, '(?i){YES_NO}')",
           "asks what yes, no, true or false answers", BIG_MATH),
    Filter("proof", "x", f"regexp_matches(x, '(?i){PROOF}')", "asks for a proof", BIG_MATH),
    Filter("multi_part", "x", f"regexp_matches(x, '{PARTS}')", "asks in parts (a), (b)", BIG_MATH),
    Filter("has_url", "x", "regexp_matches(x, 'https?://|\\bwww\\.[a-z0-9-]+\\.')",
           "holds a link", BIG_MATH),
    Filter("has_image", "x", f"regexp_matches(x, '(?i){IMAGE}')",
           "holds or points at a picture; s1 drops [asy] and ![Image]",
           "s1: https://arxiv.org/abs/2501.19393"),
    Filter("has_table", "x", "regexp_matches(x, '\\n\\s*\\|?[^|\\n]*\\|[ :|-]*-{3,}')",
           "holds a table in Markdown", DISTILL),
    Filter("has_code", "x", "contains(x, '```')", "holds fenced code",
           "OpenCodeReasoning: https://arxiv.org/abs/2504.01943"),
    Filter("non_latin_share", "x",
           "length(regexp_replace(x, '[\\p{Latin}\\p{Greek}\\P{L}]', '', 'g'))::DOUBLE"
           " / nullif(length(regexp_replace(x, '\\P{L}', '', 'g')), 0)",
           "share of letters that are neither Latin nor Greek, 0 to 1; null: no letters", DISTILL),
    Filter("chinese_share", "x",
           "length(regexp_replace(x, '\\P{Han}', '', 'g'))::DOUBLE / nullif(length(x), 0)",
           "share of Chinese characters, 0 to 1; Dolci drops from 0.05", DOLCI),
    Filter("unicode_share", "x",
           "length(regexp_replace(x, '[\\x00-\\x7F]', '', 'g'))::DOUBLE / nullif(length(x), 0)",
           "share of characters beyond ASCII, 0 to 1", DISTILL),
    Filter("repeated_sentence", "x, times",
           "most_frequent(regexp_split_to_array(x, '[.!?](\\s+|$)|\\n+')) >= times",
           "a sentence stands so many times in the text; Dolci drops from 40", DOLCI),
    Filter("repeated_paragraph", "x, times",
           "most_frequent(string_split(x, E'\\n\\n')) >= times",
           "a paragraph stands so many times in the text; Dolci drops from 10", DOLCI),
)  # fmt: skip

HELPERS = (
    # How often the most frequent one of these texts stands among them; blank ones aside.
    "CREATE MACRO most_frequent(parts) AS coalesce(list_max(map_values(list_aggregate("
    "list_filter(parts, lambda p: length(trim(p)) > 0), 'histogram'))), 0)",
)


def macros() -> list[str]:
    """The statements that define them."""
    made = [f"CREATE MACRO {one.name}({one.parameters}) AS ({one.sql})" for one in FILTERS]
    return [*HELPERS, *made]
