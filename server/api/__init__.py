"""The centre as JSON under `/api/v1`: an application of its own, beside the pages, that reads no cookie.

It knows the services and nothing of the pages; who asks is told by a token alone.
"""
