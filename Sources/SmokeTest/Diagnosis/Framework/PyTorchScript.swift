/// What the image's own Python is asked to do.
///
/// It says what it sees as lines `kiln:KEY=VALUE`, each before the step that may die, and leaves all
/// judgement to this program. The training is PyTorch's own: modules, autograd, optimizer, in float32
/// without TF32, once on the CPU and once on the device that it is given.
enum PyTorchScript {
  static let text = #"""
    import sys
    device = sys.argv[1]
    def say(key, value):
        print("kiln:%s=%s" % (key, str(value).replace("\n", " ")), flush=True)
    say("python", sys.version.split()[0])
    def fail(step, error):
        say("step", step)
        say("error", "%s: %s" % (type(error).__name__, error))
        sys.exit(0)
    try:
        import torch
    except BaseException as error:
        fail("import", error)
    say("version", torch.__version__)
    say("cuda", torch.version.cuda)
    if device == "cuda" and torch.version.cuda is None:
        sys.exit(0)
    try:
        if device == "cuda":
            torch.cuda.init()
            name = torch.cuda.get_device_name(0)
            say("capability", "sm_%d%d" % tuple(torch.cuda.get_device_capability(0)))
            say("architectures", " ".join(torch.cuda.get_arch_list()))
            say("name", name)
    except BaseException as error:
        fail("start", error)
    def train(device):
        torch.manual_seed(1)
        model = torch.nn.Sequential(
            torch.nn.Linear(64, 64), torch.nn.Tanh(), torch.nn.Linear(64, 10))
        rows = torch.randn(192, 64)
        labels = torch.randint(0, 10, (192,))
        model, rows, labels = model.to(device), rows.to(device), labels.to(device)
        descent = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        losses = []
        for step in range(20):
            descent.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(rows), labels)
            loss.backward()
            descent.step()
            losses.append(float(loss.detach()))
        where = set(str(p.device.type) for p in model.parameters()) | set([str(loss.device.type)])
        weights = [w for p in model.parameters() for w in p.detach().cpu().flatten().tolist()]
        return losses, weights, where
    try:
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        losses, weights, where = train("cpu")
        say("step", "train")
        device_losses, device_weights, device_where = train(device)
    except BaseException as error:
        fail("train", error)
    def difference(a, b):
        return max([abs(x - y) / max(1, abs(y)) if x == x else 9e9 for x, y in zip(a, b)])
    say("ran-on", " ".join(sorted(device_where)))
    say("first-loss", "%.6f" % device_losses[0])
    say("last-loss", "%.6f" % device_losses[-1])
    say("loss-millionths", int(difference(device_losses, losses) * 1e6))
    say("weight-millionths", int(difference(device_weights, weights) * 1e6))
    say("finished", "yes")
    """#
}
