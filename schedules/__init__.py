"""The rules of the schedule: what should be heard, where and when.

Pure functions on frozen values. Nothing here does I/O, reads a clock or draws a random number;
`server` and `station_agent` both import it, and it imports neither.
"""
