// A DXCore, a Direct3D 12 and a DirectML that compute on the CPU, for tests. Their classes derive from
// Microsoft's interfaces, so that what calls them by other tables than Microsoft's goes astray. They are
// as strict as a debug layer: a use that the real ones forbid ends the process with a word about it.
#pragma once

#include "Microsoft.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

[[noreturn]] inline void forbidden(const char *what) {
  std::fprintf(stderr, "DirectML double: forbidden: %s\n", what);
  std::abort();
}

[[noreturn]] inline void unexpected(const char *method) {
  std::fprintf(stderr, "DirectML double: %s is not in the double\n", method);
  std::abort();
}

inline void demand(bool right, const char *what) {
  if (!right) forbidden(what);
}

#include "Interfaces.h"

/// Whether the fault of this name is switched on. One at a time, for the whole process.
bool faulty(const char *name);

/// Makes the method of this name fail, where that is the fault.
#define FAIL_IF_ASKED(call) \
  if (faulty(call)) return E_FAIL

/// How many objects there are, for tests that nothing is left behind.
extern long live_objects;

/// What every object has: it counts its owners.
template <class Interface>
class Counted : public Interface {
 public:
  Counted() { live_objects++; }
  Counted(const Counted &) = delete;
  virtual ~Counted() { live_objects--; }

  HRESULT QueryInterface(REFIID, void **) override { unexpected("QueryInterface"); }
  ULONG AddRef() override { return ++owners_; }
  ULONG Release() override {
    demand(owners_ > 0, "released once too often");
    const ULONG owners = --owners_;
    if (!owners) delete this;
    return owners;
  }

 private:
  ULONG owners_ = 1;
};

/// Hands `make()` out as what was asked for; every creating function ends with it.
template <class Make>
HRESULT hand(const IID &asked, const GUID &is, void **result, Make make) {
  if (faulty("stub")) return S_OK;
  if (!ConstexprIsEqualGUID(asked, is) || faulty("no-interface")) {
    *result = nullptr;
    return E_NOINTERFACE;
  }
  *result = make();
  return S_OK;
}

/// How a list uses a buffer.
enum class Use { none, copySource, copyTarget, operation };

/// A buffer, in the host's memory of course.
class Resource final : public Counted<PlainID3D12Resource> {
 public:
  /// Memory of a GPU holds anything at first.
  Resource(D3D12_HEAP_TYPE heap, size_t bytes) : heap(heap), bytes(bytes, 0xFF) {}
  HRESULT Map(UINT, const D3D12_RANGE *, void **address) override;
  void Unmap(UINT, const D3D12_RANGE *) override;

  const D3D12_HEAP_TYPE heap;
  std::vector<unsigned char> bytes;
  Use use = Use::none;
  bool mapped = false;
};

/// A heap of views; only their number counts.
class Heap final : public Counted<PlainID3D12DescriptorHeap> {
 public:
  explicit Heap(UINT views);
  D3D12_CPU_DESCRIPTOR_HANDLE GetCPUDescriptorHandleForHeapStart() override;
  D3D12_GPU_DESCRIPTOR_HANDLE GetGPUDescriptorHandleForHeapStart() override;

  static constexpr UINT increment = 32;
  const UINT views;
  const UINT64 start;
};

class Allocator final : public Counted<PlainID3D12CommandAllocator> {};

/// A list of things to do when it is executed.
class List final : public Counted<PlainID3D12GraphicsCommandList> {
 public:
  HRESULT Close() override;
  void CopyBufferRegion(ID3D12Resource *, UINT64, ID3D12Resource *, UINT64, UINT64) override;
  void ResourceBarrier(UINT, const D3D12_RESOURCE_BARRIER *) override;
  void SetDescriptorHeaps(UINT, ID3D12DescriptorHeap *const *) override;

  void record(std::function<void(List &)> work);
  void execute();
  /// Marks a buffer as used in one way from here to the end of the execution.
  void use(Resource *, Use);

  Heap *heap = nullptr;
  /// Since the last barrier, with their bytes.
  struct Range {
    Resource *resource;
    UINT64 start, end;
  };
  std::vector<Range> written;

 private:
  std::vector<std::function<void(List &)>> work_;
  std::vector<Resource *> used_;
  bool closed_ = false;
};

