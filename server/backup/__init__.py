"""Backups: everything a centre cannot draw anew, kept in another place, and brought back from there.

A place holds one directory a backup (the database, the locked secrets, a manifest with the sum of each part) and,
shared by all of them, the audio by its SHA-256. A backup is there whole or not at all; making the next one touches none
that is there.
"""
