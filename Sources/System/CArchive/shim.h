#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/// `archive_set_error` for a finished text; Swift cannot call the variadic one.
static inline void carchive_set_error(struct archive *archive, const char *text) {
  archive_set_error(archive, EIO, "%s", text);
}
