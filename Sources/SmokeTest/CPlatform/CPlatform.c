#define _GNU_SOURCE
#include "CPlatform.h"

#include <link.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>

static int argument_count;
static char **arguments;

__attribute__((constructor)) static void keep_arguments(int count, char **values) {
  argument_count = count;
  arguments = values;
}

int platform_argument_count(void) { return argument_count; }
const char *platform_argument(int index) { return arguments[index]; }

const char *platform_environment(int index) { return environ ? environ[index] : NULL; }

void platform_restart(char *const *environment) {
  execve("/proc/self/exe", arguments, environment);
}

const char *platform_library_path(void *handle) {
  struct link_map *map = NULL;
  return dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 && map ? map->l_name : NULL;
}

int platform_open(const char *path, int flags, int mode) {
  return open(path, flags | O_CLOEXEC, mode);
}

int platform_pipe(int *reading, int *writing) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  *reading = ends[0];
  *writing = ends[1];
  return 0;
}

// A parent that died before the prctl leaves a child of init, which nobody would stop.
static void die_with_parent(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
}

pid_t platform_fork(int words) {
  pid_t parent = getpid();
  // What is still in the buffers would be written twice.
  fflush(NULL);
  pid_t child = fork();
  if (child != 0) return child;
  die_with_parent(parent);
  dup2(words, STDOUT_FILENO);
  dup2(words, STDERR_FILENO);
  return 0;
}

pid_t platform_spawn(
    const char *program, char *const *arguments, char *const *environment, int output, int errors) {
  pid_t parent = getpid();
  pid_t child = fork();
  if (child != 0) return child;
  die_with_parent(parent);
  int nothing = open("/dev/null", O_RDONLY);
  if (nothing >= 0) dup2(nothing, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(errors, STDERR_FILENO);
  execve(program, arguments, environment);
  dprintf(STDERR_FILENO, "%s: %s\n", program, strerror(errno));
  _exit(127);
}

int platform_columns(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int platform_significant(char *text, size_t size, int digits, double value) {
  return snprintf(text, size, "%.*g", digits, value);
}

int platform_fixed(char *text, size_t size, int digits, double value) {
  return snprintf(text, size, "%.*f", digits, value);
}

// Embedded Swift's runtime seeds its hash tables with this function, which glibc has since 2.36 only.
__attribute__((weak)) void arc4random_buf(void *buffer, size_t size) {
  unsigned char *next = buffer;
  while (size > 0) {
    ssize_t got = getrandom(next, size > 256 ? 256 : size, 0);
    if (got <= 0) abort();
    next += got;
    size -= (size_t)got;
  }
}
