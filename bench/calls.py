"""CPU time of a call that the server follows (mode `call`, with session timers asked for), beside one that it passes on with transactions alone."""
import sys

import lab

sys.exit(lab.two_ways("calls", __doc__, "tandem, mode call", "proxy: {mode: call, call_time: 4h, calls: 100000, session_expires: 30m}"))
