"""Do ports train equally well when nothing is shared? Many seeds, and a test of equivalence.

One way of flow: plan -> jobs, each (port, seed) in a process that stays warm -> one small file each
-> statistics -> words, page and Markdown. `training`, `draws` and `digits` run where the job runs;
`statistics`, `results`, `words`, `charts` and `page` are pure.
"""
