/// TensorFlow's part of the script: the addition that Microsoft's page has for a check, then Keras's
/// `fit`. DirectML's devices are `GPU` with the plugin for TensorFlow 2, `DML` in TensorFlow 1.15, which
/// has to be told to compute at once.
enum TensorFlowScript {
  static let text = #"""
    import math
    def installed(name):
        try:
            try:
                from importlib.metadata import version
            except ImportError:
                from pkg_resources import get_distribution
                return get_distribution(name).version
            return version(name)
        except Exception:
            return ""
    for name in ["numpy", "protobuf", "tensorflow", "tensorflow-cpu", "tensorflow-directml",
                 "tensorflow-directml-plugin"]:
        say("has-" + name, installed(name))
    try:
        import tensorflow as tf
    except BaseException as error:
        fail("import", error)
    say("version", tf.__version__)
    kind = "DML" if tf.__version__.startswith("1.") and backend == "directml" else "GPU"
    say("wanted", kind)
    def place(tensor):
        return tensor.device.split(":")[-2]
    try:
        if tf.__version__.startswith("1."):
            tf.enable_eager_execution()
        devices = tf.config.experimental.list_physical_devices(kind)[number:]
        say("devices", len(devices))
        if not devices:
            sys.exit(0)
        total = tf.add([1.0, 2.0], [3.0, 4.0])
        say("sum", " ".join("%g" % x for x in total.numpy()))
        say("sum-on", place(total))
    except Exception as error:
        fail("start", error)
    start = []
    def train(where):
        layers = tf.keras.layers
        with tf.device("/CPU:0" if where == "cpu" else "/%s:%d" % (kind, number)):
            model = tf.keras.Sequential([
                layers.Dense(64, activation="tanh", input_shape=(64,)), layers.Dense(10)])
            if start:
                model.set_weights(start[0])
            else:
                start.append(model.get_weights())
            model.compile(
                optimizer=tf.keras.optimizers.SGD(0.1, momentum=0.9),
                loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
            rows = tf.constant(
                [[math.sin(i * 7 + j * (i % 5 + 1)) for j in range(64)] for i in range(192)])
            labels = tf.constant([i % 10 for i in range(192)])
            history = model.fit(
                rows, labels, epochs=20, batch_size=192, shuffle=False, verbose=0)
        weights = [float(x) for w in model.get_weights() for x in w.flatten()]
        return history.history["loss"], weights, set(
            place(w if hasattr(w, "device") else w.value) for w in model.weights)
    """#
}
