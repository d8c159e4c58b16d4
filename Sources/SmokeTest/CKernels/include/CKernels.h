// The CUDA kernels of the smoke test as PTX text, and how each is launched.
//
// Matrices are row-major float32 without gaps; sizes are 32-bit. Every kernel takes exactly one
// parameter, the structure of its family, by value: `kernelParams` of cuLaunchKernel is the address
// of one pointer to it. Device addresses are `kernels_address`. All arithmetic is done in one fixed
// order, so the same launch gives the same bits on the same device.
//
// A training step of a network with at most `kernels_thin_classes` classes is five launches:
//   1. `product_nn` (or its tensor form) with epilogue bias_tanh: A = tanh(X·W1 + b1)
//   2. `thin_output`: Z = A·W2 + b2, the loss, dZ = (softmax(Z) − onehot) / batch, sums over rows
//   3. `thin_hidden`: dH = (dZ·W2ᵀ) ⊙ (1 − A²), and slices of dW2 = Aᵀ·dZ and of db1
//   4. `product_tn`: slices of dW1 = Xᵀ·dH
//   5. `update`: adds all slices in order, SGD with momentum, losses[step]
// With more classes: product_nn bias_tanh, product_nn bias, `softmax`, product_nt tanh_gradient,
// product_tn twice, `column_sums` twice, `update`. Where cuBLAS makes the products, `activate` follows
// the first of them.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

/// An address in the device's memory, a CUdeviceptr. Zero means absent where a field says so.
typedef uint64_t kernels_address;

/// What the driver compiles at once, which takes a good part of a second, so that nobody should wait
/// for what is not needed.
typedef enum kernels_module {
  /// All that a network with few classes needs, and the passes over memory: PTX 6.3 for sm_50 and
  /// later.
  kernels_module_base,
  /// What else a network with many classes needs, or one whose products cuBLAS makes. As new as `base`.
  kernels_module_wide,
  /// The products on tensor cores: PTX 7.0 for sm_80 and later.
  kernels_module_tensor,
} kernels_module;

enum { kernels_modules = kernels_module_tensor + 1 };

/// Bytes of a module's PTX text, its final zero included.
size_t kernels_text_size(kernels_module module);

/// Writes that text to `text`, for cuModuleLoadData; an empty one when memory is short.
void kernels_text(kernels_module module, char *text);

/// How to launch a kernel: its module and its name there, the grid, the threads of a block (along x), and
/// the dynamic shared memory, which above 48 KB must first be allowed by cuFuncSetAttribute
/// (CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES).
typedef struct kernels_launch {
  const char *name;
  uint32_t grid_x, grid_y, grid_z;
  uint32_t block;
  uint32_t shared_bytes;
  kernels_module module;
} kernels_launch;

// The kernels use these functions too.
#ifdef __CUDA__
#define KERNELS_ON_BOTH_SIDES __attribute__((host, device))
#else
#define KERNELS_ON_BOTH_SIDES
#endif

KERNELS_ON_BOTH_SIDES
static inline uint32_t kernels_blocks(uint64_t count, uint32_t each) {
  return (uint32_t)((count + each - 1) / each);
}

// Products.

/// What a product does with each sum before it is stored. `sum` is the element of left·right.
typedef enum kernels_epilogue {
  /// result = sum. The only one that a product in several slices may have.
  kernels_epilogue_store,
  /// result = sum + extra[column]
  kernels_epilogue_bias,
  /// result = tanh(sum + extra[column])
  kernels_epilogue_bias_tanh,
  /// result = sum · (1 − extra²), extra a matrix like the result; extra may be the result itself
  kernels_epilogue_tanh_gradient,
  /// extra = momentum·extra + sum; result = result − rate·extra; both are read and written
  kernels_epilogue_update,
} kernels_epilogue;

/// `result`, rows × columns, from a sum over `depth`.
typedef struct kernels_product {
  kernels_address left, right, result, extra;
  int32_t rows, columns, depth;
  /// The depth of a slice: a multiple of `kernels_slice_unit`, or `depth` or more for one slice.
  /// With n slices `result` is n matrices, one after another, which `update` adds.
  int32_t slice_depth;
  int32_t epilogue;
  float rate, momentum;
  int32_t reserved;
} kernels_product;

enum { kernels_slice_unit = 32 };

/// How left and right are stored.
typedef enum kernels_form {
  /// left rows × depth, right depth × columns
  kernels_form_nn,
  /// left depth × rows, right depth × columns
  kernels_form_tn,
  /// left rows × depth, right columns × depth
  kernels_form_nt,
} kernels_form;

/// Which kernel makes the product.
typedef enum kernels_tile {
  /// float32, any size, any device.
  kernels_tile_float32,
  /// TF32 on tensor cores, 128 × 128 a block, 96 KB of shared memory. The operands are rounded to
  /// TF32 (nearest, ties away), the sums are float32. Every operand's row length must be a multiple
  /// of four and its address a multiple of 16.
  kernels_tile_tensor_128,
  /// The same with 128 × 256 a block and 144 KB of shared memory: sm_80, sm_90, sm_100.
  kernels_tile_tensor_256,
} kernels_tile;

/// Columns of the result that a block makes. A block makes 128 rows.
static inline uint32_t kernels_tile_columns(kernels_tile tile) {
  return tile == kernels_tile_tensor_256 ? 256 : 128;
}

/// Dynamic shared memory that a block needs.
static inline uint32_t kernels_tile_shared_bytes(kernels_tile tile) {
  return tile == kernels_tile_float32 ? 0 : 3 * 32 * (128 + kernels_tile_columns(tile)) * 4;
}

/// Whether a tensor tile may make this product.
static inline int kernels_tensor_fits(
    kernels_form form, int32_t rows, int32_t columns, int32_t depth) {
  int32_t left = form == kernels_form_tn ? rows : depth;
  int32_t right = form == kernels_form_nt ? depth : columns;
  return left % 4 == 0 && right % 4 == 0;
}

static inline uint32_t kernels_product_slices(int32_t depth, int32_t slice_depth) {
  return depth <= slice_depth ? 1 : kernels_blocks((uint64_t)depth, (uint32_t)slice_depth);
}

/// The slice depth that gives a product enough blocks for a device with that many multiprocessors
/// while each still has some work to do.
static inline int32_t kernels_slice_depth(
    kernels_tile tile, int32_t rows, int32_t columns, int32_t depth, int32_t multiprocessors) {
  uint32_t tiles = kernels_blocks((uint64_t)rows, 128) *
                   kernels_blocks((uint64_t)columns, kernels_tile_columns(tile));
  // The small tiles share a multiprocessor by two.
  uint32_t places = (uint32_t)multiprocessors * (tile == kernels_tile_tensor_256 ? 1 : 2);
  uint32_t wanted = tiles < places ? places / tiles : 1;
  uint32_t most = kernels_blocks((uint64_t)depth, 256);
  uint32_t slices = wanted < most ? wanted : most;
  if (slices > 64) slices = 64;
  if (slices < 2) return depth;
  uint32_t units = kernels_blocks((uint64_t)depth, kernels_slice_unit);
  return (int32_t)(kernels_blocks(units, slices) * kernels_slice_unit);
}

/// `product_nn` and `product_tn` in the base module, `product_nt` in the wide one; `product_nn_128` …
/// `product_tn_256` in the tensor module, which makes the nt form, needed for many classes only, with 128 columns
/// whatever is asked. Columns along x, rows along y, slices along z.
static inline kernels_launch kernels_product_launch(
    kernels_form form, kernels_tile tile, int32_t rows, int32_t columns, uint32_t slices) {
  static const char *const names[3][3] = {
      {"product_nn", "product_nn_128", "product_nn_256"},
      {"product_tn", "product_tn_128", "product_tn_256"},
      {"product_nt", "product_nt_128", "product_nt_128"},
  };
  if (form == kernels_form_nt && tile == kernels_tile_tensor_256) tile = kernels_tile_tensor_128;
  kernels_launch launch = {
      names[form][tile],
      kernels_blocks((uint64_t)columns, kernels_tile_columns(tile)),
      kernels_blocks((uint64_t)rows, 128),
      slices,
      256,
      kernels_tile_shared_bytes(tile),
      tile != kernels_tile_float32      ? kernels_module_tensor
      : form == kernels_form_nt ? kernels_module_wide
                                : kernels_module_base,
  };
  return launch;
}

// The output layer of a network with few classes.

/// The most classes that the thin kernels take, and the row length of their gradient.
enum { kernels_thin_classes = 16 };

/// The output layer, softmax, cross-entropy, and their gradients.
typedef struct kernels_thin_output {
  /// batch × hidden
  kernels_address activations;
  /// hidden × classes
  kernels_address weights;
  /// classes
  kernels_address biases;
  /// batch, int32 from 0
  kernels_address labels;
  /// Out: batch × 16, (softmax − onehot) / batch, zero in the columns that are no class; 16-byte
  /// aligned.
  kernels_address gradient;
  /// Out: for each block its part of the mean loss.
  kernels_address losses;
  /// Out: blocks × classes, for each block its part of the bias gradient.
  kernels_address bias_partials;
  int32_t batch, hidden, classes;
  int32_t reserved;
} kernels_thin_output;

/// A block takes 32 rows: `grid_x` is also the number of losses and of bias partials.
static inline kernels_launch kernels_thin_output_launch(int32_t batch) {
  kernels_launch launch = {"thin_output", kernels_blocks((uint64_t)batch, 32), 1, 1, 256, 0,
                           kernels_module_base};
  return launch;
}

/// From the output layer's gradient to the hidden layer's, with the weights' gradient on the way.
typedef struct kernels_thin_hidden {
  /// batch × hidden
  kernels_address activations;
  /// batch × 16, from thin_output
  kernels_address gradient;
  /// hidden × classes; with 16 classes 16-byte aligned.
  kernels_address weights;
  /// Out: batch × hidden, (gradient·weightsᵀ) ⊙ (1 − activations²); may be `activations`.
  kernels_address hidden_gradient;
  /// Out: slices × (hidden × classes); with 16 classes 16-byte aligned.
  kernels_address weight_partials;
  /// Out: slices × hidden, the column sums of the hidden gradient.
  kernels_address bias_partials;
  int32_t batch, hidden, classes;
  /// Rows of a slice, a multiple of 32.
  int32_t slice_rows;
} kernels_thin_hidden;

/// Rows of a slice that give a device enough blocks.
static inline int32_t kernels_thin_hidden_slice(
    int32_t batch, int32_t hidden, int32_t multiprocessors) {
  uint32_t columns = kernels_blocks((uint64_t)hidden, 256);
  uint32_t wanted = kernels_blocks(4 * (uint64_t)multiprocessors, columns);
  uint32_t units = kernels_blocks((uint64_t)batch, 32);
  uint32_t slices = wanted < units ? wanted : units;
  return (int32_t)(kernels_blocks(units, slices) * 32);
}

/// `grid_y` is the number of slices.
static inline kernels_launch kernels_thin_hidden_launch(
    int32_t batch, int32_t hidden, int32_t slice_rows) {
  kernels_launch launch = {
      "thin_hidden",
      kernels_blocks((uint64_t)hidden, 256),
      kernels_blocks((uint64_t)batch, (uint32_t)slice_rows),
      1,
      128,
      0,
      kernels_module_base,
  };
  return launch;
}

// The hidden layer after a product without an epilogue, such as cuBLAS's.

/// matrix = tanh(matrix + biases[column])
typedef struct kernels_activate {
  /// rows × columns
  kernels_address matrix;
  /// columns
  kernels_address biases;
  int32_t rows, columns;
  /// Rows that a block takes.
  int32_t slice_rows;
  int32_t reserved;
} kernels_activate;

static inline kernels_launch kernels_activate_launch(
    int32_t rows, int32_t columns, int32_t slice_rows) {
  kernels_launch launch = {
      "activate",
      kernels_blocks((uint64_t)columns, 256),
      kernels_blocks((uint64_t)rows, (uint32_t)slice_rows),
      1,
      256,
      0,
      kernels_module_wide,
  };
  return launch;
}

// The output layer of a network with many classes.

typedef struct kernels_softmax {
  /// batch × classes
  kernels_address logits;
  /// batch, int32 from 0
  kernels_address labels;
  /// Out: batch × classes, (softmax − onehot) / batch; may be `logits`.
  kernels_address gradient;
  /// Out: for each block its part of the mean loss.
  kernels_address losses;
  int32_t batch, classes;
} kernels_softmax;

/// A block takes 8 rows: `grid_x` is also the number of losses.
static inline kernels_launch kernels_softmax_launch(int32_t batch) {
  kernels_launch launch = {"softmax", kernels_blocks((uint64_t)batch, 8), 1, 1, 256, 0,
                           kernels_module_wide};
  return launch;
}

/// Sums over slices of the rows.
typedef struct kernels_column_sums {
  /// rows × columns
  kernels_address matrix;
  /// Out: slices × columns
  kernels_address partials;
  int32_t rows, columns;
  int32_t slice_rows;
  int32_t reserved;
} kernels_column_sums;

/// `grid_y` is the number of slices; 64 rows a slice do well.
static inline kernels_launch kernels_column_sums_launch(
    int32_t rows, int32_t columns, int32_t slice_rows) {
  kernels_launch launch = {
      "column_sums",
      kernels_blocks((uint64_t)columns, 256),
      kernels_blocks((uint64_t)rows, (uint32_t)slice_rows),
      1,
      256,
      0,
      kernels_module_wide,
  };
  return launch;
}

// The update.

/// Parameters that are updated from `slices` partial gradients of `count` numbers each, one after
/// another. A region with a count of zero is left alone.
typedef struct kernels_region {
  kernels_address parameters, velocity, partials;
  int32_t count, slices;
} kernels_region;

/// SGD with momentum over all regions, velocity = momentum·velocity + Σ partials and parameters =
/// parameters − rate·velocity; and the loss: losses[*step] = Σ loss_partials, then *step += 1. The
/// counter is in device memory, so that a captured graph can be replayed.
typedef struct kernels_update {
  kernels_region hidden_weights, hidden_biases, output_weights, output_biases;
  kernels_address loss_partials, losses, step;
  int32_t loss_slices;
  float rate, momentum;
  int32_t reserved;
} kernels_update;

/// Numbers of a region that one block updates: few when there are many slices for few numbers.
KERNELS_ON_BOTH_SIDES
static inline uint32_t kernels_region_width(int32_t count, int32_t slices) {
  uint32_t width = 256;
  while (width > 1 && (width / 2 >= (uint32_t)count || 256 / width * 32 < (uint32_t)slices))
    width /= 2;
  return width;
}

KERNELS_ON_BOTH_SIDES
static inline uint32_t kernels_region_blocks(int32_t count, int32_t slices) {
  return kernels_blocks((uint64_t)count, kernels_region_width(count, slices));
}

static inline kernels_launch kernels_update_launch(const kernels_update *update) {
  const kernels_region *regions[4] = {&update->hidden_weights, &update->hidden_biases,
                                      &update->output_weights, &update->output_biases};
  kernels_launch launch = {"update", 1, 1, 1, 256, 0, kernels_module_base};
  for (int i = 0; i < 4; ++i)
    launch.grid_x += kernels_region_blocks(regions[i]->count, regions[i]->slices);
  return launch;
}

#include "KernelStreams.h"

#endif
