internal import CZstd

/// Zstandard frames by libzstd, with content size and checksum.
enum Zstandard {
  static let library = "libzstd \(ZSTD_versionNumber())"

  static func frame(
    of block: [UInt8], _ setting: CompressionSetting
  ) throws(CompressionError) -> [UInt8] {
    guard let context = unsafe ZSTD_createCCtx() else {
      throw CompressionError(.outOfMemory, "libzstd")
    }
    defer { unsafe ZSTD_freeCCtx(context) }
    try check(unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, setting.zstdLevel))
    try check(unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1))
    let bound = ZSTD_compressBound(block.count)
    var status = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      status = unsafe ZSTD_compress2(context, buffer.baseAddress, bound, block, block.count)
      count = ZSTD_isError(status) == 0 ? status : 0
    }
    try check(status)
    return bytes
  }

  private static func check(_ status: Int) throws(CompressionError) {
    guard ZSTD_isError(status) == 0 else {
      throw CompressionError(
        .refused, "libzstd", reason: unsafe String(cString: ZSTD_getErrorName(status)))
    }
  }
}

extension CompressionSetting {
  fileprivate var zstdLevel: Int32 {
    switch self {
    case .fast: 1
    case .balanced: 6
    case .small: 19
    }
  }
}
