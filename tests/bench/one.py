"""Runs one command and prints what it cost: seconds of wall clock and user time, peak memory in bytes, exit status.

A program of its own because the peak that the kernel reports for a child is at least that of the process which started
it: so this one must be small, and imports next to nothing.
"""

import os
import signal
import sys
import time


def main() -> None:
    limit, command = int(sys.argv[1]), sys.argv[2:]
    outputs = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)]
    start = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=outputs, setpgroup=0)
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
    signal.alarm(limit)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - start
    # macOS counts bytes, all others kilobytes.
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(wall, usage.ru_utime, peak, os.waitstatus_to_exitcode(status))


main()
