/// The libraries that a library asks the loader for by name.
enum ELFNeeds {
  /// Nothing when `bytes` is no whole ELF file of 64 bits, or asks for nothing.
  static func names(_ bytes: [UInt8]) -> [String]? {
    let file = Bytes(bytes, from: 0)
    guard let table = file.number(at: 32, bytes: 8), let size = file.number(at: 54, bytes: 2),
      let count = file.number(at: 56, bytes: 2), count <= 1 << 12
    else { return nil }
    var segments: [(offset: Int, address: Int, size: Int)] = []
    var dynamic: (offset: Int, size: Int)?
    for index in 0..<count {
      let header = table &+ index * size
      guard let type = file.word(at: header), let offset = file.number(at: header &+ 8, bytes: 8),
        let address = file.number(at: header &+ 16, bytes: 8),
        let size = file.number(at: header &+ 32, bytes: 8)
      else { return nil }
      if type == 1 { segments.append((offset, address, size)) }
      if type == 2 { dynamic = (offset, min(size, 1 << 16)) }
    }
    guard let dynamic else { return nil }
    var texts: Int?
    var names: [Int] = []
    for entry in 0..<dynamic.size / 16 {
      let place = dynamic.offset &+ entry * 16
      guard let tag = file.number(at: place, bytes: 8),
        let value = file.number(at: place &+ 8, bytes: 8)
      else { continue }
      if tag == 1 { names.append(value) }
      if tag == 5,
        let segment = segments.first(where: { value >= $0.address && value - $0.address < $0.size })
      {
        texts = value - segment.address + segment.offset
      }
    }
    guard let texts else { return nil }
    return names.compactMap { file.text(at: texts &+ $0) }
  }
}
