"""Passwords that are guessed first: words of the trade, the login, repeated signs, runs. It knows no leaked ones."""

from itertools import pairwise

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
    "password",
    "administrator",
    "admin",
    "radio",
    "loaxa",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1q2w3e4r5t",
    "iloveyou",
)
"""What a password is not made of, with nothing much beside it."""
LEAST_LEFT = 4
"""Different signs that have to be left."""


def is_easy(password: str, login: str) -> bool:
    """Tell whether too little of a password is left without the words, the login and runs."""
    left = "".join(each for each in folded(password) if each.isalnum())
    for word in sorted((*WORDS, "".join(each for each in folded(login) if each.isalnum())), key=len, reverse=True):
        left = left.replace(word, "") if word else left
    steps = {(ord(after) - ord(before)) % 10 for before, after in pairwise(left)}
    return len(set(left)) < LEAST_LEFT or len(steps) == 1
