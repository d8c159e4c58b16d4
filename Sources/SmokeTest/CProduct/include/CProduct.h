// What of the CPU's matrix product has to be near the machine: the innermost tile in the widest
// instructions that the CPU has, the packing of panels for it, and the threads that share the tiles.
#ifndef CPRODUCT_H
#define CPRODUCT_H

#include <stdbool.h>

/// A panel of an operand: element (i, k) is at start[i * row + k * step].
struct product_panel {
  const float *start;
  long row;
  long step;
};

/// Computes tiles of `rows` × `columns`, each element one chain of multiply-adds in ascending k.
struct product_kernel {
  const char *name;
  long rows;
  long columns;
  /// c(i, j) = Σ a(i, k)·b(k, j) over `depth` values of k, added to what is there if `accumulate`.
  /// All of the tile's rows of `a` and columns of `b` (which stand together, b.row is 1) are read; only
  /// `kept_rows` × `kept_columns` are written, rows `c_row` apart.
  void (*tile)(
    long depth, struct product_panel a, struct product_panel b, float *c, long c_row,
    long kept_rows, long kept_columns, bool accumulate);
};

/// How many kernels this CPU can run: at least one.
int product_kernel_count(void);
/// One of them, the fastest at 0.
struct product_kernel product_kernel_at(int index);

/// Writes `panel`, `rows` × `depth`, to `packed` with `width` values for each k, zeros after `rows`.
void product_pack(
  struct product_panel panel, long rows, long depth, long width, float *packed);

/// The processors that this process may use.
int product_processors(void);

/// Threads that wait for work. Made by one thread, used and ended by the same.
struct product_team;

/// Starts `count - 1` threads beside the caller: fewer, down to none, where the system has no more.
struct product_team *product_team_start(int count);
/// How many work, the caller included.
int product_team_count(const struct product_team *team);
/// Calls work(context, unit) for each unit below `units`, on any of the threads, in any order, and
/// returns when all are done.
void product_team_run(
  struct product_team *team, long units, void (*work)(void *context, long unit), void *context);
void product_team_end(struct product_team *team);

#endif
