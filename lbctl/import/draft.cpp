#include "lbctl/import/draft.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <ranges>
#include <tuple>

#include "lbctl/import/draft_text.h"
#include "lbctl/import/words.h"
#include "lib/config/host_file.h"

namespace hawser::lbctl {

namespace {

using config::List;
using config::plain_value;
using config::Value;

constexpr std::string_view kDraftFile = "imported.toml";  // what problems call the draft
constexpr std::string_view kNothingSaid = "nothing of it can stand in a file";

// "quorum = 7", without what is too long for a line.
std::string in_short(const DraftSetting& setting, const Value& value) {
  constexpr std::size_t kMost = 60;
  const auto text = config::toml_text(value);
  return text.size() > kMost ? setting.key : fmt::format("{} = {}", setting.key, text);
}

void drop_empty_settings(DraftSection& section) {
  std::erase_if(section.settings, [](const DraftSetting& setting) { return setting.origins.empty(); });
}

// The last word of a dotted key: "pool" of "service.web.pool".
std::string last_key(const std::string& key) {
  return key.substr(key.rfind('.') + 1);
}

DraftSetting* setting_of(std::vector<DraftSetting>& settings, std::string_view key) {
  const auto found = std::ranges::find(settings, key, &DraftSetting::key);
  return found == settings.end() ? nullptr : &*found;
}

// Takes out what one round of judging refused.
const Origin& origin_of_line(const DraftLine& line) {
  if (line.setting == nullptr) return line.section->origin;
  const auto& origins = line.setting->origins;
  return line.element < origins.size() ? origins[line.element] : origins.front();
}

// "is already that of imported.toml:7" by the other program's line.
std::string with_foreign_places(std::string what, const DraftText& judged) {
  const auto name = fmt::format("{}:", kDraftFile);
  for (auto at = what.find(name); at != std::string::npos; at = what.find(name, at + 1)) {
    const auto digits = at + name.size();
    const auto end = std::min(what.find_first_not_of("0123456789", digits), what.size());
    const auto number = whole_number(std::string_view(what).substr(digits, end - digits));
    if (!number || *number < 1 || static_cast<std::size_t>(*number) > judged.lines.size()) continue;
    const auto& line = judged.lines[static_cast<std::size_t>(*number) - 1];
    if (line.section == nullptr) continue;
    const auto& origin = origin_of_line(line);
    what.replace(at, end - at, fmt::format("{}:{}", origin.at.file, origin.at.line));
  }
  return what;
}

class Removal {
 public:
  Removal(std::deque<DraftSection>& sections, std::vector<LeftOut>& left_out)
      : sections_(sections), left_out_(left_out) {}

  // First what goes as a whole: nothing else is said of that.
  void mark_sections(const DraftLine& line, const config::Problem& problem) {
    if (line.section == nullptr) return;
    if (line.setting == nullptr && last_key(problem.key) == "port" && unask(*line.section, problem)) return;
    if (line.setting == nullptr)
      return drop(*line.section, line.section->origin,
                  fmt::format("{}: {}", last_key(problem.key), problem.what));
    const auto& setting = *line.setting;
    if (setting.without == Without::kGoes && is_whole(line))
      drop(*line.section, setting.origins.front(),
           fmt::format("{}: {}", in_short(setting, setting.value), problem.what));
  }

  void mark_settings(const DraftLine& line, const config::Problem& problem) {
    if (line.setting == nullptr || dropped_.contains(line.section)) return;
    auto& setting = *line.setting;
    const auto* list = setting.value.as<List>();
    const bool whole = is_whole(line);
    const auto& from = whole ? setting.origins.front() : setting.origins[line.element];
    const auto why =
        fmt::format("{}: {}", in_short(setting, whole ? setting.value : (*list)[line.element]), problem.what);
    if (!marked_[&setting].insert(whole ? kAll : line.element).second) return;
    left_out_.push_back({from.at, from.words, why});
    if (!whole) return;
    for (const auto& other : setting.origins)
      if (other.at != from.at) left_out_.push_back({other.at, other.words, why});
  }

  // False: nothing of all that was about what is there.
  bool carry_out() {
    for (const auto& [setting, elements] : marked_) take(*setting, elements);
    for (auto& section : sections_) {
      drop_empty_settings(section);
      for (auto& real : section.reals) drop_empty_settings(real);
      std::erase_if(section.reals, [&](const DraftSection& real) { return dropped_.contains(&real); });
    }
    std::erase_if(sections_, [&](const DraftSection& section) { return dropped_.contains(&section); });
    return !marked_.empty() || !dropped_.empty();
  }

 private:
  static constexpr std::size_t kAll = static_cast<std::size_t>(-1);

  // Of a list, whether it is about all of it.
  static bool is_whole(const DraftLine& line) {
    const auto* list = line.setting->value.as<List>();
    return list == nullptr || line.element >= list->size() || list->size() == 1;
  }

  // A check needs a port that the service does not give: the check goes, not the real server, which answers
  // also where nobody asks it. False: no check is there.
  bool unask(const DraftSection& real, const config::Problem& problem) {
    auto* checks = checks_of(real);
    if (checks == nullptr) return false;
    if (!marked_[checks].insert(kAll).second) return true;
    for (const auto& from : checks->origins)
      left_out_.push_back({from.at, from.words,
                           fmt::format("no check is left, and nothing asks in its place: {}: {}",
                                       last_key(problem.key), problem.what)});
    return true;
  }

  // Its own, or those that all of its service have.
  DraftSetting* checks_of(const DraftSection& real) {
    for (auto& service : sections_) {
      for (auto& one : service.reals)
        if (&one == &real)
          if (auto* own = setting_of(one.settings, "checks")) return own;
      if (real.path == service.path + ".real") return setting_of(service.settings, "checks");
    }
    return nullptr;
  }

  void drop(const DraftSection& section, const Origin& from, const std::string& why) {
    if (!dropped_.insert(&section).second) return;
    const std::string_view unchecked =
        section.path.starts_with("check.") ? ", and nothing asks in its place" : "";
    left_out_.push_back(
        {from.at, from.words, fmt::format("[{}] is left out{}: {}", section.path, unchecked, why)});
  }

  static void take(DraftSetting& setting, const std::set<std::size_t>& elements) {
    if (elements.contains(kAll)) return setting.origins.clear();
    auto& list = *setting.value.as<List>();
    for (const auto element : std::views::reverse(elements)) {
      const auto at = static_cast<std::ptrdiff_t>(element);
      list.erase(list.begin() + at);
      setting.origins.erase(setting.origins.begin() + at);
    }
  }

  std::deque<DraftSection>& sections_;
  std::vector<LeftOut>& left_out_;
  std::map<DraftSetting*, std::set<std::size_t>> marked_;
  std::set<const DraftSection*> dropped_;
};

std::string check_name(const DraftSection& check) {
  constexpr std::string_view kKind = "check.";
  return check.path.substr(kKind.size());
}

bool is_check(const DraftSection& section) {
  return section.path.starts_with("check.");
}

// References to checks that were taken out, and checks that nobody refers to any more.
class References {
 public:
  explicit References(std::deque<DraftSection>& sections) : sections_(sections) {}

  void tidy() {
    for (const auto& section : sections_)
      if (is_check(section)) there_.insert(check_name(section));
    for (auto& section : sections_) {
      look(section);
      for (auto& real : section.reals) look(real);
    }
    std::erase_if(sections_, [&](const DraftSection& section) {
      return is_check(section) && !used_.contains(check_name(section));
    });
  }

 private:
  void look(DraftSection& section) {
    for (auto& setting : section.settings) {
      if (setting.key != "checks") continue;
      auto& list = *setting.value.as<List>();
      for (std::size_t i = list.size(); i-- > 0;) {
        const auto& name = *list[i].as<std::string>();
        if (there_.contains(name)) {
          used_.insert(name);
          continue;
        }
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
        setting.origins.erase(setting.origins.begin() + static_cast<std::ptrdiff_t>(i));
      }
    }
    drop_empty_settings(section);
  }

  std::deque<DraftSection>& sections_;
  std::set<std::string> there_, used_;
};

// As a file would have it, for comparing.
std::string settings_text(const std::vector<DraftSetting>& settings) {
  std::string text;
  for (const auto& setting : settings)
    text += fmt::format("{} = {}\n", setting.key, config::toml_text(setting.value));
  return text;
}

using PlaceOfLine = std::pair<std::string, unsigned>;
PlaceOfLine place_of_line(const LeftOut& left) {
  return {left.at.file, left.at.line};
}

// Every line that said something, with its words.
std::map<PlaceOfLine, std::string> lines_of_sections(const std::deque<DraftSection>& sections) {
  std::map<PlaceOfLine, std::string> lines;
  const auto look = [&](const DraftSection& section) {
    lines.emplace(PlaceOfLine(section.origin.at.file, section.origin.at.line), section.origin.words);
    for (const auto& setting : section.settings)
      for (const auto& origin : setting.origins)
        lines.emplace(PlaceOfLine(origin.at.file, origin.at.line), origin.words);
  };
  for (const auto& section : sections) {
    look(section);
    for (const auto& real : section.reals) look(real);
  }
  return lines;
}

}  // namespace

std::string bare_name(std::string_view words) {
  std::string name;
  for (const char letter : words) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool bare = std::isalnum(byte) != 0 || letter == '_' || letter == '-';
    if (bare && byte < 0x80)
      name += letter;
    else if (letter != '[' && letter != ']')
      name += '-';
  }
  return name;
}

void DraftSection::set(std::string_view key, Value value, const Origin& from, Without without) {
  DraftSetting made{std::string(key), std::move(value), {from}, without};
  if (auto* there = setting_of(settings, key))
    *there = std::move(made);
  else
    settings.push_back(std::move(made));
}

void DraftSection::set_text(std::string_view key, std::string text, const Origin& from, Without without) {
  set(key, plain_value(std::move(text)), from, without);
}

void DraftSection::set_number(std::string_view key, std::int64_t number, const Origin& from,
                              Without without) {
  set(key, plain_value(number), from, without);
}

void DraftSection::set_flag(std::string_view key, const Origin& from, bool flag) {
  set(key, plain_value(flag), from);
}

void DraftSection::append(std::string_view key, Value element, const Origin& from, Without without) {
  auto* there = setting_of(settings, key);
  if (there == nullptr) return set(key, plain_value(List{std::move(element)}), from, without);
  there->value.as<List>()->push_back(std::move(element));
  there->origins.push_back(from);
}

void DraftSection::add_text(std::string_view key, const std::string& text, const Origin& from,
                            Without without) {
  const auto* there = setting_of(settings, key);
  const auto* list = there == nullptr ? nullptr : there->value.as<List>();
  const auto is_text = [&](const Value& one) {
    return one.as<std::string>() != nullptr && *one.as<std::string>() == text;
  };
  if (list == nullptr || std::ranges::none_of(*list, is_text)) append(key, plain_value(text), from, without);
}

const DraftSetting* DraftSection::find(std::string_view key) const {
  const auto found = std::ranges::find(settings, key, &DraftSetting::key);
  return found == settings.end() ? nullptr : &*found;
}

void DraftSection::erase(std::string_view key) {
  std::erase_if(settings, [&](const DraftSetting& setting) { return setting.key == key; });
}

DraftSection& DraftSection::add_real(const Origin& from) {
  return reals.emplace_back(DraftSection{path + ".real", from, {}, {}});
}

DraftSection& Draft::section(std::string_view kind, std::string_view name, const Origin& from) {
  const std::string wanted(name.empty() ? "unnamed" : name);
  auto path = fmt::format("{}.{}", kind, config::toml_key(wanted));
  for (int i = 2; !paths_.insert(path).second; ++i)
    path = fmt::format("{}.{}", kind, config::toml_key(fmt::format("{}-{}", wanted, i)));
  return sections_.emplace_back(DraftSection{std::move(path), from, {}, {}});
}

DraftSection& Draft::section(std::string_view name, const Origin& from) {
  const auto found = std::ranges::find(sections_, name, &DraftSection::path);
  return found != sections_.end() ? *found
                                  : sections_.emplace_back(DraftSection{std::string(name), from, {}, {}});
}

void Draft::add_check(DraftSection& section, std::string_view service, DraftSection check,
                      const Origin& from) {
  const auto text = settings_text(check.settings);
  const auto name = bare_name(service);
  const auto path = "check." + name;
  for (const auto& one : sections_)
    if ((one.path == path || one.path.starts_with(path + "-")) && settings_text(one.settings) == text)
      return section.add_text("checks", check_name(one), from);
  auto& made = this->section("check", name, from);
  made.settings = std::move(check.settings);
  section.add_text("checks", check_name(made), from);
}

void Draft::leave_out(const Origin& from, std::string_view why) {
  left_out_.push_back({from.at, from.words, std::string(why)});
}

void Draft::gather_reals(DraftSection& service) {
  if (service.reals.empty()) return;
  for (const std::string_view key : {"forwarding", "tunnel", "checks"}) {
    const auto text_in = [&](const DraftSection& real) {
      const auto* setting = real.find(key);
      return setting == nullptr ? std::string() : config::toml_text(setting->value);
    };
    const auto first = text_in(service.reals.front());
    const bool common =
        std::ranges::all_of(service.reals, [&](const DraftSection& real) { return text_in(real) == first; });
    if (first.empty() || !common) continue;
    service.settings.push_back(*service.reals.front().find(key));
    for (auto& real : service.reals) real.erase(key);
  }
}

// A line of which nothing is left, since what it belonged to was left out.
void Draft::name_what_went_along(const std::map<std::pair<std::string, unsigned>, std::string>& before) {
  std::set<PlaceOfLine> named;
  for (const auto& left : left_out_) named.insert(place_of_line(left));
  const auto after = lines_of_sections(sections_);
  for (const auto& [place, words] : before)
    if (!named.contains(place) && !after.contains(place))
      left_out_.push_back({{place.first, place.second}, words, "what it belongs to is left out"});
}

Imported Draft::finish() {
  const auto before = lines_of_sections(sections_);
  config::Config config;
  while (!sections_.empty()) {
    const auto judged = draft_text(sections_, Layout::kOneElementALine);
    auto file = config::judge_sources({{std::string(kDraftFile), judged.text}}, {}, config::Part::kAll);
    if (file.good()) {
      config = std::move(file.config);
      break;
    }
    for (auto& problem : file.problems) problem.what = with_foreign_places(std::move(problem.what), judged);
    Removal removal(sections_, left_out_);
    for (const auto mark : {&Removal::mark_sections, &Removal::mark_settings})
      for (const auto& problem : file.problems)
        if (problem.line > 0 && problem.line <= judged.lines.size())
          (removal.*mark)(judged.lines[problem.line - 1], problem);
    if (!removal.carry_out()) {
      left_out_.push_back(
          {sections_.front().origin.at, std::string(kNothingSaid), file.problems.front().what});
      sections_.clear();
    }
    References(sections_).tidy();
  }
  name_what_went_along(before);
  for (auto& left : left_out_) left = {left.at, as_text(left.what), as_text(left.why)};
  std::ranges::stable_sort(left_out_, {}, place_of_line);
  left_out_.erase(std::unique(left_out_.begin(), left_out_.end()), left_out_.end());
  const auto said = sections_.empty() ? std::string() : draft_text(sections_, Layout::kPlain).text;
  return {said, std::move(left_out_), std::move(config)};
}

}  // namespace hawser::lbctl
