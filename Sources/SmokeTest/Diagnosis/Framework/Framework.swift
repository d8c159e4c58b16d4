internal import Platform

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
    let own =
      switch self {
      case .pytorch: PyTorchScript.text
      case .tensorflow: TensorFlowScript.text
      }
    return FrameworkScript.text + "\n" + own + "\ncompare(train)\n"
  }
}
