import Accelerators
import Trainer

/// How the four matrices of parameters stand in one buffer: one after the other, each beginning where
/// DirectML wants a tensor to.
struct Layout {
  private let sizes: [Int]
  private let starts: [Int]
  /// Numbers in all, with the zeros between the matrices.
  let count: Int

  /// DML_MINIMUM_BUFFER_TENSOR_ALIGNMENT is 16 bytes; a view of a buffer must begin at its multiple.
  private static let unit = Buffer.alignment / MemoryLayout<Float>.stride

  init(_ network: Network) {
    sizes = [
      network.inputs * network.hidden, network.hidden, network.hidden * network.classes,
      network.classes,
    ]
    var starts: [Int] = []
    var end = 0
    for size in sizes {
      starts.append(end)
      end += (size + Self.unit - 1) / Self.unit * Self.unit
    }
    self.starts = starts
    count = end
  }

  func region(_ index: Int, of region: Region) -> Region {
    let stride = MemoryLayout<Float>.stride
    return region[starts[index] * stride, bytes: sizes[index] * stride]
  }

  func flat(_ parameters: Parameters) -> [Float] {
    var numbers = [Float](repeating: 0, count: count)
    let matrices = [
      parameters.hiddenWeights, parameters.hiddenBiases, parameters.outputWeights,
      parameters.outputBiases,
    ]
    for (start, matrix) in zip(starts, matrices) {
      for index in matrix.indices { numbers[start + index] = matrix[index] }
    }
    return numbers
  }

  func parameters(_ numbers: [Float]) -> Parameters {
    func matrix(_ index: Int) -> [Float] {
      Array(numbers[starts[index]..<starts[index] + sizes[index]])
    }
    return Parameters(
      hiddenWeights: matrix(0), hiddenBiases: matrix(1), outputWeights: matrix(2),
      outputBiases: matrix(3))
  }
}

/// The samples in the device's memory, and what the network says about each: a step's part of each
/// buffer begins where a tensor may.
struct DeviceSamples {
  let probabilities: Buffer
  private let rows: Buffer
  private let wanted: Buffer
  private let rowBytes: Int
  private let classBytes: Int

  init(_ device: Device, _ plan: TrainingPlan, _ samples: Samples) throws(Trouble) {
    let stride = MemoryLayout<Float>.stride
    let (inputs, classes) = (plan.network.inputs, plan.network.classes)
    rowBytes = plan.batch * inputs * stride
    classBytes = plan.batch * classes * stride
    let rowStride = Buffer.aligned(rowBytes) / stride
    let classStride = Buffer.aligned(classBytes) / stride
    let steps = plan.steps(on: samples)
    var numbers = [Float](repeating: 0, count: steps * rowStride)
    var ones = [Float](repeating: 0, count: steps * classStride)
    for row in 0..<steps * plan.batch {
      let (step, place) = (row / plan.batch, row % plan.batch)
      for input in 0..<inputs {
        numbers[step * rowStride + place * inputs + input] = samples.rows[row * inputs + input]
      }
      ones[step * classStride + place * classes + Int(samples.labels[row])] = 1
    }
    rows = try device.buffer(numbers)
    wanted = try device.buffer(ones)
    probabilities = try Buffer(device, bytes: ones.count * stride)
  }

  func probabilitiesOffset(_ step: Int) -> Int { step * Buffer.aligned(classBytes) }

  func rows(_ step: Int) -> Region {
    rows.all[step * Buffer.aligned(rowBytes), bytes: rowBytes]
  }

  /// 1 where the label is.
  func wanted(_ step: Int) -> Region {
    wanted.all[probabilitiesOffset(step), bytes: classBytes]
  }

  func probabilities(_ step: Int) -> Region {
    probabilities.all[probabilitiesOffset(step), bytes: classBytes]
  }
}
