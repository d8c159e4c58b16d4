import Accelerators
import CDirectML
import Needs
import Testing
import Trainer

@testable import DirectML

/// T3: Microsoft's own libdirectml.so on T1's Direct3D. It cannot compile its operators there, since
/// vkd3d does not read DXIL.
@Suite(.serialized, .needs("make test-directml TIER=3", if: Built.hasMicrosoft)) struct Tier3 {
  private static let libraries = Libraries.Names(
    dxcore: [Built.vkd3d + "/libdxcore.so"], d3d12: [Built.vkd3d + "/libd3d12.so"],
    directml: [Built.microsoft])

  @Test func theDeviceHasItsLevel() throws {
    let gpu = DirectMLAccelerator(libraries: Self.libraries)
    #expect(try gpu.load().text("directml-library") == Built.microsoft)
    #expect(try gpu.checkVersion().text("directml-level") == "6.2")
    _ = try gpu.openDevice()
    #expect(gpu.emulation?.code == "G3033")
    _ = try gpu.checkMemory(.quick)
  }

  /// For the network of the digits, for the one that is measured, and for odd sizes.
  @Test(arguments: [(192, 64, 64, 10), (4096, 256, 1024, 16), (70, 45, 37, 11)])
  func everyOperatorOfTheTrainingIsTaken(
    _ batch: UInt32, _ inputs: UInt32, _ hidden: UInt32, _ classes: UInt32
  ) throws {
    // It holds the libraries.
    let gpu = DirectMLAccelerator(libraries: Self.libraries)
    defer { withExtendedLifetime(gpu) {} }
    let device = try gpu.opened()
    var plan = dml_plan(
      batch: batch, inputs: inputs, hidden: hidden, classes: classes, learning_rate: 0.1,
      momentum: 0.9)
    for index in 0..<dml_operations {
      var operation = unsafe dml_training_operation(&plan, index)
      _ = try unsafe Object(dml_create_operation(device.directML.pointer, &operation))
    }
  }

  @Test func wrongOperatorsAreRefused() throws {
    // It holds the libraries.
    let gpu = DirectMLAccelerator(libraries: Self.libraries)
    defer { withExtendedLifetime(gpu) {} }
    let device = try gpu.opened()
    var plan = dml_plan(TrainingPlan.digits)
    let wrongs: [(Int, (inout dml_operation) -> Void)] = [
      // A product whose factors do not fit, or whose result has another size; a bias of another width.
      (0, { $0.input.1.rows += 1 }), (0, { $0.output.rows += 1 }), (0, { $0.input.2.columns -= 1 }),
      (5, { $0.transposes.0 = false }),
      // What goes number by number needs matrices of one size.
      (2, { $0.output.columns += 1 }), (3, { $0.input.1.rows -= 1 }),
      (8, { $0.output.rows += 1 }), (13, { $0.input.1.columns += 1 }),
      // A sum over the rows leaves one.
      (6, { $0.output.rows = 2 }),
      // There must be something.
      (4, { $0.input.0.rows = 0 }),
    ]
    for (index, spoil) in wrongs {
      var operation = unsafe dml_training_operation(&plan, index)
      spoil(&operation)
      let found = trouble { () throws(Trouble) in
        _ = try unsafe Object(dml_create_operation(device.directML.pointer, &operation), "wrong")
      }
      #expect(found?.code == "G3014", "operator \(index)")
      #expect(found?.seen == "IDMLDevice::CreateOperator(wrong): E_INVALIDARG (0x80070057)")
    }
  }

  /// The program names the call at which this Direct3D ends.
  @Test func whatCannotBeCompiledIsNamed() throws {
    let gpu = DirectMLAccelerator(libraries: Self.libraries)
    let found = trouble { () throws(Trouble) in _ = try gpu.checkKernels(.quick) }
    #expect(found?.seen.hasPrefix("IDMLDevice::CompileOperator(GEMM TANH): ") == true)
  }
}
