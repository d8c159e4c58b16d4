"""Runs commands and says what they cost."""

import os
import resource
import statistics
import subprocess
import time


def measured(command, **options):
    """Wall and CPU seconds of a command with all below it, and bytes of its largest process."""
    start = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(command, **options)
    output = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} failed with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": time.monotonic() - start, "cpu": cpu, "rss": usage.ru_maxrss * 1024,
            "output": output}


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def machine(folder):
    """What a reader has to know: cores, processor, memory, kernel, and where everybody works."""
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo")
                  if line.startswith("model name")), "unknown processor")
    kilobytes = next(int(line.split()[1]) for line in open("/proc/meminfo")
                     if line.startswith("MemTotal"))
    return (f"{os.cpu_count()} cores ({model}), {round(kilobytes / 2**20)} GiB, "
            f"Linux {os.uname().release.split('-')[0]}, on {file_system(folder)}")


def file_system(folder):
    return subprocess.run(["findmnt", "--noheadings", "--output", "FSTYPE", "--target", folder],
                          check=True, stdout=subprocess.PIPE, text=True).stdout.split()[-1]
