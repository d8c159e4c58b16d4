#include "CDirectML.h"

#include <stdio.h>

com_answer dxcore_describe(void *adapter, dxcore_facts *facts) {
  *facts = (dxcore_facts){};
  uint64_t version = 0;
  uint32_t luid[2] = {};
  size_t name = 0;
  com_answer answer = {
      dxcore_property_size(adapter, dxcore_description, &name), "IDXCoreAdapter::GetPropertySize",
      NULL};
  // The last byte stays the text's end.
  if (name > sizeof facts->name - 1) name = sizeof facts->name - 1;
  const struct {
    dxcore_property property;
    size_t size;
    void *value;
    const char *call;
  } properties[] = {
      {dxcore_description, name, facts->name, "IDXCoreAdapter::GetProperty(DriverDescription)"},
      {dxcore_hardware, sizeof facts->hardware, &facts->hardware,
       "IDXCoreAdapter::GetProperty(HardwareID)"},
      {dxcore_driver_version, sizeof version, &version,
       "IDXCoreAdapter::GetProperty(DriverVersion)"},
      {dxcore_dedicated_memory, sizeof facts->dedicated, &facts->dedicated,
       "IDXCoreAdapter::GetProperty(DedicatedAdapterMemory)"},
      {dxcore_shared_memory, sizeof facts->shared, &facts->shared,
       "IDXCoreAdapter::GetProperty(SharedSystemMemory)"},
      {dxcore_is_integrated, sizeof facts->is_integrated, &facts->is_integrated,
       "IDXCoreAdapter::GetProperty(IsIntegrated)"},
      {dxcore_luid, sizeof luid, luid, "IDXCoreAdapter::GetProperty(InstanceLuid)"},
      {dxcore_is_hardware, sizeof facts->is_hardware, &facts->is_hardware,
       "IDXCoreAdapter::GetProperty(IsHardware)"},
  };
  // The last one decides; the others are for people.
  for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
    answer.call = properties[i].call;
    answer.result = dxcore_get_property(
        adapter, properties[i].property, properties[i].size, properties[i].value);
  }
  facts->draws = dxcore_draws(adapter);
  snprintf(
      facts->driver, sizeof facts->driver, "%u.%u.%u.%u", (unsigned)(version >> 48),
      (unsigned)(version >> 32 & 0xFFFF), (unsigned)(version >> 16 & 0xFFFF),
      (unsigned)(version & 0xFFFF));
  snprintf(
      facts->id, sizeof facts->id, "%04x:%04x", facts->hardware.vendor, facts->hardware.device);
  snprintf(facts->luid, sizeof facts->luid, "%08x:%08x", luid[1], luid[0]);
  return answer;
}
