#define _GNU_SOURCE
#include "CProduct.h"

#include <dlfcn.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

struct product_team {
  /// Counts the calls of product_team_run; what the threads wait for.
  _Atomic uint32_t turn;
  /// The threads that are not done with this turn; what the caller waits for.
  _Atomic uint32_t busy;
  _Atomic long next_unit;
  long units;
  void (*work)(void *, long);
  void *context;
  bool ending;
  int started;
  int (*join)(pthread_t, void **);
  pthread_t threads[];
};

int product_processors(void) {
  cpu_set_t allowed;
  // Fails where the kernel knows more processors than the set has room for.
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return CPU_COUNT(&allowed);
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int)online : 1;
}

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// Products follow each other within microseconds: a short look is cheaper than sleeping.
static const int looks = 4000;

static void wait_while(_Atomic uint32_t *word, uint32_t value) {
  for (int look = 0; look < looks; look++, relax()) {
    if (atomic_load_explicit(word, memory_order_acquire) != value) return;
  }
  while (atomic_load_explicit(word, memory_order_acquire) == value) {
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
  }
}

static void wake_all(_Atomic uint32_t *word) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

static void work_off(struct product_team *team) {
  for (;;) {
    long unit = atomic_fetch_add_explicit(&team->next_unit, 1, memory_order_relaxed);
    if (unit >= team->units) return;
    team->work(team->context, unit);
  }
}

static void *serve(void *argument) {
  struct product_team *team = argument;
  for (uint32_t turn = 0;; turn++) {
    wait_while(&team->turn, turn);
    if (team->ending) return NULL;
    work_off(team);
    if (atomic_fetch_sub_explicit(&team->busy, 1, memory_order_acq_rel) == 1) wake_all(&team->busy);
  }
}

// Before 2.34 the C library has its threads in a library of their own, which this program does not
// need at its start.
static void *thread_function(const char *name) {
  void *found = dlsym(RTLD_DEFAULT, name);
  if (found) return found;
  void *library = dlopen("libpthread.so.0", RTLD_NOW | RTLD_GLOBAL);
  return library ? dlsym(library, name) : NULL;
}

struct product_team *product_team_start(int count) {
  struct product_team *team = calloc(1, sizeof *team + (size_t)count * sizeof(pthread_t));
  if (!team) abort();
  int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) =
    count > 1 ? thread_function("pthread_create") : NULL;
  team->join = count > 1 ? thread_function("pthread_join") : NULL;
  if (!create || !team->join) return team;
  while (team->started < count - 1
         && create(&team->threads[team->started], NULL, serve, team) == 0) {
    team->started++;
  }
  return team;
}

int product_team_count(const struct product_team *team) { return team->started + 1; }

static void next_turn(struct product_team *team) {
  atomic_fetch_add_explicit(&team->turn, 1, memory_order_release);
  wake_all(&team->turn);
}

void product_team_run(
  struct product_team *team, long units, void (*work)(void *context, long unit), void *context) {
  team->work = work;
  team->context = context;
  team->units = units;
  atomic_store_explicit(&team->next_unit, 0, memory_order_relaxed);
  if (team->started == 0 || units < 2) {
    work_off(team);
    return;
  }
  atomic_store_explicit(&team->busy, (uint32_t)team->started, memory_order_relaxed);
  next_turn(team);
  work_off(team);
  uint32_t busy;
  while ((busy = atomic_load_explicit(&team->busy, memory_order_acquire)) != 0) {
    wait_while(&team->busy, busy);
  }
}

void product_team_end(struct product_team *team) {
  if (team->started > 0) {
    team->ending = true;
    next_turn(team);
    for (int i = 0; i < team->started; i++) team->join(team->threads[i], NULL);
  }
  free(team);
}
