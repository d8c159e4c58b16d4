import Accelerators
import CExpectation
import CKernels
import Platform

// Products: each form with each epilogue, in one slice and in several.
extension KernelCheck {
  func checkProducts(
    _ tile: kernels_tile, _ forms: [kernels_form], _ size: (rows: Int, columns: Int, depth: Int)
  ) {
    begin()
    let (rows, columns, depth) = size
    let left = numbers(rows * depth)
    let right = numbers(depth * columns)
    let bias = numbers(columns)
    let other = numbers(rows * columns)
    let rounded = tile != kernels_tile_float32
    if rounded { tolerance = Self.tensorTolerance }
    var sums = zeros(rows * columns)
    unsafe expected_product(left, right, rows, columns, depth, depth, rounded, &sums)
    // Slices end at a multiple of 32, so these are at least two, the last one shorter.
    let slice = Int(kernels_slice_unit)
    var parts = zeros((depth + slice - 1) / slice * rows * columns)
    unsafe expected_product(left, right, rows, columns, depth, slice, rounded, &parts)
    for form in forms {
      let operands = (
        place(form == kernels_form_tn ? transposed(left, rows, depth) : left),
        place(form == kernels_form_nt ? transposed(right, depth, columns) : right)
      )
      func product(
        _ result: DeviceAddress, _ extra: DeviceAddress, _ epilogue: kernels_epilogue,
        slice: Int? = nil
      ) -> String {
        let product = Product(
          form, tile, rows: rows, columns: columns, depth: depth, left: operands.0,
          right: operands.1, result: result, extra: extra,
          epilogue: epilogue, rate: Self.rate, momentum: Self.momentum,
          sliceDepth: slice)
        run(product)
        return unsafe String(optionalCString: product.launch.name)
      }
      let sliced = untouched(floats: parts.count)
      let name = product(sliced, 0, kernels_epilogue_store, slice: slice)
      expect(sliced, parts, name)
      for epilogue in [
        kernels_epilogue_store, kernels_epilogue_bias, kernels_epilogue_bias_tanh,
        kernels_epilogue_tanh_gradient, kernels_epilogue_update,
      ] {
        let updates = epilogue == kernels_epilogue_update
        // Velocities that are the parameters' negatives, activations, or biases.
        let extra = place(
          updates ? other.map { -$0 } : epilogue == kernels_epilogue_tanh_gradient ? other : bias)
        let result = updates ? place(other) : untouched(floats: rows * columns)
        _ = product(result, extra, epilogue)
        var wanted = zeros(rows * columns)
        unsafe expected_epilogue(
          epilogue, sums, bias, other, rows, columns, Self.rate, Self.momentum, &wanted)
        expect(result, wanted, name + " epilogue " + decimal(Int(epilogue.rawValue)))
        if updates {
          for index in sums.indices {
            wanted[index] = sums[index] - Double(Self.momentum) * Double(other[index])
          }
          expect(extra, wanted, name + " velocity")
        }
      }
    }
  }

  private func transposed(_ matrix: [Float], _ rows: Int, _ columns: Int) -> [Float] {
    var result = matrix
    unsafe expected_transposition(matrix, rows, columns, &result)
    return result
  }
}
