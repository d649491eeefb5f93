"""Dictionary forms, also when many threads ask at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from polish.lemmas import folded_lemmas, lemma


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("dowodu", "dowód"),
        ("zrobiłam", "zrobić"),  # a glued form: the verb
        ("zdjęcia", "zdjęcie"),
        ("ile", "ile"),  # not a kind of clay
        ("mam", "mieć"),  # not "mama"
        ("czuję", "czuć"),  # not the archaic "czuja"
        ("tam", "tam"),
        ("xyzqw", "xyzqw"),
    ],
)
def test_the_likeliest_reading_is_taken(word, expected):
    assert lemma(word) == expected


def test_folded_lemmas_of_a_sentence():
    assert folded_lemmas("Zgubiłem dowodu osobistego, zdjęcia!") == [
        "zgubic",
        "dowod",
        "osobisty",
        "zdjecie",
    ]
    assert folded_lemmas("") == []


def test_threads_get_the_same_as_one():
    words = [f"dowodem {n} paszportu" for n in range(300)]
    alone = [folded_lemmas(w) for w in words]
    lemma.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(folded_lemmas, words)) == alone
