// What gpu-smoke-test needs of the C library. Embedded Swift has no module Glibc, and ordinary Swift
// imports the same declarations from here, so that one source serves both.
#ifndef CPLATFORM_H
#define CPLATFORM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
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

static inline int platform_errno(void) { return errno; }
static inline int platform_rtld_now_local(void) { return RTLD_NOW | RTLD_LOCAL; }
static inline void *platform_rtld_default(void) { return RTLD_DEFAULT; }

/// The status words of wait(2), which C offers as macros only.
static inline int platform_exit_status(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
static inline int platform_signal(int status) {
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

#endif
