#ifndef CDIRECTML_D3D12_H
#define CDIRECTML_D3D12_H

#include "com.h"

static const com_id d3d12_device_id = {
    0x189819f1, 0x1db6, 0x4b57, {0xbe, 0x54, 0x18, 0x21, 0x33, 0x9b, 0x85, 0xf7}};
static const com_id d3d12_queue_id = {
    0x0ec870a6, 0x5d7e, 0x4c22, {0x8c, 0xfc, 0x5b, 0xaa, 0xe0, 0x76, 0x16, 0xed}};
static const com_id d3d12_allocator_id = {
    0x6102dee4, 0xaf59, 0x4b09, {0xb9, 0x99, 0xb4, 0x4d, 0x73, 0xf0, 0x9b, 0x24}};
static const com_id d3d12_list_id = {
    0x5b160d0f, 0xac1b, 0x4185, {0x8b, 0xa8, 0xb3, 0xae, 0x42, 0xa5, 0xa4, 0x55}};
static const com_id d3d12_fence_id = {
    0x0a753dcf, 0xc4d8, 0x4b91, {0xad, 0xf6, 0xbe, 0x5a, 0x60, 0xd9, 0x5a, 0x76}};
static const com_id d3d12_resource_id = {
    0x696442be, 0xa72e, 0x4059, {0xbc, 0x79, 0x5b, 0x5c, 0x98, 0x04, 0x0f, 0xad}};
static const com_id d3d12_heap_id = {
    0x8efb471d, 0x616c, 0x4f49, {0x90, 0xf7, 0x12, 0x7b, 0xb7, 0x63, 0xfa, 0x51}};

enum {
  d3d12_device_create_queue_slot = 8,
  d3d12_device_create_allocator_slot = 9,
  d3d12_device_create_list_slot = 12,
  d3d12_device_feature_slot = 13,
  d3d12_device_create_heap_slot = 14,
  d3d12_device_increment_slot = 15,
  d3d12_device_create_resource_slot = 27,
  d3d12_device_create_fence_slot = 36,
  d3d12_device_removed_slot = 37,
  d3d12_queue_execute_slot = 10,
  d3d12_queue_signal_slot = 14,
  d3d12_list_close_slot = 9,
  d3d12_list_copy_slot = 15,
  d3d12_list_barrier_slot = 26,
  d3d12_list_set_heaps_slot = 28,
  d3d12_fence_value_slot = 8,
  d3d12_resource_map_slot = 8,
  d3d12_resource_unmap_slot = 9,
  d3d12_heap_cpu_slot = 9,
  d3d12_heap_gpu_slot = 10,
};

/// What a device must be able to do: computing alone, or what every GPU for Direct3D 12 can.
typedef enum {
  d3d12_level_core = 0x1000,
  d3d12_level_11_0 = 0xb000,
  d3d12_level_11_1 = 0xb100,
  d3d12_level_12_0 = 0xc000,
  d3d12_level_12_1 = 0xc100,
  d3d12_level_12_2 = 0xc200,
} d3d12_level;

/// Where memory is: on the device, written by the host, read by the host.
typedef enum { d3d12_default = 1, d3d12_upload = 2, d3d12_readback = 3 } d3d12_memory;

enum {
  d3d12_direct_list = 0,
  d3d12_no_time_limit = 1,
  d3d12_feature_levels_feature = 2,
  d3d12_buffer_dimension = 1,
  d3d12_row_major = 1,
  d3d12_unordered_access = 4,
  d3d12_uav_barrier = 2,
  d3d12_view_heap = 0,
  d3d12_shader_visible = 1,
  d3d12_state_common = 0,
  d3d12_state_read = 0xac3,
  d3d12_state_copy_destination = 0x400,
};

typedef struct {
  int32_t type, priority, flags;
  uint32_t node_mask;
} d3d12_queue_description;

typedef struct {
  int32_t type, page, pool;
  uint32_t creation_mask, visible_mask;
} d3d12_heap_properties;

typedef struct {
  int32_t dimension;
  uint64_t alignment, width;
  uint32_t height;
  uint16_t depth, levels;
  int32_t format;
  uint32_t samples, quality;
  int32_t layout, flags;
} d3d12_resource_description;

typedef struct {
  int32_t type, flags;
  void *resource;
  uint32_t subresource;
  int32_t before, after;
} d3d12_barrier;

typedef struct {
  int32_t type;
  uint32_t count;
  int32_t flags;
  uint32_t node_mask;
} d3d12_heap_description;

typedef struct {
  size_t start, end;
} d3d12_range;

typedef struct {
  uint32_t count;
  const int32_t *levels;
  int32_t highest;
} d3d12_feature_levels;

/// `function` is `D3D12CreateDevice`.
static inline com_answer d3d12_create_device(void *function, void *adapter, d3d12_level level) {
  typedef com_result (COM_CALL *create)(void *, int32_t, const com_id *, void **);
  com_answer answer = {0, "D3D12CreateDevice", NULL};
  answer.result = ((create)function)(adapter, (int32_t)level, &d3d12_device_id, &answer.object);
  return answer;
}

/// A queue for all kinds of work: some GPUs that draw are not well on one for computing alone, which
/// Microsoft's own programs therefore took back. Windows does not reset the GPU for a list that takes long.
static inline com_answer d3d12_create_queue(void *device) {
  typedef com_result (COM_CALL *method)(void *, const d3d12_queue_description *, const com_id *, void **);
  const d3d12_queue_description description = {d3d12_direct_list, 0, d3d12_no_time_limit, 0};
  com_answer answer = {0, "ID3D12Device::CreateCommandQueue", NULL};
  answer.result = COM_METHOD(device, d3d12_device_create_queue_slot, method)(
      device, &description, &d3d12_queue_id, &answer.object);
  return answer;
}

static inline com_answer d3d12_create_allocator(void *device) {
  typedef com_result (COM_CALL *method)(void *, int32_t, const com_id *, void **);
  com_answer answer = {0, "ID3D12Device::CreateCommandAllocator", NULL};
  answer.result = COM_METHOD(device, d3d12_device_create_allocator_slot, method)(
      device, d3d12_direct_list, &d3d12_allocator_id, &answer.object);
  return answer;
}

/// An open list.
static inline com_answer d3d12_create_list(void *device, void *allocator) {
  typedef com_result (COM_CALL *method)(
      void *, uint32_t, int32_t, void *, void *, const com_id *, void **);
  com_answer answer = {0, "ID3D12Device::CreateCommandList", NULL};
  answer.result = COM_METHOD(device, d3d12_device_create_list_slot, method)(
      device, 0, d3d12_direct_list, allocator, NULL, &d3d12_list_id, &answer.object);
  return answer;
}

static inline com_answer d3d12_highest_level(void *device, d3d12_level *level) {
  typedef com_result (COM_CALL *method)(void *, int32_t, void *, uint32_t);
  static const int32_t levels[] = {
      d3d12_level_core, d3d12_level_11_0, d3d12_level_11_1,
      d3d12_level_12_0, d3d12_level_12_1, d3d12_level_12_2};
  d3d12_feature_levels data = {sizeof levels / sizeof *levels, levels, 0};
  com_answer answer = {0, "ID3D12Device::CheckFeatureSupport", NULL};
  answer.result = COM_METHOD(device, d3d12_device_feature_slot, method)(
      device, d3d12_feature_levels_feature, &data, sizeof data);
  *level = (d3d12_level)data.highest;
  return answer;
}

/// Room for `count` views of buffers, which the device reads.
static inline com_answer d3d12_create_heap(void *device, uint32_t count) {
  typedef com_result (COM_CALL *method)(void *, const d3d12_heap_description *, const com_id *, void **);
  const d3d12_heap_description description = {d3d12_view_heap, count, d3d12_shader_visible, 0};
  com_answer answer = {0, "ID3D12Device::CreateDescriptorHeap", NULL};
  answer.result = COM_METHOD(device, d3d12_device_create_heap_slot, method)(
      device, &description, &d3d12_heap_id, &answer.object);
  return answer;
}

/// How far apart the views in a heap stand.
static inline uint32_t d3d12_increment(void *device) {
  typedef uint32_t (COM_CALL *method)(void *, int32_t);
  return COM_METHOD(device, d3d12_device_increment_slot, method)(device, d3d12_view_heap);
}

/// Where the views begin, for the host and for the device: structures of one number.
static inline size_t d3d12_heap_cpu_start(void *heap) {
  return (size_t)com_small(heap, d3d12_heap_cpu_slot);
}

static inline uint64_t d3d12_heap_gpu_start(void *heap) {
  return com_small(heap, d3d12_heap_gpu_slot);
}

/// A buffer. On the device it is in the common state before and after each execution, which the first
/// use promotes; the host's memory stays in its only state.
static inline com_answer d3d12_create_buffer(void *device, d3d12_memory memory, uint64_t bytes) {
  typedef com_result (COM_CALL *method)(
      void *, const d3d12_heap_properties *, int32_t, const d3d12_resource_description *, int32_t,
      const void *, const com_id *, void **);
  const d3d12_heap_properties heap = {(int32_t)memory, 0, 0, 0, 0};
  const d3d12_resource_description description = {
      d3d12_buffer_dimension, 0, bytes, 1, 1, 1, 0, 1, 0, d3d12_row_major,
      memory == d3d12_default ? d3d12_unordered_access : 0};
  const int32_t state = memory == d3d12_default ? d3d12_state_common
                        : memory == d3d12_upload ? d3d12_state_read
                                                 : d3d12_state_copy_destination;
  com_answer answer = {0, "ID3D12Device::CreateCommittedResource", NULL};
  answer.result = COM_METHOD(device, d3d12_device_create_resource_slot, method)(
      device, &heap, 0, &description, state, NULL, &d3d12_resource_id, &answer.object);
  return answer;
}

/// The buffer's address. `readable` are the bytes that the host will read: none of memory that it only
/// writes.
static inline com_answer d3d12_map(void *buffer, size_t readable) {
  typedef com_result (COM_CALL *method)(void *, uint32_t, const d3d12_range *, void **);
  const d3d12_range range = {0, readable};
  com_answer answer = {0, "ID3D12Resource::Map", NULL};
  answer.result = COM_METHOD(buffer, d3d12_resource_map_slot, method)(
      buffer, 0, &range, &answer.object);
  return answer;
}

/// `written` are the bytes that the host wrote.
static inline void d3d12_unmap(void *buffer, size_t written) {
  typedef void (COM_CALL *method)(void *, uint32_t, const d3d12_range *);
  const d3d12_range range = {0, written};
  COM_METHOD(buffer, d3d12_resource_unmap_slot, method)(buffer, 0, &range);
}

static inline com_answer d3d12_create_fence(void *device) {
  typedef com_result (COM_CALL *method)(void *, uint64_t, int32_t, const com_id *, void **);
  com_answer answer = {0, "ID3D12Device::CreateFence", NULL};
  answer.result = COM_METHOD(device, d3d12_device_create_fence_slot, method)(
      device, 0, 0, &d3d12_fence_id, &answer.object);
  return answer;
}

/// UINT64_MAX when the device was removed.
static inline uint64_t d3d12_fence_value(void *fence) {
  return COM_METHOD(fence, d3d12_fence_value_slot, uint64_t (COM_CALL *)(void *))(fence);
}

/// Why the device was removed; success when it was not.
static inline com_answer d3d12_removed_reason(void *device) {
  com_answer answer = {0, "ID3D12Device::GetDeviceRemovedReason", NULL};
  answer.result =
      COM_METHOD(device, d3d12_device_removed_slot, com_result (COM_CALL *)(void *))(device);
  return answer;
}

static inline void d3d12_execute(void *queue, void *list) {
  typedef void (COM_CALL *method)(void *, uint32_t, void *const *);
  COM_METHOD(queue, d3d12_queue_execute_slot, method)(queue, 1, &list);
}

static inline com_answer d3d12_signal(void *queue, void *fence, uint64_t value) {
  typedef com_result (COM_CALL *method)(void *, void *, uint64_t);
  com_answer answer = {0, "ID3D12CommandQueue::Signal", NULL};
  answer.result = COM_METHOD(queue, d3d12_queue_signal_slot, method)(queue, fence, value);
  return answer;
}

static inline com_answer d3d12_close(void *list) {
  com_answer answer = {0, "ID3D12GraphicsCommandList::Close", NULL};
  answer.result = COM_METHOD(list, d3d12_list_close_slot, com_result (COM_CALL *)(void *))(list);
  return answer;
}

static inline void d3d12_copy(
    void *list, void *to, uint64_t to_offset, void *from, uint64_t from_offset, uint64_t bytes) {
  typedef void (COM_CALL *method)(void *, void *, uint64_t, void *, uint64_t, uint64_t);
  COM_METHOD(list, d3d12_list_copy_slot, method)(list, to, to_offset, from, from_offset, bytes);
}

/// What comes after it in the list sees what came before it.
static inline void d3d12_wait_for_writes(void *list) {
  typedef void (COM_CALL *method)(void *, uint32_t, const d3d12_barrier *);
  const d3d12_barrier barrier = {d3d12_uav_barrier, 0, NULL, 0, 0, 0};
  COM_METHOD(list, d3d12_list_barrier_slot, method)(list, 1, &barrier);
}

static inline void d3d12_set_heap(void *list, void *heap) {
  typedef void (COM_CALL *method)(void *, uint32_t, void *const *);
  COM_METHOD(list, d3d12_list_set_heaps_slot, method)(list, 1, &heap);
}

#endif
