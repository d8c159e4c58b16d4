import CProduct

/// Threads that share work. Of one thread at a time, and never across a fork.
@safe
final class Team {
  private let team: OpaquePointer

  /// `threads` in all, the caller's own included; fewer where the system does not give them.
  init(threads: Int) { unsafe team = product_team_start(Int32(max(1, threads))) }
  deinit { unsafe product_team_end(team) }

  var threads: Int { unsafe Int(product_team_count(team)) }

  /// Does `work` for each number below `units`, and returns when all is done. Which thread does what,
  /// and when, is open.
  func run(units: Int, _ work: (Int) -> Void) {
    withoutActuallyEscaping(work) { work in
      unsafe withUnsafePointer(to: work) { context in
        unsafe product_team_run(
          team, units,
          { context, unit in
            let work = unsafe context?.assumingMemoryBound(to: ((Int) -> Void).self)
            unsafe work?.pointee(unit)
          }, UnsafeMutableRawPointer(mutating: context))
      }
    }
  }

  /// Does `work` for slices of `0..<count`, of about `size` each, the same whatever the threads.
  func slices(of count: Int, size: Int, _ work: (Range<Int>) -> Void) {
    run(units: (count + size - 1) / size) { unit in
      work(unit * size..<min(count, (unit + 1) * size))
    }
  }
}
