#include "Double.h"

#include <unistd.h>

#include <cstring>

HRESULT Resource::Map(UINT subresource, const D3D12_RANGE *, void **address) {
  FAIL_IF_ASKED("ID3D12Resource::Map");
  demand(subresource == 0, "Map of another subresource than 0");
  demand(heap != D3D12_HEAP_TYPE_DEFAULT, "Map of the device's memory");
  demand(!mapped, "Map of what is mapped");
  mapped = true;
  *address = bytes.data();
  return S_OK;
}

void Resource::Unmap(UINT, const D3D12_RANGE *) {
  demand(mapped, "Unmap of what is not mapped");
  mapped = false;
}

static UINT64 next_heap = 0x1000'0000;

Heap::Heap(UINT views) : views(views), start(next_heap) { next_heap += (views + 1) * increment; }

D3D12_CPU_DESCRIPTOR_HANDLE Heap::GetCPUDescriptorHandleForHeapStart() { return {start}; }

D3D12_GPU_DESCRIPTOR_HANDLE Heap::GetGPUDescriptorHandleForHeapStart() { return {start << 8}; }

HRESULT List::Close() {
  FAIL_IF_ASKED("ID3D12GraphicsCommandList::Close");
  demand(!closed_, "Close of a closed list");
  closed_ = true;
  return S_OK;
}

void List::record(std::function<void(List &)> work) {
  demand(!closed_, "recording into a closed list");
  work_.push_back(std::move(work));
}

void List::use(Resource *resource, Use use) {
  demand(!resource->mapped || resource->heap == D3D12_HEAP_TYPE_UPLOAD, "use of mapped memory");
  if (resource->use == Use::none) used_.push_back(resource);
  demand(
      resource->use == Use::none || resource->use == use,
      "a buffer in two states within one list, without a transition");
  resource->use = use;
}

void List::execute() {
  demand(closed_, "execution of an open list");
  heap = nullptr;
  written.clear();
  for (auto &work : work_) work(*this);
  // Buffers fall back into the common state.
  for (Resource *resource : used_) resource->use = Use::none;
  used_.clear();
}

void List::CopyBufferRegion(
    ID3D12Resource *to, UINT64 to_start, ID3D12Resource *from, UINT64 from_start, UINT64 count) {
  auto *target = static_cast<Resource *>(to);
  auto *source = static_cast<Resource *>(from);
  demand(target->heap != D3D12_HEAP_TYPE_UPLOAD, "a copy to memory that the host writes");
  demand(source->heap != D3D12_HEAP_TYPE_READBACK, "a copy from memory that the host reads");
  demand(
      to_start + count <= target->bytes.size() && from_start + count <= source->bytes.size(),
      "a copy beyond a buffer's end");
  record([=](List &list) {
    list.use(target, Use::copyTarget);
    list.use(source, Use::copySource);
    std::memcpy(target->bytes.data() + to_start, source->bytes.data() + from_start, count);
    if (faulty("memory") && target->heap == D3D12_HEAP_TYPE_READBACK && count > 4096)
      target->bytes[4096] ^= 0x10;
  });
}

void List::ResourceBarrier(UINT count, const D3D12_RESOURCE_BARRIER *barriers) {
  for (UINT i = 0; i < count; i++) {
    demand(barriers[i].Type == D3D12_RESOURCE_BARRIER_TYPE_UAV, "a barrier that is none of UAVs");
    demand(barriers[i].UAV.pResource == nullptr, "a barrier of one buffer");
  }
  record([](List &list) { list.written.clear(); });
}

void List::SetDescriptorHeaps(UINT count, ID3D12DescriptorHeap *const *heaps) {
  demand(count == 1, "SetDescriptorHeaps of other than one heap");
  auto *set = static_cast<Heap *>(heaps[0]);
  heap = set;
  record([=](List &list) { list.heap = set; });
}

namespace {

class Fence final : public Counted<PlainID3D12Fence> {
 public:
  UINT64 GetCompletedValue() override {
    if (faulty("removed") || faulty("hung") || faulty("internal")) return UINT64_MAX;
    return value;
  }

  UINT64 value = 0;
};

class Queue final : public Counted<PlainID3D12CommandQueue> {
 public:
  void ExecuteCommandLists(UINT count, ID3D12CommandList *const *lists) override {
    for (UINT i = 0; i < count; i++) static_cast<List *>(lists[i])->execute();
  }

  HRESULT Signal(ID3D12Fence *fence, UINT64 value) override {
    FAIL_IF_ASKED("ID3D12CommandQueue::Signal");
    if (faulty("removed-at-signal")) return DXGI_ERROR_DEVICE_REMOVED;
    if (faulty("slow")) usleep(50'000);
    if (!faulty("hang")) static_cast<Fence *>(fence)->value = value;
    return S_OK;
  }
};

class Device final : public Counted<PlainID3D12Device> {
 public:
  HRESULT CreateCommandQueue(
      const D3D12_COMMAND_QUEUE_DESC *description, REFIID id, void **queue) override {
    FAIL_IF_ASKED("ID3D12Device::CreateCommandQueue");
    if (description->Type != D3D12_COMMAND_LIST_TYPE_DIRECT || description->Priority ||
        description->Flags != D3D12_COMMAND_QUEUE_FLAG_DISABLE_GPU_TIMEOUT || description->NodeMask)
      return E_INVALIDARG;
    return hand(id, uuidof<ID3D12CommandQueue>(), queue, [] { return new Queue; });
  }

  HRESULT CreateCommandAllocator(
      D3D12_COMMAND_LIST_TYPE type, REFIID id, void **allocator) override {
    FAIL_IF_ASKED("ID3D12Device::CreateCommandAllocator");
    if (type != D3D12_COMMAND_LIST_TYPE_DIRECT) return E_INVALIDARG;
    return hand(id, uuidof<ID3D12CommandAllocator>(), allocator, [] { return new Allocator; });
  }

  HRESULT CreateCommandList(
      UINT node, D3D12_COMMAND_LIST_TYPE type, ID3D12CommandAllocator *allocator,
      ID3D12PipelineState *state, REFIID id, void **list) override {
    FAIL_IF_ASKED("ID3D12Device::CreateCommandList");
    if (node || type != D3D12_COMMAND_LIST_TYPE_DIRECT || !allocator || state)
      return E_INVALIDARG;
    return hand(id, uuidof<ID3D12GraphicsCommandList>(), list, [] { return new List; });
  }

  HRESULT CheckFeatureSupport(D3D12_FEATURE feature, void *data, UINT size) override {
    FAIL_IF_ASKED("ID3D12Device::CheckFeatureSupport");
    auto *levels = static_cast<D3D12_FEATURE_DATA_FEATURE_LEVELS *>(data);
    if (feature != D3D12_FEATURE_FEATURE_LEVELS || size != sizeof *levels) return E_INVALIDARG;
    for (UINT i = 0; i < levels->NumFeatureLevels; i++)
      if (levels->pFeatureLevelsRequested[i] <= D3D_FEATURE_LEVEL_12_1)
        levels->MaxSupportedFeatureLevel = levels->pFeatureLevelsRequested[i];
    return S_OK;
  }

  HRESULT CreateDescriptorHeap(
      const D3D12_DESCRIPTOR_HEAP_DESC *description, REFIID id, void **heap) override {
    FAIL_IF_ASKED("ID3D12Device::CreateDescriptorHeap");
    if (description->Type != D3D12_DESCRIPTOR_HEAP_TYPE_CBV_SRV_UAV ||
        description->Flags != D3D12_DESCRIPTOR_HEAP_FLAG_SHADER_VISIBLE ||
        description->NodeMask || !description->NumDescriptors)
      return E_INVALIDARG;
    const UINT views = description->NumDescriptors;
    return hand(id, uuidof<ID3D12DescriptorHeap>(), heap, [=] { return new Heap(views); });
  }

  UINT GetDescriptorHandleIncrementSize(D3D12_DESCRIPTOR_HEAP_TYPE type) override {
    demand(type == D3D12_DESCRIPTOR_HEAP_TYPE_CBV_SRV_UAV, "the increment of another heap");
    return Heap::increment;
  }

  HRESULT CreateCommittedResource(
      const D3D12_HEAP_PROPERTIES *heap, D3D12_HEAP_FLAGS flags,
      const D3D12_RESOURCE_DESC *description, D3D12_RESOURCE_STATES state,
      const D3D12_CLEAR_VALUE *clear, REFIID id, void **resource) override {
    FAIL_IF_ASKED("ID3D12Device::CreateCommittedResource");
    if (faulty("out-of-memory") && description->Width > 1 << 20) return E_OUTOFMEMORY;
    const D3D12_HEAP_TYPE type = heap->Type;
    const bool isDevices = type == D3D12_HEAP_TYPE_DEFAULT;
    const D3D12_RESOURCE_STATES wanted = isDevices ? D3D12_RESOURCE_STATE_COMMON
                                         : type == D3D12_HEAP_TYPE_UPLOAD
                                             ? D3D12_RESOURCE_STATE_GENERIC_READ
                                             : D3D12_RESOURCE_STATE_COPY_DEST;
    const auto &d = *description;
    if (d.Dimension != D3D12_RESOURCE_DIMENSION_BUFFER || d.Alignment || !d.Width ||
        d.Height != 1 || d.DepthOrArraySize != 1 || d.MipLevels != 1 ||
        d.Format != DXGI_FORMAT_UNKNOWN || d.SampleDesc.Count != 1 || d.SampleDesc.Quality ||
        d.Layout != D3D12_TEXTURE_LAYOUT_ROW_MAJOR || flags || clear || state != wanted ||
        heap->CPUPageProperty || heap->MemoryPoolPreference || heap->CreationNodeMask ||
        heap->VisibleNodeMask ||
        d.Flags != (isDevices ? D3D12_RESOURCE_FLAG_ALLOW_UNORDERED_ACCESS
                              : D3D12_RESOURCE_FLAG_NONE))
      return E_INVALIDARG;
    const size_t bytes = d.Width;
    return hand(
        id, uuidof<ID3D12Resource>(), resource, [=] { return new Resource(type, bytes); });
  }

  HRESULT CreateFence(UINT64 value, D3D12_FENCE_FLAGS flags, REFIID id, void **fence) override {
    FAIL_IF_ASKED("ID3D12Device::CreateFence");
    if (value || flags) return E_INVALIDARG;
    return hand(id, uuidof<ID3D12Fence>(), fence, [] { return new Fence; });
  }

  HRESULT GetDeviceRemovedReason() override {
    return faulty("hung")       ? DXGI_ERROR_DEVICE_HUNG
           : faulty("internal") ? DXGI_ERROR_DRIVER_INTERNAL_ERROR
           : faulty("removed") || faulty("removed-at-signal") ? DXGI_ERROR_DEVICE_REMOVED
                                                              : S_OK;
  }
};

}  // namespace

extern "C" HRESULT D3D12CreateDevice(
    IUnknown *adapter, D3D_FEATURE_LEVEL level, REFIID id, void **device) {
  FAIL_IF_ASKED("D3D12CreateDevice");
  if (!adapter) return E_INVALIDARG;
  if (level > D3D_FEATURE_LEVEL_12_1 || faulty("no-direct3d")) return DXGI_ERROR_UNSUPPORTED;
  return hand(id, uuidof<ID3D12Device>(), device, [] { return new Device; });
}
