// Start-up time counts: no iostream, and the command line is parsed by hand.
#include "runtime/program/command_line.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace tenon::runtime {
namespace {

enum ValueForm { kValue, kNoValue, kOptionalValue };

// ---- The help

void PrintOption(const char* names, ValueForm form, const char* value, const char* text) {
  constexpr int kTextColumn = 26;
  int width = std::printf("  ");
  for (const char* name = names; *name != '\0'; ++name)
    width += std::printf(*name == ',' ? ", " : "%c", *name);
  if (form == kValue) width += std::printf("=%s", value);
  if (form == kOptionalValue) width += std::printf("[=%s]", value);
  if (width + 2 > kTextColumn) {
    std::printf("\n");
    width = 0;
  }
  for (bool is_first = true; *text != '\0'; is_first = false) {
    const std::size_t length = std::strcspn(text, "\n");
    std::printf("%*s%.*s\n", kTextColumn - (is_first ? width : 0), "", static_cast<int>(length),
                text);
    text += length + (text[length] == '\n' ? 1 : 0);
  }
}

void PrintHelp() {
  const char* before = "Usage: ";
#define TENON_USAGE(line)              \
  std::printf("%s%s\n", before, line); \
  before = "       ";
#define TENON_TEXT(paragraph) std::printf("\n%s\n", paragraph);
#define TENON_HEADING(words) std::printf("\n%s:\n", words);
#define TENON_OPTION(names, form, value, set, text) PrintOption(names, form, value, text);
#include "runtime/program/options.def"
}

void PrintVersion() { std::printf("tenon %s\n", TENON_VERSION); }

// ---- What each option does

Status SetDirectory(CommandLine* line, char* value) {
  char* const separator = std::strstr(value, "::");
  if (separator == value || value[0] == '\0')
    return Error::Format("--dir needs a directory, as in --dir=HOST::GUEST.");
  if (separator != nullptr) *separator = '\0';  // the words are the program's own
  line->preopens.Add({value, separator != nullptr ? separator + 2 : value});
  return Status::Ok();
}

Status SetEnvironment(CommandLine* line, char* value) {
  if (std::strchr(value, '=') == nullptr || value[0] == '=') {
    return Error::Format("--env needs NAME=VALUE, not \"%s\".", value);
  }
  line->program_environment.Add(value);
  return Status::Ok();
}

Status SetListener(CommandLine* line, char* value) {
  line->listeners.Add(value);
  return Status::Ok();
}

Status SetAddressPool(CommandLine* line, char* value) {
  line->address_pool.Add(value);
  return Status::Ok();
}

// To standard error, unbuffered and in one piece, so that it is in order with the program's output.
void WriteTrace(void*, const char* text, std::size_t length) {
  while (length > 0) {
    const ssize_t written = write(STDERR_FILENO, text, length);
    if (written < 0 && errno != EINTR) return;
    if (written > 0) {
      text += written;
      length -= static_cast<std::size_t>(written);
    }
  }
}

Status SetTrace(CommandLine* line, char*) {
  line->wasi.trace.write = WriteTrace;
  return Status::Ok();
}

Status SetInvoke(CommandLine* line, char* value) {
  line->invoke = value;
  return Status::Ok();
}

Status SetUnknownImportsTrap(CommandLine* line, char*) {
  line->instantiate.unknown_function_imports_trap = true;
  return Status::Ok();
}

Status SetBoundsChecks(CommandLine* line, char* value) {
  if (std::strcmp(value, "guard") == 0)
    line->open.bounds_checks = container::BoundsChecks::kGuard;
  else if (std::strcmp(value, "explicit") == 0)
    line->open.bounds_checks = container::BoundsChecks::kExplicit;
  else
    return Error::Format("--bounds-checks is guard or explicit, not \"%s\".", value);
  return Status::Ok();
}

Status SetStackSize(CommandLine* line, char* value) {
  char* end = nullptr;
  errno = 0;
  const unsigned long long bytes = std::strtoull(value, &end, 10);
  if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0) {
    return Error::Format("--stack-size needs a number of bytes, not \"%s\".", value);
  }
  line->environment.stack_bytes = bytes;
  return Status::Ok();
}

// Null: the form without a value.
Status SetMemoryReport(CommandLine* line, char* value) {
  if (value != nullptr && std::strcmp(value, "json") != 0)
    return Error::Format("--memory-report is alone or =json, not \"%s\".", value);
  line->report = value == nullptr ? ReportForm::kText : ReportForm::kJson;
  return Status::Ok();
}

Status SetVersion(CommandLine* line, char*) {
  line->information = PrintVersion;
  return Status::Ok();
}

Status SetHelp(CommandLine* line, char*) {
  line->information = PrintHelp;
  return Status::Ok();
}

// ---- Parsing

struct Option {
  std::string_view names;
  ValueForm form;
  Status (*set)(CommandLine* line, char* value);

  bool Has(std::string_view name) const {
    const std::size_t comma = names.find(',');
    return name == names.substr(0, comma) ||
           (comma != std::string_view::npos && name == names.substr(comma + 1));
  }
};
constexpr Option kOptions[] = {
#define TENON_USAGE(line)
#define TENON_TEXT(paragraph)
#define TENON_HEADING(words)
#define TENON_OPTION(names, form, value, set, text) {names, form, set},
#include "runtime/program/options.def"
};

const Option* FindOption(std::string_view name) {
  for (const Option& option : kOptions) {
    if (option.Has(name)) return &option;
  }
  return nullptr;
}

}  // namespace

Status Parse(int count, char** arguments, CommandLine* line) {
  line->preopens.Reserve(count);
  for (auto* list : {&line->program_environment, &line->listeners, &line->address_pool})
    list->Reserve(count);
  int i = 0;
  for (; i < count && arguments[i][0] == '-'; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--") {
      ++i;
      break;
    }
    const std::size_t equals = argument.find('=');
    const std::string_view name = argument.substr(0, equals);
    const Option* option = FindOption(name);
    if (option == nullptr) return Error::Format("Unknown option \"%s\".", arguments[i]);
    if (option->form == kNoValue ||
        (option->form == kOptionalValue && equals == std::string_view::npos)) {
      if (equals != std::string_view::npos) {
        return Error::Format("%.*s takes no value.", static_cast<int>(name.size()), name.data());
      }
      TENON_TRY(option->set(line, nullptr));
      if (line->information != nullptr) return Status::Ok();
      continue;
    }
    if (equals == std::string_view::npos && i + 1 == count) {
      return Error::Format("%s needs a value.", arguments[i]);
    }
    char* const value =
        equals != std::string_view::npos ? arguments[i] + equals + 1 : arguments[++i];
    TENON_TRY(option->set(line, value));
  }
  if (i >= count) return Error::Format("There is no FILE.aot to run.");
  line->file = arguments[i];
  line->words = {arguments + i, static_cast<std::size_t>(count - i)};
  return Status::Ok();
}

}  // namespace tenon::runtime
