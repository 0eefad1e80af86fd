// What reading one table needs to know and whom it tells.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/engine/report.h"
#include "lib/config/engine/section.h"

namespace hawser::config {

struct Setting;

// What reading one table needs.
struct ReadContext {
  Report& report;
  const NodeView& view;
  std::vector<Effective>* effective;  // null: nobody asks
  std::string path;                   // "vip.web"
  std::string user_path;              // as the user wrote it; differs for values out of [defaults.vip]
  Part part = Part::kAll;
  const Setting* setting = nullptr;  // the one that is being read
  // Says what may be meant by a key that the section does not have. Null where no person wrote it: who knows
  // that knows every section there is, and a program that takes values over its channel alone need not carry
  // them.
  std::string (*unknown_key)(std::string_view path, std::string_view word,
                             const std::vector<std::string_view>& known) = nullptr;

  [[nodiscard]] ReadContext inside(std::string_view key) const {
    return {report, view, effective, dotted(path, key), dotted(user_path, key), part, nullptr, unknown_key};
  }
  [[nodiscard]] ReadContext silent() const {
    return {report, view, nullptr, path, user_path, part, setting, unknown_key};
  }
  void problem(Place place, std::string_view key, std::string what) const {
    report.add(part, place, key.empty() ? user_path : dotted(user_path, key), std::move(what));
  }
};

}  // namespace hawser::config
