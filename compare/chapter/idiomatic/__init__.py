"""The chapter's network as people write it in torch and in Keras: ports like any other.

Nothing here mirrors the chapter: each file uses what its framework offers, and whatever that does
otherwise is for the judge to find, to name and to measure. What the harness needs beyond that is
the way in (`params`, given batches) and the way out (the trace of `reference.train`).
"""
