#ifndef CDIRECTML_DML_H
#define CDIRECTML_DML_H

#include "com.h"

static const com_id dml_device_id = {
    0x6dbd6437, 0x96fd, 0x423f, {0xa9, 0x8c, 0xae, 0x5e, 0x7c, 0x2a, 0x57, 0x3f}};
static const com_id dml_operator_id = {
    0x26caae7a, 0x3081, 0x4633, {0x95, 0x81, 0x22, 0x6f, 0xbe, 0x57, 0x69, 0x5d}};
static const com_id dml_compiled_id = {
    0x6b15e56a, 0xbf5c, 0x4902, {0x92, 0xd8, 0xda, 0x3a, 0x65, 0x0a, 0xfe, 0xa4}};
static const com_id dml_initializer_id = {
    0x427c1113, 0x435c, 0x469c, {0x86, 0x76, 0x4d, 0x5d, 0xd0, 0x72, 0xf8, 0x13}};
static const com_id dml_table_id = {
    0x29c687dc, 0xde74, 0x4e3b, {0xab, 0x00, 0x11, 0x68, 0xf2, 0xfc, 0x3c, 0xfc}};
static const com_id dml_recorder_id = {
    0xe6857a76, 0x2e3e, 0x4fdd, {0xbf, 0xf4, 0x5d, 0x2b, 0xa1, 0x0f, 0xb4, 0x53}};

enum {
  dml_device_feature_slot = 7,
  dml_device_create_operator_slot = 8,
  dml_device_compile_slot = 9,
  dml_device_create_initializer_slot = 10,
  dml_device_create_recorder_slot = 11,
  dml_device_create_table_slot = 12,
  dml_device_removed_slot = 15,
  dml_dispatchable_properties_slot = 8,
  dml_table_inputs_slot = 8,
  dml_table_outputs_slot = 9,
  dml_table_temporary_slot = 10,
  dml_table_persistent_slot = 11,
  dml_recorder_dispatch_slot = 8,
};

/// Every operator of the training is in the first level; the question for the level came with 2.0.
typedef enum { dml_level_2_0 = 0x2000, dml_level_6_2 = 0x6200 } dml_level;

enum {
  dml_feature_levels_feature = 1,
  dml_buffer_tensor_type = 1,
  dml_float32 = 1,
  dml_no_binding = 0,
  dml_buffer_binding_type = 1,
  dml_sum = 10,
};

typedef enum {
  dml_identity_operator = 1,
  dml_add_operator = 4,
  dml_multiply_operator = 24,
  dml_subtract_operator = 30,
  dml_softmax_operator = 48,
  dml_tanh_operator = 51,
  dml_gemm_operator = 54,
  dml_reduce_operator = 55,
} dml_operator_type;

typedef struct {
  int32_t data_type, flags;
  uint32_t dimensions;
  const uint32_t *sizes, *strides;
  uint64_t bytes;
  uint32_t alignment;
} dml_buffer_tensor;

typedef struct {
  int32_t type;
  const void *description;
} dml_tensor;

typedef struct {
  int32_t type;
  const void *description;
} dml_operator;

typedef struct {
  const dml_tensor *input, *output;
} dml_unary;

typedef struct {
  const dml_tensor *a, *b, *output;
} dml_binary;

typedef struct {
  float scale, bias;
} dml_scale_bias;

typedef struct {
  const dml_tensor *input, *output;
  const dml_scale_bias *scale_bias;
} dml_identity;

typedef struct {
  const dml_tensor *a, *b, *c, *output;
  int32_t transpose_a, transpose_b;
  float alpha, beta;
  const dml_operator *activation;
} dml_gemm;

typedef struct {
  int32_t function;
  const dml_tensor *input, *output;
  uint32_t count;
  const uint32_t *axes;
} dml_reduce;

typedef struct {
  void *dispatchable;
  size_t cpu;
  uint64_t gpu;
  uint32_t count;
} dml_table_description;

typedef struct {
  void *buffer;
  uint64_t offset, bytes;
} dml_buffer_binding;

typedef struct {
  int32_t type;
  const void *description;
} dml_binding;

/// What an operator needs: views in a heap, memory for the time of an execution, memory for good.
typedef struct {
  uint32_t views;
  uint64_t temporary, persistent;
} dml_properties;

typedef struct {
  uint32_t count;
  const int32_t *levels;
} dml_level_query;

/// `function` is `DMLCreateDevice1`, `device` Direct3D's.
static inline com_answer dml_create_device(void *function, void *device, dml_level minimum) {
  typedef com_result (*create)(void *, uint32_t, int32_t, const com_id *, void **);
  com_answer answer = {0, "DMLCreateDevice1", NULL};
  answer.result = ((create)function)(device, 0, (int32_t)minimum, &dml_device_id, &answer.object);
  return answer;
}

/// The highest level of the library; 6.2 where it is a later one.
static inline com_answer dml_highest_level(void *dml, int32_t *level) {
  typedef com_result (*method)(void *, int32_t, uint32_t, const void *, uint32_t, void *);
  static const int32_t levels[] = {0x1000, 0x2000, 0x2100, 0x3000, 0x3100, 0x4000, 0x4100,
                                   0x5000, 0x5100, 0x5200, 0x6000, 0x6100, 0x6200};
  const dml_level_query query = {sizeof levels / sizeof *levels, levels};
  com_answer answer = {0, "IDMLDevice::CheckFeatureSupport", NULL};
  answer.result = COM_METHOD(dml, dml_device_feature_slot, method)(
      dml, dml_feature_levels_feature, sizeof query, &query, sizeof *level, level);
  return answer;
}

static inline com_answer dml_create_operator(void *dml, const dml_operator *description) {
  typedef com_result (*method)(void *, const dml_operator *, const com_id *, void **);
  com_answer answer = {0, "IDMLDevice::CreateOperator", NULL};
  answer.result = COM_METHOD(dml, dml_device_create_operator_slot, method)(
      dml, description, &dml_operator_id, &answer.object);
  return answer;
}

static inline com_answer dml_compile(void *dml, void *operation) {
  typedef com_result (*method)(void *, void *, int32_t, const com_id *, void **);
  com_answer answer = {0, "IDMLDevice::CompileOperator", NULL};
  answer.result = COM_METHOD(dml, dml_device_compile_slot, method)(
      dml, operation, 0, &dml_compiled_id, &answer.object);
  return answer;
}

static inline com_answer dml_create_initializer(void *dml, void *compiled) {
  typedef com_result (*method)(void *, uint32_t, void *const *, const com_id *, void **);
  com_answer answer = {0, "IDMLDevice::CreateOperatorInitializer", NULL};
  answer.result = COM_METHOD(dml, dml_device_create_initializer_slot, method)(
      dml, 1, &compiled, &dml_initializer_id, &answer.object);
  return answer;
}

static inline com_answer dml_create_recorder(void *dml) {
  typedef com_result (*method)(void *, const com_id *, void **);
  com_answer answer = {0, "IDMLDevice::CreateCommandRecorder", NULL};
  answer.result = COM_METHOD(dml, dml_device_create_recorder_slot, method)(
      dml, &dml_recorder_id, &answer.object);
  return answer;
}

static inline com_answer dml_create_table(void *dml, const dml_table_description *description) {
  typedef com_result (*method)(
      void *, const dml_table_description *, const com_id *, void **);
  com_answer answer = {0, "IDMLDevice::CreateBindingTable", NULL};
  answer.result = COM_METHOD(dml, dml_device_create_table_slot, method)(
      dml, description, &dml_table_id, &answer.object);
  return answer;
}

/// What recording went wrong with: the methods that bind and dispatch return nothing, and a mistake of
/// theirs removes DirectML's device alone. Success when it is there.
static inline com_answer dml_removed_reason(void *dml) {
  com_answer answer = {0, "IDMLDevice::GetDeviceRemovedReason", NULL};
  answer.result = COM_METHOD(dml, dml_device_removed_slot, com_result (*)(void *))(dml);
  return answer;
}

/// Of a compiled operator or an initialiser.
static inline dml_properties dml_get_properties(void *dispatchable) {
  return COM_METHOD(dispatchable, dml_dispatchable_properties_slot, dml_properties (*)(void *))(
      dispatchable);
}

static inline void dml_bind_temporary(void *table, const dml_buffer_binding *buffer) {
  typedef void (*method)(void *, const dml_binding *);
  const dml_binding binding = {dml_buffer_binding_type, buffer};
  COM_METHOD(table, dml_table_temporary_slot, method)(table, &binding);
}

static inline void dml_bind_persistent(void *table, const dml_buffer_binding *buffer) {
  typedef void (*method)(void *, const dml_binding *);
  const dml_binding binding = {dml_buffer_binding_type, buffer};
  COM_METHOD(table, dml_table_persistent_slot, method)(table, &binding);
}

enum { dml_most_buffers = 3 };

/// One of the two functions below; a binding without a buffer is an input that the operator lacks.
static inline void dml_bind(
    void *table, int slot, uint32_t count, const dml_buffer_binding *buffers) {
  typedef void (*method)(void *, uint32_t, const dml_binding *);
  dml_binding bindings[dml_most_buffers] = {{0, NULL}, {0, NULL}, {0, NULL}};
  if (count > dml_most_buffers) count = dml_most_buffers;
  for (uint32_t i = 0; i < count; i++) {
    if (!buffers[i].buffer) continue;
    bindings[i].type = dml_buffer_binding_type;
    bindings[i].description = &buffers[i];
  }
  COM_METHOD(table, slot, method)(table, count, bindings);
}

static inline void dml_bind_inputs(
    void *table, uint32_t count, const dml_buffer_binding *buffers) {
  dml_bind(table, dml_table_inputs_slot, count, buffers);
}

static inline void dml_bind_output(void *table, const dml_buffer_binding *buffer) {
  dml_bind(table, dml_table_outputs_slot, 1, buffer);
}

static inline void dml_dispatch(void *recorder, void *list, void *dispatchable, void *table) {
  typedef void (*method)(void *, void *, void *, void *);
  COM_METHOD(recorder, dml_recorder_dispatch_slot, method)(recorder, list, dispatchable, table);
}

#endif
