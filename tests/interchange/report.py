"""Lines that `cargo xtask test` counts."""

import sys
import traceback
from contextlib import contextmanager

_failed = False


def check(name, passed, detail=""):
    """Says whether `name` holds."""
    global _failed
    _failed |= not passed
    print(f"{'ok' if passed else 'not ok'} - {name}{f' ({detail})' if detail and not passed else ''}", flush=True)


@contextmanager
def checks(name):
    """A crash of another reader is a failure of `name`, and the next checks go on."""
    try:
        yield
    except Exception as error:
        traceback.print_exc()
        check(name, False, f"{type(error).__name__}: {error}")


def finish():
    sys.exit(1 if _failed else 0)
