// direct3d-check LIBRARY: drives the Direct3D 12 of LIBRARY by the tables of CDirectML, as the backend
// does: memory of all three kinds, copies, views, barriers, fences; and a clear through a view, which
// the device computes. It is built once with the calling convention of the system, and once with that of
// Windows. Prints what differs; exits with 1 if anything does.
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "CDirectML.h"

static void *made(com_answer answer) {
  if (answer.result >= 0 && answer.object) return answer.object;
  printf("%s: 0x%08x\n", answer.call, (unsigned)answer.result);
  exit(1);
}

static void checked(com_answer answer) {
  if (answer.result >= 0) return;
  printf("%s: 0x%08x\n", answer.call, (unsigned)answer.result);
  exit(1);
}

static void *device, *queue, *fence;
static uint64_t executed;

static void execute(void *list) {
  checked(d3d12_close(list));
  d3d12_execute(queue, list);
  checked(d3d12_signal(queue, fence, ++executed));
  for (int tries = 0; d3d12_fence_value(fence) < executed; tries++) {
    if (tries == 10000) {
      printf("the fence is not reached\n");
      exit(1);
    }
    nanosleep(&(struct timespec){0, 1000000}, NULL);
  }
  com_release(list);
}

// What only this check calls; the double's tests have no views of their own.
enum { create_view_slot = 19, clear_slot = 49, uint_format = 42, buffer_view = 1 };

typedef struct {
  int32_t format, dimension;
  uint64_t first;
  uint32_t count, stride;
  uint64_t counter;
  int32_t flags;
} view_description;

enum { words = 1 << 16, cleared_from = 4096, cleared = 8192 };

int main(int count, char **arguments) {
  void *library = count == 2 ? dlopen(arguments[1], RTLD_NOW) : NULL;
  void *create = library ? dlsym(library, "D3D12CreateDevice") : NULL;
  if (!create) {
    printf("no D3D12CreateDevice: %s\n", dlerror());
    return 2;
  }
  device = made(d3d12_create_device(create, NULL, d3d12_level_11_0));
  queue = made(d3d12_create_queue(device));
  fence = made(d3d12_create_fence(device));
  d3d12_level level = d3d12_level_core;
  checked(d3d12_highest_level(device, &level));
  checked(d3d12_removed_reason(device));

  const size_t bytes = words * sizeof(uint32_t);
  void *upload = made(d3d12_create_buffer(device, d3d12_upload, bytes));
  void *memory = made(d3d12_create_buffer(device, d3d12_default, bytes));
  void *readback = made(d3d12_create_buffer(device, d3d12_readback, bytes));
  uint32_t *target = made(d3d12_map(upload, 0));
  for (uint32_t i = 0; i < words; i++) target[i] = i * 2654435761u;
  d3d12_unmap(upload, bytes);

  void *allocator = made(d3d12_create_allocator(device));
  void *list = made(d3d12_create_list(device, allocator));
  d3d12_copy(list, memory, 0, upload, 0, bytes);
  execute(list);

  // The second view of the heap, so that the distance between views counts.
  void *heap = made(d3d12_create_heap(device, 4));
  const size_t step = d3d12_increment(device);
  const size_t cpu = d3d12_heap_cpu_start(heap) + step;
  const uint64_t gpu = d3d12_heap_gpu_start(heap) + step;
  const view_description view = {uint_format, buffer_view, cleared_from, cleared, 0, 0, 0};
  typedef void (COM_CALL *create_view)(
      void *, void *, void *, const view_description *, size_t);
  COM_METHOD(device, create_view_slot, create_view)(device, memory, NULL, &view, cpu);
  list = made(d3d12_create_list(device, allocator));
  d3d12_set_heap(list, heap);
  const uint32_t value[4] = {0xC0FFEE, 0, 0, 0};
  typedef void (COM_CALL *clear)(
      void *, uint64_t, size_t, void *, const uint32_t *, uint32_t, const void *);
  COM_METHOD(list, clear_slot, clear)(list, gpu, cpu, memory, value, 0, NULL);
  d3d12_wait_for_writes(list);
  execute(list);

  list = made(d3d12_create_list(device, allocator));
  d3d12_copy(list, readback, 0, memory, 0, bytes);
  execute(list);
  const uint32_t *got = made(d3d12_map(readback, bytes));
  uint32_t wrong = 0;
  for (uint32_t i = 0; i < words; i++) {
    const int is_cleared = i >= cleared_from && i < cleared_from + cleared;
    wrong += got[i] != (is_cleared ? value[0] : i * 2654435761u);
  }
  d3d12_unmap(readback, 0);
  void *objects[] = {heap, allocator, readback, memory, upload, fence, queue, device};
  uint32_t left = 0;
  for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) left = com_release(objects[i]);
  printf("level %x, %d words, %u wrong, %u owners left\n", level, words, wrong, left);
  return wrong || left;
}
