// A libd3d12.so as WSL has it, on vkd3d: WSL's methods are called as the system's C++ does (System V),
// vkd3d's as Windows' (Microsoft x64), where structures come back through a pointer. Every object of
// vkd3d stands behind a proxy whose table has one entry for all methods of a slot.
//
// Only the methods that take or make objects in another place than in their arguments need to be known
// here; those that DirectML and the tests call are.
#include <dlfcn.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <unordered_map>
#include <vector>

using Word = uint64_t;
#define WINDOWS __attribute__((ms_abi))

namespace {

enum class Kind { device, queue, allocator, list, fence, resource, heap, blob, other };

struct Proxy {
  const void *const *table;
  void *real;
  Kind kind;
};

constexpr int slots = 160;
constexpr int32_t no_interface = static_cast<int32_t>(0x80004002);
const void *table[slots];

std::recursive_mutex mutex;
std::unordered_map<void *, Proxy *> proxies;
/// Proxies by their own address; never removed, so that a word is never mistaken for a later one.
std::unordered_map<Word, Proxy *> addresses;

Proxy *find(Word word) {
  const auto found = addresses.find(word);
  return found == addresses.end() ? nullptr : found->second;
}

void *wrap(void *real, Kind kind) {
  if (!real) return nullptr;
  Proxy *&proxy = proxies[real];
  if (!proxy) {
    proxy = new Proxy{table, real, kind};
    addresses[reinterpret_cast<Word>(proxy)] = proxy;
  }
  return proxy;
}

void *unwrap(void *word) {
  Proxy *proxy = find(reinterpret_cast<Word>(word));
  return proxy ? proxy->real : word;
}

using Method = WINDOWS Word (*)(
    Word, Word, Word, Word, Word, Word, Word, Word, Word, Word, Word, Word);

Word call(Proxy *proxy, int slot, const Word *arguments) {
  const auto method = reinterpret_cast<Method>((*static_cast<void ***>(proxy->real))[slot]);
  const Word *a = arguments;
  return method(
      reinterpret_cast<Word>(proxy->real), a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9],
      a[10], a[11]);
}

/// What a method of the device makes, and which argument takes it; `this` is the first.
struct Creation {
  int slot, out;
  Kind kind;
};
constexpr Creation creations[] = {
    {8, 3, Kind::queue},    {9, 3, Kind::allocator}, {11, 3, Kind::other},   {12, 6, Kind::list},
    {14, 3, Kind::heap},    {16, 5, Kind::other},    {27, 7, Kind::resource}, {28, 3, Kind::other},
    {29, 7, Kind::resource}, {30, 5, Kind::resource}, {36, 4, Kind::fence},   {39, 3, Kind::other},
    {41, 4, Kind::other},   {44, 4, Kind::other},    {47, 3, Kind::other},
};

/// Which argument of the method is an array of objects; 0 for none.
int arrayArgument(Kind kind, int slot) {
  const bool isArray = (kind == Kind::queue && slot == 10) || (kind == Kind::list && slot == 28) ||
                       (kind == Kind::device && (slot == 34 || slot == 35));
  return isArray ? 2 : 0;
}

/// How many words the method returns as a structure of up to 16 bytes; 0 for none.
int structureWords(Kind kind, int slot) {
  if ((kind == Kind::heap && (slot == 9 || slot == 10)) || (kind == Kind::device && slot == 43))
    return 1;
  return (kind == Kind::queue && slot == 18) || (kind == Kind::heap && slot == 8) ||
                 (kind == Kind::device && slot == 25)
             ? 2
             : 0;
}

/// `D3D12_RESOURCE_BARRIER`: type, flags, one object or two.
struct Barrier {
  int32_t type, flags;
  void *first, *second;
  int32_t after;
};

/// `D3D12_COMPUTE_PIPELINE_STATE_DESC` begins with the root signature.
constexpr size_t pipeline_bytes = 56;

Word callUnwrapped(Proxy *proxy, int slot, const Word *given) {
  Word arguments[12];
  for (int i = 0; i < 12; i++)
    arguments[i] = reinterpret_cast<Word>(unwrap(reinterpret_cast<void *>(given[i])));
  std::vector<void *> objects;
  if (const int array = arrayArgument(proxy->kind, slot)) {
    auto *from = reinterpret_cast<void **>(given[array]);
    for (Word i = 0; i < static_cast<uint32_t>(given[array - 1]); i++)
      objects.push_back(unwrap(from[i]));
    arguments[array] = reinterpret_cast<Word>(objects.data());
  }
  std::vector<Barrier> barriers;
  if (proxy->kind == Kind::list && slot == 26) {
    auto *from = reinterpret_cast<Barrier *>(given[2]);
    barriers.assign(from, from + static_cast<uint32_t>(given[1]));
    for (Barrier &barrier : barriers) {
      barrier.first = unwrap(barrier.first);
      // Aliasing has two; a transition has numbers in the second's place.
      if (barrier.type == 1) barrier.second = unwrap(barrier.second);
    }
    arguments[2] = reinterpret_cast<Word>(barriers.data());
  }
  Word pipeline[pipeline_bytes / sizeof(Word)];
  if (proxy->kind == Kind::device && slot == 11) {
    std::memcpy(pipeline, reinterpret_cast<void *>(given[1]), pipeline_bytes);
    pipeline[0] = reinterpret_cast<Word>(unwrap(reinterpret_cast<void *>(pipeline[0])));
    arguments[1] = reinterpret_cast<Word>(pipeline);
  }
  return call(proxy, slot, arguments);
}

/// Puts a proxy where a call that succeeded left an object.
void wrapResult(Word result, Word place, Kind kind) {
  auto **out = reinterpret_cast<void **>(place);
  if (!out) return;
  *out = static_cast<int32_t>(result) >= 0 ? wrap(*out, kind) : nullptr;
}

}  // namespace

/// Two words, as a structure of up to 16 bytes comes back.
extern "C" unsigned __int128 kiln_thunk_dispatch(int slot, const Word *given) {
  const std::lock_guard lock(mutex);
  Proxy *proxy = find(given[0]);
  if (!proxy) {
    // A larger structure comes back through a pointer, which precedes the object.
    proxy = find(given[1]);
    if (!proxy) {
      std::fprintf(stderr, "thunk: slot %d of what is no object\n", slot);
      std::abort();
    }
    Word swapped[12] = {given[1], given[0], given[2], given[3], given[4], given[5]};
    callUnwrapped(proxy, slot, swapped);
    return given[0];
  }
  if (const int words = structureWords(proxy->kind, slot)) {
    Word result[2] = {};
    const Word arguments[12] = {
        given[0], reinterpret_cast<Word>(result), given[1], given[2], given[3], given[4]};
    callUnwrapped(proxy, slot, arguments);
    return static_cast<unsigned __int128>(words == 2 ? result[1] : 0) << 64 | result[0];
  }
  const Word result = callUnwrapped(proxy, slot, given);
  if (slot == 0) wrapResult(result, given[2], proxy->kind);
  if (slot == 2 && static_cast<uint32_t>(result) == 0) proxies.erase(proxy->real);
  if (slot == 7 && proxy->kind != Kind::device && proxy->kind != Kind::blob)
    wrapResult(result, given[2], Kind::device);
  if (proxy->kind == Kind::device)
    for (const Creation &creation : creations)
      if (creation.slot == slot) wrapResult(result, given[creation.out], creation.kind);
  return result;
}

// An entry is 16 bytes: it notes its slot and goes on to what puts all arguments in a row.
asm(R"(
  .text
  .balign 16
kiln_thunk_entries:
  .set slot, 0
  .rept 160
  .balign 16
  movl $slot, %eax
  jmp kiln_thunk_common
  .set slot, slot + 1
  .endr
kiln_thunk_common:
  pushq %rbp
  movq %rsp, %rbp
  subq $96, %rsp
  movq %rdi, (%rsp)
  movq %rsi, 8(%rsp)
  movq %rdx, 16(%rsp)
  movq %rcx, 24(%rsp)
  movq %r8, 32(%rsp)
  movq %r9, 40(%rsp)
  .set place, 0
  .rept 6
  movq 16+place(%rbp), %r10
  movq %r10, 48+place(%rsp)
  .set place, place + 8
  .endr
  movl %eax, %edi
  movq %rsp, %rsi
  callq kiln_thunk_dispatch
  leave
  ret
)");
extern "C" const char kiln_thunk_entries[];

namespace {

template <class Function>
Function vkd3d(const char *name) {
  static void *library = [] {
    for (int slot = 0; slot < slots; slot++) table[slot] = kiln_thunk_entries + 16 * slot;
    // The one that computes on the CPU, whatever else there is.
    setenv("VK_ICD_FILENAMES", LAVAPIPE, 0);
    void *library = dlopen("libvkd3d-utils.so.1", RTLD_NOW);
    if (!library) {
      std::fprintf(stderr, "thunk: %s\n", dlerror());
      std::abort();
    }
    return library;
  }();
  return reinterpret_cast<Function>(dlsym(library, name));
}

}  // namespace

extern "C" int32_t D3D12CreateDevice(void *, int32_t level, const void *id, void **device) {
  using Create = WINDOWS int32_t (*)(void *, int32_t, const void *, void **);
  const auto create = vkd3d<Create>("D3D12CreateDevice");
  const std::lock_guard lock(mutex);
  // vkd3d knows no level below 11.0, and takes no adapter of DXCore's.
  const int32_t result = create(nullptr, level < 0xB000 ? 0xB000 : level, id, device);
  wrapResult(static_cast<uint32_t>(result), reinterpret_cast<Word>(device), Kind::device);
  return result;
}

extern "C" int32_t D3D12SerializeVersionedRootSignature(
    const void *description, void **blob, void **error) {
  using Serialize = WINDOWS int32_t (*)(const void *, void **, void **);
  const auto serialize = vkd3d<Serialize>("D3D12SerializeVersionedRootSignature");
  const std::lock_guard lock(mutex);
  const int32_t result = serialize(description, blob, error);
  const Word word = static_cast<uint32_t>(result);
  wrapResult(word, reinterpret_cast<Word>(blob), Kind::blob);
  if (error) *error = wrap(*error, Kind::blob);
  return result;
}

extern "C" int32_t D3D12GetDebugInterface(const void *, void **interface) {
  if (interface) *interface = nullptr;
  return no_interface;
}

extern "C" int32_t D3D12GetInterface(const void *, const void *, void **interface) {
  if (interface) *interface = nullptr;
  return no_interface;
}
