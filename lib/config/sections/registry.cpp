#include "lib/config/sections/registry.h"

#include "lib/config/sections/section_type.h"

namespace hawser::config {

namespace {

template <class... S>
std::vector<SectionType> types_of(SectionList<S...> /*all*/) {
  return {S::type()...};
}

constexpr std::string_view kOverlayExample = R"([on.lb3.log]
level = "debug"
[on.lb3.link.spare]                         # a section that only lb3 has
kind = "dummy"
)";

constexpr std::string_view kDefaultsExample = R"([defaults.vip]
advertisement_interval = "200ms"
[defaults.check]
timeout = "300ms"
)";

// What the engine itself takes out of the tree before any section is read.
void add_overlays(std::vector<SectionInfo>& infos) {
  infos.push_back({.name = "on", .form = Form::kNamed, .examples = {{"[on.NODE.SECTION]", kOverlayExample}}});
  infos.push_back({.name = "defaults", .examples = {{"[defaults.SECTION]", kDefaultsExample}}});
}

}  // namespace

const std::vector<SectionType>& section_types() {
  static const auto types = types_of(AllSections{});
  return types;
}

const std::vector<SectionInfo>& schema() {
  static const auto infos = [] {
    std::vector<SectionInfo> all;
    for (const auto& type : section_types()) {
      all.push_back(type.info);
      if (type.info.name == "nodes") add_overlays(all);
    }
    for (const auto& [name, part, form] : kLaterSections)
      all.push_back({.name = name, .part = part, .form = form, .supported = false});
    return all;
  }();
  return infos;
}

}  // namespace hawser::config
