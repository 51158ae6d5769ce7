"""Runs the functions of a test module whose names begin with test_ and reports them as TAP."""
import os
import sys
import traceback


class Skip(Exception):
    """Raised by a test that cannot be run here; its text says why."""


def note(text):
    """A remark that the reader of the log wants beside the verdict."""
    for line in str(text).splitlines():
        print("# " + line, flush=True)


def main(module):
    tests = [(name, f) for name, f in vars(module).items() if name.startswith("test_")]
    print(f"1..{len(tests)}", flush=True)
    failed = 0
    for number, (name, test) in enumerate(tests, 1):
        title = f"{number} - {name[5:].replace('_', ' ')}"
        try:
            test()
            print(f"ok {title}", flush=True)
        except Skip as why:
            print(f"ok {title} # SKIP {why}", flush=True)
        except Exception:
            failed += 1
            traceback.print_exc()  # to where a log of failures looks
            print(f"not ok {title}", flush=True)
    sys.exit(1 if failed else 0)


def run():
    """Call at the end of a test module. Beside others it has a network of its own."""
    if os.environ.get("TANDEM_OWN_NETWORK"):
        import netns  # which needs us, too
        netns.alone()
    main(sys.modules["__main__"])
