"""./dev soak: mixed load for as long as is wanted, at a share of what the server takes; then says whether it was the same server at the end as at the
beginning. Writes samples.jsonl, result.json and pictures into a folder; --write puts them into docs/. Ends early on Ctrl-C, with all it has."""
import argparse
import json
import os
import shutil
import signal
import statistics
import sys
import time

import paths
import lab
import page
import picture
import verdict
from mix import LAST_S, Mix
from subject import Subject, still_held

EVERY_S, SAMPLES_LEAST = 10, 12
STEP_S, STEP_EVERY_S, FIRST_RATE, FASTER, LATE_MS = 8, 2, 200, 1.4, 100
EMPTY_S = 90  # 64*T1 behind the last request, and what a phone that is dead takes


# How often it was told to end.
told_to_end = []


def say(text):
    print(f"soak: {text}", file=sys.stderr, flush=True)


def on_signal(*_):
    told_to_end.append(time.monotonic())
    say("ends early; once more, and what is over is not waited for")


def sleep_until(when):
    """Or until it is told to end."""
    while time.monotonic() < when and not told_to_end:
        time.sleep(max(0.0, min(0.2, when - time.monotonic())))


# --- how much the server takes ---

def holds(rate, folder):
    """Whether a new server takes this rate: nothing fails, all is offered, and in most intervals hardly anybody waits."""
    with Subject() as subject, Mix(subject.places, folder, rate, STEP_S, STEP_EVERY_S) as mix:
        worst = []
        while not mix.is_over() and not told_to_end:
            sleep_until(time.monotonic() + STEP_EVERY_S)
            worst.append(max((row.get("p99_ms", 0) for row in mix.news().values()), default=0))
        mix.stop()
        totals = mix.totals().values()
    late = statistics.median(worst or [0])
    well = all(not total["failures"] and not total["status"] for total in totals) and late <= LATE_MS
    say(f"{rate:.0f} sessions/s: p99 {late:.1f} ms, {'held' if well else 'not held'}")
    return well


def capacity(folder):
    rate, held = FIRST_RATE, 0
    while not told_to_end and holds(rate, folder):
        rate, held = rate * FASTER, rate
    if not held:
        raise lab.Broken(f"this machine does not take {FIRST_RATE} sessions/s; give a --rate")
    return held


# --- the run ---

def sample(subject, mix, began):
    return {"at": round(time.monotonic() - began, 1), **subject.look(), "kinds": mix.news(), "busy_s": lab.busy_s(), "loads_ns": loads_ns(mix)}


def loads_ns(mix):
    return lab.cpu_ns([offer.process.pid for offer in mix.offers])


def watch(subject, mix, every, out):
    """A sample each interval until all sessions have ended."""
    samples, began = [], time.monotonic()
    while not mix.is_over() and subject.is_alive() and not told_to_end and time.monotonic() < began + mix.seconds + LAST_S:
        sleep_until(began + every * (len(samples) + 1))
        samples.append(sample(subject, mix, began))
        print(json.dumps(samples[-1]), file=out, flush=True)
    mix.stop()
    return samples


def empty(subject):
    """Waits until the server has forgotten what is over; its last look."""
    until = time.monotonic() + EMPTY_S
    while still_held(subject.look()) and time.monotonic() < until and len(told_to_end) < 2:
        time.sleep(1)
    return subject.look()


def run(options):
    every = max(1, min(EVERY_S, int(options.seconds / SAMPLES_LEAST)))
    with Subject() as subject, open(os.path.join(options.out, "samples.jsonl"), "w", encoding="utf-8") as out:
        before = subject.look()
        with Mix(subject.places, os.path.join(options.out, "said"), options.rate, options.seconds, every) as mix:
            samples = watch(subject, mix, every, out)
            totals = mix.totals()
        after = empty(subject) if subject.is_alive() else None
        return {"asked_s": options.seconds, "every": every, "rate": options.rate, "share": options.share, "capacity": options.capacity, "cut": bool(told_to_end),
                "machine": lab.machine(), "command": options.command, "when": time.strftime("%Y-%m-%d", time.gmtime()), "before": before,
                "after": after, "complaints": subject.complaints()[:20], "kinds": totals, "samples": samples}


def tell(result, options):
    """Judges, draws, prints; the exit status."""
    result["verdicts"] = verdict.judge(result)
    with open(os.path.join(options.out, "result.json"), "w", encoding="utf-8") as f:
        json.dump(result, f)
    picture.draw(result, options.out)
    print(page.text(result))
    if options.write:
        page.write(result, options.out)
    return 0 if verdict.is_good(result["verdicts"]) else 1


def arguments():
    parser = argparse.ArgumentParser(prog="./dev soak", description=__doc__.partition(": ")[2])
    parser.add_argument("--hours", type=float, default=1)
    parser.add_argument("--minutes", type=float, help="instead of --hours")
    parser.add_argument("--share", type=float, default=0.5, help="of what the server takes, which is looked for first; 0.5 when not given")
    parser.add_argument("--rate", type=float, help="sessions a second instead")
    parser.add_argument("--out", default=os.path.join(paths.ROOT, "build", "soak"), help="the folder; build/soak when not given")
    parser.add_argument("--write", action="store_true", help="puts table and pictures into docs/")
    parser.add_argument("--again", action="store_true", help="runs nothing: judges and draws what the folder has")
    options = parser.parse_args()
    options.seconds = round(options.minutes * 60 if options.minutes else options.hours * 3600)
    how_long = f"--minutes {options.minutes:g}" if options.minutes else f"--hours {options.hours:g}"
    options.command = f"./dev soak {how_long} " + (f"--rate {options.rate:g}" if options.rate else f"--share {options.share:g}")
    return options


def soak(options):
    if options.again:
        with open(os.path.join(options.out, "result.json"), encoding="utf-8") as f:
            return tell(json.load(f), options)
    shutil.rmtree(options.out, ignore_errors=True)
    os.makedirs(options.out)
    options.capacity = None
    if options.rate:
        options.share = None
    else:
        options.capacity = capacity(os.path.join(options.out, "capacity"))
        options.rate = options.share * options.capacity
    if told_to_end:
        return 130
    say(f"{options.rate:.0f} sessions/s for {options.seconds} s; results in {options.out}")
    return tell(run(options), options)


def main():
    signal.signal(signal.SIGINT, on_signal)
    signal.signal(signal.SIGTERM, on_signal)
    try:
        return soak(arguments())
    except (lab.Broken, OSError) as error:
        say(error)
        return 2


if __name__ == "__main__":
    sys.exit(main())
