"""The centre: decides what should be heard, says so, and collects what was heard.

Layers, lowest first: config, errors and values; ports; services; the adapters (store, link, audio,
clock, web, jobs, ...); bootstrap; app and conductor; cli. Imports point down only.
"""
