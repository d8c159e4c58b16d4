// Holds each line of CDirectML against Microsoft's headers: slots, sizes, offsets, constants, names of
// interfaces. Prints what differs; exits with 1 if anything does.
//
//     abi-check DirectML.h
#include "Microsoft.h"

#include <cstddef>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

#include "CDirectML.h"

static int facts, wrong;

static void fact(bool right, const char *what, long long got, long long wanted) {
  facts++;
  if (right) return;
  wrong++;
  std::printf("%s is %lld here, %lld in Microsoft's headers\n", what, got, wanted);
}

/// Where a virtual method stands: in the Itanium ABI a pointer to it holds its offset in the table,
/// plus 1 so that it is not null; on arm64 that 1 is in the second word.
template <class Method>
static long long slot(Method method) {
  static_assert(sizeof method == 2 * sizeof(std::ptrdiff_t));
  std::ptrdiff_t words[2];
  std::memcpy(words, &method, sizeof words);
  return (words[0] & ~std::ptrdiff_t(1)) / static_cast<std::ptrdiff_t>(sizeof(void *));
}

#define SLOT(ours, type, method) \
  fact(ours == slot(&type::method), #ours, ours, slot(&type::method))
/// A method that has overloads, by its type.
#define OVERLOAD(ours, type, method, ...)                       \
  {                                                             \
    HRESULT (type::*pointer)(__VA_ARGS__) = &type::method;      \
    fact(ours == slot(pointer), #ours, ours, slot(pointer));    \
  }
#define SIZE(ours, type)                                                                       \
  fact(sizeof(ours) == sizeof(type) && alignof(ours) == alignof(type), "size of " #ours,       \
       sizeof(ours), sizeof(type))
#define FIELD(ours, field, type, member)                                                       \
  fact(offsetof(ours, field) == offsetof(type, member) &&                                      \
           sizeof(ours::field) == sizeof(type::member),                                        \
       #ours "." #field, offsetof(ours, field), offsetof(type, member))
#define VALUE(ours, theirs)                                                  \
  fact(static_cast<long long>(ours) == static_cast<long long>(theirs), #ours, \
       static_cast<long long>(ours), static_cast<long long>(theirs))
#define NAME(ours, theirs)                                                              \
  {                                                                                     \
    static_assert(sizeof(com_id) == sizeof(GUID));                                      \
    const GUID name = theirs;                                                           \
    fact(!std::memcmp(&ours, &name, sizeof name), #ours, ours.first, name.Data1);       \
  }

/// DirectML's header names its interfaces in attributes that only Windows' compiler reads, so its text
/// is read here: `interface DML_DECLARE_INTERFACE("6dbd6437-…") IDMLDevice : IDMLObject`.
static GUID written(const std::string &header, const std::string &type) {
  GUID id = {};
  const size_t end = header.find("\") " + type + " :");
  if (end == std::string::npos || end < 36) return id;
  unsigned parts[11];
  const int count = std::sscanf(
      header.substr(end - 36, 36).c_str(), "%8x-%4x-%4x-%2x%2x-%2x%2x%2x%2x%2x%2x", &parts[0],
      &parts[1], &parts[2], &parts[3], &parts[4], &parts[5], &parts[6], &parts[7], &parts[8],
      &parts[9], &parts[10]);
  if (count != 11) return id;
  id.Data1 = parts[0];
  id.Data2 = static_cast<unsigned short>(parts[1]);
  id.Data3 = static_cast<unsigned short>(parts[2]);
  for (int i = 0; i < 8; i++) id.Data4[i] = static_cast<unsigned char>(parts[3 + i]);
  return id;
}

static void checkDXCore() {
  NAME(dxcore_factory_id, uuidof<IDXCoreAdapterFactory>());
  NAME(dxcore_list_id, uuidof<IDXCoreAdapterList>());
  NAME(dxcore_adapter_id, uuidof<IDXCoreAdapter>());
  NAME(dxcore_core_compute, DXCORE_ADAPTER_ATTRIBUTE_D3D12_CORE_COMPUTE);
  NAME(dxcore_graphics, DXCORE_ADAPTER_ATTRIBUTE_D3D12_GRAPHICS);
  SLOT(com_release_slot, IUnknown, Release);
  OVERLOAD(dxcore_factory_create_list_slot, IDXCoreAdapterFactory, CreateAdapterList, uint32_t,
           const GUID *, REFIID, void **);
  OVERLOAD(dxcore_list_get_adapter_slot, IDXCoreAdapterList, GetAdapter, uint32_t, REFIID, void **);
  SLOT(dxcore_list_count_slot, IDXCoreAdapterList, GetAdapterCount);
  SLOT(dxcore_list_sort_slot, IDXCoreAdapterList, Sort);
  SLOT(dxcore_adapter_attribute_slot, IDXCoreAdapter, IsAttributeSupported);
  OVERLOAD(dxcore_adapter_property_slot, IDXCoreAdapter, GetProperty, DXCoreAdapterProperty, size_t,
           void *);
  OVERLOAD(dxcore_adapter_property_size_slot, IDXCoreAdapter, GetPropertySize, DXCoreAdapterProperty,
           size_t *);
  VALUE(dxcore_luid, DXCoreAdapterProperty::InstanceLuid);
  VALUE(dxcore_driver_version, DXCoreAdapterProperty::DriverVersion);
  VALUE(dxcore_description, DXCoreAdapterProperty::DriverDescription);
  VALUE(dxcore_hardware, DXCoreAdapterProperty::HardwareID);
  VALUE(dxcore_dedicated_memory, DXCoreAdapterProperty::DedicatedAdapterMemory);
  VALUE(dxcore_shared_memory, DXCoreAdapterProperty::SharedSystemMemory);
  VALUE(dxcore_is_hardware, DXCoreAdapterProperty::IsHardware);
  VALUE(dxcore_is_integrated, DXCoreAdapterProperty::IsIntegrated);
  VALUE(dxcore_high_performance, DXCoreAdapterPreference::HighPerformance);
  SIZE(dxcore_hardware_id, DXCoreHardwareID);
  FIELD(dxcore_hardware_id, vendor, DXCoreHardwareID, vendorID);
  FIELD(dxcore_hardware_id, device, DXCoreHardwareID, deviceID);
  FIELD(dxcore_hardware_id, subsystem, DXCoreHardwareID, subSysID);
  FIELD(dxcore_hardware_id, revision, DXCoreHardwareID, revision);
}

static void checkDirect3DNames() {
  NAME(d3d12_device_id, uuidof<ID3D12Device>());
  NAME(d3d12_queue_id, uuidof<ID3D12CommandQueue>());
  NAME(d3d12_allocator_id, uuidof<ID3D12CommandAllocator>());
  NAME(d3d12_list_id, uuidof<ID3D12GraphicsCommandList>());
  NAME(d3d12_fence_id, uuidof<ID3D12Fence>());
  NAME(d3d12_resource_id, uuidof<ID3D12Resource>());
  NAME(d3d12_heap_id, uuidof<ID3D12DescriptorHeap>());
  VALUE(d3d12_level_core, D3D_FEATURE_LEVEL_1_0_CORE);
  VALUE(d3d12_level_11_0, D3D_FEATURE_LEVEL_11_0);
  VALUE(d3d12_level_11_1, D3D_FEATURE_LEVEL_11_1);
  VALUE(d3d12_level_12_0, D3D_FEATURE_LEVEL_12_0);
  VALUE(d3d12_level_12_1, D3D_FEATURE_LEVEL_12_1);
  VALUE(d3d12_level_12_2, D3D_FEATURE_LEVEL_12_2);
  VALUE(d3d12_default, D3D12_HEAP_TYPE_DEFAULT);
  VALUE(d3d12_upload, D3D12_HEAP_TYPE_UPLOAD);
  VALUE(d3d12_readback, D3D12_HEAP_TYPE_READBACK);
  VALUE(d3d12_direct_list, D3D12_COMMAND_LIST_TYPE_DIRECT);
  VALUE(d3d12_no_time_limit, D3D12_COMMAND_QUEUE_FLAG_DISABLE_GPU_TIMEOUT);
  VALUE(d3d12_feature_levels_feature, D3D12_FEATURE_FEATURE_LEVELS);
  VALUE(d3d12_buffer_dimension, D3D12_RESOURCE_DIMENSION_BUFFER);
  VALUE(d3d12_row_major, D3D12_TEXTURE_LAYOUT_ROW_MAJOR);
  VALUE(d3d12_unordered_access, D3D12_RESOURCE_FLAG_ALLOW_UNORDERED_ACCESS);
  VALUE(d3d12_uav_barrier, D3D12_RESOURCE_BARRIER_TYPE_UAV);
  VALUE(d3d12_view_heap, D3D12_DESCRIPTOR_HEAP_TYPE_CBV_SRV_UAV);
  VALUE(d3d12_shader_visible, D3D12_DESCRIPTOR_HEAP_FLAG_SHADER_VISIBLE);
  VALUE(d3d12_state_common, D3D12_RESOURCE_STATE_COMMON);
  VALUE(d3d12_state_read, D3D12_RESOURCE_STATE_GENERIC_READ);
  VALUE(d3d12_state_copy_destination, D3D12_RESOURCE_STATE_COPY_DEST);
}

static void checkDirect3D() {
  checkDirect3DNames();
  SLOT(d3d12_device_create_queue_slot, ID3D12Device, CreateCommandQueue);
  SLOT(d3d12_device_create_allocator_slot, ID3D12Device, CreateCommandAllocator);
  SLOT(d3d12_device_create_list_slot, ID3D12Device, CreateCommandList);
  SLOT(d3d12_device_feature_slot, ID3D12Device, CheckFeatureSupport);
  SLOT(d3d12_device_create_heap_slot, ID3D12Device, CreateDescriptorHeap);
  SLOT(d3d12_device_increment_slot, ID3D12Device, GetDescriptorHandleIncrementSize);
  SLOT(d3d12_device_create_resource_slot, ID3D12Device, CreateCommittedResource);
  SLOT(d3d12_device_create_fence_slot, ID3D12Device, CreateFence);
  SLOT(d3d12_device_removed_slot, ID3D12Device, GetDeviceRemovedReason);
  SLOT(d3d12_queue_execute_slot, ID3D12CommandQueue, ExecuteCommandLists);
  SLOT(d3d12_queue_signal_slot, ID3D12CommandQueue, Signal);
  SLOT(d3d12_list_close_slot, ID3D12GraphicsCommandList, Close);
  SLOT(d3d12_list_copy_slot, ID3D12GraphicsCommandList, CopyBufferRegion);
  SLOT(d3d12_list_barrier_slot, ID3D12GraphicsCommandList, ResourceBarrier);
  SLOT(d3d12_list_set_heaps_slot, ID3D12GraphicsCommandList, SetDescriptorHeaps);
  SLOT(d3d12_fence_value_slot, ID3D12Fence, GetCompletedValue);
  SLOT(d3d12_resource_map_slot, ID3D12Resource, Map);
  SLOT(d3d12_resource_unmap_slot, ID3D12Resource, Unmap);
  SLOT(d3d12_heap_cpu_slot, ID3D12DescriptorHeap, GetCPUDescriptorHandleForHeapStart);
  SLOT(d3d12_heap_gpu_slot, ID3D12DescriptorHeap, GetGPUDescriptorHandleForHeapStart);

  SIZE(d3d12_queue_description, D3D12_COMMAND_QUEUE_DESC);
  FIELD(d3d12_queue_description, type, D3D12_COMMAND_QUEUE_DESC, Type);
  FIELD(d3d12_queue_description, priority, D3D12_COMMAND_QUEUE_DESC, Priority);
  FIELD(d3d12_queue_description, flags, D3D12_COMMAND_QUEUE_DESC, Flags);
  FIELD(d3d12_queue_description, node_mask, D3D12_COMMAND_QUEUE_DESC, NodeMask);
  SIZE(d3d12_heap_properties, D3D12_HEAP_PROPERTIES);
  FIELD(d3d12_heap_properties, type, D3D12_HEAP_PROPERTIES, Type);
  FIELD(d3d12_heap_properties, page, D3D12_HEAP_PROPERTIES, CPUPageProperty);
  FIELD(d3d12_heap_properties, pool, D3D12_HEAP_PROPERTIES, MemoryPoolPreference);
  FIELD(d3d12_heap_properties, creation_mask, D3D12_HEAP_PROPERTIES, CreationNodeMask);
  FIELD(d3d12_heap_properties, visible_mask, D3D12_HEAP_PROPERTIES, VisibleNodeMask);
  SIZE(d3d12_resource_description, D3D12_RESOURCE_DESC);
  FIELD(d3d12_resource_description, dimension, D3D12_RESOURCE_DESC, Dimension);
  FIELD(d3d12_resource_description, alignment, D3D12_RESOURCE_DESC, Alignment);
  FIELD(d3d12_resource_description, width, D3D12_RESOURCE_DESC, Width);
  FIELD(d3d12_resource_description, height, D3D12_RESOURCE_DESC, Height);
  FIELD(d3d12_resource_description, depth, D3D12_RESOURCE_DESC, DepthOrArraySize);
  FIELD(d3d12_resource_description, levels, D3D12_RESOURCE_DESC, MipLevels);
  FIELD(d3d12_resource_description, format, D3D12_RESOURCE_DESC, Format);
  FIELD(d3d12_resource_description, samples, D3D12_RESOURCE_DESC, SampleDesc.Count);
  FIELD(d3d12_resource_description, quality, D3D12_RESOURCE_DESC, SampleDesc.Quality);
  FIELD(d3d12_resource_description, layout, D3D12_RESOURCE_DESC, Layout);
  FIELD(d3d12_resource_description, flags, D3D12_RESOURCE_DESC, Flags);
  SIZE(d3d12_barrier, D3D12_RESOURCE_BARRIER);
  FIELD(d3d12_barrier, type, D3D12_RESOURCE_BARRIER, Type);
  FIELD(d3d12_barrier, flags, D3D12_RESOURCE_BARRIER, Flags);
  FIELD(d3d12_barrier, resource, D3D12_RESOURCE_BARRIER, UAV.pResource);
  FIELD(d3d12_barrier, subresource, D3D12_RESOURCE_BARRIER, Transition.Subresource);
  FIELD(d3d12_barrier, before, D3D12_RESOURCE_BARRIER, Transition.StateBefore);
  FIELD(d3d12_barrier, after, D3D12_RESOURCE_BARRIER, Transition.StateAfter);
  SIZE(d3d12_heap_description, D3D12_DESCRIPTOR_HEAP_DESC);
  FIELD(d3d12_heap_description, type, D3D12_DESCRIPTOR_HEAP_DESC, Type);
  FIELD(d3d12_heap_description, count, D3D12_DESCRIPTOR_HEAP_DESC, NumDescriptors);
  FIELD(d3d12_heap_description, flags, D3D12_DESCRIPTOR_HEAP_DESC, Flags);
  FIELD(d3d12_heap_description, node_mask, D3D12_DESCRIPTOR_HEAP_DESC, NodeMask);
  SIZE(d3d12_range, D3D12_RANGE);
  FIELD(d3d12_range, start, D3D12_RANGE, Begin);
  FIELD(d3d12_range, end, D3D12_RANGE, End);
  SIZE(d3d12_feature_levels, D3D12_FEATURE_DATA_FEATURE_LEVELS);
  FIELD(d3d12_feature_levels, count, D3D12_FEATURE_DATA_FEATURE_LEVELS, NumFeatureLevels);
  FIELD(d3d12_feature_levels, levels, D3D12_FEATURE_DATA_FEATURE_LEVELS,
        pFeatureLevelsRequested);
  FIELD(d3d12_feature_levels, highest, D3D12_FEATURE_DATA_FEATURE_LEVELS,
        MaxSupportedFeatureLevel);
  // Handles come back as plain numbers.
  SIZE(size_t, D3D12_CPU_DESCRIPTOR_HANDLE);
  SIZE(uint64_t, D3D12_GPU_DESCRIPTOR_HANDLE);
}

static void checkDirectMLNames(const std::string &header) {
  NAME(dml_device_id, written(header, "IDMLDevice"));
  NAME(dml_operator_id, written(header, "IDMLOperator"));
  NAME(dml_compiled_id, written(header, "IDMLCompiledOperator"));
  NAME(dml_initializer_id, written(header, "IDMLOperatorInitializer"));
  NAME(dml_table_id, written(header, "IDMLBindingTable"));
  NAME(dml_recorder_id, written(header, "IDMLCommandRecorder"));
  VALUE(dml_level_2_0, DML_FEATURE_LEVEL_2_0);
  VALUE(dml_level_6_2, DML_FEATURE_LEVEL_6_2);
  VALUE(dml_feature_levels_feature, DML_FEATURE_FEATURE_LEVELS);
  VALUE(dml_buffer_tensor_type, DML_TENSOR_TYPE_BUFFER);
  VALUE(dml_float32, DML_TENSOR_DATA_TYPE_FLOAT32);
  VALUE(dml_no_binding, DML_BINDING_TYPE_NONE);
  VALUE(dml_buffer_binding_type, DML_BINDING_TYPE_BUFFER);
  VALUE(dml_sum, DML_REDUCE_FUNCTION_SUM);
  VALUE(1, DML_MATRIX_TRANSFORM_TRANSPOSE);
  VALUE(dml_identity_operator, DML_OPERATOR_ELEMENT_WISE_IDENTITY);
  VALUE(dml_add_operator, DML_OPERATOR_ELEMENT_WISE_ADD);
  VALUE(dml_multiply_operator, DML_OPERATOR_ELEMENT_WISE_MULTIPLY);
  VALUE(dml_subtract_operator, DML_OPERATOR_ELEMENT_WISE_SUBTRACT);
  VALUE(dml_softmax_operator, DML_OPERATOR_ACTIVATION_SOFTMAX);
  VALUE(dml_tanh_operator, DML_OPERATOR_ACTIVATION_TANH);
  VALUE(dml_gemm_operator, DML_OPERATOR_GEMM);
  VALUE(dml_reduce_operator, DML_OPERATOR_REDUCE);
}

static void checkDirectML(const std::string &header) {
  checkDirectMLNames(header);
  SLOT(dml_device_feature_slot, IDMLDevice, CheckFeatureSupport);
  SLOT(dml_device_create_operator_slot, IDMLDevice, CreateOperator);
  SLOT(dml_device_compile_slot, IDMLDevice, CompileOperator);
  SLOT(dml_device_create_initializer_slot, IDMLDevice, CreateOperatorInitializer);
  SLOT(dml_device_create_recorder_slot, IDMLDevice, CreateCommandRecorder);
  SLOT(dml_device_create_table_slot, IDMLDevice, CreateBindingTable);
  SLOT(dml_device_removed_slot, IDMLDevice, GetDeviceRemovedReason);
  SLOT(dml_dispatchable_properties_slot, IDMLDispatchable, GetBindingProperties);
  SLOT(dml_table_inputs_slot, IDMLBindingTable, BindInputs);
  SLOT(dml_table_outputs_slot, IDMLBindingTable, BindOutputs);
  SLOT(dml_table_temporary_slot, IDMLBindingTable, BindTemporaryResource);
  SLOT(dml_table_persistent_slot, IDMLBindingTable, BindPersistentResource);
  SLOT(dml_recorder_dispatch_slot, IDMLCommandRecorder, RecordDispatch);

  SIZE(dml_buffer_tensor, DML_BUFFER_TENSOR_DESC);
  FIELD(dml_buffer_tensor, data_type, DML_BUFFER_TENSOR_DESC, DataType);
  FIELD(dml_buffer_tensor, flags, DML_BUFFER_TENSOR_DESC, Flags);
  FIELD(dml_buffer_tensor, dimensions, DML_BUFFER_TENSOR_DESC, DimensionCount);
  FIELD(dml_buffer_tensor, sizes, DML_BUFFER_TENSOR_DESC, Sizes);
  FIELD(dml_buffer_tensor, strides, DML_BUFFER_TENSOR_DESC, Strides);
  FIELD(dml_buffer_tensor, bytes, DML_BUFFER_TENSOR_DESC, TotalTensorSizeInBytes);
  FIELD(dml_buffer_tensor, alignment, DML_BUFFER_TENSOR_DESC, GuaranteedBaseOffsetAlignment);
  SIZE(dml_tensor, DML_TENSOR_DESC);
  FIELD(dml_tensor, type, DML_TENSOR_DESC, Type);
  FIELD(dml_tensor, description, DML_TENSOR_DESC, Desc);
  SIZE(dml_operator, DML_OPERATOR_DESC);
  FIELD(dml_operator, type, DML_OPERATOR_DESC, Type);
  FIELD(dml_operator, description, DML_OPERATOR_DESC, Desc);
  SIZE(dml_unary, DML_ACTIVATION_SOFTMAX_OPERATOR_DESC);
  FIELD(dml_unary, input, DML_ACTIVATION_SOFTMAX_OPERATOR_DESC, InputTensor);
  FIELD(dml_unary, output, DML_ACTIVATION_SOFTMAX_OPERATOR_DESC, OutputTensor);
  SIZE(dml_unary, DML_ACTIVATION_TANH_OPERATOR_DESC);
  FIELD(dml_unary, input, DML_ACTIVATION_TANH_OPERATOR_DESC, InputTensor);
  FIELD(dml_unary, output, DML_ACTIVATION_TANH_OPERATOR_DESC, OutputTensor);
  SIZE(dml_binary, DML_ELEMENT_WISE_ADD_OPERATOR_DESC);
  FIELD(dml_binary, a, DML_ELEMENT_WISE_ADD_OPERATOR_DESC, ATensor);
  FIELD(dml_binary, b, DML_ELEMENT_WISE_ADD_OPERATOR_DESC, BTensor);
  FIELD(dml_binary, output, DML_ELEMENT_WISE_ADD_OPERATOR_DESC, OutputTensor);
  SIZE(dml_binary, DML_ELEMENT_WISE_MULTIPLY_OPERATOR_DESC);
  FIELD(dml_binary, output, DML_ELEMENT_WISE_MULTIPLY_OPERATOR_DESC, OutputTensor);
  SIZE(dml_binary, DML_ELEMENT_WISE_SUBTRACT_OPERATOR_DESC);
  FIELD(dml_binary, output, DML_ELEMENT_WISE_SUBTRACT_OPERATOR_DESC, OutputTensor);
  SIZE(dml_scale_bias, DML_SCALE_BIAS);
  FIELD(dml_scale_bias, scale, DML_SCALE_BIAS, Scale);
  FIELD(dml_scale_bias, bias, DML_SCALE_BIAS, Bias);
  SIZE(dml_identity, DML_ELEMENT_WISE_IDENTITY_OPERATOR_DESC);
  FIELD(dml_identity, input, DML_ELEMENT_WISE_IDENTITY_OPERATOR_DESC, InputTensor);
  FIELD(dml_identity, output, DML_ELEMENT_WISE_IDENTITY_OPERATOR_DESC, OutputTensor);
  FIELD(dml_identity, scale_bias, DML_ELEMENT_WISE_IDENTITY_OPERATOR_DESC, ScaleBias);
  SIZE(dml_gemm, DML_GEMM_OPERATOR_DESC);
  FIELD(dml_gemm, a, DML_GEMM_OPERATOR_DESC, ATensor);
  FIELD(dml_gemm, b, DML_GEMM_OPERATOR_DESC, BTensor);
  FIELD(dml_gemm, c, DML_GEMM_OPERATOR_DESC, CTensor);
  FIELD(dml_gemm, output, DML_GEMM_OPERATOR_DESC, OutputTensor);
  FIELD(dml_gemm, transpose_a, DML_GEMM_OPERATOR_DESC, TransA);
  FIELD(dml_gemm, transpose_b, DML_GEMM_OPERATOR_DESC, TransB);
  FIELD(dml_gemm, alpha, DML_GEMM_OPERATOR_DESC, Alpha);
  FIELD(dml_gemm, beta, DML_GEMM_OPERATOR_DESC, Beta);
  FIELD(dml_gemm, activation, DML_GEMM_OPERATOR_DESC, FusedActivation);
  SIZE(dml_reduce, DML_REDUCE_OPERATOR_DESC);
  FIELD(dml_reduce, function, DML_REDUCE_OPERATOR_DESC, Function);
  FIELD(dml_reduce, input, DML_REDUCE_OPERATOR_DESC, InputTensor);
  FIELD(dml_reduce, output, DML_REDUCE_OPERATOR_DESC, OutputTensor);
  FIELD(dml_reduce, count, DML_REDUCE_OPERATOR_DESC, AxisCount);
  FIELD(dml_reduce, axes, DML_REDUCE_OPERATOR_DESC, Axes);
  SIZE(dml_table_description, DML_BINDING_TABLE_DESC);
  FIELD(dml_table_description, dispatchable, DML_BINDING_TABLE_DESC, Dispatchable);
  FIELD(dml_table_description, cpu, DML_BINDING_TABLE_DESC, CPUDescriptorHandle);
  FIELD(dml_table_description, gpu, DML_BINDING_TABLE_DESC, GPUDescriptorHandle);
  FIELD(dml_table_description, count, DML_BINDING_TABLE_DESC, SizeInDescriptors);
  SIZE(dml_buffer_binding, DML_BUFFER_BINDING);
  FIELD(dml_buffer_binding, buffer, DML_BUFFER_BINDING, Buffer);
  FIELD(dml_buffer_binding, offset, DML_BUFFER_BINDING, Offset);
  FIELD(dml_buffer_binding, bytes, DML_BUFFER_BINDING, SizeInBytes);
  SIZE(dml_binding, DML_BINDING_DESC);
  FIELD(dml_binding, type, DML_BINDING_DESC, Type);
  FIELD(dml_binding, description, DML_BINDING_DESC, Desc);
  SIZE(dml_properties, DML_BINDING_PROPERTIES);
  FIELD(dml_properties, views, DML_BINDING_PROPERTIES, RequiredDescriptorCount);
  FIELD(dml_properties, temporary, DML_BINDING_PROPERTIES, TemporaryResourceSize);
  FIELD(dml_properties, persistent, DML_BINDING_PROPERTIES, PersistentResourceSize);
  SIZE(dml_level_query, DML_FEATURE_QUERY_FEATURE_LEVELS);
  FIELD(dml_level_query, count, DML_FEATURE_QUERY_FEATURE_LEVELS, RequestedFeatureLevelCount);
  FIELD(dml_level_query, levels, DML_FEATURE_QUERY_FEATURE_LEVELS, RequestedFeatureLevels);
  SIZE(int32_t, DML_FEATURE_DATA_FEATURE_LEVELS);
}

int main(int count, char **arguments) {
  std::stringstream header;
  if (count == 2) header << std::ifstream(arguments[1]).rdbuf();
  checkDXCore();
  checkDirect3D();
  checkDirectML(header.str());
  std::printf("%d facts checked, %d wrong\n", facts, wrong);
  return wrong != 0;
}
