"""Words that are numbers, in the languages that problems are most written in.

`twice as many` is another problem than `three times as many`, and `drei Äpfel` than `fünf Äpfel`.
Only words that are numbers wherever they stand: a language's word for "a" (`ein`, `un`, `uno`) and
what is another common word in it are left out. German, Dutch and Italian write 21 to 99 as one.
"""

ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty "
    "ninety hundred thousand million billion dozen half third thirds quarter quarters once "
    "twice thrice double triple"
).split()
GERMAN = (
    "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn "
    "fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig dreißig vierzig fünfzig sechzig "
    "siebzig achtzig neunzig hundert tausend million millionen milliarde dutzend halb halbe "
    "hälfte drittel viertel einmal zweimal dreimal viermal doppelt dreifach"
).split()
FRENCH = (
    "zéro deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize "
    "vingt vingts trente quarante cinquante soixante septante huitante nonante cent cents mille "
    "million millions milliard douzaine moitié demi tiers quart quarts double triple"
).split()
SPANISH = (
    "cero dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés "
    "veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve treinta cuarenta "
    "cincuenta sesenta setenta ochenta noventa cien ciento doscientos trescientos cuatrocientos "
    "quinientos seiscientos setecientos ochocientos novecientos mil millón millones docena "
    "mitad tercio cuarto doble triple"
).split()
PORTUGUESE = (
    "dois duas três quatro oito nove dez doze treze quatorze catorze quinze dezesseis dezasseis "
    "dezessete dezassete dezoito dezenove dezanove vinte trinta quarenta cinquenta sessenta "
    "oitenta cem cento duzentos trezentos quatrocentos quinhentos seiscentos setecentos "
    "oitocentos novecentos milhão milhões dúzia metade terço quarto dobro triplo"
).split()
ITALIAN = (
    "due tre quattro cinque sette otto nove dieci undici dodici tredici quattordici quindici "
    "sedici diciassette diciotto diciannove venti trenta quaranta cinquanta sessanta settanta "
    "ottanta novanta cento duecento mila milione milioni dozzina metà terzo quarti doppio "
    "triplo"
).split()
DUTCH = (
    "nul twee drie vijf zes zeven negen tien twaalf dertien veertien vijftien zestien zeventien "
    "achttien negentien twintig dertig veertig vijftig zestig zeventig tachtig negentig honderd "
    "duizend miljoen miljard dozijn helft derde kwart tweemaal driemaal dubbel"
).split()
RUSSIAN = (
    "ноль два две три четыре пять шесть семь восемь девять десять одиннадцать двенадцать "
    "тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать "
    "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто сто двести "
    "триста тысяча тысячи тысяч миллион миллионов двух трёх трех четырёх четырех пяти шести "
    "семи восьми девяти десяти половина треть четверть дважды трижды вдвое втрое"
).split()

GERMAN_UNITS = "ein zwei drei vier fünf sechs sieben acht neun".split()
GERMAN_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
DUTCH_UNITS = "een twee drie vier vijf zes zeven acht negen".split()
DUTCH_TENS = "twintig dertig veertig vijftig zestig zeventig tachtig negentig".split()
ITALIAN_UNITS = "uno due tre quattro cinque sei sette otto nove".split()
ITALIAN_TENS = "venti trenta quaranta cinquanta sessanta settanta ottanta novanta".split()


def _compounds() -> list[str]:
    """dreiundzwanzig, drieëntwintig, ventitré: 21 to 99."""
    german = [f"{unit}und{ten}" for ten in GERMAN_TENS for unit in GERMAN_UNITS]
    dutch = [
        f"{unit}{'ën' if unit.endswith('e') else 'en'}{ten}"
        for ten in DUTCH_TENS
        for unit in DUTCH_UNITS
    ]
    italian = [
        f"{ten[:-1] if unit[0] in 'uo' else ten}{'tré' if unit == 'tre' else unit}"
        for ten in ITALIAN_TENS
        for unit in ITALIAN_UNITS
    ]
    return german + dutch + italian


NUMERALS = sorted(
    {*ENGLISH, *GERMAN, *FRENCH, *SPANISH, *PORTUGUESE, *ITALIAN, *DUTCH, *RUSSIAN, *_compounds()}
)
