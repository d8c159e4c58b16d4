#pragma once

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <sys/xattr.h>
#include <unistd.h>

// _GNU_SOURCE would give fd_set another shape than in swift-system's module, which clang refuses;
// the one GNU function that kiln calls is declared here instead.
extern ssize_t copy_file_range(
    int in, off_t *in_offset, int out, off_t *out_offset, size_t length, unsigned int flags);

static inline int clinux_errno(void) { return errno; }

/// Columns of the terminal behind `descriptor`, or 0 where there is none.
static inline int clinux_terminal_columns(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
