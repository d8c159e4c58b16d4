// Streams, events, graphs. What a stream is asked for is done as late as the driver may do it: when
// somebody waits for it. So a program that forgets to wait is seen.
#include "Driver.h"

namespace {

using Clock = std::chrono::steady_clock;

Stream null_stream;
/// The stream that this thread captures, and whether relaxed.
thread_local Stream *captured = nullptr;
thread_local bool is_relaxed = false;

Stream &resolve(CUstream stream) { return stream ? *stream : null_stream; }

/// What all streams share, for as long as it lives.
class Queues {
 public:
  std::set<Stream *> &streams() { return all; }
  /// A kernel's fault, which all that comes after it repeats.
  CUresult &fault() { return seen; }

  CUresult run(Stream &stream) {
    for (const auto &work : std::exchange(stream.pending, {})) {
      if (seen == success) seen = work();
    }
    return seen;
  }

 private:
  // A graph's launch runs what it recorded.
  static inline std::recursive_mutex lock;
  static inline auto &all = *new std::set<Stream *>;
  static inline CUresult seen = success;
  std::lock_guard<std::recursive_mutex> guard{lock};
};

}  // namespace

CUresult refuse_in_capture() {
  if (!captured) return success;
  captured->is_invalidated = true;
  return stream_capture_unsupported;
}

CUresult refuse_unless_relaxed() { return is_relaxed ? success : refuse_in_capture(); }

CUresult enqueue(CUstream stream, std::function<CUresult()> work) {
  Queues queues;
  if (queues.fault() != success) return queues.fault();
  Stream &asked = resolve(stream);
  REQUIRE(!asked.is_invalidated, stream_capture_invalidated);
  (asked.capture ? *asked.capture : asked.pending).push_back(std::move(work));
  return success;
}

CUresult finish(CUstream stream) {
  Queues queues;
  // The null stream and those that wait for it go in step; which order they had nobody here relies
  // on.
  if (!stream)
    for (Stream *other : queues.streams())
      if (other->waits_for_null_stream) queues.run(*other);
  return queues.run(resolve(stream));
}

CUresult finish_all() {
  Queues queues;
  for (Stream *stream : queues.streams()) queues.run(*stream);
  return queues.run(null_stream);
}

API cuStreamCreate(CUstream *stream, unsigned flags) {
  ENTER_WITH_CONTEXT(cuStreamCreate);
  *stream = new Stream;
  (*stream)->waits_for_null_stream = (flags & 1) == 0;
  Queues queues;
  queues.streams().insert(*stream);
  return success;
}

API cuStreamDestroy_v2(CUstream stream) {
  ENTER_WITH_CONTEXT(cuStreamDestroy_v2);
  finish(stream);
  Queues queues;
  queues.streams().erase(stream);
  delete stream;
  return success;
}

API cuStreamSynchronize(CUstream stream) {
  ENTER_WITH_CONTEXT(cuStreamSynchronize);
  if (resolve(stream).capture) return refuse_in_capture();
  return finish(stream);
}

API cuCtxSynchronize() {
  ENTER_UNLESS_CAPTURING(cuCtxSynchronize);
  return finish_all();
}

/// Not ready when first asked, so that whoever does not ask again is seen.
API cuStreamQuery(CUstream stream) {
  ENTER_WITH_CONTEXT(cuStreamQuery);
  if (resolve(stream).capture) return refuse_in_capture();
  const bool was_idle = resolve(stream).pending.empty();
  const CUresult status = finish(stream);
  return status != success || was_idle ? status : not_ready;
}

API cuStreamBeginCapture_v2(CUstream stream, int mode) {
  ENTER_WITH_CONTEXT(cuStreamBeginCapture_v2);
  REQUIRE(stream && !stream->capture && mode >= 0 && mode <= 2, invalid_value);
  stream->capture = std::make_unique<Graph>();
  captured = stream;
  constexpr int relaxed = 2;
  is_relaxed = mode == relaxed;
  return success;
}

API cuStreamEndCapture(CUstream stream, CUgraph *graph) {
  ENTER_WITH_CONTEXT(cuStreamEndCapture);
  REQUIRE(stream && stream->capture, invalid_value);
  captured = nullptr;
  is_relaxed = false;
  *graph = nullptr;
  std::unique_ptr<Graph> recorded = std::move(stream->capture);
  REQUIRE(!std::exchange(stream->is_invalidated, false), stream_capture_invalidated);
  *graph = recorded.release();
  return success;
}

API cuGraphInstantiateWithFlags(CUgraphExec *executable, CUgraph graph, unsigned long long) {
  ENTER_WITH_CONTEXT(cuGraphInstantiateWithFlags);
  *executable = new Graph(*graph);
  return success;
}

API cuGraphLaunch(CUgraphExec executable, CUstream stream) {
  ENTER_WITH_CONTEXT(cuGraphLaunch);
  return enqueue(stream, [executable] {
    for (const auto &work : *executable)
      if (const CUresult status = work(); status != success) return status;
    return success;
  });
}

API cuGraphExecDestroy(CUgraphExec executable) {
  ENTER_WITH_CONTEXT(cuGraphExecDestroy);
  finish_all();
  delete executable;
  return success;
}

API cuGraphDestroy(CUgraph graph) {
  ENTER_WITH_CONTEXT(cuGraphDestroy);
  delete graph;
  return success;
}

API cuEventCreate(CUevent *event, unsigned) {
  ENTER_WITH_CONTEXT(cuEventCreate);
  *event = new Event;
  return success;
}

API cuEventDestroy_v2(CUevent event) {
  ENTER_WITH_CONTEXT(cuEventDestroy_v2);
  finish_all();
  delete event;
  return success;
}

API cuEventRecord(CUevent event, CUstream stream) {
  ENTER_WITH_CONTEXT(cuEventRecord);
  event->state = Event::asked;
  return enqueue(stream, [event] {
    event->time = faults().tick ? Clock::time_point(std::chrono::microseconds(ticked.load()))
                                : Clock::now();
    event->state = Event::recorded;
    return success;
  });
}

API cuEventQuery(CUevent event) {
  ENTER_WITH_CONTEXT(cuEventQuery);
  REQUIRE(event->state != Event::fresh, invalid_handle);
  const bool was_recorded = event->state == Event::recorded;
  const CUresult status = finish_all();
  return status != success || was_recorded ? status : not_ready;
}

API cuEventSynchronize(CUevent event) {
  ENTER_WITH_CONTEXT(cuEventSynchronize);
  REQUIRE(event->state != Event::fresh, invalid_handle);
  return finish_all();
}

API cuEventElapsedTime(float *milliseconds, CUevent start, CUevent end) {
  ENTER_WITH_CONTEXT(cuEventElapsedTime);
  REQUIRE(start->state != Event::fresh && end->state != Event::fresh, invalid_handle);
  REQUIRE(start->state == Event::recorded && end->state == Event::recorded, not_ready);
  *milliseconds = std::chrono::duration<float, std::milli>(end->time - start->time).count();
  return success;
}
