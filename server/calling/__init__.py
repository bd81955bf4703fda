"""Asks a centre's API from a terminal or a script; it knows of the API what the API says of itself, and nothing more.

It must not import the centre: it may run on another machine, against an older or a newer one.
"""
