// The least that a program must do before a GPU can work for it: load the driver, start it, make the
// primary context, and have the smoke test's kernels compiled. Prints the seconds of each as JSON.
//
//   driver-floor BASE.ptx TENSOR.ptx
//
// Exit status: 0, or 3 where there is no driver or no GPU; what said so is on standard error.
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static char *text_of(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END) != 0) return NULL;
  const long size = ftell(file);
  rewind(file);
  char *text = calloc((size_t)size + 1, 1);
  if (text && fread(text, 1, (size_t)size, file) != (size_t)size) text = NULL;
  fclose(file);
  return text;
}

static int missing(const char *what, int code) {
  fprintf(stderr, "driver-floor: %s (%d)\n", what, code);
  return 3;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  char *base = text_of(arguments[1]), *tensor = text_of(arguments[2]);
  if (!base || !tensor) return 2;

  const double start = now();
  void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library) return missing(dlerror(), 0);
  int (*initialize)(unsigned) = dlsym(library, "cuInit");
  int (*device_of)(int *, int) = dlsym(library, "cuDeviceGet");
  int (*attribute_of)(int *, int, int) = dlsym(library, "cuDeviceGetAttribute");
  int (*retain)(void **, int) = dlsym(library, "cuDevicePrimaryCtxRetain");
  int (*make_current)(void *) = dlsym(library, "cuCtxSetCurrent");
  int (*load)(void **, const void *) = dlsym(library, "cuModuleLoadData");
  if (!initialize || !device_of || !attribute_of || !retain || !make_current || !load)
    return missing("libcuda.so.1 lacks functions", 0);
  const double loaded = now();

  int status = initialize(0), device = 0, major = 0;
  if (status) return missing("cuInit", status);
  const double initialized = now();

  void *context = NULL, *module = NULL;
  if ((status = device_of(&device, 0))) return missing("cuDeviceGet", status);
  if ((status = attribute_of(&major, 75, device))) return missing("cuDeviceGetAttribute", status);
  if ((status = retain(&context, device))) return missing("cuDevicePrimaryCtxRetain", status);
  if ((status = make_current(context))) return missing("cuCtxSetCurrent", status);
  const double opened = now();

  if ((status = load(&module, base))) return missing("cuModuleLoadData", status);
  // The tensor module is PTX for compute capability 8.0 and later.
  if (major >= 8 && (status = load(&module, tensor))) return missing("cuModuleLoadData", status);
  const double ready = now();

  printf("{\"load\": %.6f, \"init\": %.6f, \"context\": %.6f, \"modules\": %.6f}\n", loaded - start,
         initialized - loaded, opened - initialized, ready - opened);
  return 0;
}
