"""The words of English."""

from verifiers.extract.languages.language import Language

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
    doubts=(
        r"\b(?:(?:i am|i['’]m|we are|we['’]re|am) not (?:\w+ )?(?:sure|certain|confident)"
        r"|not (?:entirely|completely|totally|\w+ly) (?:sure|certain)|just a guess"
        r"|(?:might|may|could|can)(?: \w+)? be (?:\w+ )?(?=[$\\(*-]*\d|\\boxed|\([A-Z]\)|[A-Z]\b)"
        r"|(?:is|are|seems?) also (?:\w+ )?(?:plausible|possible|likely|conceivable)"
        r"|(?:or|and) (?:maybe|perhaps|possibly|alternatively) (?=[$\\(*-]*\d))",
        "It is 42, but I am not sure",
    ),
    others=(
        r"\b(?:tempting|trap|distractor|at first glance|naive(?:ly)?|common (?:wrong "
        r"|incorrect )?(?:mistake|error|misconception|answer|guess)|(?:wrong|incorrect|mistaken"
        r"|false) (?:answer|result|value|option|choice)|(?:one|you|some(?:one|body)?"
        r"|some (?:people|students?)|people|students?|many) (?:might|may|could"
        r"|would)(?: \w+)? (?:say|think|claim|guess|argue|answer|expect|be tempted|conclude|get"
        r"|believe)|(?:students|people|some|many|most|others)"
        r" (?:say|said|claim(?:ed)?|think|thought|guess(?:ed)?)|(?:some|many|most|others)"
        r"(?: people| students)? answer(?:ed)?|(?:student|friend|teacher|(?:answer )?key"
        r"|(?:text)?book|hint|manual|author|prompt|user|he|she"
        r"|they) (?:says?|said|claim(?:s|ed)?|suggest(?:s|ed)?|wr(?:ites|ote)|think(?:s)?"
        r"|thought|guess(?:es|ed))|suppose|assum(?:e|ing) (?:that )?the answer|(?:it is"
        r"|it['’]s) not (?:true|the case) that|if (?:the|it|we|there)\b[^,.]{0,60}\b(?:were|was"
        r"|had been))\b",
        "One might say that it is 42",
    ),
    bound=(
        r"\b(?:(?:less|more|fewer|greater|smaller|larger|bigger|lower"
        r"|higher) than(?: or equal to)?|below|above|twice|thrice|double|triple|half(?: of)?"
        r"|close to|near(?:ly)?|almost|exceeds|between(?: [^.,;]{1,30} and)?|within)\b",
        "The answer is less than 42",
    ),
    limit=(
        r"(?:at (?:most|least)|no (?:less|more|fewer|greater) than|up to|under|over|less than"
        r"|more than|around|somewhere)\b",
        "at most 42",
    ),
    because=(
        r",?\s+(?:since|because)\b|, (?:as|where|whereas|given that|so that|for which)\b"
        r"|(?<=[\d)$}%]),? when\b|,? (?:if|where|for|at) [a-z]\s*[=<>]"
        r"|, which (?:is|was|are|were) [^.,;]{1,30}?"
        r" (?:less|more|fewer|greater|higher|lower|larger|smaller|shorter|taller|older|younger"
        r"|times)\b|, [^.,;]{1,20} of (?:whom|which|them)\b",
        "It is 42, since 41 fails",
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
