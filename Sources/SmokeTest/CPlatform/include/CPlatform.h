// What gpu-smoke-test needs of the C library. Embedded Swift has no module Glibc, and ordinary Swift
// imports the same declarations from here, so that one source serves both.
#ifndef CPLATFORM_H
#define CPLATFORM_H

// Not with _GNU_SOURCE, which gives some types another shape than they have in Swift's own module of
// the C library; clang refuses to see both.
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/// The program's arguments as the C library hands them to every start-up function: there from the
/// first instruction on, also where /proc is not mounted.
int platform_argument_count(void);
const char *platform_argument(int index);

/// The environment's entries, `NAME=value`, in order; null after the last.
const char *platform_environment(int index);

/// open(2), which is variadic. Descriptors do not survive an exec.
int platform_open(const char *path, int flags, int mode);

/// A pipe whose ends do not survive an exec; -1 on failure.
int platform_pipe(int *reading, int *writing);

/// fork(2) for a child that dies with its parent and writes what it says (standard output and standard
/// error) to `words`. Returns as fork does.
pid_t platform_fork(int words);

/// Starts a program in a child that dies with its parent: nothing to read, `output` and `errors` to
/// write to. Returns the child's id, or -1. A program that cannot be executed exits with 127.
pid_t platform_spawn(
    const char *program, char *const *arguments, char *const *environment, int output, int errors);

/// The columns of the terminal behind `descriptor`; 0 where that is not known.
int platform_columns(int descriptor);

/// printf's `%.*g`, `%.*f` of one number, which is variadic.
int platform_significant(char *text, size_t size, int digits, double value);
int platform_fixed(char *text, size_t size, int digits, double value);

/// The digest of bytes, and of a file (-1 when it cannot be read), in hexadecimal.
void platform_sha256(const uint8_t *bytes, size_t count, char text[65]);
int platform_file_sha256(const char *path, char text[65]);

/// Executes this program anew with the same arguments and another environment; returns on failure only.
void platform_restart(char *const *environment);

/// readlink(2) into bytes.
static inline ssize_t platform_link(const char *path, void *target, size_t size) {
  return readlink(path, target, size);
}

static inline void platform_pause(int milliseconds) { poll(NULL, 0, milliseconds); }
static inline const char *platform_entry_name(const struct dirent *entry) { return entry->d_name; }
static inline int platform_errno(void) { return errno; }
static inline int platform_rtld_now_local(void) { return RTLD_NOW | RTLD_LOCAL; }

/// The file that the loader took for what dlopen returned; null where it does not tell.
const char *platform_library_path(void *handle);

/// The status words of wait(2), which C offers as macros only.
static inline int platform_exit_status(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
static inline int platform_signal(int status) {
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

#endif
