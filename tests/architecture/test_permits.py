"""Nothing reaches the sound device except through the guard: one module makes permits, one module spends them."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOUNDING = {"cue", "let_sound"}
"""What of a player can make it sound, or sound on; `hush` and `fade_out` only end it, `wake` and `tend` make none."""


def calls(package: str) -> set[tuple[str, str]]:
    """Return (file, name of what is called), for every call in a package."""
    found: set[tuple[str, str]] = set()
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
                found.add((str(path.relative_to(ROOT)), name))
    return found


def test_only_the_guard_makes_a_permit() -> None:
    makers = {
        file
        for package in ("schedules", "station_agent", "server")
        for file, name in calls(package)
        if name == "Allowed"
    }

    assert makers == {"schedules/guard.py"}


def test_only_the_air_the_emergency_lane_and_the_test_tone_make_the_player_sound() -> None:
    players = {file for file, name in calls("station_agent") if name in SOUNDING}

    sources = {f"station_agent/{each}.py" for each in ("air", "lane", "tone")}
    assert players == {*sources, "station_agent/player/output.py"}


def test_every_way_to_sound_asks_for_a_permit() -> None:
    ports = ast.parse((ROOT / "station_agent/ports.py").read_text(encoding="utf-8"))
    (player,) = (node for node in ports.body if isinstance(node, ast.ClassDef) and node.name == "Player")
    asks = {
        method.name: any(isinstance(a.annotation, ast.Name) and a.annotation.id == "Allowed" for a in method.args.args)
        for method in player.body
        if isinstance(method, ast.FunctionDef)
    }

    assert {name for name, permit in asks.items() if permit} == SOUNDING
    assert set(asks) - SOUNDING == {"fault", "wake", "fade_out", "hush", "sounding", "tend", "close"}
