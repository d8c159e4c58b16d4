internal import CLzma

/// xz streams by liblzma.
enum XZ {
  static let library = "liblzma \(lzma_version_number())"

  // LZMA_FILTER_LZMA2; the end of the filters, LZMA_VLI_UNKNOWN, is the largest value. Both are
  // macros.
  private static let lzma2: lzma_vli = 0x21

  static func stream(
    of block: [UInt8], _ setting: CompressionSetting
  ) throws(CompressionError) -> [UInt8] {
    var options = unsafe try options(blockSize: block.count, setting)
    let bound = lzma_stream_buffer_bound(block.count)
    var status = LZMA_OK
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      unsafe withUnsafeMutablePointer(to: &options) { options in
        var filters = unsafe [
          lzma_filter(id: lzma2, options: options), lzma_filter(id: .max, options: nil),
        ]
        status = unsafe lzma_stream_buffer_encode(
          &filters, LZMA_CHECK_CRC64, nil, block, block.count, buffer.baseAddress, &count, bound)
      }
    }
    switch status {
    case LZMA_OK: return bytes
    case LZMA_MEM_ERROR: throw CompressionError(.outOfMemory, "liblzma")
    default: throw CompressionError(.refused, "liblzma", reason: "status \(status.rawValue)")
    }
  }

  static func workingMemory(blockSize: Int, _ setting: CompressionSetting) -> Int {
    guard var options = unsafe try? options(blockSize: blockSize, setting) else { return 0 }
    return unsafe withUnsafeMutablePointer(to: &options) { options in
      let filters = unsafe [
        lzma_filter(id: lzma2, options: options), lzma_filter(id: .max, options: nil),
      ]
      return Int(clamping: unsafe lzma_raw_encoder_memusage(filters))
    }
  }

  /// The preset with a dictionary no larger than the block: a larger one costs ten times its size
  /// in memory and finds nothing.
  private static func options(
    blockSize: Int, _ setting: CompressionSetting
  ) throws(CompressionError) -> lzma_options_lzma {
    var options = unsafe lzma_options_lzma()
    guard unsafe lzma_lzma_preset(&options, setting.xzPreset) == 0 else {
      throw CompressionError(.refused, "liblzma", reason: "no preset \(setting.xzPreset)")
    }
    // 4 KiB is LZMA_DICT_SIZE_MIN, a macro.
    unsafe options.dict_size = unsafe min(options.dict_size, UInt32(clamping: max(4096, blockSize)))
    return unsafe options
  }
}

extension CompressionSetting {
  fileprivate var xzPreset: UInt32 {
    switch self {
    case .fast: 1
    case .balanced: 6
    case .small: 9 | UInt32(1) << 31  // LZMA_PRESET_EXTREME is a macro
    }
  }
}
