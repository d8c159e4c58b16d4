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

/// What a call answers, and what it makes; the names are Microsoft's.
typedef struct {
  com_result result;
  const char *call;
  void *object;
} com_answer;

// WSL's libraries call as the system's C does. The tests also run the same functions with the convention
// of Windows, in which structures come back through a pointer.
#ifndef COM_CALL
#define COM_CALL
#endif

/// The method of `object` at `slot`, as a pointer to a function of `type`.
#define COM_METHOD(object, slot, type) ((type)((const com_object *)(object))->methods[slot])

static inline uint32_t com_release(void *object) {
  return COM_METHOD(object, com_release_slot, uint32_t (COM_CALL *)(void *))(object);
}

/// What a method without arguments returns: a structure of 8 bytes.
static inline uint64_t com_small(void *object, int slot) {
#ifdef COM_CALL_IS_WINDOWS
  uint64_t result = 0;
  COM_METHOD(object, slot, void *(COM_CALL *)(void *, uint64_t *))(object, &result);
  return result;
#else
  return COM_METHOD(object, slot, uint64_t (COM_CALL *)(void *))(object);
#endif
}

#endif
