"""Addresses that were compiled once, for all applications that tests make: that is most of what making one takes."""

from collections.abc import Callable, Hashable
from typing import Any

import pytest
from werkzeug.routing import Rule


def compile_once(patch: pytest.MonkeyPatch) -> None:
    """Let each rule of addresses be compiled the first time that any application has it.

    What is compiled reads nothing of one rule: it asks the rule it is bound to for its converters.
    """
    known: dict[Hashable, Callable[..., tuple[str, str]]] = {}
    compiled = Rule._compile_builder  # noqa: SLF001 -- there is no other way in

    def once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        defaults: dict[str, Any] = dict(rule.defaults or {})
        key = (rule.rule, tuple(rule._trace), tuple(sorted(defaults.items())), append_unknown)  # noqa: SLF001
        if key not in known:
            known[key] = compiled(rule, append_unknown)
        return known[key]

    patch.setattr(Rule, "_compile_builder", once)
