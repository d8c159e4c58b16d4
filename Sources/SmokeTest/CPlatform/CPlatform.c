#include "CPlatform.h"

#include <sys/random.h>

static int argument_count;
static char **arguments;

__attribute__((constructor)) static void keep_arguments(int count, char **values) {
  argument_count = count;
  arguments = values;
}

int platform_argument_count(void) { return argument_count; }
const char *platform_argument(int index) { return arguments[index]; }

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
