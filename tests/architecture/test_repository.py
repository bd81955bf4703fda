"""Shows that the tracked files hold on every machine: they name no path of one, and no package registry."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Written so that this file does not hold what it looks for.
_PATH_OF_A_MACHINE = re.compile(r"(?<![\w.$}])/(?:root|work|mnt|(?:home|Users)/[\w.-]+)/")
_REGISTRY = re.compile(
    r"\bpy(?:pi)[.]org|python(?:hosted)[.]org|registry[.](?:npmjs|yarnpkg)[.]|deb(?:ian)?[.]debian[.]org|proxy[.]golang[.]"
    r"|(?<!emit-)index-(?:url)\s*[= ]|--find-(?:links)\b|\"(?:resolved)\":"
)


def tracked_texts() -> list[tuple[str, str]]:
    """Return the name and text of every tracked file that is text."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    texts = []
    for name in names.rstrip("\0").split("\0"):
        content = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b""
        if b"\0" not in content:
            texts.append((name, content.decode()))
    return texts


def lines_with(pattern: "re.Pattern[str]") -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in tracked_texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_path_of_one_machine() -> None:
    assert lines_with(_PATH_OF_A_MACHINE) == []
    assert lines_with(re.compile(re.escape(f"{ROOT}/"))) == []


def test_no_file_names_a_package_registry() -> None:
    assert lines_with(_REGISTRY) == []


@pytest.mark.parametrize(
    ("pattern", "pieces"),
    [
        (_PATH_OF_A_MACHINE, ["see /", "home/lan/radio"]),
        (_PATH_OF_A_MACHINE, ["cd /", "root/radio"]),
        (_REGISTRY, ["files.python", "hosted.org"]),
        (_REGISTRY, ["pip install --index", "-url=somewhere"]),
    ],
)
def test_the_search_finds_what_it_looks_for(pattern: "re.Pattern[str]", pieces: list[str]) -> None:
    assert pattern.search("".join(pieces))


def test_every_target_of_the_makefile_explains_itself() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split()
    explained = re.findall(r"^([a-z]+):.*## .+", makefile, re.MULTILINE)

    assert set(phony) - set(explained) == {"apt"}


def test_the_continuous_check_can_be_run() -> None:
    assert os.access(ROOT / ".ci/run", os.X_OK)
