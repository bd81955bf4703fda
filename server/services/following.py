"""Following a new trust list: the conductor signs by it, hands it out, and says anew what is in force.

Whatever an older key signed leaves again under the present one, so that a later list may drop that key, and so that
a new epoch, which voids what was said before, does not leave the loudspeakers with nothing. It must not make a list.
"""

import logging

from server.ports import Publisher, Sealing, Store
from server.services.publishing import publish_trust_lists

log = logging.getLogger(__name__)


def follow_trust(store: Store, sealing: Sealing, publisher: Publisher) -> None:
    """Go by the newest trust list; want everything again that was not, once for each list, whatever crashes."""
    is_new = sealing.follow()
    with store.reading() as uow:
        if uow.issue.trust_followed() >= sealing.trust_number:
            return
    with store.writing() as uow:
        uow.issue.follow_trust(sealing.trust_number)
        uow.commit()
    if is_new:
        publish_trust_lists(store, publisher)
    log.warning("trust_followed number=%d epoch=%d", sealing.trust_number, sealing.epoch)
