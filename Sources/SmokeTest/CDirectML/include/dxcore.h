#ifndef CDIRECTML_DXCORE_H
#define CDIRECTML_DXCORE_H

#include "com.h"

static const com_id dxcore_factory_id = {
    0x78ee5945, 0xc36e, 0x4b13, {0xa6, 0x69, 0x00, 0x5d, 0xd1, 0x1c, 0x0f, 0x06}};
static const com_id dxcore_list_id = {
    0x526c7776, 0x40e9, 0x459b, {0xb7, 0x11, 0xf3, 0x2a, 0xd7, 0x6d, 0xfc, 0x28}};
static const com_id dxcore_adapter_id = {
    0xf0db4c7f, 0xfe5a, 0x42a2, {0xbd, 0x62, 0xf2, 0xa6, 0xcf, 0x6f, 0xc8, 0x3e}};
/// What an adapter can do: Direct3D 12's compute part; its graphics part too.
static const com_id dxcore_core_compute = {
    0x248e2800, 0xa793, 0x4724, {0xab, 0xaa, 0x23, 0xa6, 0xde, 0x1b, 0xe0, 0x90}};
static const com_id dxcore_graphics = {
    0x0c9ece4d, 0x2f6e, 0x4f01, {0x8c, 0x96, 0xe8, 0x9e, 0x33, 0x1b, 0x47, 0xb1}};

enum {
  dxcore_factory_create_list_slot = 3,
  dxcore_list_get_adapter_slot = 3,
  dxcore_list_count_slot = 4,
  dxcore_list_sort_slot = 7,
  dxcore_adapter_attribute_slot = 4,
  dxcore_adapter_property_slot = 6,
  dxcore_adapter_property_size_slot = 7,
};

typedef enum {
  /// 8 bytes that name the adapter until Windows restarts.
  dxcore_luid = 0,
  /// Four numbers of 16 bits, the highest first.
  dxcore_driver_version = 1,
  /// Text of UTF-8 that ends with a zero.
  dxcore_description = 2,
  dxcore_hardware = 3,
  dxcore_dedicated_memory = 7,
  dxcore_shared_memory = 9,
  dxcore_is_hardware = 11,
  dxcore_is_integrated = 12,
} dxcore_property;

enum { dxcore_high_performance = 2 };

/// On the PCI bus.
typedef struct {
  uint32_t vendor, device, subsystem, revision;
} dxcore_hardware_id;

/// What DXCore tells of an adapter, with the texts as people read them.
typedef struct {
  char name[256];
  /// Like `31.0.15.5222`.
  char driver[32];
  /// Vendor and device, like `10de:2684`.
  char id[16];
  char luid[20];
  dxcore_hardware_id hardware;
  /// Of the adapter's own; little where it shares the machine's.
  uint64_t dedicated;
  /// Of the machine's, that it may use.
  uint64_t shared;
  bool is_hardware, is_integrated;
  /// Whether it draws too, as all but neural processors do.
  bool draws;
} dxcore_facts;

static inline const char *dxcore_name(const dxcore_facts *facts) { return facts->name; }
static inline const char *dxcore_driver(const dxcore_facts *facts) { return facts->driver; }
static inline const char *dxcore_id(const dxcore_facts *facts) { return facts->id; }
static inline const char *dxcore_luid_text(const dxcore_facts *facts) { return facts->luid; }

/// Asks for each property of `adapter`; the answer is the first failure's.
com_answer dxcore_describe(void *adapter, dxcore_facts *facts);

/// `function` is `DXCoreCreateAdapterFactory`.
static inline com_answer dxcore_create_factory(void *function) {
  com_answer answer = {0, "DXCoreCreateAdapterFactory", NULL};
  answer.result =
      ((com_result(*)(const com_id *, void **))function)(&dxcore_factory_id, &answer.object);
  return answer;
}

/// The adapters that compute.
static inline com_answer dxcore_create_list(void *factory) {
  typedef com_result (*method)(void *, uint32_t, const com_id *, const com_id *, void **);
  com_answer answer = {0, "IDXCoreAdapterFactory::CreateAdapterList", NULL};
  answer.result = COM_METHOD(factory, dxcore_factory_create_list_slot, method)(
      factory, 1, &dxcore_core_compute, &dxcore_list_id, &answer.object);
  return answer;
}

/// Puts the adapters in the order of their performance.
static inline com_answer dxcore_sort(void *list) {
  typedef com_result (*method)(void *, uint32_t, const uint32_t *);
  const uint32_t preference = dxcore_high_performance;
  com_answer answer = {0, "IDXCoreAdapterList::Sort", NULL};
  answer.result = COM_METHOD(list, dxcore_list_sort_slot, method)(list, 1, &preference);
  return answer;
}

static inline uint32_t dxcore_count(void *list) {
  return COM_METHOD(list, dxcore_list_count_slot, uint32_t (*)(void *))(list);
}

static inline com_answer dxcore_get_adapter(void *list, uint32_t index) {
  typedef com_result (*method)(void *, uint32_t, const com_id *, void **);
  com_answer answer = {0, "IDXCoreAdapterList::GetAdapter", NULL};
  answer.result = COM_METHOD(list, dxcore_list_get_adapter_slot, method)(
      list, index, &dxcore_adapter_id, &answer.object);
  return answer;
}

static inline bool dxcore_draws(void *adapter) {
  typedef bool (*method)(void *, const com_id *);
  return COM_METHOD(adapter, dxcore_adapter_attribute_slot, method)(adapter, &dxcore_graphics);
}

static inline com_result dxcore_property_size(
    void *adapter, dxcore_property property, size_t *size) {
  typedef com_result (*method)(void *, uint32_t, size_t *);
  return COM_METHOD(adapter, dxcore_adapter_property_size_slot, method)(
      adapter, (uint32_t)property, size);
}

static inline com_result dxcore_get_property(
    void *adapter, dxcore_property property, size_t size, void *value) {
  typedef com_result (*method)(void *, uint32_t, size_t, void *);
  return COM_METHOD(adapter, dxcore_adapter_property_slot, method)(
      adapter, (uint32_t)property, size, value);
}

#endif
