"""The audio pipeline: turns an upload, a text or a microphone take into a recording fit for broadcast.

It knows sound, not schedules: it imports nothing of `schedules`, `server` or `station_agent`, keeps no database and
reads no wall clock. Callers enter by `media.prepare`, `media.speech`, `media.library` and, for the sounds made here,
`media.engine`; whatever goes wrong is a `media.errors.MediaError` with a code and values.
"""
