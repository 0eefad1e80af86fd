// Every section of the file: the one list. A new section is a line in AllSections and its own pair of files;
// what it holds as written and as built is its part of File and of Config.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/engine/problem.h"
#include "lib/config/sections/bond.h"
#include "lib/config/sections/check.h"
#include "lib/config/sections/host.h"
#include "lib/config/sections/ipvs.h"
#include "lib/config/sections/link.h"
#include "lib/config/sections/nodes.h"
#include "lib/config/sections/pool.h"
#include "lib/config/sections/provider.h"
#include "lib/config/sections/service.h"
#include "lib/config/sections/vip.h"

namespace hawser::config {

template <class... S>
struct SectionList {
  struct Written : S::Written... {};
  struct Built : S::Built... {
    bool operator==(const Built&) const = default;
  };
};

// In the order of hawser.toml(5).
using AllSections =
    SectionList<Format, Nodes, Log, Netd, Vipd, Bonds, Links, Vips, Providers, Checks, Pools, Services, Ipvs>;

// Known by name and refused in words until a version supports them.
struct LaterSection {
  std::string_view name;
  Part part;
  Form form;
};
inline constexpr auto kLaterSections =
    std::to_array<LaterSection>({{"peers", Part::kAll, Form::kAside},
                                 {"rule", Part::kNetd, Form::kOther},
                                 {"group", Part::kVipd, Form::kNamed},
                                 {"alert", Part::kNetd, Form::kOther},
                                 {"real_server", Part::kNetd, Form::kOther}});

// One host's file as it is written: file.vips, file.log, ...
struct File : AllSections::Written {
  NodeView view;
};

// What comes of it, with every default filled in: config.vips, config.log_level, ...
struct Config : AllSections::Built {
  std::string node;  // which of `nodes` this view is for; empty: a single host
  bool operator==(const Config&) const = default;
};

const std::vector<SectionType>& section_types();

}  // namespace hawser::config
