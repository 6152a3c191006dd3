"""Korean text for searching and for sentences: normal form, initial consonants, particles."""

import re
import unicodedata

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_JAMO = {0x1100 + place: letter for place, letter in enumerate(_INITIALS)}
"""NFKC turns a typed ``ㄴ`` into the first half of a syllable; searching means the letter."""
_NOT_WORD = re.compile(r"[^0-9a-z가-힣ㄱ-ㅎ一-鿿]+")
_COMPANY = re.compile(r"\(주\)|㈜|주식회사|\(유\)|유한회사")


def normal(text: str) -> str:
    """Lower case, one normal form, no spaces or punctuation: what searching compares."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", text).lower().translate(_JAMO))


def initials(text: str) -> str:
    """``나노메디텍`` -> ``ㄴㄴㅁㄷㅌ``; letters that are not Korean syllables stay."""
    letters = []
    for ch in normal(text):
        place = ord(ch) - 0xAC00
        letters.append(_INITIALS[place // 588] if 0 <= place < 11_172 else ch)
    return "".join(letters)


def search_text(*parts: str) -> str:
    """What one row can be found by: its words and, behind a bar, their initial consonants."""
    words = [normal(_COMPANY.sub("", part)) for part in parts if part]
    firsts = [initials(_COMPANY.sub("", part)) for part in parts if part]
    return " ".join([*words, "|", *(first for first in firsts if first)])


def search_key(query: str) -> str:
    """What to look for in a search text; empty when the query has no letter or digit."""
    return normal(_COMPANY.sub("", query))[:80]


def has_final(word: str) -> bool:
    """Whether the last syllable ends in a consonant, which decides 은/는, 이/가, 을/를."""
    last = normal(word)[-1:]
    if not last:
        return False
    if last.isdigit():
        return last in "013678"
    place = ord(last) - 0xAC00
    return 0 <= place < 11_172 and place % 28 != 0


def topic(word: str) -> str:
    return word + ("은" if has_final(word) else "는")


def subject(word: str) -> str:
    return word + ("이" if has_final(word) else "가")


def object_(word: str) -> str:
    return word + ("을" if has_final(word) else "를")
