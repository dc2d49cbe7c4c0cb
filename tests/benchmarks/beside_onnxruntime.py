"""Times shipped models beside ONNX Runtime on the same networks, in turns, and prints a table in Markdown.

beside_onnxruntime.py PROGRAM EXPORT WORK MODEL...: PROGRAM is the built example `pass` of penumbra-kernels, EXPORT a script
that writes a model as ONNX (`EXPORT MODEL OUT.onnx [full]`, with the window and the expected values beside it), WORK a
folder for what it writes, MODEL a model's folder. Outputs are compared first; a difference ends the run.
"""

import os
import statistics
import subprocess
import sys
import time

import numpy
import onnxruntime

RUNS = 15
WARM_UP = 3
# Of the largest value; the exports agree with the reference to this.
TOLERANCE = 1e-4
# ONNX Runtime's threads spin for a while after a run and would take the processor from the other side.
PAUSE = 0.05


class Ours:
    def __init__(self, program, model, threads):
        self.process = subprocess.Popen(
            [program, model, str(threads)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        level, peak, backbone, head = self.process.stdout.readline().split()
        self.level, self.peak, self.operations = level, float(peak), float(backbone) + float(head)

    def run(self, line=""):
        """Milliseconds on the clock, and of processor time."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        backbone, head, spent = map(float, self.process.stdout.readline().split())
        return backbone + head, spent

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Theirs:
    def __init__(self, path, image, threads):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.image = {"input": image}

    def run(self):
        clock, processor = time.perf_counter(), time.process_time()
        self.session.run(None, self.image)
        return (time.perf_counter() - clock) * 1e3, (time.process_time() - processor) * 1e3

    def output(self):
        return self.session.run(None, self.image)[0].ravel()


def exported(export, work, model, full):
    path = os.path.join(work, os.path.basename(model) + ("" if full else "_backbone") + ".onnx")
    if not os.path.exists(path):
        arguments = [sys.executable, export, model, path] + (["full"] if full else [])
        subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return path


def difference(name, found, expected):
    far = float(numpy.abs(found - expected).max() / numpy.abs(expected).max())
    if found.shape != expected.shape or not far < TOLERANCE:
        sys.exit(f"{name} differs by {far:.1e} of the largest value, more than {TOLERANCE:.0e}: nothing was timed")
    return far


def cell(values):
    ordered = sorted(values)
    return f"{statistics.median(ordered):.0f} ({ordered[1]:.0f} to {ordered[-2]:.0f})"


def table(program, export, work, model):
    name = os.path.basename(model)
    full, backbone = exported(export, work, model, True), exported(export, work, model, False)
    stem = full[: -len(".onnx")]
    expected = numpy.fromfile(stem + "_ref.bin", "<f4")
    image = numpy.fromfile(stem + "_input.bin", "<f4")
    for threads in (1, 2):
        ours = Ours(program, model, threads)
        shape = onnxruntime.InferenceSession(full).get_inputs()[0].shape
        whole = Theirs(full, image.reshape(shape), threads)
        part = Theirs(backbone, image.reshape(shape), threads)
        result = stem + "_ours.bin"
        ours.run(f"{stem}_input.bin {result}")
        # The answer to the next line comes after the file is written.
        ours.run()
        found = numpy.fromfile(result, "<f4")
        far = max(difference("our output", found, expected), difference("ONNX Runtime's", whole.output(), expected))
        sides = (ours.run, whole.run, part.run)
        for side in sides:
            for _ in range(WARM_UP):
                side()
        times = [[], [], []]
        for _ in range(RUNS):
            for side, collected in zip(sides, times):
                collected.append(side())
                time.sleep(PAUSE)
        ours.close()
        for which, clock in ((0, "clock"), (1, "processor")):
            mine, their, theirs_without_head = ([run[which] for run in side] for side in times)
            ratio = statistics.median([a / b for a, b in zip(mine, their)])
            rate = ours.operations / statistics.median(mine) / 1e6
            share = f"{rate:.0f} GFLOP/s" if which == 1 else ""
            print(
                f"| {name} | {threads} | {clock} | {cell(mine)} | {cell(their)} | {cell(theirs_without_head)} "
                f"| {ratio:.2f} | {share} | {far:.0e} |",
                flush=True,
            )


def main():
    program, export, work, *models = sys.argv[1:]
    os.makedirs(work, exist_ok=True)
    print(
        "| window of | threads | time | ours, ms | ONNX Runtime, ms | its backbone alone, ms | ours / ONNX Runtime "
        "| our rate | difference |\n|---|---|---|---|---|---|---|---|---|"
    )
    for model in models:
        table(program, export, work, model)


main()
