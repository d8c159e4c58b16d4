#include "Double.h"
#include "Operators.h"

#include <algorithm>
#include <cstring>

namespace {

/// A part of a buffer.
struct Binding {
  Resource *resource = nullptr;
  UINT64 start = 0, bytes = 0;

  float *floats() const { return reinterpret_cast<float *>(resource->bytes.data() + start); }

  bool overlaps(const List::Range &range) const {
    return resource == range.resource && start < range.end && range.start < start + bytes;
  }
};

Binding taken(const DML_BINDING_DESC &description) {
  if (description.Type == DML_BINDING_TYPE_NONE) return {};
  demand(description.Type == DML_BINDING_TYPE_BUFFER, "a binding that is no buffer");
  const auto &buffer = *static_cast<const DML_BUFFER_BINDING *>(description.Desc);
  if (!buffer.Buffer) return {};
  Binding binding{static_cast<Resource *>(buffer.Buffer), buffer.Offset, buffer.SizeInBytes};
  demand(binding.start % DML_MINIMUM_BUFFER_TENSOR_ALIGNMENT == 0, "a binding that is not aligned");
  demand(
      binding.start + binding.bytes <= binding.resource->bytes.size(),
      "a binding beyond its buffer's end");
  demand(binding.resource->heap == D3D12_HEAP_TYPE_DEFAULT, "a binding of the host's memory");
  return binding;
}

class Operator final : public Counted<PlainIDMLOperator> {
 public:
  explicit Operator(Operation operation) : operation(std::move(operation)) {}
  const Operation operation;
};

constexpr UINT64 temporary_bytes = 1000, persistent_bytes = 24;
constexpr unsigned char persistent_mark = 0x5A;

/// Products need memory, so that its binding is tested too.
class Compiled final : public Counted<PlainIDMLCompiledOperator> {
 public:
  explicit Compiled(Operation operation) : operation(std::move(operation)) {}

  DML_BINDING_PROPERTIES GetBindingProperties() override {
    const UINT views = static_cast<UINT>(operation.inputs.size()) + 1;
    return {views + 2, needsMemory() ? temporary_bytes : 0, needsMemory() ? persistent_bytes : 0};
  }

  bool needsMemory() const { return operation.type == DML_OPERATOR_GEMM; }

  const Operation operation;
  bool initialized = false;
};

class Initializer final : public Counted<PlainIDMLOperatorInitializer> {
 public:
  explicit Initializer(Compiled *compiled) : compiled(compiled) {}

  DML_BINDING_PROPERTIES GetBindingProperties() override {
    return {compiled->needsMemory() ? 2u : 0u, compiled->needsMemory() ? temporary_bytes : 0, 0};
  }

  Compiled *const compiled;
};

class Table final : public Counted<PlainIDMLBindingTable> {
 public:
  explicit Table(const DML_BINDING_TABLE_DESC &description) : description(description) {}

  void BindInputs(UINT count, const DML_BINDING_DESC *bindings) override {
    for (UINT i = 0; i < count; i++) inputs.push_back(taken(bindings[i]));
  }
  void BindOutputs(UINT count, const DML_BINDING_DESC *bindings) override {
    for (UINT i = 0; i < count; i++) outputs.push_back(taken(bindings[i]));
  }
  void BindTemporaryResource(const DML_BINDING_DESC *binding) override {
    temporary = taken(*binding);
  }
  void BindPersistentResource(const DML_BINDING_DESC *binding) override {
    persistent = taken(*binding);
  }

  /// The table's views have to be in the heap that is set.
  void demandHeap(const List &list, UINT views) const {
    if (!views) return;
    demand(list.heap, "a dispatch without a heap of views");
    const UINT64 start = list.heap->start;
    const UINT64 first = (description.CPUDescriptorHandle.ptr - start) / Heap::increment;
    demand(description.SizeInDescriptors >= views, "a table with too few views");
    demand(
        description.CPUDescriptorHandle.ptr >= start &&
            first + description.SizeInDescriptors <= list.heap->views,
        "a table beyond its heap");
    demand(
        description.GPUDescriptorHandle.ptr - (start << 8) ==
            description.CPUDescriptorHandle.ptr - start,
        "a table whose handles differ");
  }

  const DML_BINDING_TABLE_DESC description;
  std::vector<Binding> inputs, outputs;
  Binding temporary, persistent;
};

class Recorder final : public Counted<PlainIDMLCommandRecorder> {
 public:
  void RecordDispatch(
      ID3D12CommandList *commands, IDMLDispatchable *dispatchable, IDMLBindingTable *bindings)
      override {
    auto *list = static_cast<List *>(commands);
    auto *table = static_cast<Table *>(bindings);
    demand(table->description.Dispatchable == dispatchable, "a table of another operator");
    table->demandHeap(*list, dispatchable->GetBindingProperties().RequiredDescriptorCount);
    if (auto *initializer = dynamic_cast<Initializer *>(dispatchable)) {
      record(list, initializer->compiled, *table, initializer->GetBindingProperties());
    } else {
      record(list, static_cast<Compiled *>(dispatchable), *table);
    }
  }

 private:
  static void record(
      List *list, Compiled *compiled, const Table &table, DML_BINDING_PROPERTIES needs) {
    demand(table.temporary.bytes >= needs.TemporaryResourceSize, "no temporary memory");
    const Binding persistent = table.outputs.empty() ? Binding() : table.outputs[0];
    demand(
        !compiled->needsMemory() || persistent.bytes >= persistent_bytes, "no persistent memory");
    list->record([=](List &list) {
      compiled->initialized = true;
      if (!compiled->needsMemory()) return;
      list.use(persistent.resource, Use::operation);
      std::memset(
          persistent.resource->bytes.data() + persistent.start, persistent_mark, persistent_bytes);
    });
  }

  static void record(List *list, Compiled *compiled, const Table &table) {
    const Operation &operation = compiled->operation;
    const DML_BINDING_PROPERTIES needs = compiled->GetBindingProperties();
    demand(table.temporary.bytes >= needs.TemporaryResourceSize, "no temporary memory");
    demand(table.persistent.bytes >= needs.PersistentResourceSize, "no persistent memory");
    demand(table.inputs.size() == operation.inputs.size(), "another number of inputs");
    demand(table.outputs.size() == 1, "another number of outputs");
    for (size_t i = 0; i < table.inputs.size(); i++) {
      demand(
          table.inputs[i].bytes >= operation.inputs[i].bytes, "an input smaller than its tensor");
      demand(
          operation.inputs[i].rows || !table.inputs[i].resource, "an input that there is not");
    }
    demand(table.outputs[0].bytes >= operation.output.bytes, "an output smaller than its tensor");
    list->record([compiled, inputs = table.inputs, output = table.outputs[0],
                  temporary = table.temporary, persistent = table.persistent](List &list) {
      dispatch(list, *compiled, inputs, output, temporary, persistent);
    });
  }

  static void dispatch(
      List &list, const Compiled &compiled, const std::vector<Binding> &inputs,
      const Binding &output, const Binding &temporary, const Binding &persistent) {
    demand(compiled.initialized, "an operator that was not initialised");
    std::vector<Binding> used = inputs;
    used.push_back(output);
    if (compiled.needsMemory()) {
      used.push_back(temporary);
      used.push_back(persistent);
      demand(
          persistent.resource->bytes[persistent.start] == persistent_mark,
          "persistent memory that is not what the initialiser left");
    }
    std::vector<const float *> numbers;
    for (const Binding &binding : used) {
      if (!binding.resource) continue;
      list.use(binding.resource, Use::operation);
      demand(
          std::none_of(
              list.written.begin(), list.written.end(),
              [&](const List::Range &range) { return binding.overlaps(range); }),
          "use of what was written before without a barrier between");
    }
    const List::Range result{
        output.resource, output.start, output.start + compiled.operation.output.bytes};
    for (const Binding &input : inputs) {
      numbers.push_back(input.resource ? input.floats() : nullptr);
      if (!input.resource || !input.overlaps(result)) continue;
      demand(
          compiled.operation.mayBeInPlace() && input.start == output.start,
          "an output over an input");
    }
    compiled.operation.compute(numbers, output.floats());
    if (faulty("numbers")) output.floats()[compiled.operation.output.count() / 2] += 0.01f;
    list.written.push_back(result);
    if (temporary.resource)
      list.written.push_back(
          {temporary.resource, temporary.start, temporary.start + temporary.bytes});
  }
};

class Device final : public Counted<PlainIDMLDevice> {
 public:
  HRESULT CheckFeatureSupport(
      DML_FEATURE feature, UINT question_bytes, const void *question, UINT answer_bytes,
      void *answer) override {
    FAIL_IF_ASKED("IDMLDevice::CheckFeatureSupport");
    const auto *asked = static_cast<const DML_FEATURE_QUERY_FEATURE_LEVELS *>(question);
    auto *told = static_cast<DML_FEATURE_DATA_FEATURE_LEVELS *>(answer);
    if (feature != DML_FEATURE_FEATURE_LEVELS || question_bytes != sizeof *asked ||
        answer_bytes != sizeof *told)
      return E_INVALIDARG;
    for (UINT i = 0; i < asked->RequestedFeatureLevelCount; i++)
      if (asked->RequestedFeatureLevels[i] <= DML_FEATURE_LEVEL_5_0)
        told->MaxSupportedFeatureLevel = asked->RequestedFeatureLevels[i];
    return S_OK;
  }

  HRESULT CreateOperator(const DML_OPERATOR_DESC *description, REFIID id, void **result) override {
    FAIL_IF_ASKED("IDMLDevice::CreateOperator");
    Operation operation;
    if (!Operation::read(*description, operation)) return E_INVALIDARG;
    return hand(id, id_IDMLOperator, result, [&] { return new Operator(operation); });
  }

  HRESULT CompileOperator(
      IDMLOperator *plain, DML_EXECUTION_FLAGS flags, REFIID id, void **result) override {
    FAIL_IF_ASKED("IDMLDevice::CompileOperator");
    if (flags) return E_INVALIDARG;
    const Operation operation = static_cast<Operator *>(plain)->operation;
    return hand(id, id_IDMLCompiledOperator, result, [&] { return new Compiled(operation); });
  }

  HRESULT CreateOperatorInitializer(
      UINT count, IDMLCompiledOperator *const *compiled, REFIID id, void **result) override {
    FAIL_IF_ASKED("IDMLDevice::CreateOperatorInitializer");
    if (count != 1) return E_INVALIDARG;
    return hand(id, id_IDMLOperatorInitializer, result, [&] {
      return new Initializer(static_cast<Compiled *>(compiled[0]));
    });
  }

  HRESULT CreateCommandRecorder(REFIID id, void **result) override {
    FAIL_IF_ASKED("IDMLDevice::CreateCommandRecorder");
    return hand(id, id_IDMLCommandRecorder, result, [] { return new Recorder; });
  }

  HRESULT GetDeviceRemovedReason() override { return faulty("binding") ? E_INVALIDARG : S_OK; }

  HRESULT CreateBindingTable(
      const DML_BINDING_TABLE_DESC *description, REFIID id, void **result) override {
    FAIL_IF_ASKED("IDMLDevice::CreateBindingTable");
    return hand(id, id_IDMLBindingTable, result, [&] { return new Table(*description); });
  }
};

}  // namespace

extern "C" HRESULT DMLCreateDevice1(
    ID3D12Device *direct3D, DML_CREATE_DEVICE_FLAGS flags, DML_FEATURE_LEVEL minimum, REFIID id,
    void **device) {
  FAIL_IF_ASKED("DMLCreateDevice1");
  if (!direct3D || flags) return E_INVALIDARG;
  if (minimum > DML_FEATURE_LEVEL_5_0 || faulty("old-directml")) return DXGI_ERROR_UNSUPPORTED;
  return hand(id, id_IDMLDevice, device, [] { return new Device; });
}
