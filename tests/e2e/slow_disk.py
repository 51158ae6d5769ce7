"""A server whose disk stands still as long as a test wants it to."""
import contextlib
import os
import tempfile

import tap
from server import Server


@contextlib.contextmanager
def disk_that_may_stall():
    """A folder, a server with its data there, and what stalls the disk until it is called again."""
    shim = os.environ.get("TANDEM_SLOW_SYNC")
    if not shim:
        raise tap.Skip("no slow disk was built")
    with tempfile.TemporaryDirectory() as data, contextlib.ExitStack() as stack:
        stall = os.path.join(data, "stall")

        def toggle():
            if os.path.exists(stall):
                os.unlink(stall)
            else:
                with open(stall, "w", encoding="ascii"):
                    pass

        config = os.path.join(data, "tandem.yaml")
        with open(config, "w", encoding="ascii") as f:
            f.write("drain: 2s\n")
        os.environ["LD_PRELOAD"] = shim
        try:
            server = Server("--no-sandbox", "--data", data, "--config", config)
        finally:
            del os.environ["LD_PRELOAD"]
        stack.callback(server.process.wait)
        stack.callback(server.process.kill)
        yield data, server, toggle
