import CKernels
import Foundation
import Testing

/// The double's machine runs PTX as the manual has it, and tells of what a GPU would not.
@Suite struct MachineTests {
  /// A kernel of two warps a block. `%rd1` is the address that it is given, `%r1` the number of the
  /// thread, `%rd3` the place of its own word there, `%rd5` that in an array `s` of a word a thread.
  private static func text(_ body: String) -> String {
    """
    .version 7.0
    .target sm_80
    .address_size 64
    .visible .entry test(
    .param .align 8 .b8 p0[8]
    )
    .maxntid 64,1,1
    {
    .shared .align 16 .b8 s[256];
    .reg .pred %p<8>;
    .reg .b32 %r<16>;
    .reg .f32 %f<8>;
    .reg .b64 %rd<16>;
    ld.param.u64 %rd1,[p0];
    mov.u32 %r1,%tid.x;
    mul.wide.u32 %rd2,%r1,4;
    add.s64 %rd3,%rd1,%rd2;
    mov.u64 %rd4,s;
    add.s64 %rd5,%rd4,%rd2;
    \(body)
    ret;
    }

    """
  }

  /// Runs it on `words`, and gives what they are then.
  private static func run(
    _ body: String, on words: [UInt32], blocks: UInt32 = 1, by device: Device
  ) throws -> [UInt32] {
    try device.start()
    let module = try device.load(kernels_module_tensor, text: Array(text(body).utf8CString))
    let function = try unsafe "test".withCString { try unsafe device.function($0, in: module) }
    let memory = try device.upload(words)
    try device.run(function, (blocks, 1, 1), 64, 0, memory)
    return try device.download(memory, words.count, of: 0)
  }

  private static func words(_ body: String, _ words: [UInt32]) throws -> [UInt32] {
    try Device.withOwn { try run(body, on: words, by: $0) }
  }

  /// What the double says of it; nothing where it runs well.
  private static func finding(_ body: String, blocks: UInt32 = 1) throws -> String {
    try Device.withOwn { device in
      do {
        _ = try run(body, on: [UInt32](repeating: 1, count: 64), blocks: blocks, by: device)
      } catch let failure as Device.Failure {
        #expect(failure == .init(function: "cuStreamSynchronize", status: 719))
      }
      return device.finding
    }
  }

  /// Lanes leave a loop one by one, and part and meet again within it.
  @Test func lanesThatPartMeetAgain() throws {
    let found = try Self.words(
      """
      mov.u32 %r2,0;
      mov.u32 %r3,0;
      $L1:
      setp.ge.u32 %p1,%r2,%r1;
      @%p1 bra $L4;
      and.b32 %r4,%r2,1;
      setp.eq.s32 %p2,%r4,0;
      @!%p2 bra $L2;
      add.s32 %r3,%r3,100;
      bra.uni $L3;
      $L2:
      add.s32 %r3,%r3,1;
      $L3:
      add.s32 %r2,%r2,1;
      bra.uni $L1;
      $L4:
      bar.sync 0;
      st.global.u32 [%rd3],%r3;
      """, [UInt32](repeating: 0, count: 64))
    let expected = (0..<64).map { ($0 + 1) / 2 * 100 + $0 / 2 }
    #expect(found == expected.map(UInt32.init))
  }

  @Test func lanesShowOneAnotherTheirValues() throws {
    let squares = (0..<64).map { UInt32($0 * $0) }
    let found = try Self.words(
      """
      ld.global.u32 %r2,[%rd3];
      shfl.sync.bfly.b32 %r3,%r2,5,31,-1;
      st.global.u32 [%rd3],%r3;
      """, squares)
    #expect(found == (0..<64).map { squares[$0 ^ 5] })
  }

  @Test func atomicSumsLoseNothing() throws {
    let found = try Self.words(
      """
      cvt.u64.u32 %rd6,%r1;
      red.global.add.u64 [%rd1],%rd6;
      """, [0, 0])
    #expect(found == [64 * 63 / 2, 0])
  }

  /// They err, but by no more than a unit in the last place.
  @Test func approximationsErrALittle() throws {
    let arguments = (0..<64).map { Float($0) * 0.37 - 9 }
    let found = try Self.words(
      """
      ld.global.f32 %f1,[%rd3];
      ex2.approx.ftz.f32 %f2,%f1;
      st.global.f32 [%rd3],%f2;
      """, arguments.map(\.bitPattern))
    var units: [Double] = []
    for (argument, bits) in zip(arguments, found) {
      let approximate = Float(bitPattern: bits)
      let exact = Foundation.exp2(Double(argument))
      units.append((Double(approximate) - exact) / Double(approximate.ulp))
    }
    // Beside the half that rounding is.
    #expect(units.allSatisfy { abs($0) <= 1.5 })
    #expect(units.contains { $0 < -0.5 } && units.contains { $0 > 0.5 })
  }

  /// What the manual has of numbers that a C++ compiler might take otherwise.
  @Test(arguments: [
    ("shl.b32 %r2,%r1,40;", 0), ("shr.s32 %r2,-8,40;", UInt32.max), ("bfe.u32 %r2,255,4,3;", 7),
    ("sub.s32 %r2,0,1;", UInt32.max), ("min.s32 %r2,-1,1;", UInt32.max),
    ("mul.wide.s32 %rd6,-2,3;\ncvt.u32.u64 %r2,%rd6;", UInt32.max - 5),
    ("mov.f32 %f1,0f7FC00000;\nsetp.lt.f32 %p1,%f1,%f1;\nselp.u32 %r2,1,0,%p1;", 0),
  ])
  func arithmeticIsTheManuals(_ instructions: String, _ expected: UInt32) throws {
    let found = try Self.words(
      "\(instructions)\nst.global.u32 [%rd3],%r2;", [UInt32](repeating: 9, count: 64))
    #expect(found == [UInt32](repeating: expected, count: 64))
  }

  /// Each thread writes its word and reads another's.
  private static func exchange(with mask: Int, _ barrier: String) -> String {
    """
    st.shared.u32 [%rd5],0;
    bar.sync 0;
    st.shared.u32 [%rd5],%r1;
    \(barrier)
    xor.b32 %r2,%r1,\(mask);
    mul.wide.u32 %rd6,%r2,4;
    add.s64 %rd7,%rd4,%rd6;
    ld.shared.u32 %r3,[%rd7];
    """
  }

  @Test(arguments: [
    (1, "", "a race with a write"), (32, "", "a race with a read"),
    (1, "bar.warp.sync -1;", ""), (32, "bar.warp.sync -1;", "a race with a read"),
    (1, "bar.sync 0;", ""), (32, "bar.sync 0;", ""), (0, "", ""),
  ])
  func aBarrierPutsInOrder(_ mask: Int, _ barrier: String, _ expected: String) throws {
    let finding = try Self.finding(Self.exchange(with: mask, barrier))
    #expect(expected.isEmpty ? finding == "" : finding.contains(expected))
  }

  @Test func aWriteBehindAReadersBackIsSeen() throws {
    let body = Self.exchange(with: 1, "bar.sync 0;")
    #expect(
      try Self.finding(body + "\nst.shared.u32 [%rd5],%r3;").contains("a race with a read"))
    #expect(try Self.finding(body + "\nbar.sync 0;\nst.shared.u32 [%rd5],%r3;") == "")
  }

  @Test func blocksAreInNoOrder() throws {
    let write = "st.global.u32 [%rd3],%r1;"
    #expect(try Self.finding(write) == "")
    #expect(try Self.finding(write, blocks: 2).contains("a race with a write"))
    let read = """
      ld.global.u32 %r2,[%rd3];
      mov.u32 %r3,%ctaid.x;
      setp.lt.u32 %p1,%r3,2;
      @%p1 bra $L1;
      st.global.u32 [%rd3],%r1;
      $L1:
      """
    #expect(try Self.finding(read, blocks: 2) == "")
    #expect(try Self.finding(read, blocks: 3).contains("a race with a read"))
  }

  private static let copy = """
    setp.lt.u32 %p1,%r1,4;
    mul.wide.u32 %rd6,%r1,16;
    add.s64 %rd7,%rd4,%rd6;
    cvt.u32.u64 %r2,%rd7;
    add.s64 %rd8,%rd1,%rd6;
    @!%p1 bra $L1;
    cp.async.cg.shared.global [%r2],[%rd8],16,16;
    $L1:

    """
  private static let look = """
    @!%p1 bra $L2;
    ld.shared.u32 %r3,[%rd7];
    $L2:

    """

  @Test func aCopyHasToBeWaitedFor() throws {
    let commit = "cp.async.commit_group;\n"
    let other = "bar.sync 0;\nld.shared.u32 %r4,[%rd4];"
    func finding(_ waiting: String) throws -> String { try Self.finding(Self.copy + waiting) }
    #expect(try finding(Self.look).contains("while a copy is under way"))
    #expect(try finding("cp.async.wait_group 0;\n" + Self.look).contains("under way"))
    #expect(try finding(commit + "cp.async.wait_group 1;\n" + Self.look).contains("under way"))
    #expect(try finding(commit + "cp.async.wait_group 0;\n" + Self.look) == "")
    // The others may look when whoever waited has told them.
    #expect(try finding(commit + other).contains("under way"))
    #expect(try finding(commit + "cp.async.wait_group 0;\n" + other) == "")
    #expect(
      try finding(commit + "cp.async.wait_group 0;\nld.shared.u32 %r4,[%rd4];")
        .contains("a race with a write"))
  }

  @Test(arguments: [
    ("ld.shared.u32 %r2,[%rd5];", "shared memory read that nobody wrote"),
    ("st.shared.u32 [%rd5+4],%r1;", "outside of an array at"),
    ("st.shared.u32 [%rd5+-4],%r1;", "outside of an array at"),
    ("ld.global.u32 %r2,[%rd3+4];", "outside of any allocation at"),
    ("ld.global.u64 %rd6,[%rd3];", "a misaligned access at"),
    ("ld.param.u64 %rd6,[p0+8];", "outside of the parameter at"),
    (
      "setp.lt.u32 %p1,%r1,16;\n@%p1 bra $L1;\nbar.sync 0;\n$L1:",
      "a barrier that some lanes of the warp do not reach"
    ),
    (
      "setp.lt.u32 %p1,%r1,32;\n@%p1 bra $L1;\nbar.sync 0;\n$L1:",
      "a barrier that some warps do not reach"
    ),
  ])
  func whatAKernelMayNotDo(_ body: String, _ expected: String) throws {
    let finding = try Self.finding(body)
    #expect(finding.contains(expected))
    #expect(finding.hasPrefix("test"))
  }

  @Test(arguments: ["dance.u32 %r1;", "add.s32 %r1,%r2;", "add.s32 %r1,%r2,%rd3;", "bra $L9;"])
  func aTextThatTheMachineDoesNotKnowIsRefused(_ instruction: String) throws {
    #expect(throws: Device.Failure(function: "cuModuleLoadData", status: 218)) {
      _ = try Self.words(instruction, [])
    }
  }

  /// What was there before is nothing to rely on.
  @Test func freshMemoryHoldsNoZeros() throws {
    try Device.withOwn { device in
      try device.start()
      let memory = try device.allocate(bytes: 4096)
      let found = try device.download(memory, 1024, of: UInt32(0))
      #expect(found.allSatisfy { $0 == .max })
    }
  }
}
