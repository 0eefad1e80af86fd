#include "bondctl/import/draft.h"

#include <algorithm>
#include <tuple>

#include "lib/config/host_file.h"
#include "lib/config/written.h"

namespace hawser::bondctl {

namespace {

using config::List;
using config::plain_value;
using config::Value;

std::string path_of(const DraftSection& section) {
  return fmt::format("{}.{}", section.kind, config::toml_key(section.name));
}

// "bond.bond0.port.eth1.prio" is about the key "port".
std::string key_in(const DraftSection& section, const std::string& path) {
  const auto key = path.substr(std::min(path.size(), path_of(section).size() + 1));
  return key.substr(0, key.find_first_of(".["));
}

bool is_in(const DraftSection& section, const std::string& path) {
  const auto own = path_of(section);
  return path == own || path.starts_with(own + ".");
}

// What is without sense when a key is missing that the file left out; empty: the section.
std::string_view needs(std::string_view missing) {
  return missing == "arp_ip_target" ? "arp_interval" : "";
}
constexpr std::string_view kNoTarget = "no target is left that it could ask: miimon is in its place";

constexpr std::size_t kMostTargets = 16;  // BOND_MAX_ARP_TARGETS

// The element of a list that a problem is about: the one at this column of "key = [a, b]", or the last of too
// many; as many as there are: none of them.
std::size_t element_at(const std::string& key, const List& list, unsigned column) {
  std::size_t at = key.size() + 5;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto size = config::toml_text(list[i]).size();
    if (column >= at && column < at + size) return i;
    at += size + 2;
  }
  return key == "arp_ip_target" && list.size() > kMostTargets ? list.size() - 1 : list.size();
}

std::string in_one_line(const config::Entry& entry) {
  return fmt::format("{} = {}", entry.key, config::toml_text(entry.value));
}

}  // namespace

void DraftSection::set(const std::string& key, Value value, const Spot& spot) {
  spots[key] = {spot};
  if (auto* there = config::find(table, key))
    *there = std::move(value);
  else
    table.push_back({key, {}, std::move(value)});
}

void DraftSection::set_text(const std::string& key, const std::string& text, const Spot& spot) {
  set(key, plain_value(text), spot);
}

void DraftSection::set_number(const std::string& key, std::int64_t number, const Spot& spot) {
  set(key, plain_value(number), spot);
}

void DraftSection::add(const std::string& key, Value element, const Spot& spot) {
  if (config::find(table, key) == nullptr) table.push_back({key, {}, plain_value(List{})});
  auto& list = *config::find(table, key)->as<List>();
  const auto text = config::toml_text(element);
  if (std::ranges::any_of(list, [&](const Value& one) { return config::toml_text(one) == text; })) return;
  list.push_back(std::move(element));
  spots[key].push_back(spot);
}

void DraftSection::add_text(const std::string& key, const std::string& text, const Spot& spot) {
  add(key, plain_value(text), spot);
}

DraftSection* Draft::find(const std::string& name) {
  const auto found = std::ranges::find(sections_, name, &DraftSection::name);
  return found == sections_.end() ? nullptr : &*found;
}

DraftSection& Draft::section(const std::string& kind, const std::string& name, const Spot& at) {
  if (auto* there = find(name)) return *there;
  return sections_.emplace_back(DraftSection{kind, name, at, {}, {}});
}

void Draft::leave_out(const Spot& at, const std::string& what, const std::string& why) {
  left_out_.push_back({at, what, why});
}

std::string Draft::text() const {
  std::string text = "format = 1\n";
  for (const auto& section : sections_)
    text += "\n" + config::section_text(section.kind, section.name, section.table);
  return text;
}

void Draft::drop(DraftSection& section, const std::string& key, const config::Problem& problem) {
  const auto entry = std::ranges::find(section.table, key, &config::Entry::key);
  auto* list = entry->value.as<List>();
  auto& spots = section.spots[key];
  const auto at = list == nullptr ? 0 : element_at(key, *list, problem.column);
  const auto spot = at < spots.size() ? spots[at] : spots.empty() ? section.at : spots.front();
  if (list != nullptr && at < list->size() && list->size() > 1) {
    leave_out(spot, fmt::format("{}: {} {}", section.name, key, config::toml_text((*list)[at])),
              problem.what);
    list->erase(list->begin() + static_cast<std::ptrdiff_t>(at));
    if (at < spots.size()) spots.erase(spots.begin() + static_cast<std::ptrdiff_t>(at));
    return;
  }
  leave_out(spot, fmt::format("{}: {}", section.name, in_one_line(*entry)), problem.what);
  section.table.erase(entry);
}

// One thing of each key: what else is wrong with it is asked again, when it has changed. False: nothing of it
// is about what is there.
bool Draft::take_out(const std::vector<config::Problem>& problems) {
  std::set<std::string> touched;
  bool any = false;
  for (const auto& problem : problems) any |= take_out(problem, touched);
  return any;
}

bool Draft::take_out(const config::Problem& problem, std::set<std::string>& touched) {
  const auto section =
      std::ranges::find_if(sections_, [&](const DraftSection& one) { return is_in(one, problem.key); });
  if (section == sections_.end()) return false;
  const auto key = key_in(*section, problem.key);
  if (!touched.insert(fmt::format("{}.{}", path_of(*section), key)).second) return true;
  const bool makes_it = key == "mode" || key == "kind" || key == "on" || key == "id" || key == "table";
  if (section->has(key) && !makes_it) {
    drop(*section, key, problem);
    return true;
  }
  if (const auto idle = std::string(needs(key)); section->has(idle)) {
    drop(*section, idle, {problem.file, 0, 0, problem.key, std::string(kNoTarget)});
    return true;
  }
  leave_out(section->at, fmt::format("[{}]", path_of(*section)),
            key.empty() ? problem.what : fmt::format("{}: {}", key, problem.what));
  sections_.erase(section);
  return true;
}

Imported Draft::finish() {
  while (!sections_.empty()) {
    const auto file = config::judge_sources({{"", text()}}, {}, config::Part::kNetd);
    if (file.good()) break;
    if (take_out(file.problems)) continue;
    leave_out(sections_.front().at, "everything", file.problems.front().what);
    sections_.clear();
  }
  std::ranges::stable_sort(left_out_, [](const LeftOut& one, const LeftOut& other) {
    return std::tie(one.at.file, one.at.line) < std::tie(other.at.file, other.at.line);
  });
  return {sections_.empty() ? std::string() : text(), std::move(left_out_)};
}

}  // namespace hawser::bondctl
