"""What pages of text leave to be computed: a line such as ``{{ verdicts }}`` says what goes there.

Staging writes it. Nothing of it is typed, and nothing is trained.
"""

from __future__ import annotations

import re

from ssad_lib.errors import unknown

PLACE = re.compile(r"^\{\{ ([a-z]+) \}\}$", re.MULTILINE)


def filled(text: str) -> str:
    """Return the source of a page with everything written that its places name.

    Raises
    ------
    SsadError
        If a place names nothing that is known (with the nearest name).
    """
    if not PLACE.search(text):
        return text
    # Both read committed runs, which takes a second.
    from ssad_lib.book import front
    from ssad_lib.review import budgets

    writers = {
        "picture": front.picture,
        "verdicts": front.verdicts,
        "contents": front.contents,
        "budgets": budgets.as_html,
    }

    def written(place: re.Match[str]) -> str:
        if place[1] not in writers:
            raise unknown("computed part of a page", place[1], writers)
        return writers[place[1]]()

    return PLACE.sub(written, text)
