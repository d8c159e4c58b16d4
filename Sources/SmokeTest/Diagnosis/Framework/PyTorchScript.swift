/// PyTorch's part of the script: modules, autograd, optimizer, without TF32. DirectML's devices come
/// from the package `torch_directml`, and are PyTorch's `privateuseone`.
enum PyTorchScript {
  static let text = #"""
    try:
        import torch
    except BaseException as error:
        fail("import", error)
    say("version", torch.__version__)
    say("cuda", torch.version.cuda)
    if backend == "cuda" and torch.version.cuda is None:
        sys.exit(0)
    device = backend
    try:
        if backend == "cuda":
            torch.cuda.init()
            name = torch.cuda.get_device_name(number)
            say("capability", "sm_%d%d" % tuple(torch.cuda.get_device_capability(number)))
            say("architectures", " ".join(torch.cuda.get_arch_list()))
            say("name", name)
            device = "cuda:%d" % number
            say("wanted", device)
        if backend == "directml":
            import torch_directml
            say("adapters", torch_directml.device_count())
            device = torch_directml.device()
            say("name", torch_directml.device_name(torch_directml.default_device()))
            say("wanted", "privateuseone")
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
    except BaseException as error:
        fail("start", error)
    def at(tensor):
        return str(tensor.device) if backend == "cuda" else tensor.device.type
    def train(where):
        place = "cpu" if where == "cpu" else device
        torch.manual_seed(1)
        model = torch.nn.Sequential(
            torch.nn.Linear(64, 64), torch.nn.Tanh(), torch.nn.Linear(64, 10))
        rows = torch.randn(192, 64)
        labels = torch.randint(0, 10, (192,))
        model, rows, labels = model.to(place), rows.to(place), labels.to(place)
        descent = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        losses = []
        for step in range(20):
            descent.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(rows), labels)
            loss.backward()
            descent.step()
            losses.append(float(loss.detach()))
        where = set(at(p) for p in model.parameters()) | set([at(loss)])
        weights = [w for p in model.parameters() for w in p.detach().cpu().flatten().tolist()]
        return losses, weights, where
    """#
}
