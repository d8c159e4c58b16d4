/// A framework of the image, asked to train on the GPU.
public enum Framework: UInt8, CaseIterable, Sendable {
  case pytorch
  case tensorflow

  public var name: String {
    switch self {
    case .pytorch: "pytorch"
    case .tensorflow: "tensorflow"
    }
  }

  /// As its makers write it.
  var title: String {
    switch self {
    case .pytorch: "PyTorch"
    case .tensorflow: "TensorFlow"
    }
  }

  /// What its script trains with.
  var script: String {
    switch self {
    case .pytorch: FrameworkScript.text(PyTorchScript.text)
    case .tensorflow: FrameworkScript.text(TensorFlowScript.text)
    }
  }
}
