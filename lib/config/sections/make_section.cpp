#include "lib/config/sections/make_section.h"

namespace hawser::config {

namespace {

// [[bond.bond0]]
bool stands_several_times(const Value& value) {
  const auto* list = value.as<List>();
  return list != nullptr && !value.closed && !list->empty();
}

}  // namespace

void refuse_no_table(const ReadContext& scope, const Value& value, const std::string& form) {
  scope.problem(value.place, "",
                stands_several_times(value)
                    ? fmt::format("is one section: write {} once, with single brackets", form)
                    : fmt::format("must be a table: {}, not {}", form, in_words(value)));
}

void refuse_no_section(const ReadContext& scope, std::string_view kind, const Entry& entry) {
  if (find_key(kind, entry.key) == nullptr)
    return refuse_no_table(scope, entry.value, fmt::format("[{}]", scope.path));
  scope.problem(entry.place, "",
                fmt::format("stands in no section: write [{0}.NAME] above it, such as [{0}.{1}]", kind,
                            find_section(kind)->example_name));
}

void judge_name(std::string_view kind, Part part, const std::string& name, Place place, Report& report) {
  const auto is_control = [](char c) { return (c >= 0 && c < ' ') || c == '\x7F'; };
  if (name.empty())
    report.add(part, place, std::string(kind), fmt::format("must have a name: [{}.NAME]", kind));
  else if (std::ranges::any_of(name, is_control))
    report.add(part, place, std::string(kind),
               fmt::format("the name {} must be without control characters", quote(name)));
}

}  // namespace hawser::config
