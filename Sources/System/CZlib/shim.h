#pragma once

#include <zlib.h>

/// Starts decoding a raw deflate stream; `inflateInit2` is a macro.
static inline int czlib_start_raw(z_stream *stream) { return inflateInit2(stream, -15); }
