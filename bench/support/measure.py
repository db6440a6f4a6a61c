"""Runs the command in its arguments, and writes one line of JSON about it to descriptor 3: exit status, wall-clock and CPU
seconds, and the resident memory of the largest process in bytes. CPU time and memory are of the command with all its
descendants that were waited for.
"""

import json
import os
import sys
import time

os.set_inheritable(3, False)
start = time.perf_counter()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - start
measured = {
    "status": os.waitstatus_to_exitcode(status),
    "seconds": seconds,
    "cpuSeconds": usage.ru_utime + usage.ru_stime,
    "bytes": usage.ru_maxrss * 1024,  # Linux gives kibibytes.
}
os.write(3, json.dumps(measured).encode())
