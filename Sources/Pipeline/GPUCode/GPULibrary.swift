internal import Diagnostics
internal import FileSystem
public import SystemPackage

/// An ELF file and what it has for GPUs.
public struct GPULibrary: Hashable, Sendable {
  /// In the image: relative, without leading slash.
  public var path: String
  /// Bytes.
  public let size: Int64
  /// The name that other libraries ask for it by.
  public let soname: String?
  /// Empty where it has none: the CUDA runtime itself has none.
  public let code: DeviceCode

  public init(path: String, size: Int64, soname: String?, code: DeviceCode) {
    self.path = path
    self.size = size
    self.soname = soname
    self.code = code
  }

  /// Reads the headers of a file.
  ///
  /// - Parameter name: the path to give the result.
  /// - Returns: nil for what is no 64-bit ELF file.
  public static func read(
    _ file: FilePath, as name: String
  ) throws(GPUCodeError) -> GPULibrary? {
    let bytes = try RandomAccessFile(file)
    let size = Int64(bytes.size)
    guard let elf = try ELFFile(bytes) else { return nil }
    let (code, soname) = try FatBinaries.read(elf)
    return GPULibrary(path: name, size: size, soname: soname, code: code)
  }

  /// Whether a file may be a library or a program that is worth to be opened.
  ///
  /// - Parameter permissions: mode bits; programs have no telling name.
  public static func isCandidate(path: String, size: Int64, permissions: UInt16) -> Bool {
    // The smallest record of device code, with an ELF header around it.
    guard size >= 256 else { return false }
    if permissions & 0o111 != 0 { return true }
    return path.pathComponents.last?.contains(".so") == true
  }
}

extension GPULibrary: Codable {
  private enum CodingKeys: String, CodingKey { case path, size, soname, architectures, ptx }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    path = try container.decode(String.self, forKey: .path)
    size = try container.decode(Int64.self, forKey: .size)
    soname = try container.decodeIfPresent(String.self, forKey: .soname)
    code = DeviceCode(
      machine: Set(try container.decode([GPUArchitecture].self, forKey: .architectures)),
      ptx: Set(try container.decode([GPUArchitecture].self, forKey: .ptx)))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(path, forKey: .path)
    try container.encode(size, forKey: .size)
    try container.encodeIfPresent(soname, forKey: .soname)
    try container.encode(code.machine.sorted(), forKey: .architectures)
    try container.encode(code.ptx.sorted().map(\.virtualName), forKey: .ptx)
  }
}
