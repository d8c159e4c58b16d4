// Embedded Swift compares, hashes and counts texts by Unicode's tables, 33 KB of them. This program's
// texts are compared as they are written, so it brings tables that say nothing of any character: it is
// a character of its own, and equal to itself alone. Ordinary Swift has the real ones.
#ifdef EMBEDDED_SWIFT
#include <stdbool.h>
#include <stdint.h>

/// Canonical combining class and quick checks; 0 is "already normal".
uint16_t _swift_stdlib_getNormData(uint32_t scalar) {
  (void)scalar;
  return 0;
}

/// An entry names its scalar; that of none is nobody's.
uint32_t _swift_stdlib_getDecompositionEntry(uint32_t scalar) {
  (void)scalar;
  return 0;
}

const uint8_t *const _swift_stdlib_nfd_decompositions = 0;

/// What two scalars make together: nothing.
uint32_t _swift_stdlib_getComposition(uint32_t x, uint32_t y) {
  (void)x, (void)y;
  return UINT32_MAX;
}

/// 255 is "any other".
uint8_t _swift_stdlib_getGraphemeBreakProperty(uint32_t scalar) {
  (void)scalar;
  return 0xFF;
}

bool _swift_stdlib_isExtendedPictographic(uint32_t scalar) {
  (void)scalar;
  return false;
}

bool _swift_stdlib_isInCB_Consonant(uint32_t scalar) {
  (void)scalar;
  return false;
}
#endif
