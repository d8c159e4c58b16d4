/// Makes something of each job on `limit` tasks and takes the results in the order of the jobs.
///
/// Of what is made at most twice `limit` waits to be taken, so memory stays bounded however many
/// jobs there are.
func inOrder<Job: Sendable, Made: Sendable>(
  _ jobs: [Job], limit: Int, make: @escaping @Sendable (Job) throws(ImageError) -> Made,
  take: (Job, Made) throws(ImageError) -> Void
) async throws(ImageError) {
  typealias Outcome = (index: Int, result: Result<Made, ImageError>)
  let outcome = await withTaskGroup(of: Outcome.self) { group -> Result<Void, ImageError> in
    var finished: [Int: Made] = [:]
    var started = 0
    var running = 0
    var taken = 0
    do throws(ImageError) {
      while taken < jobs.count {
        while started < jobs.count, running < max(1, limit), started - taken < 2 * max(1, limit) {
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
          running += 1
        }
        if let made = finished.removeValue(forKey: taken) {
          try take(jobs[taken], made)
          taken += 1
        } else if let (index, result) = await group.next() {
          running -= 1
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
