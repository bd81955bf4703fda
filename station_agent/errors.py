"""What can go wrong at a loudspeaker, as stable codes; it must not hold sentences for people.

AgentError
├── ConfigInvalid      config.invalid
├── CacheError         audio.*      (an audio file cannot be had)
├── SoundError         sound.*      (a sound cannot be made)
├── JournalError       journal.*    (the evidence cannot be kept)
└── DoorError          enrol.*, and the centre's own codes  (the centre cannot be asked, refuses, or is not believed)
"""


class AgentError(Exception):
    """Base of every error of the agent.

    Args:
        code: Stable dotted code, sent to the server and translated there.
        values: What the sentence needs (numbers, names); never a secret.
    """

    def __init__(self, code: str, **values: str | float) -> None:
        super().__init__(code if not values else f"{code} " + " ".join(f"{k}={v}" for k, v in values.items()))
        self.code = code
        self.values = values


class ConfigInvalid(AgentError):
    """Raised when the settings file has faults; `faults` lists all of them at once."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("config.invalid", count=len(faults))
        self.faults = faults


class CacheError(AgentError):
    """Raised when an audio file cannot be fetched, is not what was asked for, or cannot be stored."""


class SoundError(AgentError):
    """Raised when there is no sound device or a sound cannot be decoded."""


class JournalError(AgentError):
    """Raised when the journal cannot be read or written."""


class DoorError(AgentError):
    """Raised when the centre cannot be asked, refuses, or answers what is not to be believed.

    Attributes:
        said: the centre's own sentences, Vietnamese and English; None where the device itself refuses.
    """

    def __init__(self, code: str, *, said: tuple[str, str] | None = None, **values: str | float) -> None:
        super().__init__(code, **values)
        self.said = said
