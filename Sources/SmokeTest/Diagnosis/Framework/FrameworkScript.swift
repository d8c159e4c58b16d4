/// What the image's own Python is asked to do, before and after the framework's part.
///
/// It says what it sees as lines `kiln:KEY=VALUE`, each before the step that may die, and leaves all
/// judgement to this program. The training is the framework's own, in float32, once on the CPU and
/// once on the device of the backend that it is given, by its number. The framework's part imports it, says its
/// `version` and what device is `wanted`, and defines `train(device)`, which returns losses, weights,
/// and where they were.
enum FrameworkScript {
  static let text = #"""
    import sys
    sys.path = [p for p in sys.path if p]
    backend, number = sys.argv[1], int(sys.argv[2])
    def say(key, value):
        print("kiln:%s=%s" % (key, str(value).replace("\n", " ")), flush=True)
    say("python", sys.version.split()[0])
    def fail(step, error):
        say("step", step)
        say("error", "%s: %s" % (type(error).__name__, error))
        sys.exit(0)
    def difference(a, b):
        return max([abs(x - y) / max(1, abs(y)) if x == x else 9e9 for x, y in zip(a, b)])
    def compare(train):
        try:
            losses, weights, where = train("cpu")
            say("step", "train")
            device_losses, device_weights, device_where = train("gpu")
        except BaseException as error:
            fail("train", error)
        say("ran-on", " ".join(sorted(device_where)))
        say("first-loss", "%.6f" % device_losses[0])
        say("last-loss", "%.6f" % device_losses[-1])
        say("loss-millionths", int(difference(device_losses, losses) * 1e6))
        say("weight-millionths", int(difference(device_weights, weights) * 1e6))
        say("finished", "yes")
    """#
}
