// What the double has to know of the smoke test's kernels.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

/// Where in the parameter of the kernel called `name` the address of what it makes is.
std::optional<size_t> result_offset(std::string_view name);
