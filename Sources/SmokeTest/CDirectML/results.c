#include "CDirectML.h"

const char *com_result_name(uint32_t result) {
  switch (result) {
    case 0x80004001: return "E_NOTIMPL";
    case 0x80004002: return "E_NOINTERFACE";
    case 0x80004003: return "E_POINTER";
    case 0x80004005: return "E_FAIL";
    case 0x80070005: return "E_ACCESSDENIED";
    case 0x8007000E: return "E_OUTOFMEMORY";
    case 0x80070057: return "E_INVALIDARG";
    case 0x887A0001: return "DXGI_ERROR_INVALID_CALL";
    case 0x887A0002: return "DXGI_ERROR_NOT_FOUND";
    case 0x887A0004: return "DXGI_ERROR_UNSUPPORTED";
    case 0x887A0005: return "DXGI_ERROR_DEVICE_REMOVED";
    case 0x887A0006: return "DXGI_ERROR_DEVICE_HUNG";
    case 0x887A0007: return "DXGI_ERROR_DEVICE_RESET";
    case 0x887A0020: return "DXGI_ERROR_DRIVER_INTERNAL_ERROR";
    case 0x887E0001: return "D3D12_ERROR_ADAPTER_NOT_FOUND";
    case 0x887E0002: return "D3D12_ERROR_DRIVER_VERSION_MISMATCH";
  }
  return "";
}

/// SplitMix64.
static uint64_t word(uint64_t index) {
  uint64_t z = (index + 1) * 0x9E3779B97F4A7C15;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
  z = (z ^ z >> 27) * 0x94D049BB133111EB;
  return z ^ z >> 31;
}

void com_fill_noise(float *numbers, size_t count, uint64_t seed) {
  for (size_t i = 0; i < count; i++)
    numbers[i] = (float)((int32_t)(word((seed << 40) + i) >> 40) - 0x800000) * 0x1p-23f;
}

void com_fill_pattern(uint64_t *words, size_t count, uint64_t first, uint64_t flip) {
  for (size_t i = 0; i < count; i++) words[i] = word(first + i) ^ flip;
}

size_t com_check_pattern(
    const uint64_t *words, size_t count, uint64_t first, uint64_t flip, size_t *wrong) {
  size_t others = 0;
  for (size_t i = count; i-- > 0;) {
    if (words[i] == (word(first + i) ^ flip)) continue;
    *wrong = i;
    others++;
  }
  return others;
}
