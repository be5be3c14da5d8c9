// Frees exceptions that nothing refers to any more. References (exnref) can be in any register or
// stack slot of generated code, so every word that looks like one counts (a conservative
// collection). Elsewhere the types say where references are: in globals, in tables of exnref, in
// other exceptions.
//
// Invariants: everything that can refer to an exception of a group's instances runs on this thread
// (instance.h), in one of its ActiveCalls. A host function must not keep an exnref beyond its
// return.
#include <algorithm>
#include <csetjmp>
#include <cstdint>
#include <span>

#include "runtime/execute/sanitizers.h"
#include "runtime/execute/traps.h"
#include "runtime/instance/exceptions.h"
#include "runtime/memory/memory.h"

namespace tenon::runtime {
namespace {

using Word = std::uintptr_t;

class Collection {
 public:
  // `table`: room for all exceptions of `owner`.
  Collection(Instance* owner, std::span<abi::Exception*> table) : owner_(owner), table_(table) {
    std::size_t count = 0;
    for (abi::Exception* e = owner->exceptions; e != nullptr && count < table.size(); e = e->next) {
      e->is_marked = 0;
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
    if (!std::binary_search(table_.begin(), table_.end(), exception) || exception->is_marked != 0)
      return;
    exception->is_marked = 1;
    exception->next_marked = pending_;
    pending_ = exception;
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
  bool Owns(const Instance* instance) const { return instance == owner_; }

 private:
  Instance* owner_;
  std::span<abi::Exception*> table_;
  abi::Exception* pending_ = nullptr;
};

// The words of `registers` and of this thread's wasm stacks that are in use.
void ScanStacks(Collection& collection, const abi::ExecutionEnvironment& environment,
                const void* registers) {
  collection.ScanWords(registers, environment.stack_base + environment.stack_bytes);
  for (const ActiveCall* call = t_active_calls; call != nullptr; call = call->outer) {
    const abi::ExecutionEnvironment& outer = *call->environment;
    if (&outer != &environment)
      collection.ScanWords(outer.wasm_sp, outer.stack_base + outer.stack_bytes);
  }
}

void ScanInstance(Collection& collection, const Instance& instance)
    TENON_REQUIRES(g_exceptions_mutex) {
  const container::View& view = instance.view();
  const auto globals = view.Section<container::GlobalEntry>(container::SectionId::kGlobals);
  for (std::uint32_t i = 0; i < globals.size(); ++i) {
    if (IsReference(globals[i].type))
      collection.Mark(*static_cast<const Word*>(instance.GlobalCell(i)));
  }
  const auto tables = view.Section<container::TableEntry>(container::SectionId::kTables);
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const HeapType heap = HeapTypeOf(tables[i].element_type);
    if (heap != kExnHeap) continue;
    const abi::TableInstance& table = *instance.tables()[i];
    collection.ScanWords(table.elements, table.elements + table.size);
  }
  // Those of other instances are not collected now, so what they refer to stays.
  if (collection.Owns(&instance)) return;
  for (const abi::Exception* e = instance.exceptions; e != nullptr; e = e->next)
    collection.ScanPayload(*e);
}

}  // namespace

void CollectExceptions(abi::ExecutionEnvironment* environment, Instance* owner) {
  const std::uint64_t count = owner->exception_count;
  auto* const table =
      static_cast<abi::Exception**>(Allocate(owner->ledger, count * sizeof(abi::Exception*)));
  if (table == nullptr) return;
  // Writes the callers' registers to this frame, so that the scan of the stack finds them.
  std::jmp_buf registers;
  setjmp(registers);
  Collection collection(owner, {table, count});
  ScanStacks(collection, *environment, &registers);
  collection.Mark(reinterpret_cast<Word>(environment->exception));
  for (const Instance* member = owner->group->members; member != nullptr;
       member = member->next_in_group) {
    ScanInstance(collection, *member);
  }
  collection.Finish();
  Free(table);
  FreeUnmarkedExceptions(owner);
}

}  // namespace tenon::runtime
