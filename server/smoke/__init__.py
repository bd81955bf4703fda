"""The main job with no person, in real time, on a system of its own: `commune-radio smoke`."""
