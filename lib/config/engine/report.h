// Collects everything that is wrong, so that one run names it all.
#pragma once

#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "lib/config/engine/problem.h"
#include "lib/config/engine/value.h"

namespace hawser::config {

// Which daemon a problem stops. kAll: both.
inline bool concerns(Part problem, Part asked) {
  return asked == Part::kAll || problem == Part::kAll || problem == asked;
}

class Report {
 public:
  Report(const std::vector<Source>& sources, Part asked) : sources_(sources), asked_(asked) {}

  void add(Part part, Place place, std::string key, std::string what) {
    at_.insert(place);
    if (concerns(part, asked_)) problems_.insert({place, std::move(key), std::move(what)});
  }
  // What the kernel takes, and what may be meant: said by `check`, stops nobody.
  void note(Part part, Place place, std::string key, std::string what) {
    if (concerns(part, asked_)) notes_.insert({place, std::move(key), std::move(what)});
  }
  // For a value that is left out because of what is wrong inside it.
  void mark_faulty(Place place) { at_.insert(place); }
  // Whether anything was wrong with exactly this value, whoever is concerned.
  [[nodiscard]] bool faulty(Place place) const { return at_.contains(place); }

  // "hawser.toml:12"
  [[nodiscard]] std::string where(Place place) const { return fmt::format("{}:{}", file(place), place.line); }
  // Sorted by file (in reading order), line and column; each once.
  [[nodiscard]] std::vector<Problem> problems() const { return listed(problems_); }
  [[nodiscard]] std::vector<Problem> notes() const { return listed(notes_); }

 private:
  struct Found {
    Place place;
    std::string key;
    std::string what;
    auto operator<=>(const Found&) const = default;
  };

  [[nodiscard]] std::vector<Problem> listed(const std::set<Found>& all) const {
    std::vector<Problem> result;
    result.reserve(all.size());
    for (const auto& [place, key, what] : all)
      result.push_back({file(place), place.line, place.column, key, what});
    return result;
  }

  [[nodiscard]] std::string file(Place place) const {
    return place.file < sources_.size() ? sources_[place.file].file : std::string();
  }

  const std::vector<Source>& sources_;
  Part asked_;
  std::set<Found> problems_;
  std::set<Found> notes_;
  std::set<Place> at_;
};

}  // namespace hawser::config
