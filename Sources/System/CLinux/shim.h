#pragma once

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <sys/xattr.h>
#include <unistd.h>

// _GNU_SOURCE would give fd_set another shape than in swift-system's module, which clang refuses;
// the GNU functions that kiln calls are declared here instead.
extern ssize_t copy_file_range(
    int in, off_t *in_offset, int out, off_t *out_offset, size_t length, unsigned int flags);
extern int syncfs(int descriptor);

static inline int clinux_errno(void) { return errno; }

/// The next entry of a folder; NULL at its end, where `*error` is 0, and after a failure.
static inline struct dirent *clinux_readdir(DIR *folder, int *error) {
  errno = 0;
  struct dirent *entry = readdir(folder);
  *error = entry ? 0 : errno;
  return entry;
}

/// A descriptor for a folder in another open one; symbolic links are not followed.
static inline int clinux_open_folder(int folder, const char *name) {
  return openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/// A descriptor of a folder below another one that only leads to what it holds; -1 and ELOOP where a
/// symbolic link is on the way. Linux 5.6.
static inline int clinux_open_way(int folder, const char *path) {
  // Without _GNU_SOURCE there is no O_PATH.
  struct open_how how = {
      .flags = 010000000 | O_DIRECTORY | O_CLOEXEC,
      .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
  return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

/// Columns of the terminal behind `descriptor`, or 0 where there is none.
static inline int clinux_terminal_columns(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
