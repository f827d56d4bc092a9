"""The words of Indonesian."""

from verifiers.extract.languages.language import Language

INDONESIAN = Language(
    anchors=("jawaban", "hasil"),
    answer=(r"(?:jawaban(?:nya)?|hasil(?:nya)?)\b(?=\W)", "Jawabannya adalah 42"),
    copula=(
        r"akhir(?:nya)?|yang|benar|tepat|adalah|ialah|yaitu|sama dengan|jadi",
        "Jawaban yang benar adalah 42",
    ),
    denies=(r"\b(?:bukan(?:lah)?|tidak|kecuali|selain)\b", "Jawabannya bukan 42"),
    filler=(r"sama|dengan|mungkin|adalah|jawaban|pilihan", "Tidak mungkin 42"),
    denies_after=(
        r"\s+(?:(?:adalah )?salah|tidak (?:benar|tepat)|bukan(?:lah)? jawaban)",
        "42 salah",
    ),
    hedge=(r"\b(?:mungkin(?: saja)?|barangkali|bisa jadi)\b", "Mungkin 42"),
    others=(
        r"\b(?:orang mungkin|jawaban yang salah|misalkan|kesalahan umum|ada yang mengira)\b",
        "Jawaban yang salah adalah 42",
    ),
    bound=(
        r"\b(?:(?:kurang|lebih)(?: kecil| besar| sedikit| banyak)? dari(?:pada)?|setidaknya"
        r"|paling (?:banyak|sedikit)|dua kali|setengah dari|hampir|mendekati)\b",
        "Jawabannya kurang dari 42",
    ),
    or_=(r"\batau\b", "42 atau 43"),
    chooses=(
        r"\b(?:jawaban(?:nya)?|pilihan(?:nya)?|opsi|adalah|memilih|pilih|huruf|benar|tepat)\b",
        "Jawaban yang benar adalah B",
    ),
    chosen=(
        r"\s+(?:adalah|merupakan) (?:jawaban|pilihan|yang benar)|\s+benar\b",
        "B adalah jawaban yang benar",
    ),
    corrects=(r"\b(?:sebenarnya|tunggu|koreksi|ralat|seharusnya)\b", "Sebenarnya 42"),
    withdraws=(r"(?:itu|ini) (?:salah|tidak benar|keliru)", "Itu salah"),
    renounces=(
        r"saya (?:menarik (?:kembali )?jawaban|tidak (?:punya|memiliki) jawaban"
        r"|tidak (?:dapat|bisa) (?:memberikan|menyelesaikan|menemukan))",
        "Saya menarik jawaban ini",
    ),
    yes=(r"ya\b", "Ya"),
)
