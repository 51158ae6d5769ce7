"""A network of the test's own: runs the module in a fresh network namespace whose loopback device has the addresses named, so
that a server and its peers have different addresses that are not loopback ones, and no other test's ports are in the way.
As a program: its status says whether every module may have one, so that they can run side by side."""
import os
import shutil
import subprocess
import sys

import tap

MARK = "TANDEM_E2E_NAMESPACE"
WAYS = (["unshare", "--net"], ["unshare", "--user", "--map-root-user", "--net"])


def _way():
    """How a namespace can be had here, or None."""
    return _first_that_works(WAYS)


def _first_that_works(ways):
    if not shutil.which("unshare") or not shutil.which("ip"):
        return None
    for way in ways:
        if subprocess.run([*way, "ip", "link", "set", "lo", "up"], capture_output=True, check=False).returncode == 0:
            return way
    return None


def _skip_all(module, why):
    def skip():
        raise tap.Skip(why)

    for name in [name for name in vars(module) if name.startswith("test_")]:
        setattr(module, name, skip)
    tap.main(module)


# Some phones want an interface that is not loopback, and a way to everywhere.
OUTSIDE = ("link set lo up", "link add outside type veth peer name inside", "addr add 198.18.0.1/24 dev outside",
           "link set inside up", "link set outside up", "route add default via 198.18.0.2")


def _open_outside():
    for command in OUTSIDE:
        subprocess.run(["ip", *command.split()], check=True)


def alone():
    """Only for who is root: in a user namespace everybody would seem to be."""
    way = _first_that_works(WAYS[:1])
    if way and not os.environ.get(MARK):
        os.environ[MARK] = "1"
        os.execvp(way[0], [*way, sys.executable, *sys.argv])
    if os.environ.get(MARK):
        _open_outside()


def run(addresses):
    """Call at the end of a test module, in the place of tap.run."""
    module = sys.modules["__main__"]
    if not os.environ.get(MARK):
        way = _way()
        if way:
            os.environ[MARK] = "1"
            os.execvp(way[0], [*way, sys.executable, *sys.argv])
        _skip_all(module, "no network namespaces here")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in addresses:
        prefix = "128" if ":" in address else "32"
        subprocess.run(["ip", "addr", "add", f"{address}/{prefix}", "dev", "lo"], check=True)
    tap.main(module)


if __name__ == "__main__":
    alone()  # what works here works for each module
    sys.exit(0 if os.environ.get(MARK) else 1)
