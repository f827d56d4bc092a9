"""The words behind a number: what is counted, what makes another value of it, and opposites."""

import re

COUNTERS = frozenset(
    "个 個 人 只 名 条 本 次 种 棵 张 辆 件 套 支 块 头 匹 颗 枚 位 间 座 层 页 道 题 组 "
    "对 双 桶 瓶 袋 箱 盒 杯 盘 朵 台 架 艘 根 片 段 份 户 家 所 步 圈 倍 冊 つ 개 명 마리 권 대 "
    "человек человека раз раза штук штуки яблок книг книги".split()
)
"""What is counted, in other scripts; in Latin letters any noun may be."""

NO_NOUNS = frozenset(
    "or not sqrt sin cos tan pi log mod base squared cubed times choose factorial plus minus over "
    "to through than percent half halves third thirds quarter quarters fifths sixths "
    "sevenths eighths ninths tenths hundredths thousandths oder und ou et sau lub veya "
    "atau dan och eller mehr weniger mal thousand hundred million billion wrong incorrect false "
    "except nor neither but unless if approximately about exact no none never divided modulo "
    "power square-root".split()
)
"""Words that make another value of the number before them, or none."""

OPPOSITES = tuple(
    frozenset(line.split(","))
    for line in (
        "early,late", "ago,hence,now,future", "left,right", "profit,loss", "gain,loss",
        "more,less,fewer", "north,south,east,west", "up,down", "before,after", "above,below",
        "clockwise,counterclockwise,anticlockwise", "higher,lower", "faster,slower",
        "older,younger", "increase,decrease", "increasing,decreasing", "increased,decreased",
        "forward,backward", "forwards,backwards", "inside,outside", "positive,negative",
        "taller,shorter", "longer,shorter", "heavier,lighter", "am,pm", "won,lost",
        "northeast,northwest,southeast,southwest", "upward,downward", "upwards,downwards",
        "ahead,behind", "deposit,withdrawal", "credit,debit", "rise,fall", "most,least",
        "maximum,minimum", "bigger,smaller", "larger,smaller", "local,global", "even,odd",
        "inward,outward", "converges,diverges", "convergent,divergent", "hotter,colder",
        "surplus,deficit", "win,lose", "won,lost", "wins,losses", "near,far", "high,low",
    )
)  # fmt: skip
"""Words of which one says the opposite of the others: `5 minutes early`, `5 minutes late`."""

DIRECTION = (
    r"(?:\s*,)?(?:\s+(?:directed|pointing|acting|vertically|horizontally|straight|to|towards?|the"
    r"|due))*\s+(?:(?:up|down|for|back|in|out)wards?|up|down|left|right|(?:north|south)(?:-?(?:east"
    r"|west))?|east|west)\b"
)
"""What is said behind a vector's magnitude: `5 N directed downward`, `3 km to the north`."""
_DIRECTED = re.compile(rf"(?P<value>.*?[\d}})A-Za-z])(?P<direction>{DIRECTION})\s*\Z", re.I | re.S)
_MARKED = re.compile(r"\\word\{([^{}]*)\}")
_WAYS = re.compile(r"(?:north|south)-?(?:east|west)?|east|west|up|down|left|right|for|back|in|out")


def undirected(text: str) -> tuple[str, str]:
    """A magnitude without the direction in words behind it, and the direction; "" for none.

    >>> undirected("5 N directed downward")
    ('5 N', 'down')
    """
    match = _DIRECTED.match(_MARKED.sub(r" \1 ", text).rstrip())
    if not match or not any(map(str.isdigit, match["value"])):
        return text, ""
    return match["value"].rstrip(" ,"), _WAYS.findall(match["direction"].lower())[-1]
