"""Property tests may take their time: a busy machine is no failure.

HYPOTHESIS_PROFILE=mutants asks them for few examples, the same every time, and for no smaller one: `make mutants`.
"""

import os

from hypothesis import Phase, settings

settings.register_profile("rules", deadline=None)
settings.register_profile(
    "mutants",
    deadline=None,
    max_examples=25,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "rules"))
