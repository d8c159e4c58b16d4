/// Makes something of each job and takes the results in the order of the jobs.
///
/// A job has its place in the pool from its start until its result is taken, so memory stays bounded
/// however many jobs there are and however many callers share the pool.
///
/// - Parameter weight: places of one job.
func inOrder<Job: Sendable, Made: Sendable>(
  _ jobs: [Job], in pool: WorkPool, weight: Int,
  make: @escaping @Sendable (Job) throws(ImageError) -> Made,
  take: (Job, Made) throws(ImageError) -> Void
) async throws(ImageError) {
  typealias Outcome = (index: Int, result: Result<Made, ImageError>)
  let outcome = await withTaskGroup(of: Outcome.self) { group -> Result<Void, ImageError> in
    var finished: [Int: Made] = [:]
    var started = 0
    var taken = 0
    defer { for _ in taken..<started { pool.leave(weight) } }
    do throws(ImageError) {
      while taken < jobs.count {
        if let made = finished.removeValue(forKey: taken) {
          try take(jobs[taken], made)
          taken += 1
          pool.leave(weight)
          continue
        }
        // The oldest job waits for its place; others start only where one is free, so that the
        // oldest of each caller always gets on.
        if started == taken { await pool.enter(weight) }
        if started == taken || (started < jobs.count && pool.enterIfFree(weight)) {
          let (index, job) = (started, jobs[started])
          group.addTask {
            do throws(ImageError) {
              try Task.refuseIfCancelled()
              return (index, .success(try make(job)))
            } catch {
              return (index, .failure(error))
            }
          }
          started += 1
        } else if let (index, result) = await group.next() {
          finished[index] = try result.get()
        }
      }
      return .success(())
    } catch {
      group.cancelAll()
      return .failure(error)
    }
  }
  try outcome.get()
}
