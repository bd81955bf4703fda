"""What hashes cover, byte for byte: every approval and every chain there is stands on it."""

from schedules.canonical import canonical


def test_facts_give_the_same_bytes_in_whatever_order_they_come() -> None:
    assert canonical({"b": [1, None], "a": "đài"}) == '{"a":"đài","b":[1,null]}'.encode()
