"""The smoke test's training and its measured steps in PyTorch; prints one JSON object.

    python3 pytorch-training.py [--device cpu]

`ready` is the time from the process's start to the loss of the digits' training; the steps are
seconds of one step, timed with events after warm-up on a GPU.
"""

import json
import os
import sys
import time

start = time.time()
# What the process spent before this line, Python's own start, counts too.
ticks = float(open("/proc/self/stat").read().rsplit(")", 1)[1].split()[19])
uptime = float(open("/proc/uptime").read().split()[0])
start -= uptime - ticks / os.sysconf("SC_CLK_TCK")

import torch  # noqa: E402

imported = time.time() - start
device = sys.argv[sys.argv.index("--device") + 1] if "--device" in sys.argv else "cuda"
if device == "cuda" and not torch.cuda.is_available():
    print(json.dumps({"error": f"torch {torch.__version__} sees no GPU"}))
    sys.exit(3)


def trainer(inputs, hidden, classes, batch, rate=0.01):
    """A step on data of its own, to be called as often as wanted."""
    torch.manual_seed(1)
    net = torch.nn.Sequential(
        torch.nn.Linear(inputs, hidden), torch.nn.Tanh(), torch.nn.Linear(hidden, classes)
    ).to(device)
    rows = torch.rand(batch, inputs, device=device) * 2 - 1
    labels = torch.arange(batch, device=device) % classes
    optimizer = torch.optim.SGD(net.parameters(), lr=rate, momentum=0.9)

    def step():
        optimizer.zero_grad(set_to_none=False)
        loss = torch.nn.functional.cross_entropy(net(rows), labels)
        loss.backward()
        optimizer.step()
        return loss

    return step


def synchronize():
    if device == "cuda":
        torch.cuda.synchronize()


def seconds(call, times):
    for _ in range(3):
        call()
    synchronize()
    if device == "cpu":
        before = time.perf_counter()
        for _ in range(times):
            call()
        return (time.perf_counter() - before) / times
    first, last = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    first.record()
    for _ in range(times):
        call()
    last.record()
    synchronize()
    return first.elapsed_time(last) / 1000 / times


def captured(step):
    """The step as a CUDA graph: what is left is cuBLAS and PyTorch's kernels, no launches."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


# The digits: TrainingPlan.digits, as the caller passes it.
digits = json.loads(os.environ["KILN_DIGITS_PLAN"])
step = trainer(64, digits["hidden"], 10, digits["batch"], 0.1)
for _ in range(digits["steps"]):
    loss = step()
last = loss.item()
report = {"torch": torch.__version__, "import": imported, "ready": time.time() - start, "loss": last}
if device == "cuda":
    report["device"] = torch.cuda.get_device_name(0)

small, large = (256, 1024, 16, 4096), (1024, 4096, 16, 8192)
if device == "cpu":
    small, large = (16, 32, 4, 64), (32, 64, 4, 64)
for precision in ("float32", "tf32"):
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
    for name, shape in (("small", small), ("large", large)):
        times = 50 if name == "small" else 20
        report[f"{name}-{precision}"] = seconds(trainer(*shape), times)
        if device == "cuda":
            report[f"{name}-{precision}-graph"] = seconds(captured(trainer(*shape)), times)
print(json.dumps(report))
