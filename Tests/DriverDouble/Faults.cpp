#include "Faults.h"

#include <cstdlib>
#include <map>

#include "include/DriverDouble.h"

namespace {

std::map<std::string, std::string> &settings() {
  static auto *settings = new std::map<std::string, std::string>;
  return *settings;
}

std::string text(const char *name, const std::string &otherwise = "") {
  if (const auto set = settings().find(name); set != settings().end()) return set->second;
  const char *value = std::getenv((std::string("KILN_DOUBLE_") + name).c_str());
  return value ? value : otherwise;
}

uint64_t number(const char *name, uint64_t otherwise) {
  const std::string value = text(name);
  return value.empty() ? otherwise : std::strtoull(value.c_str(), nullptr, 0);
}

Faults read() {
  Faults faults;
  faults.initialization = static_cast<int>(number("INIT", 0));
  const std::string failure = text("FAIL");
  if (const size_t colon = failure.find(':'); colon != std::string::npos) {
    faults.failing = failure.substr(0, colon);
    faults.failure = std::atoi(failure.c_str() + colon + 1);
  }
  faults.crashing = text("CRASH");
  faults.hanging = text("HANG");
  faults.wrong = text("WRONG");
  faults.name = text("NAME", faults.name);
  faults.delay = number("SLOW", 0);
  faults.tick = number("TICK", 0);
  faults.clock = static_cast<int>(number("CLOCK", 1'000));
  faults.cache = static_cast<int>(number("CACHE", 1 << 20));
  faults.unknown = static_cast<int>(number("UNKNOWN", 0));
  faults.memory = number("MEMORY", faults.memory);
  faults.allocatable = number("OUT_OF_MEMORY", faults.memory);
  faults.modules = number("MODULES", faults.modules);
  faults.version = static_cast<int>(number("VERSION", 12080));
  faults.counts = number("COUNTS", 0) != 0;
  faults.integrated = number("INTEGRATED", 0) != 0;
  faults.devices = static_cast<int>(number("DEVICES", 1));
  const std::string capability = text("CAPABILITY", "9.0");
  faults.major = std::atoi(capability.c_str());
  if (const size_t dot = capability.find('.'); dot != std::string::npos)
    faults.minor = std::atoi(capability.c_str() + dot + 1);
  return faults;
}

}  // namespace

void kiln_double_set(const char *name, const char *value) { settings()[name] = value; }

const Faults &faults() {
  static const Faults faults = read();
  return faults;
}
