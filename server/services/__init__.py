"""Use cases: one file per subject. They know ports and schedules, nothing else."""
