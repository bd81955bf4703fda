"""Passwords that are guessed first: common words, words of the trade, the login, walks over keys, repetitions, runs.

What stands here is written by hand; no list of leaked passwords is carried along.
"""

import re
from itertools import groupby, pairwise

from server.services.folded import folded

WORDS = (
    "truyenthanh",
    "phatthanh",
    "quantrivien",
    "quantri",
    "matkhau",
    "bientap",
    "lanhdao",
    "khancap",
    "vietnam",
    "loaxa",
    "anhyeuem",
    "emyeuanh",
    "yeuem",
    "khongbiet",
    "hanoi",
    "saigon",
    "danang",
    "password",
    "administrator",
    "admin",
    "telecom",
    "radio",
    "welcome",
    "letmein",
    "changeme",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "basketball",
    "superman",
    "dragon",
    "monkey",
    "master",
    "minecraft",
    "pakistan",
    "india",
    "guest",
    "student",
    "test",
    "user",
    "pass",
    "abcd",
    "abc",
)
WALKS = (
    "q1w2e3r4t5y6",
    "1q2w3e4r5t6y",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc",
    "zaq12wsx",
    "qazwsxedc",
    "qazxswedc",
    "12qwaszx",
    "qweasdzxc",
    "azerty",
    "147258369",
    "147852369",
    "741852963",
    "789456123",
    "159753",
    "159357",
    "1029384756",
    "102030405060",
    "112358132134",
    "4815162342",
)
"""Over a keyboard, a keypad, or numbers that everybody knows; the beginning of one is as easy."""
LEAST_LEFT = 4
"""Different signs that have to be left."""

_SHORTEST = 4
"""Signs of a walk that count as one."""
_BEGINNINGS = {walk[:length] for walk in WALKS for length in range(_SHORTEST, len(walk) + 1)}
_AS_LETTERS = str.maketrans("013457@$!", "oieastasi")


def is_easy(password: str, login: str) -> bool:
    """Tell whether too little of a password is left without what is guessed, whether typed plainly or `p4$$w0rd`."""
    plain = folded(password)
    guessed = sorted({*WORDS, *_BEGINNINGS, _bare(folded(login))}, key=len, reverse=True)
    return any(_is_little(_bare(form), guessed) for form in (plain, plain.translate(_AS_LETTERS)))


def _is_little(text: str, guessed: list[str]) -> bool:
    for word in guessed:
        text = text.replace(word, "") if word else text
    once = "".join(sign for sign, _ in groupby(text))
    return min(len(set(text)), len(set(_without_runs(once)))) < LEAST_LEFT


def _without_runs(text: str) -> str:
    """Leave out what only counts up or down."""
    steps = [ord(after) - ord(before) for before, after in pairwise(text)]
    left, at = "", 0
    while at < len(text):
        end = at
        while end < len(steps) and steps[end] == steps[at] and abs(steps[end]) in (1, 9):
            end += 1
        if end - at < 2:
            left, at = left + text[at], at + 1
        else:
            at = end + 1
    return left


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text)
