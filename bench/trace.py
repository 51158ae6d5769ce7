"""CPU time of a call whose messages are kept for `tandem trace`, as by default, beside one of which nothing is kept."""
import sys

import lab

sys.exit(lab.two_ways("trace", __doc__, "tandem, nothing kept", "trace: {memory: 0}"))
