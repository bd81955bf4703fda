"""The official list of Vietnam's units, before and since 2025-07-01, and its reader. It stores nothing."""
