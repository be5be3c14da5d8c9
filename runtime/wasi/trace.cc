// See trace.h: prints parameters by their kinds (wasi_kinds.def).
#include "runtime/wasi/trace.h"

#include <algorithm>
#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <span>

#include "runtime/wasi/context.h"

namespace tenon::runtime::wasi {
namespace {

constexpr std::size_t kMaximumLine = 1000;
constexpr std::size_t kShownBytes = 32;  // of texts and buffers, as in strace
constexpr std::uint32_t kShownVectors = 4;

constexpr const char* kClocks[] = {"REALTIME", "MONOTONIC", "PROCESS_CPUTIME_ID",
                                   "THREAD_CPUTIME_ID"};
constexpr const char* kWhences[] = {"SET", "CUR", "END"};
constexpr const char* kOldWhences[] = {"CUR", "END", "SET"};
constexpr const char* kAdvices[] = {"NORMAL",   "SEQUENTIAL", "RANDOM",
                                    "WILLNEED", "DONTNEED",   "NOREUSE"};
constexpr const char* kFileTypes[] = {"UNKNOWN",       "BLOCK_DEVICE", "CHARACTER_DEVICE",
                                      "DIRECTORY",     "REGULAR_FILE", "SOCKET_DGRAM",
                                      "SOCKET_STREAM", "SYMBOLIC_LINK"};
constexpr const char* kLookupFlags[] = {"SYMLINK_FOLLOW"};
constexpr const char* kOpenFlags[] = {"CREAT", "DIRECTORY", "EXCL", "TRUNC"};
constexpr const char* kDescriptorFlags[] = {"APPEND", "DSYNC", "NONBLOCK", "RSYNC", "SYNC"};
constexpr const char* kTimeFlags[] = {"ATIM", "ATIM_NOW", "MTIM", "MTIM_NOW"};
constexpr const char* kReceiveFlags[] = {"PEEK", "WAITALL"};
constexpr const char* kShutdownFlags[] = {"RD", "WR"};
constexpr const char* kReceivedFlags[] = {"DATA_TRUNCATED"};

struct ErrorName {
  ErrorCode error;
  const char* name;
};
constexpr ErrorName kErrorNames[] = {
#define TENON_WASI_ERROR(enumerator, number, host) {enumerator, #host},
#include "runtime/wasi/functions/wasi_errors.def"
#undef TENON_WASI_ERROR
    {kNotCapable, "ENOTCAPABLE"},
};

// One line, cut at kMaximumLine.
class Line {
 public:
  [[gnu::format(printf, 2, 3)]] void Print(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int printed = std::vsnprintf(text_ + size_, kMaximumLine - size_, format, arguments);
    va_end(arguments);
    if (printed > 0) size_ = std::min(size_ + static_cast<std::size_t>(printed), kMaximumLine - 1);
  }
  // In quotes, with escapes for bytes that are not printable.
  void Quote(const std::uint8_t* bytes, std::uint64_t length) {
    const std::size_t shown = std::min<std::uint64_t>(length, kShownBytes * 2);
    Print("\"");
    for (std::size_t i = 0; i < shown; ++i) {
      const std::uint8_t byte = bytes[i];
      if (byte == '\n')
        Print("\\n");
      else if (byte == '"' || byte == '\\')
        Print("\\%c", byte);
      else if (byte < 0x20 || byte >= 0x7F)
        Print("\\x%02x", byte);
      else
        Print("%c", byte);
    }
    Print(shown < length ? "\"..." : "\"");
  }
  void Choice(std::span<const char* const> names, std::uint64_t value) {
    if (value < names.size())
      Print("%s", names[value]);
    else
      Print("%" PRIu64, value);
  }
  void Flags(std::span<const char* const> names, std::uint64_t value) {
    if (value == 0) Print("0");
    const char* separator = "";
    for (std::size_t i = 0; i < names.size(); ++i) {
      if ((value >> i & 1) == 0) continue;
      Print("%s%s", separator, names[i]);
      separator = "|";
    }
    const std::uint64_t unknown = value >> names.size() << names.size();
    if (unknown != 0) Print("%s0x%" PRIx64, separator, unknown);
  }
  // Ends the line.
  std::string_view Finish() {
    text_[size_++] = '\n';
    return {text_, size_};
  }

 private:
  char text_[kMaximumLine + 1];
  std::size_t size_ = 0;
};

void PrintText(Line& line, const GuestMemory& memory, std::uint64_t address, std::uint64_t length) {
  const std::uint8_t* const bytes = memory.At(static_cast<std::uint32_t>(address), length);
  if (bytes == nullptr)
    line.Print("0x%" PRIx64 "[%" PRIu64 "]", address, length);
  else
    line.Quote(bytes, length);
}

// `moved` bytes of the vectors' contents are meaningful.
void PrintVectors(Line& line, const GuestMemory& memory, std::uint64_t address, std::uint64_t count,
                  std::uint64_t moved) {
  line.Print("[");
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint32_t cell[2];
    if (i == kShownVectors || !memory.Load(static_cast<std::uint32_t>(address + i * 8), &cell)) {
      line.Print("%s... %" PRIu64 " in all", i == 0 ? "" : ", ", count);
      break;
    }
    if (i != 0) line.Print(", ");
    const std::uint64_t shown = std::min<std::uint64_t>(cell[1], moved);
    const std::uint8_t* const bytes = memory.At(cell[0], cell[1]);
    if (bytes == nullptr) {
      line.Print("0x%x[%u]", cell[0], cell[1]);
    } else {
      line.Quote(bytes, std::min<std::uint64_t>(shown, kShownBytes));
      if (cell[1] > kShownBytes) line.Print("...[%u]", cell[1]);
    }
    moved -= shown;
  }
  line.Print("]");
}

template <typename T>
void PrintStored(Line& line, const GuestMemory& memory, std::uint64_t address, bool good) {
  T value;
  if (good && memory.Load(static_cast<std::uint32_t>(address), &value))
    line.Print("%" PRIu64, static_cast<std::uint64_t>(value));
  else
    line.Print("0x%" PRIx64, address);
}

void PrintFileStatus(Line& line, const GuestMemory& memory, std::uint64_t address, bool good) {
  std::uint64_t cells[8];
  if (!good || !memory.Load(static_cast<std::uint32_t>(address), &cells)) {
    line.Print("0x%" PRIx64, address);
    return;
  }
  line.Print("{ino=%" PRIu64 ", filetype=", cells[1]);
  line.Choice(kFileTypes, cells[2] & 0xFF);
  line.Print(", size=%" PRIu64 "}", cells[4]);
}

void PrintDescriptorStatus(Line& line, const GuestMemory& memory, std::uint64_t address,
                           bool good) {
  std::uint64_t cells[3];
  if (!good || !memory.Load(static_cast<std::uint32_t>(address), &cells)) {
    line.Print("0x%" PRIx64, address);
    return;
  }
  line.Print("{filetype=");
  line.Choice(kFileTypes, cells[0] & 0xFF);
  line.Print(", flags=");
  line.Flags(kDescriptorFlags, cells[0] >> 16 & 0xFFFF);
  line.Print(", rights=0x%" PRIx64 ", inheriting=0x%" PRIx64 "}", cells[1], cells[2]);
}

void PrintPreopen(Line& line, const GuestMemory& memory, std::uint64_t address, bool good) {
  std::uint32_t cells[2];
  if (good && memory.Load(static_cast<std::uint32_t>(address), &cells))
    line.Print("{dir, name_len=%u}", cells[1]);
  else
    line.Print("0x%" PRIx64, address);
}

// How many bytes the call moved: what the first ">size" parameter points to.
std::uint64_t MovedBytes(const GuestMemory& memory, const Signature& signature,
                         const std::uint64_t* values) {
  for (std::size_t i = 0; i < signature.parameter_count; ++i) {
    const ParameterKind kind = signature.parameters[i].kind;
    std::uint32_t moved = 0;
    if (kind == ParameterKind::kResultSize) {
      memory.Load(static_cast<std::uint32_t>(*values), &moved);
      return moved;
    }
    values += kKinds[static_cast<std::size_t>(kind)].letters.size();
  }
  return 0;
}

struct PrintedCall {
  const GuestMemory& memory;
  bool good;            // whether the results are there
  std::uint64_t moved;  // bytes in vectors that the call filled
};

void PrintParameter(Line& line, const PrintedCall& call, ParameterKind kind,
                    const std::uint64_t* values) {
  const GuestMemory& memory = call.memory;
  switch (kind) {
    case ParameterKind::kNumber:
    case ParameterKind::kSize:
    case ParameterKind::kFd:
    case ParameterKind::kFileSize:
    case ParameterKind::kTime:
    case ParameterKind::kCookie: line.Print("%" PRIu64, values[0]); break;
    case ParameterKind::kOffset:
      line.Print("%" PRId64, static_cast<std::int64_t>(values[0]));
      break;
    case ParameterKind::kAddress:
    case ParameterKind::kRights: line.Print("0x%" PRIx64, values[0]); break;
    case ParameterKind::kClock: line.Choice(kClocks, values[0]); break;
    case ParameterKind::kWhence: line.Choice(kWhences, values[0]); break;
    case ParameterKind::kOldWhence: line.Choice(kOldWhences, values[0]); break;
    case ParameterKind::kAdvice: line.Choice(kAdvices, values[0]); break;
    case ParameterKind::kLookup: line.Flags(kLookupFlags, values[0]); break;
    case ParameterKind::kOpenFlags: line.Flags(kOpenFlags, values[0]); break;
    case ParameterKind::kDescriptorFlags: line.Flags(kDescriptorFlags, values[0]); break;
    case ParameterKind::kTimeFlags: line.Flags(kTimeFlags, values[0]); break;
    case ParameterKind::kReceiveFlags: line.Flags(kReceiveFlags, values[0]); break;
    case ParameterKind::kShutdownFlags: line.Flags(kShutdownFlags, values[0]); break;
    case ParameterKind::kText: PrintText(line, memory, values[0], values[1]); break;
    case ParameterKind::kBuffer:
      line.Print("0x%" PRIx64 "[%" PRIu64 "]", values[0], values[1]);
      break;
    case ParameterKind::kIoVectors:
      PrintVectors(line, memory, values[0], values[1], UINT64_MAX);
      break;
    case ParameterKind::kResultText:
      if (call.good)
        PrintText(line, memory, values[0], values[1]);
      else
        line.Print("0x%" PRIx64 "[%" PRIu64 "]", values[0], values[1]);
      break;
    case ParameterKind::kResultIoVectors:
      PrintVectors(line, memory, values[0], values[1], call.good ? call.moved : 0);
      break;
    case ParameterKind::kResultSize:
    case ParameterKind::kResultFd:
      PrintStored<std::uint32_t>(line, memory, values[0], call.good);
      break;
    case ParameterKind::kResultTime:
    case ParameterKind::kResultFileSize:
      PrintStored<std::uint64_t>(line, memory, values[0], call.good);
      break;
    case ParameterKind::kResultFileStatus:
      PrintFileStatus(line, memory, values[0], call.good);
      break;
    case ParameterKind::kResultDescriptorStatus:
      PrintDescriptorStatus(line, memory, values[0], call.good);
      break;
    case ParameterKind::kResultPreopen: PrintPreopen(line, memory, values[0], call.good); break;
    case ParameterKind::kResultReceiveFlags: {
      std::uint16_t flags = 0;
      if (call.good) memory.Load(static_cast<std::uint32_t>(values[0]), &flags);
      line.Flags(kReceivedFlags, flags);
      break;
    }
  }
}

const char* NameOf(ErrorCode error) {
  for (const ErrorName& entry : kErrorNames) {
    if (entry.error == error) return entry.name;
  }
  return "?";
}

void PrintError(Line& line, ErrorCode error) {
  if (error == kSuccess) return line.Print(" = 0");
  line.Print(" = %u %s", error, NameOf(error));
  const int host_error = ToHostError(error);
  if (host_error != 0) line.Print(" (%s)", std::strerror(host_error));
}

}  // namespace

void TraceCall(abi::ExecutionEnvironment* environment, const TracedFunction& function,
               const std::uint64_t* values, std::uint32_t result, std::uint64_t nanoseconds) {
  const Caller caller(environment);
  const Signature& signature = *function.signature;
  const bool good = result == kSuccess;
  const PrintedCall call{caller.memory, good, MovedBytes(caller.memory, signature, values)};
  Line line;
  line.Print("%.*s(", static_cast<int>(function.name.size()), function.name.data());
  for (std::size_t i = 0; i < signature.parameter_count; ++i) {
    const Parameter& parameter = signature.parameters[i];
    line.Print("%s%.*s=", i == 0 ? "" : ", ", static_cast<int>(parameter.name.size()),
               parameter.name.data());
    PrintParameter(line, call, parameter.kind, values);
    values += kKinds[static_cast<std::size_t>(parameter.kind)].letters.size();
  }
  line.Print(")");
  if (function.result == "errno")
    PrintError(line, result);
  else if (function.result.empty())
    line.Print(" = ?");
  else
    line.Print(" = %d", static_cast<int>(result));
  line.Print(" <%" PRIu64 ".%09" PRIu64 ">", nanoseconds / kNanoseconds,
             nanoseconds % kNanoseconds);
  const std::string_view text = line.Finish();
  caller.context.trace.write(caller.context.trace.user_data, text.data(), text.size());
}

}  // namespace tenon::runtime::wasi
