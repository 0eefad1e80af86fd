#include "lbctl/import/verb.h"

#include <algorithm>

#include <boost/json.hpp>
#include <glob.h>

#include "lbctl/import/import.h"
#include "lib/base/atomic_file.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/config/read_text.h"
#include "lib/control/json.h"

namespace hawser::lbctl {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::string_view kStandardInput = "-";

Result<config::Source> source_of(const std::string& word) {
  const bool piped = word == kStandardInput;
  auto text = piped ? read_stdin() : config::read_text(word);
  if (!text) return tl::unexpected(text.error());
  return config::Source{piped ? "standard input" : word, std::move(*text)};
}

Result<std::vector<config::Source>> included(const std::string& pattern, const std::string& from) {
  const auto full =
      (fs::path(from).parent_path() / pattern).lexically_normal();  // an absolute pattern stands by itself
  glob_t found{};
  std::vector<std::string> names;
  if (::glob(full.c_str(), 0, nullptr, &found) == 0)
    names.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (names.empty()) return fail("there is no {}", full.native());
  std::vector<config::Source> sources;
  for (const auto& name : names) {
    auto text = config::read_text(name);
    if (!text) return tl::unexpected(text.error());
    sources.push_back({name, std::move(*text)});
  }
  return sources;
}

json::object json_of(const LeftOut& left) {
  return {{"file", left.at.file},
          {"line", left.at.line},
          {"what", left.what},
          {"why", left.why},
          {"text", to_string(left)}};
}

int status_of(const Imported& imported) {
  if (!imported.left_out.empty()) return kNo;
  return imported.text.empty() ? kRefused : kDone;
}

void answer_in_json(const Imported& imported) {
  json::array list;
  for (const auto& left : imported.left_out) list.push_back(json_of(left));
  cli::print(control::pretty({{"format", 1}, {"toml", imported.text}, {"left_out", std::move(list)}}));
}

}  // namespace

int import_verb(const cli::Arguments& arguments) {
  const auto format = from_name<Foreign>(arguments.words[0]);
  if (!format) {
    cli::refuse(arguments, "lbctl",
                fmt::format("import: '{}' is not ipvsadm-rules, ldirectord.cf or keepalived.conf",
                            arguments.words[0]));
    return kUsage;
  }
  const auto source = source_of(arguments.words[1]);
  if (!source) return cli::refuse(arguments, "lbctl", source.error());
  const auto imported = import_file(*format, *source, included);
  return answer_with(arguments, imported, source->file);
}

int answer_with(const cli::Arguments& arguments, const Imported& imported, std::string_view source) {
  if (arguments.json) {
    answer_in_json(imported);
    return status_of(imported);
  }
  for (const auto& left : imported.left_out) cli::say(to_string(left));
  if (imported.text.empty())
    cli::say(fmt::format("lbctl: {}: nothing of {} could stand in a file", arguments.verb, source));
  cli::print(imported.text);
  return status_of(imported);
}

}  // namespace hawser::lbctl
