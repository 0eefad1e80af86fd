// The file that an import is making: sections with the place that each setting comes from, so that what the
// rules of the file refuse can be left out and said by its line. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "bondctl/import/import.h"
#include "lib/config/engine/value.h"
#include "lib/foreign/lines.h"

namespace hawser::bondctl {

struct DraftSection {
  std::string kind, name;  // "bond", "bond0"
  Spot at;
  config::Table table;
  std::map<std::string, std::vector<Spot>> spots;  // of each element of a list, or of the one value

  void set(const std::string& key, config::Value value, const Spot& spot);
  void set_text(const std::string& key, const std::string& text, const Spot& spot);
  void set_number(const std::string& key, std::int64_t number, const Spot& spot);
  void add(const std::string& key, config::Value element, const Spot& spot);  // to a list
  void add_text(const std::string& key, const std::string& text, const Spot& spot);
  [[nodiscard]] bool has(std::string_view key) const { return config::find(table, key) != nullptr; }
};

class Draft {
 public:
  // A section of one device: made where it is not there, and then of this kind ("bond", "link").
  DraftSection& section(const std::string& kind, const std::string& name, const Spot& at);
  [[nodiscard]] DraftSection* find(const std::string& name);
  void leave_out(const Spot& at, const std::string& what, const std::string& why);

  // What is left when the file's rules have had their say.
  Imported finish();

 private:
  [[nodiscard]] std::string text() const;
  bool take_out(const std::vector<config::Problem>& problems);
  bool take_out(const config::Problem& problem, std::set<std::string>& touched);
  void drop(DraftSection& section, const std::string& key, const config::Problem& problem);

  std::vector<DraftSection> sections_;
  std::vector<LeftOut> left_out_;
};

}  // namespace hawser::bondctl
