"""The conversation of a Python peer with bench/training.mjs: each line that comes in is a number of iterations to do."""

import json
import sys
import time


def peak_memory():
    """Bytes; VmHWM is in kibibytes."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def take_turns(name, iterate):
    """Answers each line with one of JSON: milliseconds of each iteration, of CPU for one, and the process's peak memory."""
    print(json.dumps({"ready": name}), flush=True)
    for line in sys.stdin:
        milliseconds = []
        cpu = time.process_time()
        for _ in range(int(line)):
            start = time.perf_counter()
            iterate()
            milliseconds.append((time.perf_counter() - start) * 1000)
        cpu = (time.process_time() - cpu) * 1000 / len(milliseconds)
        print(json.dumps({"milliseconds": milliseconds, "cpu": cpu, "peak": peak_memory()}), flush=True)
