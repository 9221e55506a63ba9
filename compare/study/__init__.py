"""Do ports train equally well when nothing is shared? Many seeds, and a test of equivalence.

plan -> jobs, each (port, seed) in a process that stays warm -> one small file each -> statistics ->
words, page and Markdown. `training` and `draws` run where the job runs.
"""
