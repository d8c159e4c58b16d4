#define _GNU_SOURCE
#include "FaultInjector.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long changes, flushes, readings;
// What the target counts.
static atomic_long *wanted = &changes;
static long target;
static int error;
static int kills;
static int deflates;
static char report[4096];

__attribute__((constructor)) static void begin(void) {
  const char *fault = getenv("KILN_FAULT");
  if (!fault) return;
  if (!strncmp(fault, "count:", 6)) {
    snprintf(report, sizeof report, "%s", fault + 6);
    return;
  }
  deflates = !strcmp(fault, "libdeflate");
  const char *number = strchr(fault, ':');
  if (!number) return;
  target = atol(number + 1);
  kills = !strncmp(fault, "kill:", 5);
  error = !strncmp(fault, "ENOSPC:", 7) ? ENOSPC : EIO;
  if (!strncmp(fault, "syncfs:", 7)) wanted = &flushes;
  if (!strncmp(fault, "readdir:", 8)) wanted = &readings;
}

__attribute__((destructor)) static void end(void) {
  if (!report[0]) return;
  FILE *file = fopen(report, "w");
  if (!file) return;
  fprintf(file, "%ld\n", atomic_load(&changes));
  fclose(file);
}

// Whether the change that is about to be made shall fail.
static int fails_of(atomic_long *count) {
  long number = atomic_fetch_add(count, 1) + 1;
  if (count != wanted || number < target || (count == &changes && number > target)) return 0;
  if (kills) kill(getpid(), SIGKILL);
  errno = error;
  return 1;
}

static int fails(void) { return fails_of(&changes); }

// Pipes and the runtime's own descriptors are no disk.
static int is_file(int descriptor) {
  struct stat status;
  int before = errno;
  int is = !fstat(descriptor, &status) && S_ISREG(status.st_mode);
  errno = before;
  return is;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define CHANGE(name, condition, failure, ...)      \
  do {                                             \
    if ((condition) && fails()) return (failure);  \
    return NEXT(name)(__VA_ARGS__);                \
  } while (0)

ssize_t write(int fd, const void *bytes, size_t count) {
  CHANGE(write, is_file(fd), -1, fd, bytes, count);
}
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  CHANGE(pwrite, is_file(fd), -1, fd, bytes, count, offset);
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
  CHANGE(pwrite64, is_file(fd), -1, fd, bytes, count, offset);
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
  CHANGE(writev, is_file(fd), -1, fd, parts, count);
}
ssize_t copy_file_range(
    int from, off64_t *start, int to, off64_t *end, size_t count, unsigned flags) {
  CHANGE(copy_file_range, 1, -1, from, start, to, end, count, flags);
}
int fsync(int fd) { CHANGE(fsync, 1, -1, fd); }
int syncfs(int fd) {
  if (fails_of(&flushes) || fails()) return -1;
  return NEXT(syncfs)(fd);
}
struct dirent *readdir(DIR *folder) {
  if (fails_of(&readings)) return NULL;
  return NEXT(readdir)(folder);
}
// One release's levels are not another's.
void *libdeflate_alloc_compressor(int level) {
  void *(*make)(int) = (void *(*)(int))dlsym(RTLD_NEXT, "libdeflate_alloc_compressor");
  return make ? make(deflates && level < 12 ? level + 1 : level) : NULL;
}
int fdatasync(int fd) { CHANGE(fdatasync, 1, -1, fd); }
int ftruncate(int fd, off_t size) { CHANGE(ftruncate, is_file(fd), -1, fd, size); }
int ftruncate64(int fd, off64_t size) { CHANGE(ftruncate64, is_file(fd), -1, fd, size); }
int rename(const char *from, const char *to) { CHANGE(rename, 1, -1, from, to); }
int renameat(int a, const char *from, int b, const char *to) {
  CHANGE(renameat, 1, -1, a, from, b, to);
}
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
  CHANGE(renameat2, 1, -1, a, from, b, to, flags);
}
int link(const char *from, const char *to) { CHANGE(link, 1, -1, from, to); }
int linkat(int a, const char *from, int b, const char *to, int flags) {
  CHANGE(linkat, 1, -1, a, from, b, to, flags);
}
int symlink(const char *text, const char *path) { CHANGE(symlink, 1, -1, text, path); }
int mkdir(const char *path, mode_t mode) { CHANGE(mkdir, 1, -1, path, mode); }
int mkdirat(int fd, const char *path, mode_t mode) { CHANGE(mkdirat, 1, -1, fd, path, mode); }
int mknod(const char *path, mode_t mode, dev_t device) {
  CHANGE(mknod, 1, -1, path, mode, device);
}

// Removals are what cleans up after a failure: a disk that is full lets them pass.
int unlink(const char *path) { CHANGE(unlink, kills, -1, path); }
int unlinkat(int fd, const char *path, int flags) { CHANGE(unlinkat, kills, -1, fd, path, flags); }
int rmdir(const char *path) { CHANGE(rmdir, kills, -1, path); }

#define OPEN(name, ...)                                        \
  do {                                                         \
    va_list list;                                              \
    va_start(list, flags);                                     \
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(list, mode_t) : 0; \
    va_end(list);                                              \
    CHANGE(name, flags &O_CREAT, -1, __VA_ARGS__, flags, mode); \
  } while (0)

int open(const char *path, int flags, ...) { OPEN(open, path); }
int open64(const char *path, int flags, ...) { OPEN(open64, path); }
int openat(int fd, const char *path, int flags, ...) { OPEN(openat, fd, path); }
int openat64(int fd, const char *path, int flags, ...) { OPEN(openat64, fd, path); }
