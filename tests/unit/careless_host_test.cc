// Hosts that make mistakes with the C interface get an error, never a crash: NULL where something
// is needed, calls before the runtime begins and after it has ended, handles whose object has
// ended, and ends in the wrong order.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "compiler/pipeline.h"
#include "tenon.h"
#include "tests/unit/wasm_bytes.h"

namespace tenon::runtime {
namespace {

using namespace wasm::test;  // NOLINT: the module is written in its words

constexpr std::uint8_t kLocalGet = 0x20, kCall = 0x10, kI32Add = 0x6A;

// Each test that needs it asks for it first: LLVM's signal handlers, which it installs when it
// first compiles, must not come after the runtime's. "add" adds two numbers, "out" calls the host's
// env.f; with a memory, a table and a global.
const std::vector<std::uint8_t>& Compiled() {
  static const std::vector<std::uint8_t> compiled = [] {
    const Bytes binary =
        FunctionTypeBytes({wasm::test::kI32, wasm::test::kI32}, {wasm::test::kI32});
    const Bytes module = File(
        {Section(kTypeSection, {binary, FunctionTypeBytes({}, {})}),
         Section(kImportSection, {Text("env") + Text("f") + Bytes{0, 1}}),
         Section(kFunctionSection, {Bytes{0}, Bytes{1}}),
         Section(kTableSection, {Bytes{wasm::test::kFuncRef, 0, 1}}),
         Section(kMemorySection, {Bytes{0, 1}}),
         Section(kGlobalSection, {Bytes{wasm::test::kI32, 1, 0x41, 5, kEnd}}),
         Section(kExportSection, {Text("add") + Bytes{0, 1}, Text("out") + Bytes{0, 2},
                                  Text("memory") + Bytes{2, 0}, Text("table") + Bytes{1, 0},
                                  Text("global") + Bytes{3, 0}}),
         Section(kCodeSection, {Code({kLocalGet, 0, kLocalGet, 1, kI32Add}), Code({kCall, 0})})});
    compiler::Options options;
    options.jobs = 1;
    return compiler::CompileToContainer(module, options).value();
  }();
  return compiled;
}

wasm_module_t Load(std::string* error = nullptr) {
  char text[200] = "";
  // Its memory outlives all modules.
  auto* const bytes = const_cast<std::uint8_t*>(Compiled().data());
  const wasm_module_t module =
      wasm_runtime_load(bytes, static_cast<std::uint32_t>(Compiled().size()), text, sizeof text);
  if (error != nullptr) *error = text;
  return module;
}

wasm_module_inst_t Instantiate(wasm_module_t module, std::string* error = nullptr) {
  char text[200] = "";
  const wasm_module_inst_t instance =
      wasm_runtime_instantiate(module, 65536, 8192, text, sizeof text);
  if (error != nullptr) *error = text;
  return instance;
}

void Nothing(wasm_exec_env_t) {}
NativeSymbol kNatives[] = {{"f", reinterpret_cast<void*>(Nothing), "()", nullptr}};

// With every argument zero; whether the answer is zero too.
template <typename R, typename... Arguments>
bool WithZeros(R (*function)(Arguments...)) {
  return function(Arguments{}...) == R{};
}
template <typename... Arguments>
bool WithZeros(void (*function)(Arguments...)) {
  function(Arguments{}...);
  return true;
}

struct Checked {
  const char* name;
  bool is_zero;
};
#define TENON_WITH_ZEROS(function) \
  Checked { #function, WithZeros(&function) }

// Every function of the two headers but those that begin and end the runtime, and those that have
// another answer than zero.
std::vector<Checked> CallAllWithZeros() {
  return {
      TENON_WITH_ZEROS(tenon_create_exec_env),
      TENON_WITH_ZEROS(tenon_get_exec_env_usage),
      TENON_WITH_ZEROS(tenon_get_instance_usage),
      TENON_WITH_ZEROS(tenon_get_memory_report),
      TENON_WITH_ZEROS(tenon_get_module_usage),
      TENON_WITH_ZEROS(tenon_instantiation_args_set_limit),
      TENON_WITH_ZEROS(tenon_load_file),
      TENON_WITH_ZEROS(tenon_load_file_with),
      TENON_WITH_ZEROS(tenon_load_with),
      TENON_WITH_ZEROS(tenon_set_wasi_listeners),
      TENON_WITH_ZEROS(tenon_set_wasi_stream),
      TENON_WITH_ZEROS(tenon_set_wasi_trace),
      TENON_WITH_ZEROS(wasm_application_execute_func),
      TENON_WITH_ZEROS(wasm_application_execute_main),
      TENON_WITH_ZEROS(wasm_copy_callstack),
      TENON_WITH_ZEROS(wasm_externref_obj2ref),
      TENON_WITH_ZEROS(wasm_externref_objdel),
      TENON_WITH_ZEROS(wasm_externref_ref2obj),
      TENON_WITH_ZEROS(wasm_externref_retain),
      TENON_WITH_ZEROS(wasm_externref_set_cleanup),
      TENON_WITH_ZEROS(wasm_func_get_param_count),
      TENON_WITH_ZEROS(wasm_func_get_param_types),
      TENON_WITH_ZEROS(wasm_func_get_result_count),
      TENON_WITH_ZEROS(wasm_func_get_result_types),
      TENON_WITH_ZEROS(wasm_func_type_get_param_count),
      TENON_WITH_ZEROS(wasm_func_type_get_result_count),
      TENON_WITH_ZEROS(wasm_global_type_get_mutable),
      TENON_WITH_ZEROS(wasm_memory_enlarge),
      TENON_WITH_ZEROS(wasm_memory_get_base_address),
      TENON_WITH_ZEROS(wasm_memory_get_bytes_per_page),
      TENON_WITH_ZEROS(wasm_memory_get_cur_page_count),
      TENON_WITH_ZEROS(wasm_memory_get_max_page_count),
      TENON_WITH_ZEROS(wasm_memory_get_shared),
      TENON_WITH_ZEROS(wasm_memory_type_get_init_page_count),
      TENON_WITH_ZEROS(wasm_memory_type_get_max_page_count),
      TENON_WITH_ZEROS(wasm_memory_type_get_shared),
      TENON_WITH_ZEROS(wasm_runtime_addr_app_to_native),
      TENON_WITH_ZEROS(wasm_runtime_addr_native_to_app),
      TENON_WITH_ZEROS(wasm_runtime_aligned_alloc),
      TENON_WITH_ZEROS(wasm_runtime_begin_blocking_op),
      TENON_WITH_ZEROS(wasm_runtime_call_indirect),
      TENON_WITH_ZEROS(wasm_runtime_call_wasm),
      TENON_WITH_ZEROS(wasm_runtime_call_wasm_a),
      TENON_WITH_ZEROS(wasm_runtime_clear_exception),
      TENON_WITH_ZEROS(wasm_runtime_create_exec_env),
      TENON_WITH_ZEROS(wasm_runtime_deinstantiate),
      TENON_WITH_ZEROS(wasm_runtime_destroy_context_key),
      TENON_WITH_ZEROS(wasm_runtime_destroy_exec_env),
      TENON_WITH_ZEROS(wasm_runtime_destroy_spawned_exec_env),
      TENON_WITH_ZEROS(wasm_runtime_destroy_thread_env),
      TENON_WITH_ZEROS(wasm_runtime_detect_native_stack_overflow),
      TENON_WITH_ZEROS(wasm_runtime_detect_native_stack_overflow_size),
      TENON_WITH_ZEROS(wasm_runtime_dump_call_stack),
      TENON_WITH_ZEROS(wasm_runtime_dump_call_stack_to_buf),
      TENON_WITH_ZEROS(wasm_runtime_dump_mem_consumption),
      TENON_WITH_ZEROS(wasm_runtime_end_blocking_op),
      TENON_WITH_ZEROS(wasm_runtime_enlarge_memory),
      TENON_WITH_ZEROS(wasm_runtime_find_module_registered),
      TENON_WITH_ZEROS(wasm_runtime_free),
      TENON_WITH_ZEROS(wasm_runtime_get_app_addr_range),
      TENON_WITH_ZEROS(wasm_runtime_get_call_stack_buf_size),
      TENON_WITH_ZEROS(wasm_runtime_get_context),
      TENON_WITH_ZEROS(wasm_runtime_get_current_package_version),
      TENON_WITH_ZEROS(wasm_runtime_get_custom_data),
      TENON_WITH_ZEROS(wasm_runtime_get_custom_section),
      TENON_WITH_ZEROS(wasm_runtime_get_default_memory),
      TENON_WITH_ZEROS(wasm_runtime_get_exception),
      TENON_WITH_ZEROS(wasm_runtime_get_exec_env_singleton),
      TENON_WITH_ZEROS(wasm_runtime_get_export_count),
      TENON_WITH_ZEROS(wasm_runtime_get_export_global_inst),
      TENON_WITH_ZEROS(wasm_runtime_get_export_table_inst),
      TENON_WITH_ZEROS(wasm_runtime_get_export_type),
      TENON_WITH_ZEROS(wasm_runtime_get_file_package_version),
      TENON_WITH_ZEROS(wasm_runtime_get_function_attachment),
      TENON_WITH_ZEROS(wasm_runtime_get_import_count),
      TENON_WITH_ZEROS(wasm_runtime_get_import_type),
      TENON_WITH_ZEROS(wasm_runtime_get_mem_alloc_info),
      TENON_WITH_ZEROS(wasm_runtime_get_memory),
      TENON_WITH_ZEROS(wasm_runtime_get_module),
      TENON_WITH_ZEROS(wasm_runtime_get_module_inst),
      TENON_WITH_ZEROS(wasm_runtime_get_module_package_version),
      TENON_WITH_ZEROS(wasm_runtime_get_native_addr_range),
      TENON_WITH_ZEROS(wasm_runtime_get_user_data),
      TENON_WITH_ZEROS(wasm_runtime_get_version),
      TENON_WITH_ZEROS(wasm_runtime_get_wasi_exit_code),
      TENON_WITH_ZEROS(wasm_runtime_instantiate),
      TENON_WITH_ZEROS(wasm_runtime_instantiate_ex),
      TENON_WITH_ZEROS(wasm_runtime_instantiate_ex2),
      TENON_WITH_ZEROS(wasm_runtime_instantiation_args_create),
      TENON_WITH_ZEROS(wasm_runtime_instantiation_args_destroy),
      TENON_WITH_ZEROS(wasm_runtime_instantiation_args_set_custom_data),
      TENON_WITH_ZEROS(wasm_runtime_instantiation_args_set_default_stack_size),
      TENON_WITH_ZEROS(wasm_runtime_instantiation_args_set_host_managed_heap_size),
      TENON_WITH_ZEROS(wasm_runtime_instantiation_args_set_max_memory_pages),
      TENON_WITH_ZEROS(wasm_runtime_instantiation_args_set_wasi_addr_pool),
      TENON_WITH_ZEROS(wasm_runtime_instantiation_args_set_wasi_arg),
      TENON_WITH_ZEROS(wasm_runtime_instantiation_args_set_wasi_dir),
      TENON_WITH_ZEROS(wasm_runtime_instantiation_args_set_wasi_env),
      TENON_WITH_ZEROS(wasm_runtime_instantiation_args_set_wasi_stdio),
      TENON_WITH_ZEROS(wasm_runtime_is_import_func_linked),
      TENON_WITH_ZEROS(wasm_runtime_is_import_global_linked),
      TENON_WITH_ZEROS(wasm_runtime_is_running_mode_supported),
      TENON_WITH_ZEROS(wasm_runtime_is_wasi_mode),
      TENON_WITH_ZEROS(wasm_runtime_is_xip_file),
      TENON_WITH_ZEROS(wasm_runtime_load),
      TENON_WITH_ZEROS(wasm_runtime_load_ex),
      TENON_WITH_ZEROS(wasm_runtime_lookup_function),
      TENON_WITH_ZEROS(wasm_runtime_lookup_memory),
      TENON_WITH_ZEROS(wasm_runtime_lookup_wasi_start_function),
      TENON_WITH_ZEROS(wasm_runtime_module_dup_data),
      TENON_WITH_ZEROS(wasm_runtime_module_free),
      TENON_WITH_ZEROS(wasm_runtime_module_malloc),
      TENON_WITH_ZEROS(wasm_runtime_register_module),
      TENON_WITH_ZEROS(wasm_runtime_register_natives),
      TENON_WITH_ZEROS(wasm_runtime_register_natives_raw),
      TENON_WITH_ZEROS(wasm_runtime_resolve_symbols),
      TENON_WITH_ZEROS(wasm_runtime_set_context),
      TENON_WITH_ZEROS(wasm_runtime_set_context_spread),
      TENON_WITH_ZEROS(wasm_runtime_set_custom_data),
      TENON_WITH_ZEROS(wasm_runtime_set_enlarge_mem_error_callback),
      TENON_WITH_ZEROS(wasm_runtime_set_exception),
      TENON_WITH_ZEROS(wasm_runtime_set_max_thread_num),
      TENON_WITH_ZEROS(wasm_runtime_set_module_inst),
      TENON_WITH_ZEROS(wasm_runtime_set_module_name),
      TENON_WITH_ZEROS(wasm_runtime_set_module_reader),
      TENON_WITH_ZEROS(wasm_runtime_set_native_stack_boundary),
      TENON_WITH_ZEROS(wasm_runtime_set_user_data),
      TENON_WITH_ZEROS(wasm_runtime_set_wasi_addr_pool),
      TENON_WITH_ZEROS(wasm_runtime_set_wasi_args),
      TENON_WITH_ZEROS(wasm_runtime_set_wasi_args_ex),
      TENON_WITH_ZEROS(wasm_runtime_set_wasi_ns_lookup_pool),
      TENON_WITH_ZEROS(wasm_runtime_spawn_exec_env),
      TENON_WITH_ZEROS(wasm_runtime_terminate),
      TENON_WITH_ZEROS(wasm_runtime_unload),
      TENON_WITH_ZEROS(wasm_runtime_unregister_natives),
      TENON_WITH_ZEROS(wasm_runtime_validate_app_addr),
      TENON_WITH_ZEROS(wasm_runtime_validate_app_str_addr),
      TENON_WITH_ZEROS(wasm_runtime_validate_native_addr),
      TENON_WITH_ZEROS(wasm_table_get_func_inst),
      TENON_WITH_ZEROS(wasm_table_type_get_init_size),
      TENON_WITH_ZEROS(wasm_table_type_get_max_size),
      TENON_WITH_ZEROS(wasm_table_type_get_shared),
  };
}

void CheckAll() {
  for (const Checked& one : CallAllWithZeros()) CHECK_MESSAGE(one.is_zero, std::string(one.name));
  // What answers otherwise.
  CHECK(wasm_runtime_call_wasm_v(nullptr, nullptr, 0, nullptr, 0) == false);
  CHECK(get_package_type(nullptr, 0) == Package_Type_Unknown);
  CHECK(wasm_runtime_get_file_package_type(nullptr, 0) == Package_Type_Unknown);
  CHECK(wasm_runtime_get_module_package_type(nullptr) == Package_Type_Unknown);
  CHECK(std::strcmp(wasm_runtime_get_module_name(nullptr), "") == 0);
  CHECK(wasm_runtime_is_underlying_binary_freeable(nullptr));
  CHECK(wasm_runtime_is_bounds_checks_enabled(nullptr));
  CHECK(wasm_runtime_init_thread_env());
  CHECK(wasm_runtime_thread_env_inited());
  CHECK(wasm_runtime_spawn_thread(nullptr, nullptr, nullptr, nullptr) == -1);
  CHECK(wasm_runtime_join_thread(0, nullptr) == -1);
  for (const wasm_valkind_t kind :
       {wasm_func_type_get_param_valkind(nullptr, 0), wasm_func_type_get_result_valkind(nullptr, 0),
        wasm_global_type_get_valkind(nullptr), wasm_table_type_get_elem_kind(nullptr)}) {
    CHECK(kind == static_cast<wasm_valkind_t>(-1));
  }
  void* const key = wasm_runtime_create_context_key(nullptr);
  CHECK(key != nullptr);
  wasm_runtime_destroy_context_key(key);
  int other = 0;
  wasm_runtime_destroy_context_key(&other);
  tenon_set_category_limit(TENON_CATEGORIES, 1);
}

TEST_CASE("zeros are answered, before the runtime, in it and after it") {
  Compiled();
  wasm_runtime_set_log_level(WASM_LOG_LEVEL_FATAL);
  CheckAll();
  CHECK(!wasm_runtime_full_init(nullptr));
  CHECK(!tenon_init_with_pool(nullptr, 0, nullptr, nullptr, 0));
  CHECK(!tenon_init_with_allocator(nullptr, nullptr, nullptr, 0));
  CHECK(wasm_runtime_malloc(10) == nullptr);
  CHECK(wasm_runtime_realloc(nullptr, 10) == nullptr);
  REQUIRE(wasm_runtime_init());
  CheckAll();
  wasm_runtime_destroy();
  CheckAll();
  wasm_runtime_destroy();  // once too often
  wasm_runtime_set_log_level(WASM_LOG_LEVEL_WARNING);
}

TEST_CASE("nothing begins before the runtime or after it") {
  Compiled();
  wasm_runtime_set_log_level(WASM_LOG_LEVEL_FATAL);
  std::string error;
  CHECK(Load(&error) == nullptr);
  CHECK(error.find("not initialised") != std::string::npos);
  CHECK(!wasm_runtime_register_natives("env", kNatives, 1));
  REQUIRE(wasm_runtime_init());
  const wasm_module_t module = Load();
  REQUIRE(module != nullptr);
  const wasm_module_inst_t instance = Instantiate(module);
  REQUIRE(instance != nullptr);
  const wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, 65536);
  // Static, so that the leak checker finds it: the runtime that it came from is gone.
  static void* const block = wasm_runtime_malloc(10);
  wasm_runtime_destroy();
  CHECK(Instantiate(module, &error) == nullptr);
  CHECK(error.find("not initialised") != std::string::npos);
  wasm_runtime_free(block);
  wasm_runtime_destroy_exec_env(environment);
  wasm_runtime_deinstantiate(instance);
  wasm_runtime_unload(module);
  CHECK(Load() == nullptr);
  // And in the next life, too, what was of the one before is told.
  REQUIRE(wasm_runtime_init());
  CHECK(Instantiate(module, &error) == nullptr);
  CHECK(error.find("loaded") != std::string::npos);
  wasm_runtime_destroy_exec_env(environment);
  wasm_runtime_deinstantiate(instance);
  wasm_runtime_unload(module);
  wasm_runtime_destroy();
  wasm_runtime_set_log_level(WASM_LOG_LEVEL_WARNING);
}

TEST_CASE("ends in the wrong order, and twice") {
  Compiled();
  wasm_runtime_set_log_level(WASM_LOG_LEVEL_FATAL);
  REQUIRE(wasm_runtime_init());
  const wasm_module_t module = Load();
  const wasm_module_inst_t instance = Instantiate(module);
  REQUIRE(instance != nullptr);
  const wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, 65536);
  REQUIRE(environment != nullptr);
  wasm_runtime_unload(module);  // goes with the instance
  std::uint32_t cells[2] = {20, 22};
  const wasm_function_inst_t add = wasm_runtime_lookup_function(instance, "add");
  CHECK(wasm_runtime_call_wasm(environment, add, 2, cells));
  CHECK(cells[0] == 42);
  CHECK(!wasm_runtime_call_wasm(environment, nullptr, 2, cells));
  CHECK(std::string(wasm_runtime_get_exception(instance)).find("no function") != std::string::npos);
  CHECK(!wasm_runtime_call_wasm(environment, add, 2, nullptr));
  CHECK(!wasm_runtime_call_wasm(environment, add, 0, nullptr));
  CHECK(!wasm_runtime_call_wasm_a(environment, add, 1, nullptr, 2, nullptr));
  wasm_runtime_deinstantiate(instance);
  wasm_runtime_deinstantiate(instance);
  wasm_runtime_unload(module);
  CHECK(!wasm_runtime_call_wasm(environment, add, 2, cells));
  CHECK(!wasm_runtime_call_indirect(environment, 0, 0, nullptr));
  CHECK(wasm_runtime_spawn_exec_env(environment) == nullptr);
  wasm_runtime_destroy_exec_env(environment);
  wasm_runtime_destroy_exec_env(environment);
  wasm_runtime_destroy();
  wasm_runtime_set_log_level(WASM_LOG_LEVEL_WARNING);
}

// What a native function does to what called it.
wasm_module_inst_t g_instance = nullptr;
void EndEverything(wasm_exec_env_t environment) {
  wasm_runtime_destroy_exec_env(environment);
  wasm_runtime_deinstantiate(g_instance);
  wasm_runtime_destroy();
}

TEST_CASE("what runs is not ended under its own feet") {
  Compiled();
  wasm_runtime_set_log_level(WASM_LOG_LEVEL_FATAL);
  REQUIRE(wasm_runtime_init());
  NativeSymbol natives[] = {{"f", reinterpret_cast<void*>(EndEverything), "()", nullptr}};
  REQUIRE(wasm_runtime_register_natives("env", natives, 1));
  const wasm_module_t module = Load();
  g_instance = Instantiate(module);
  REQUIRE(g_instance != nullptr);
  const wasm_exec_env_t environment = wasm_runtime_create_exec_env(g_instance, 65536);
  CHECK(wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(g_instance, "out"), 0,
                               nullptr));
  std::uint32_t cells[2] = {1, 2};
  CHECK(wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(g_instance, "add"), 2,
                               cells));
  wasm_runtime_destroy();
  CHECK(Load() == nullptr);
  wasm_runtime_set_log_level(WASM_LOG_LEVEL_WARNING);
}

TEST_CASE("tables of natives with mistakes are refused as a whole") {
  Compiled();
  wasm_runtime_set_log_level(WASM_LOG_LEVEL_FATAL);
  REQUIRE(wasm_runtime_init());
  void* const function = reinterpret_cast<void*>(Nothing);
  for (const NativeSymbol& wrong : {
           NativeSymbol{nullptr, function, "()", nullptr},
           NativeSymbol{"f", nullptr, "()", nullptr},
           NativeSymbol{"f", function, "garbage", nullptr},
           NativeSymbol{"f", function, "(~*)i", nullptr},
           NativeSymbol{"f", function, "(*~", nullptr},
           NativeSymbol{"f", function, "(i)i ", nullptr},
           NativeSymbol{"f", function, ")(", nullptr},
           NativeSymbol{"f", function, "(i)*", nullptr},
       }) {
    NativeSymbol table[] = {kNatives[0], wrong};
    CHECK(!wasm_runtime_register_natives("env", table, 2));
    CHECK(!wasm_runtime_register_natives_raw("env", table, 2));
  }
  CHECK(!wasm_runtime_is_import_func_linked("env", "f"));
  for (const char* good : {"()", "(*~)i", "($*ri)F", "", "(iIfFV)iI"}) {
    NativeSymbol table[] = {{"g", function, good, nullptr}};
    CHECK(wasm_runtime_register_natives("env", table, 1));
  }
  wasm_runtime_destroy();
  RuntimeInitArgs args{};
  args.mem_alloc_type = Alloc_With_System_Allocator;
  args.native_module_name = "env";
  NativeSymbol table[] = {{"f", nullptr, "()", nullptr}};
  args.native_symbols = table;
  args.n_native_symbols = 1;
  CHECK(!wasm_runtime_full_init(&args));
  args.native_symbols = nullptr;
  CHECK(!wasm_runtime_full_init(&args));
  wasm_runtime_set_log_level(WASM_LOG_LEVEL_WARNING);
}

TEST_CASE("blocks shrink to nothing, grow and are aligned") {
  Compiled();
  REQUIRE(wasm_runtime_init());
  char* block = static_cast<char*>(wasm_runtime_malloc(10));
  block[9] = 1;
  void* const nothing = wasm_runtime_realloc(block, 0);
  REQUIRE(nothing != nullptr);
  block = static_cast<char*>(wasm_runtime_realloc(nothing, 1000));
  REQUIRE(block != nullptr);
  block[999] = 1;
  wasm_runtime_free(block);
  block = static_cast<char*>(wasm_runtime_aligned_alloc(64, 64));
  REQUIRE(block != nullptr);
  block[63] = 7;
  block = static_cast<char*>(wasm_runtime_realloc(block, 10'000));
  REQUIRE(block != nullptr);
  CHECK(block[63] == 7);
  wasm_runtime_free(block);
  wasm_runtime_destroy();
}

// ---- What is left open.

std::size_t g_blocks = 0;
void* Take(void*, tenon_category_t, std::uint64_t size) {
  ++g_blocks;
  return std::malloc(static_cast<std::size_t>(size));
}
void GiveBack(void*, tenon_category_t, void* block) {
  --g_blocks;
  std::free(block);
}

int g_contexts = 0;
void DropContext(wasm_module_inst_t, void*) { ++g_contexts; }

void LeaveOpen() {
  REQUIRE(wasm_runtime_register_natives("env", kNatives, 1));
  const wasm_module_t module = Load();
  REQUIRE(module != nullptr);
  REQUIRE(wasm_runtime_register_module("library", module, nullptr, 0));
  for (int i = 0; i < 3; ++i) {
    const wasm_module_inst_t instance = Instantiate(module);
    REQUIRE(instance != nullptr);
    wasm_runtime_set_context(instance, wasm_runtime_create_context_key(DropContext), &g_contexts);
    REQUIRE(wasm_runtime_create_exec_env(instance, 65536) != nullptr);
    REQUIRE(wasm_runtime_get_exec_env_singleton(instance) != nullptr);
  }
  InstantiationArgs2* arguments = nullptr;
  REQUIRE(wasm_runtime_instantiation_args_create(&arguments));
}

bool NothingLives() {
  tenon_memory_report_t report;
  tenon_get_memory_report(&report);
  for (const tenon_usage_t& usage : report.categories) {
    if (usage.live_bytes != 0 || usage.live_blocks != 0 || usage.mapped_file_bytes != 0)
      return false;
  }
  return true;
}

TEST_CASE("the end of the runtime gives back what the host has left, with every allocator") {
  Compiled();
  g_contexts = 0;
  REQUIRE(wasm_runtime_init());
  LeaveOpen();
  wasm_runtime_destroy();
  CHECK(NothingLives());
  CHECK(g_contexts == 3);

  const tenon_allocator_t allocator = {Take, nullptr, GiveBack, nullptr};
  REQUIRE(tenon_init_with_allocator(&allocator, nullptr, nullptr, 0));
  LeaveOpen();
  wasm_runtime_destroy();
  CHECK(NothingLives());
  CHECK(g_blocks == 0);

  std::vector<char> pool(4 << 20);
  REQUIRE(tenon_init_with_pool(pool.data(), pool.size(), nullptr, nullptr, 0));
  LeaveOpen();
  wasm_runtime_destroy();
  CHECK(NothingLives());
  CHECK(g_contexts == 9);
}

TEST_CASE("a file that is copied when it is loaded may change afterwards") {
  Compiled();
  const std::string path =
      (std::filesystem::temp_directory_path() / ("careless-" + std::to_string(::getpid()) + ".aot"))
          .string();
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(Compiled().data()),
             static_cast<std::streamsize>(Compiled().size()));
  REQUIRE(wasm_runtime_init());
  REQUIRE(wasm_runtime_register_natives("env", kNatives, 1));
  char error[200] = "";
  for (const tenon_bounds_checks_t checks :
       {TENON_BOUNDS_CHECKS_ANY, TENON_BOUNDS_CHECKS_EXPLICIT}) {
    const tenon_load_options_t options = {checks, true};
    const wasm_module_t module = tenon_load_file_with(path.c_str(), &options, error, sizeof error);
    REQUIRE_MESSAGE(module != nullptr, error);
    if (checks == TENON_BOUNDS_CHECKS_EXPLICIT) std::ofstream(path, std::ios::trunc);
    const wasm_module_inst_t instance = Instantiate(module);
    REQUIRE(instance != nullptr);
    std::uint32_t cells[2] = {20, 22};
    CHECK(wasm_runtime_call_wasm(wasm_runtime_get_exec_env_singleton(instance),
                                 wasm_runtime_lookup_function(instance, "add"), 2, cells));
    CHECK(cells[0] == 42);
    wasm_runtime_deinstantiate(instance);
    wasm_runtime_unload(module);
  }
  CHECK(tenon_load_file_with(path.c_str(), nullptr, error, sizeof error) == nullptr);
  wasm_runtime_destroy();
  CHECK(NothingLives());
  std::vector<char> pool(4 << 20);
  REQUIRE(tenon_init_with_pool(pool.data(), pool.size(), nullptr, nullptr, 0));
  const tenon_load_options_t guard = {TENON_BOUNDS_CHECKS_GUARD, true};
  CHECK(tenon_load_with(Compiled().data(), Compiled().size(), &guard, error, sizeof error) ==
        nullptr);
  CHECK(std::string(error).find("guard pages") != std::string::npos);
  wasm_runtime_destroy();
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace tenon::runtime
