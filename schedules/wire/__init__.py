"""The language between server and agent: topics, messages, their bytes, their seals.

Described for other implementers in docs/wire-protocol.md. Readers ignore unknown fields and drop
unknown types; within a major version only optional fields are added.
"""
