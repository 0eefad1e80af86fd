// The file that an import is making: sections that know which line each setting comes from. What the rules of
// the file refuse (and with them every key that this version does not have yet) is left out and said by that
// line, so an importer writes down what a word means and need not know which version understands it. Pure.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lbctl/import/import.h"
#include "lib/config/engine/value.h"
#include "lib/foreign/lines.h"

namespace hawser::lbctl {

// A line of the other program's file, and its words.
struct Origin {
  Spot at;
  std::string words;
};

// What becomes of a section of which a setting is refused.
enum class Without : std::uint8_t {
  kStays,  // as if the setting had not been written
  kGoes,   // it would be another thing: it is left out as a whole
};

struct DraftSetting {
  std::string key;
  config::Value value;
  std::vector<Origin> origins;  // of each element of a list, or of the one value
  Without without = Without::kStays;
};

struct DraftSection {
  std::string path;  // "service.web"; of a real server "service.web.real"
  Origin origin;
  std::vector<DraftSetting> settings;
  std::vector<DraftSection> reals;

  void set(std::string_view key, config::Value value, const Origin& from, Without without = Without::kStays);
  void set_text(std::string_view key, std::string text, const Origin& from,
                Without without = Without::kStays);
  void set_number(std::string_view key, std::int64_t number, const Origin& from,
                  Without without = Without::kStays);
  void set_flag(std::string_view key, const Origin& from, bool flag = true);
  // An element of a list.
  void append(std::string_view key, config::Value element, const Origin& from,
              Without without = Without::kStays);
  // The same, unless the list has it already.
  void add_text(std::string_view key, const std::string& text, const Origin& from,
                Without without = Without::kStays);
  [[nodiscard]] const DraftSetting* find(std::string_view key) const;
  void erase(std::string_view key);
  DraftSection& add_real(const Origin& from);
};

// "tcp 192.0.2.1:80" -> "tcp-192-0-2-1-80": a name that needs no quotes.
std::string bare_name(std::string_view words);

class Draft {
 public:
  // [KIND.NAME], or with a number behind the name where there is one already. The reference stays good.
  DraftSection& section(std::string_view kind, std::string_view name, const Origin& from);
  // [NAME], of which there is one.
  DraftSection& section(std::string_view name, const Origin& from);
  // A check for `section`, by the name of one that asks the same and belongs to it, or a new one.
  void add_check(DraftSection& section, std::string_view service, DraftSection check, const Origin& from);

  void leave_out(const Origin& from, std::string_view why);
  // Settings that all real servers of a service have in common are the service's.
  void gather_reals(DraftSection& service);

  // What is left when the rules have had their say.
  Imported finish();

 private:
  void name_what_went_along(const std::map<std::pair<std::string, unsigned>, std::string>& before);

  std::deque<DraftSection> sections_;
  std::set<std::string> paths_;
  std::vector<LeftOut> left_out_;
};

}  // namespace hawser::lbctl
