// Names of sections: people type them, and they stand in logs and tables.
#include <algorithm>

#include "lib/config/rules.h"
#include "lib/config/schema.h"

namespace hawser::config {

namespace {

template <class S>
void judge(std::string_view kind, const Sections<S>& sections, Report& report) {
  const auto is_control = [](char c) { return (c >= 0 && c < ' ') || c == '\x7F'; };
  const auto part = part_of(std::string(kind));
  for (const auto& [name, section] : sections) {
    if (name.empty())
      report.add(part, section.place, std::string(kind),
                 "must have a name: [" + std::string(kind) + ".NAME]");
    else if (std::ranges::any_of(name, is_control))
      report.add(part, section.place, std::string(kind),
                 fmt::format("the name {} must be without control characters", quote(name)));
  }
}

}  // namespace

void check_names(const File& file, Report& report) {
  judge("nodes", file.nodes, report);
  judge("bond", file.bonds, report);
  judge("link", file.links, report);
  judge("vip", file.vips, report);
  judge("check", file.checks, report);
  judge("pool", file.pools, report);
  judge("service", file.services, report);
}

}  // namespace hawser::config
