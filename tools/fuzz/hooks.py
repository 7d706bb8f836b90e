"""What HTTP lets anybody do is no finding: a server passes over headers that it does not know."""

import schemathesis

UNKNOWN_HEADER = "x-schemathesis-unknown-property"


@schemathesis.hook
def filter_case(context, case):
    return UNKNOWN_HEADER not in {name.lower() for name in (case.headers or {})}
