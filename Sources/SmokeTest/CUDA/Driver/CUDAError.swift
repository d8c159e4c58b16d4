/// A driver call that did not succeed.
public struct CUDAError: Error, Hashable, Sendable {
  /// The C function's name.
  public let function: String
  /// The `CUresult`.
  public let code: Int32
  /// The driver's own name for it, like `CUDA_ERROR_NO_DEVICE`.
  public let name: String
  /// The driver's own sentence about it.
  public let description: String
  /// What was asked for, empty where the function says it all.
  public let detail: String

  public init(
    function: String, code: Int32, name: String, description: String, detail: String = ""
  ) {
    self.function = function
    self.code = code
    self.name = name
    self.description = description
    self.detail = detail
  }
}
