// Frees exceptions that nothing refers to any more: marks from the roots (roots.h) and through the
// payloads of what is marked, then frees the rest.
#include <algorithm>
#include <cstdint>
#include <span>

#include "runtime/execute/sanitizers.h"
#include "runtime/instance/exceptions.h"
#include "runtime/instance/roots.h"
#include "runtime/memory/memory.h"

namespace tenon::runtime {
namespace {

using Word = std::uintptr_t;

class Collection {
 public:
  // `table`: room for all exceptions of `owner`.
  Collection(const Instance& owner, std::span<abi::Exception*> table) : table_(table) {
    std::size_t count = 0;
    for (abi::Exception* e = owner.exceptions; e != nullptr && count < table.size(); e = e->next) {
      e->flags &= ~kExceptionMarked;
      table[count++] = e;
    }
    table_ = table.first(count);
    std::sort(table_.begin(), table_.end());
  }

  TENON_READS_ANY_FRAME void ScanWords(const void* begin, const void* end) {
    for (auto* word = static_cast<const Word*>(begin); word < end; ++word) Mark(*word);
  }
  void Mark(Word word) {
    auto* const exception = reinterpret_cast<abi::Exception*>(word);
    if (!std::binary_search(table_.begin(), table_.end(), exception) ||
        (exception->flags & kExceptionMarked) != 0) {
      return;
    }
    exception->flags |= kExceptionMarked;
    exception->next_marked = pending_;
    pending_ = exception;
  }
  void MarkEscaped() {
    for (const abi::Exception* exception : table_) {
      if ((exception->flags & kExceptionEscaped) != 0) Mark(reinterpret_cast<Word>(exception));
    }
  }
  void ScanPayload(const abi::Exception& exception) {
    const auto* const cells = reinterpret_cast<const std::uint64_t*>(&exception + 1);
    ScanWords(cells, cells + exception.cells);
  }
  void Finish() {
    while (pending_ != nullptr) {
      abi::Exception* const exception = pending_;
      pending_ = exception->next_marked;
      ScanPayload(*exception);
    }
  }

 private:
  std::span<abi::Exception*> table_;
  abi::Exception* pending_ = nullptr;
};

// Its frame lies below the one in which the callers' registers are.
[[gnu::noinline]] void Collect(const abi::ExecutionEnvironment& environment, Instance* owner,
                               std::span<abi::Exception*> table)
    TENON_REQUIRES(g_groups_mutex, g_exceptions_mutex) {
  Collection collection(*owner, table);
  const auto scan = [&](const void* begin, const void* end) { collection.ScanWords(begin, end); };
  ForEachStackRoot(environment, __builtin_frame_address(0), scan);
  ForEachLinked(*owner, [&](const Instance& instance) TENON_REQUIRES(g_exceptions_mutex) {
    ForEachRootOf(instance, scan);
    if (&instance == owner) return;
    // Those of other instances are not collected now, so what they refer to stays.
    for (const abi::Exception* e = instance.exceptions; e != nullptr; e = e->next)
      collection.ScanPayload(*e);
  });
  collection.MarkEscaped();
  collection.Finish();
}

}  // namespace

[[gnu::noinline]] void CollectExceptions(abi::ExecutionEnvironment* environment, Instance* owner) {
  const std::uint64_t count = owner->exception_count;
  auto* const table =
      static_cast<abi::Exception**>(Allocate(owner->ledger, count * sizeof(abi::Exception*)));
  if (table == nullptr) return;
  __builtin_unwind_init();  // writes the callers' registers to this frame
  Collect(*environment, owner, {table, count});
  Free(table);
  FreeUnmarkedExceptions(owner);
}

}  // namespace tenon::runtime
