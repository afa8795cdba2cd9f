"""``ssad bench``: what is fast, measured against what a reader would use otherwise.

One module per benchmark; `cases` says how things are timed, `results` how they are kept.
"""
