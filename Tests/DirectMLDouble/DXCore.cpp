#include "Double.h"

#include <cstring>

static const char *environment(const char *name) {
  const char *value = std::getenv(name);
  return value ? value : "";
}

/// For those who drive a program, from the start on.
static std::string fault = environment("KILN_DIRECTML_DOUBLE_FAULT");
long live_objects;

bool faulty(const char *name) { return fault == name; }

/// What goes wrong from now on; an empty name is nothing.
extern "C" void kiln_double_fault(const char *name) { fault = name; }
extern "C" long kiln_double_objects() { return live_objects; }

namespace {

class Adapter final : public Counted<PlainIDXCoreAdapter> {
 public:
  /// The double's own adapter, or what Windows has without a driver.
  explicit Adapter(bool basic) : basic_(basic) {}

  /// A neural processor computes and does not draw.
  bool IsAttributeSupported(const GUID &attribute) override {
    return !faulty("neural") ||
        !ConstexprIsEqualGUID(attribute, DXCORE_ADAPTER_ATTRIBUTE_D3D12_GRAPHICS);
  }

  bool IsPropertySupported(DXCoreAdapterProperty property) override {
    return !value(property).empty();
  }

  HRESULT GetPropertySize(DXCoreAdapterProperty property, size_t *size) override {
    FAIL_IF_ASKED("IDXCoreAdapter::GetPropertySize");
    *size = value(property).size();
    return *size ? S_OK : E_INVALIDARG;
  }

  HRESULT GetProperty(DXCoreAdapterProperty property, size_t size, void *data) override {
    FAIL_IF_ASKED(("IDXCoreAdapter::GetProperty(" + name(property) + ")").c_str());
    const std::string bytes = value(property);
    if (bytes.empty() || size < bytes.size()) return E_INVALIDARG;
    std::memcpy(data, bytes.data(), bytes.size());
    return S_OK;
  }

 private:
  template <class Value>
  static std::string raw(Value value) {
    return {reinterpret_cast<const char *>(&value), sizeof value};
  }

  static std::string name(DXCoreAdapterProperty property) {
    switch (property) {
      case DXCoreAdapterProperty::InstanceLuid: return "InstanceLuid";
      case DXCoreAdapterProperty::DriverDescription: return "DriverDescription";
      case DXCoreAdapterProperty::HardwareID: return "HardwareID";
      case DXCoreAdapterProperty::DriverVersion: return "DriverVersion";
      case DXCoreAdapterProperty::DedicatedAdapterMemory: return "DedicatedAdapterMemory";
      case DXCoreAdapterProperty::SharedSystemMemory: return "SharedSystemMemory";
      case DXCoreAdapterProperty::IsHardware: return "IsHardware";
      case DXCoreAdapterProperty::IsIntegrated: return "IsIntegrated";
      default: return "";
    }
  }

  std::string value(DXCoreAdapterProperty property) const {
    switch (property) {
      case DXCoreAdapterProperty::DriverDescription: {
        const std::string name = basic_ ? "Microsoft Basic Render Driver" : "kiln test double";
        return name + '\0';
      }
      case DXCoreAdapterProperty::HardwareID:
        return raw(DXCoreHardwareID{basic_ ? 0x1414u : 0x1AF4u, basic_ ? 0x008Cu : 0x1050u, 0, 0});
      case DXCoreAdapterProperty::DriverVersion: return raw(UINT64(0x001F'0000'000F'1466));
      case DXCoreAdapterProperty::InstanceLuid: return raw(LUID{0x1234, basic_ ? 2 : 1});
      case DXCoreAdapterProperty::DedicatedAdapterMemory: return raw(UINT64(64) << 20);
      case DXCoreAdapterProperty::SharedSystemMemory: return raw(UINT64(1) << 30);
      // Windows calls its Basic Render no hardware.
      case DXCoreAdapterProperty::IsHardware: return raw(!basic_ && !faulty("software"));
      case DXCoreAdapterProperty::IsIntegrated: return raw(false);
      default: return "";
    }
  }

  const bool basic_;
};

class AdapterList final : public Counted<PlainIDXCoreAdapterList> {
 public:
  uint32_t GetAdapterCount() override {
    return faulty("no-adapter") ? 0 : faulty("basic-render") ? 1 : 2;
  }

  HRESULT Sort(uint32_t count, const DXCoreAdapterPreference *preferences) override {
    FAIL_IF_ASKED("IDXCoreAdapterList::Sort");
    demand(count == 1 && *preferences == DXCoreAdapterPreference::HighPerformance, "Sort");
    return S_OK;
  }

  /// Basic Render comes first, so that it is seen who takes the first without looking.
  HRESULT GetAdapter(uint32_t index, REFIID id, void **adapter) override {
    FAIL_IF_ASKED("IDXCoreAdapterList::GetAdapter");
    if (index >= GetAdapterCount()) return E_INVALIDARG;
    return hand(id, uuidof<IDXCoreAdapter>(), adapter, [=] { return new Adapter(index == 0); });
  }
};

class Factory final : public Counted<PlainIDXCoreAdapterFactory> {
 public:
  /// Direct3D and DirectML ask for the adapter of a device that they have.
  HRESULT GetAdapterByLuid(const LUID &, REFIID id, void **adapter) override {
    return hand(id, uuidof<IDXCoreAdapter>(), adapter, [] { return new Adapter(false); });
  }

  HRESULT CreateAdapterList(
      uint32_t count, const GUID *attributes, REFIID id, void **list) override {
    FAIL_IF_ASKED("IDXCoreAdapterFactory::CreateAdapterList");
    demand(
        count == 1 &&
            ConstexprIsEqualGUID(*attributes, DXCORE_ADAPTER_ATTRIBUTE_D3D12_CORE_COMPUTE),
        "CreateAdapterList for other adapters than those that compute");
    return hand(id, uuidof<IDXCoreAdapterList>(), list, [] { return new AdapterList; });
  }
};

}  // namespace

extern "C" HRESULT DXCoreCreateAdapterFactory(REFIID id, void **factory) {
  FAIL_IF_ASKED("DXCoreCreateAdapterFactory");
  if (faulty("crash")) std::abort();
  return hand(id, uuidof<IDXCoreAdapterFactory>(), factory, [] { return new Factory; });
}
