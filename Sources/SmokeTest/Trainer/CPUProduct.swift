import CProduct
import Platform

/// A matrix in memory that somebody else owns: element (i, j) is at start[i * row + j * column].
@unsafe
struct Matrix {
  let start: UnsafeMutablePointer<Float>
  let rows: Int
  let columns: Int
  let row: Int
  let column: Int

  /// Row after row without gaps.
  init(_ start: UnsafeMutablePointer<Float>, _ rows: Int, _ columns: Int) {
    unsafe self.init(start: start, rows: rows, columns: columns, row: columns, column: 1)
  }

  private init(
    start: UnsafeMutablePointer<Float>, rows: Int, columns: Int, row: Int, column: Int
  ) {
    unsafe self.start = start
    unsafe self.rows = rows
    unsafe self.columns = columns
    unsafe self.row = row
    unsafe self.column = column
  }

  /// The same numbers, rows for columns.
  var transposed: Matrix {
    unsafe Matrix(start: start, rows: columns, columns: rows, row: column, column: row)
  }

  /// `count` columns from `first` on.
  func columns(_ first: Int, _ count: Int) -> Matrix {
    unsafe Matrix(
      start: start + first * column, rows: rows, columns: count, row: row, column: column)
  }
}

/// The CPU's matrix product.
///
/// Both operands are cut into panels as high as a tile, which a kernel in the CPU's widest vectors
/// multiplies; large operands are packed first, so that what a tile reads stands together and stays in
/// the nearest cache. Each element is the same chain of additions however many threads there are, so
/// the result is the same to the last bit. K. Goto, R. van de Geijn: Anatomy of high-performance
/// matrix multiplication (2008).
@safe
final class CPUProduct {
  let team: Team
  private let kernel: product_kernel
  private let left: Panels
  private let right: Panels

  /// The values of k that are done at a time: a panel of 32 columns then fills 32 KiB of cache.
  private static let depth = 256

  /// How many kernels this CPU can run, the fastest first; there is always one.
  static var kernels: Int { Int(product_kernel_count()) }

  init(team: Team, kernel index: Int = 0) {
    self.team = team
    let kernel = unsafe product_kernel_at(Int32(index))
    left = Panels(width: unsafe kernel.rows)
    right = Panels(width: unsafe kernel.columns)
    unsafe self.kernel = unsafe kernel
  }

  /// The instruction set, like `AVX-512`.
  var instructions: String { unsafe String(optionalCString: kernel.name) }

  /// C = A·B. `c` stands row after row.
  @unsafe
  func multiply(_ a: Matrix, _ b: Matrix, into c: Matrix) {
    for first in stride(from: 0, to: unsafe a.columns, by: Self.depth) {
      let depth = unsafe min(Self.depth, a.columns - first)
      unsafe left.take(a.columns(first, depth), contiguous: false, by: team)
      unsafe right.take(b.transposed.columns(first, depth), contiguous: true, by: team)
      unsafe multiplyPanels(into: c, depth: depth, accumulate: first > 0)
    }
  }

  /// Blocks of tiles small enough that every thread gets some, and not larger than a near cache.
  private func multiplyPanels(into c: Matrix, depth: Int, accumulate: Bool) {
    let rows = left.count
    let columns = right.count
    var high = min(16, rows)
    var wide = min(16, columns)
    func blocks() -> Int { ((rows + high - 1) / high) * ((columns + wide - 1) / wide) }
    while team.threads > 1, blocks() < 4 * team.threads, high > 1 || wide > 1 {
      if high >= wide { high = (high + 1) / 2 } else { wide = (wide + 1) / 2 }
    }
    let across = (columns + wide - 1) / wide
    team.run(units: blocks()) { block in
      let top = block / across * high
      let first = block % across * wide
      for column in first..<min(columns, first + wide) {
        for row in top..<min(rows, top + high) {
          unsafe tile(row, column, of: c, depth: depth, accumulate: accumulate)
        }
      }
    }
  }

  private func tile(_ row: Int, _ column: Int, of c: Matrix, depth: Int, accumulate: Bool) {
    let i = unsafe row * kernel.rows
    let j = unsafe column * kernel.columns
    unsafe kernel.tile(
      depth, left[row], right[column], c.start + i * c.row + j, c.row,
      min(kernel.rows, c.rows - i), min(kernel.columns, c.columns - j), accumulate)
  }
}

/// One operand, cut into panels of `width` rows.
@safe
private final class Panels {
  let width: Int
  private(set) var count = 0
  /// The panels before this one are read where the operand stands.
  private var firstPacked = 0
  private var matrix: Matrix?
  private var packed = Floats(count: 0)

  /// Packing an operand as large as a near cache pays.
  private static let large = 1 << 15

  init(width: Int) { self.width = width }

  /// Takes `matrix` as operand: where it stands if it is small and, when asked for, its rows stand
  /// together; packed if not. The last panel is always packed when it is not full.
  @unsafe
  func take(_ matrix: Matrix, contiguous: Bool, by team: Team) {
    let (rows, depth) = unsafe (matrix.rows, matrix.columns)
    unsafe self.matrix = unsafe matrix
    count = (rows + width - 1) / width
    let inPlace = unsafe rows * depth <= Self.large && (!contiguous || matrix.row == 1)
    firstPacked = inPlace ? rows / width : 0
    let size = (count - firstPacked) * width * depth
    if packed.count < size { packed = Floats(count: size) }
    let perUnit = max(1, Self.large / (width * depth))
    team.slices(of: count - firstPacked, size: perUnit) { slice in
      for panel in slice {
        let row = (firstPacked + panel) * width
        unsafe product_pack(
          product_panel(
            start: matrix.start + row * matrix.row, row: matrix.row, step: matrix.column),
          min(width, rows - row), depth, width, packed.start + panel * width * depth)
      }
    }
  }

  subscript(panel: Int) -> product_panel {
    guard let matrix = unsafe matrix else { return unsafe product_panel() }
    if panel < firstPacked {
      return unsafe product_panel(
        start: matrix.start + panel * width * matrix.row, row: matrix.row, step: matrix.column)
    }
    let start = unsafe packed.start + (panel - firstPacked) * width * matrix.columns
    return unsafe product_panel(start: start, row: 1, step: width)
  }
}
