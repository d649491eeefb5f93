"""Papers that an office asks for or gives, by their dictionary forms without diacritics."""

from __future__ import annotations

# Each name is the sequence of folded lemmas as `polish.lemmas` gives them.
PAPERS = (
    "dowod osobisty", "dowod", "e dowod", "paszport", "prawo jazda", "dowod rejestracyjny",
    "karta pojazd", "tablica rejestracyjny", "polisa", "akt urodzenie", "akt malzenstwo",
    "akt zgon", "akt notarialny", "akt wlasnosc", "odpis akt", "odpis", "pelnomocnictwo",
    "upowaznienie", "zdjecie", "fotografia", "wniosek", "formularz", "deklaracja", "zaswiadczenie",
    "zezwolenie", "pozwolenie", "decyzja", "umowa najem", "umowa", "faktura", "rachunek",
    "legitymacja", "legitymacja szkolny", "karta pobyt", "karta duzy rodzina", "karta parkingowy",
    "karta mieszkaniec", "karta zgon", "orzeczenie", "orzeczenie o niepelnosprawnosc", "mapa",
    "wypis", "wyrys", "wypis z rejestr grunt", "ksiega wieczysty", "potwierdzenie oplata",
    "potwierdzenie przelew", "testament", "wyrok", "ugoda", "zgoda", "oswiadczenie", "projekt",
)  # fmt: skip
