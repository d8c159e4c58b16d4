#ifndef CDIRECTML_COM_H
#define CDIRECTML_COM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Negative when the call failed.
typedef int32_t com_result;

/// The name of an interface.
typedef struct {
  uint32_t first;
  uint16_t second, third;
  uint8_t rest[8];
} com_id;

typedef struct {
  void *const *methods;
} com_object;

enum { com_release_slot = 2 };

/// The method of `object` at `slot`, as a pointer to a function of `type`.
#define COM_METHOD(object, slot, type) ((type)((const com_object *)(object))->methods[slot])

static inline uint32_t com_release(void *object) {
  return COM_METHOD(object, com_release_slot, uint32_t (*)(void *))(object);
}

#endif
