"""A write sent again is done once: what a token asks for under a key of its own is answered alike for a day.

Only what was done is kept; what was refused changed nothing and may be asked for again.
"""

from dataclasses import replace

from server.errors import Stale, Unacceptable
from server.ports import Clock, Store
from server.token_records import KEPT, ApiToken, KeptWrite


def begin(store: Store, clock: Clock, token: ApiToken, *, key: str, print_: str) -> KeptWrite:
    """Begin a write, or give the one that was done under its key: that one has a status.

    Raises:
        Unacceptable: `api.key_reused` when something else was asked for under the key.
        Stale: `api.under_way` while the same is being done, or when nobody knows whether it was.
    """
    now = clock.now()
    with store.writing() as uow:
        uow.api_tokens.forget_writes(before=now - KEPT)
        known = uow.api_tokens.write(token.id, key)
        if known is None:
            begun = KeptWrite(token=token.id, key=key, print=print_, at=now)
            uow.api_tokens.put_write(begun)
            uow.commit()
            return begun
    if known.print != print_:
        raise Unacceptable("api.key_reused")
    if known.status is None:
        raise Stale("api.under_way")
    return known


def keep(store: Store, write: KeptWrite, *, status: int, headers: dict[str, str], body: bytes) -> None:
    """Keep the answer to a write that was done."""
    with store.writing() as uow:
        uow.api_tokens.put_write(replace(write, status=status, headers=headers, body=body))
        uow.commit()


def forget(store: Store, write: KeptWrite) -> None:
    """Forget a write that was refused."""
    with store.writing() as uow:
        uow.api_tokens.forget_write(write.token, write.key)
        uow.commit()
