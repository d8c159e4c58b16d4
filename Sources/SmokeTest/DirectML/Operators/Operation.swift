import CDirectML

extension dml_matrix {
  init(_ rows: Int, _ columns: Int, repeatsRow: Bool = false) {
    self.init(rows: UInt32(rows), columns: UInt32(columns), repeats_row: repeatsRow)
  }

  static let none = dml_matrix(0, 0)

  var count: Int { Int(repeats_row ? 1 : rows) * Int(columns) }
}

/// The operators of the training, on matrices.
extension dml_operation {
  private init(
    _ type: dml_operator_type, _ inputs: [dml_matrix], _ output: dml_matrix,
    transposes: (Bool, Bool) = (false, false), tanh: Bool = false, scale: Float = 1, bias: Float = 0
  ) {
    func input(_ index: Int) -> dml_matrix { index < inputs.count ? inputs[index] : .none }
    self.init(
      type: type, inputs: UInt32(inputs.count), input: (input(0), input(1), input(2)),
      output: output, transposes: transposes, ends_with_tanh: tanh, scale: scale, bias: bias)
  }

  /// left · right + the one row of biases, and the hyperbolic tangent of that.
  static func layer(rows: Int, depth: Int, columns: Int, tanh: Bool) -> Self {
    Self(
      dml_gemm_operator,
      [
        dml_matrix(rows, depth), dml_matrix(depth, columns),
        dml_matrix(rows, columns, repeatsRow: true),
      ], dml_matrix(rows, columns), tanh: tanh)
  }

  /// left · right, where a factor may stand columns for rows.
  static func product(
    rows: Int, depth: Int, columns: Int, transposes: (Bool, Bool) = (false, false)
  ) -> Self {
    Self(
      dml_gemm_operator,
      [
        transposes.0 ? dml_matrix(depth, rows) : dml_matrix(rows, depth),
        transposes.1 ? dml_matrix(columns, depth) : dml_matrix(depth, columns), .none,
      ], dml_matrix(rows, columns), transposes: transposes)
  }

  /// Of each row.
  static func softmax(_ matrix: dml_matrix) -> Self {
    Self(dml_softmax_operator, [matrix], matrix)
  }

  /// scale · matrix + bias.
  static func scaled(_ matrix: dml_matrix, by scale: Float, plus bias: Float = 0) -> Self {
    Self(dml_identity_operator, [matrix], matrix, scale: scale, bias: bias)
  }

  static func sum(_ matrix: dml_matrix) -> Self {
    Self(dml_add_operator, [matrix, matrix], matrix)
  }

  static func difference(_ matrix: dml_matrix) -> Self {
    Self(dml_subtract_operator, [matrix, matrix], matrix)
  }

  /// Number by number.
  static func elementProduct(_ matrix: dml_matrix) -> Self {
    Self(dml_multiply_operator, [matrix, matrix], matrix)
  }

  /// One row of the sums over the rows.
  static func columnSums(_ matrix: dml_matrix) -> Self {
    Self(dml_reduce_operator, [matrix], dml_matrix(1, Int(matrix.columns)))
  }

  /// The inputs that there are or could be.
  var matrices: [dml_matrix] { Array([input.0, input.1, input.2].prefix(Int(inputs))) }

  /// For reports.
  var name: String {
    switch type {
    case dml_gemm_operator:
      "GEMM" + (transposes.0 ? " TN" : transposes.1 ? " NT" : "")
        + (ends_with_tanh ? " TANH" : input.2.rows > 0 ? " bias" : "")
    case dml_identity_operator: "IDENTITY"
    case dml_add_operator: "ADD"
    case dml_multiply_operator: "MULTIPLY"
    case dml_subtract_operator: "SUBTRACT"
    case dml_softmax_operator: "SOFTMAX"
    default: "REDUCE"
    }
  }
}
