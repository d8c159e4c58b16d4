// Microsoft's headers as Debian packages them (directx-headers-dev), with what they lack outside of
// Windows.
#pragma once

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#include <wsl/winadapter.h>
#define IFACEMETHOD(method) STDMETHOD(method)
#define IFACEMETHOD_(type, method) STDMETHOD_(type, method)
#define _Inexpressible_(text)
#include <directx/d3d12.h>
#include <directx/dxcore.h>
#include <directx/DirectML.h>
#include <dxguids/dxguids.h>
#pragma clang diagnostic pop
