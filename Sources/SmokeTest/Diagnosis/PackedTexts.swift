// The program in the images has its long texts packed; Package.swift leaves out the sources that have
// them as constants.
#if hasFeature(Embedded)
  internal import Platform

  enum Explanations {
    static var text: String { packedText("Explanations") }
  }

  enum FrameworkScript {
    static var text: String { packedText("FrameworkScript") }
  }

  enum PyTorchScript {
    static var text: String { packedText("PyTorchScript") }
  }

  enum TensorFlowScript {
    static var text: String { packedText("TensorFlowScript") }
  }

  public enum Help {
    public static var text: String { packedText("Help") }
  }
#endif
