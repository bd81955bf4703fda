"""The pages: what officers, approvers and technicians see and press. One file a screen.

It may turn requests into calls of use cases and their answers into HTML. It must not decide who may do what, open
the database, or know a key or a broker: the use cases in `server.services` do the first, nobody here does the rest.
"""
