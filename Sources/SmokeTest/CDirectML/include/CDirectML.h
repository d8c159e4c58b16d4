// The parts of DXCore, Direct3D 12 and DirectML that gpu-smoke-test calls, written down by hand: where
// each method stands in its interface's table, and how its structures lie in memory. Tests/DirectMLTests
// holds every line against Microsoft's own headers.
//
// WSL's libraries follow the system's C++ calling convention: an object begins with the address of its
// table, a method takes the object first, and small structures come back in registers.
#ifndef CDIRECTML_H
#define CDIRECTML_H

#include "com.h"
#include "dxcore.h"
#include "d3d12.h"
#include "dml.h"
#include "operation.h"
#include "results.h"
#include "training.h"

#endif
