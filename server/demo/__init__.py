"""The demonstration: two stations of an invented week, started as one supervised command."""
