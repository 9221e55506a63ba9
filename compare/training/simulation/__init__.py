"""Causes of a training that departs: changed references trained beside the recording."""
